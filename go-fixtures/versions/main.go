// Command versions has goroutines that wait for different things when its time
// is up. `cargo xtask go --versions` builds it with old and new toolchains.
package main

import (
	"sync"
	"time"
)

func main() {
	var mutex sync.Mutex
	mutex.Lock()
	go receive(make(chan int))
	go lock(&mutex)
	go choose()
	rest()
}

//go:noinline
func receive(c chan int) { <-c }

// Inlined into what the compiler wraps around the go statement.
func lock(m *sync.Mutex) { m.Lock() }

func choose() {
	select {
	case <-make(chan int):
	case <-make(chan bool):
	}
}

//go:noinline
func rest() { time.Sleep(time.Hour) }
