// Command exit-deep leaves from a goroutine, deep in a recursion.
package main

import (
	"fmt"
	"os"
)

//go:noinline
func descend(n int) int {
	if n == 0 {
		fmt.Fprintln(os.Stderr, "leaving from below")
		os.Exit(3)
	}
	return descend(n-1) + 1
}

func main() {
	go descend(50000)
	select {}
}
