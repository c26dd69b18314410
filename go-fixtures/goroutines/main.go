// Command goroutines runs many goroutines at once and joins them.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

func main() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var count atomic.Int64
	total := 0
	for i := range 10000 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			count.Add(1)
			runtime.Gosched()
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	fmt.Println(count.Load(), total)

	// Goroutines that wait deep in a recursion: their frames are unwound and
	// rebuilt at each switch.
	var descend func(depth int, c chan int) int
	descend = func(depth int, c chan int) int {
		if depth == 0 {
			return <-c
		}
		return descend(depth-1, c) + 1
	}
	c, results := make(chan int), make(chan int)
	for range 20 {
		go func() { results <- descend(2000, c) }()
	}
	go func() {
		for i := range 20 {
			c <- i * 10000
		}
	}()
	sum := 0
	for range 20 {
		sum += <-results
	}
	fmt.Println(sum)

	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
	cond := sync.NewCond(&mu)
	ready := false
	go func() {
		mu.Lock()
		ready = true
		mu.Unlock()
		cond.Broadcast()
	}()
	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()
	fmt.Println("ready")

	done := make(chan struct{})
	go func() {
		defer close(done)
		defer fmt.Println("deferred functions run")
		runtime.Goexit()
	}()
	<-done
}
