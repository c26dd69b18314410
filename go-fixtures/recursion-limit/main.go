// Command recursion-limit never returns: a small limit of its own ends it.
package main

import (
	"fmt"
	"runtime/debug"
)

//go:noinline
func forever(n int) int { return forever(n+1) + 1 }

func main() {
	debug.SetMaxStack(8 << 20)
	fmt.Println("going down")
	fmt.Println(forever(0))
}
