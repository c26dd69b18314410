// Command traceback-trap calls what is no function, three calls deep and in a
// goroutine of its own: a trap, which Go's runtime knows nothing of.
package main

import (
	"fmt"
	"unsafe"
)

func main() {
	done := make(chan int)
	go func() { done <- first(1) }()
	fmt.Println(<-done)
}

//go:noinline
func first(n int) int { return second(n+1) + 1 }

// Inlined into first.
func second(n int) int { return third(n+1) + 1 }

//go:noinline
func third(n int) int {
	code := uintptr(0xfffff) << 16
	closure := &code
	broken := *(*func(int) int)(unsafe.Pointer(&closure))
	return broken(n)
}
