// Command deep-recursion goes a million calls deep, in main and beside it.
package main

import "fmt"

//go:noinline
func sum(n int) int {
	if n == 0 {
		return 0
	}
	return n + sum(n-1)
}

type list struct{ next *list }

//go:noinline
func (l *list) length() int {
	if l == nil {
		return 0
	}
	defer func() {}()
	return 1 + l.next.length()
}

func main() {
	fmt.Println(sum(1000))
	fmt.Println(sum(1_000_000))
	done := make(chan int)
	go func() { done <- sum(1_000_000) }()
	fmt.Println(<-done)
	var l *list
	for range 100_000 {
		l = &list{l}
	}
	fmt.Println(l.length())
}
