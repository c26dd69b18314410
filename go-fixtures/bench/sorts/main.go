// Command sorts sorts integers, strings and structs with packages sort, slices
// and container/heap. Argument: how many elements.
package main

import (
	"cmp"
	"container/heap"
	"slices"
	"sort"
	"strconv"

	"gobench/check"
)

type person struct {
	name string
	age  int
}

type queue []uint64

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i] < q[j] }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(uint64)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func run(n int) (sum uint64) {
	r := check.Random(1)
	ints := make([]int, n)
	people := make([]person, n)
	var waiting queue
	for i := range ints {
		v := r.Next()
		ints[i] = int(v >> 20)
		people[i] = person{strconv.FormatUint(v%uint64(n), 36), int(v >> 57)}
		heap.Push(&waiting, v>>8)
	}
	slices.Sort(ints)
	sort.Slice(people, func(i, j int) bool { return people[i].name < people[j].name })
	slices.SortStableFunc(people, func(a, b person) int { return cmp.Compare(a.age, b.age) })
	for i := range ints {
		sum = check.Mix(sum, uint64(ints[i])+uint64(people[i].age))
		sum = check.Mix(sum, heap.Pop(&waiting).(uint64))
		if i > 0 && ints[i-1] > ints[i] {
			return 0
		}
	}
	return sum
}

func main() {
	check.Main("sorts", 10000, map[int]uint64{1500: 13542270380013754987, 10000: 15463079973164948120}, run)
}
