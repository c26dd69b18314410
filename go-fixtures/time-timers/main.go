// Command time-timers runs timers, tickers and AfterFunc together.
package main

import (
	"fmt"
	"time"
)

func main() {
	start := time.Now()
	fired := make(chan string, 8)
	time.AfterFunc(60*time.Millisecond, func() { fired <- "third" })
	time.AfterFunc(20*time.Millisecond, func() { fired <- "first" })
	time.AfterFunc(40*time.Millisecond, func() { fired <- "second" })
	cancelled := time.AfterFunc(30*time.Millisecond, func() { fired <- "never" })
	fmt.Println("stopped in time:", cancelled.Stop())
	for range 3 {
		fmt.Println(<-fired)
	}
	t := time.NewTimer(time.Hour)
	fmt.Println("was running:", t.Reset(10*time.Millisecond))
	<-t.C
	fmt.Println("the timer that was reset fired")

	tick := time.NewTicker(5 * time.Millisecond)
	for i := range 4 {
		<-tick.C
		fmt.Println("tick", i)
	}
	tick.Stop()
	select {
	case <-tick.C:
		fmt.Println("a stopped ticker ticked")
	case <-time.After(20 * time.Millisecond):
		fmt.Println("no more ticks")
	}
	took := time.Since(start)
	fmt.Println("in all:", took >= 110*time.Millisecond, took < 10*time.Second)
}
