// Command traceback-goroutines has goroutines that wait for different things
// when its time is up.
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var mutex sync.Mutex
	mutex.Lock()
	silent := make(chan int)
	go receive(silent)
	go send(silent)
	go lock(&mutex)
	go choose()
	time.Sleep(time.Millisecond)
	fmt.Println("all wait")
	time.Sleep(time.Hour)
}

func receive(c chan int) {
	<-c
	<-c
}

func send(c chan int) {
	c <- 1
	var never chan int
	never <- 1
}

func lock(m *sync.Mutex) { m.Lock() }

func choose() {
	select {
	case <-make(chan int):
	case <-make(chan bool):
	}
}
