// Command infinite-recursion never returns: Go's own stack limit ends it.
package main

import "fmt"

//go:noinline
func forever(n int) int { return forever(n+1) + 1 }

func main() {
	fmt.Println("going down")
	fmt.Println(forever(0))
}
