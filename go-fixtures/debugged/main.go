// A program to be debugged: functions, a loop, goroutines that wait, a file, a sleep.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

//go:noinline
func double(n int) int {
	fmt.Fprintln(os.Stderr, "double", n)
	return 2 * n
}

func worker(id int, in <-chan int, out chan<- int, done *sync.WaitGroup) {
	defer done.Done()
	for n := range in {
		out <- double(n) + id
	}
}

func sum(numbers []int) int {
	total := 0
	for _, n := range numbers {
		total += n
		fmt.Println("total", total)
	}
	return total
}

func main() {
	in, out := make(chan int), make(chan int, 8)
	var done sync.WaitGroup
	for id := range 2 {
		done.Add(1)
		go worker(100*id, in, out, &done)
	}
	for n := range 3 {
		in <- n
	}
	close(in)
	done.Wait()
	close(out)
	var numbers []int
	for n := range out {
		numbers = append(numbers, n%100)
	}
	fmt.Println("sum", sum(numbers))
	text, err := os.ReadFile("/note.txt")
	fmt.Printf("%q %v\n", text, err)
	time.Sleep(5 * time.Millisecond)
}
