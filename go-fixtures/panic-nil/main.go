// Command panic-nil follows a nil pointer.
package main

import "fmt"

type node struct {
	pad  [100]int
	next *node
}

//go:noinline
func follow(n *node) int { return n.next.pad[3] }

func main() {
	fmt.Println("before")
	fmt.Println(follow(&node{}))
}
