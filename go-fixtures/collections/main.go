// Command collections uses maps, slices, sorting, heaps and strings.
package main

import (
	"bytes"
	"cmp"
	"container/heap"
	"container/list"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
)

type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func main() {
	m := map[string]int{"one": 1, "two": 2, "three": 3}
	m["four"] = 4
	delete(m, "one")
	fmt.Println(len(m), m, m["none"])
	keys := slices.Sorted(maps.Keys(m))
	fmt.Println(keys)
	type key struct {
		a int
		b string
	}
	grid := map[key][]int{}
	for i := range 1000 {
		k := key{i % 7, fmt.Sprint(i % 5)}
		grid[k] = append(grid[k], i)
	}
	sum := 0
	for k, v := range grid {
		sum += k.a*len(k.b) + len(v)
	}
	fmt.Println(len(grid), sum)
	nan := map[float64]int{}
	zero := 0.0
	nan[zero/zero] = 1
	nan[zero/zero] = 2
	fmt.Println(len(nan))
	clear(nan)
	fmt.Println(len(nan))

	people := []struct {
		name string
		age  int
	}{{"Ann", 30}, {"Bob", 25}, {"Cid", 30}, {"Dora", 25}}
	sort.SliceStable(people, func(i, j int) bool { return people[i].age < people[j].age })
	fmt.Println(people)
	x := make([]int, 5000)
	for i := range x {
		x[i] = (i * 7919) % 5003
	}
	slices.SortFunc(x, func(a, b int) int { return cmp.Compare(b, a) })
	at, found := slices.BinarySearchFunc(x, 100, func(e, t int) int { return cmp.Compare(t, e) })
	fmt.Println(x[:5], at, found, slices.IsSortedFunc(x, func(a, b int) int { return b - a }))
	h := &ints{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 1)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	fmt.Println()
	l := list.New()
	l.PushBack(1)
	l.PushFront(0)
	l.InsertAfter(9, l.Front())
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	fmt.Println()

	a := [...]int{0, 1, 2, 3, 4, 5}
	s := a[1:3:4]
	s = append(s, 30)
	s = append(s, 40)
	s[0] = 10
	fmt.Println(a, s, len(s), cap(s) >= 4)
	copy(a[2:], a[:])
	fmt.Println(a, slices.Max(a[:]), slices.Index(a[:], 30) == -1)

	fmt.Println(strings.Split("a,b,c", ","), strings.Fields("  x  y "), strings.Title("hello go"), strings.Map(unicode.ToUpper, "straße"))
	fmt.Println(strings.Contains("seafood", "foo"), strings.Index("chicken", "ken"), strings.Replace("oink oink", "k", "ky", -1), strings.TrimFunc("123abc456", unicode.IsDigit))
	fmt.Println(strings.EqualFold("Größe", "GRÖSSE"), strings.ToTitle("ǆ"), []rune("日本語"), []byte("é"), string([]rune{0x1F600, -1}))
	for i, r := range "a\xffñ\u0000" {
		fmt.Print(i, ":", string(r), "(", r, ") ")
	}
	fmt.Println()
	fmt.Println(strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace("<b>"), bytes.Equal([]byte("x"), []byte("x")), strings.Count("cheese", "e"), strings.LastIndexByte("abcabc", 'b'))
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "%d,", i)
	}
	fmt.Println(b.Len())
}
