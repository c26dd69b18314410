// Command select-timeout waits with select, with limits of time and with
// contexts.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func main() {
	never := make(chan int)
	select {
	case <-never:
		fmt.Println("impossible")
	default:
		fmt.Println("nothing yet")
	}
	start := time.Now()
	select {
	case <-never:
		fmt.Println("impossible")
	case <-time.After(30 * time.Millisecond):
		fmt.Println("timed out", time.Since(start) >= 30*time.Millisecond)
	}
	fast, slow := make(chan string), make(chan string)
	go func() { time.Sleep(80 * time.Millisecond); slow <- "slow" }()
	go func() { time.Sleep(10 * time.Millisecond); fast <- "fast" }()
	for range 2 {
		select {
		case s := <-fast:
			fmt.Println(s)
		case s := <-slow:
			fmt.Println(s)
		case <-time.After(20 * time.Second):
			fmt.Println("too late")
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))
	ctx, stop := context.WithCancelCause(context.Background())
	go stop(errors.New("enough"))
	<-ctx.Done()
	fmt.Println(ctx.Err(), context.Cause(ctx))
	var nothing chan int
	select {
	case nothing <- 1:
		fmt.Println("impossible")
	case <-time.After(time.Millisecond):
		fmt.Println("a nil channel is never ready")
	}
}
