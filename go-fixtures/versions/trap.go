package main

import (
	"os"
	"unsafe"
)

// With an argument, it calls what is no function, three calls deep: a trap.
func init() {
	if len(os.Args) > 1 {
		println(first(1))
	}
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
