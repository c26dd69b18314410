// Command deadlock-four has four goroutines that wait for each other.
package main

import "sync"

var first, second sync.Mutex

func main() {
	var both sync.WaitGroup
	both.Add(2)
	first.Lock()
	second.Lock()
	results := make(chan int)
	go lock(&first, &both)
	go lock(&second, &both)
	go collect(results)
	both.Wait()
}

//go:noinline
func lock(mutex *sync.Mutex, both *sync.WaitGroup) {
	mutex.Lock()
	both.Done()
}

//go:noinline
func collect(results chan int) {
	for range results {
	}
}
