// Command channels sieves primes through a chain of goroutines and shows the
// rules of channels.
package main

import "fmt"

func generate(out chan<- int) {
	for i := 2; ; i++ {
		out <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for i := range in {
		if i%prime != 0 {
			out <- i
		}
	}
}

func main() {
	c := make(chan int)
	go generate(c)
	for range 60 {
		prime := <-c
		fmt.Print(prime, " ")
		next := make(chan int)
		go filter(c, next, prime)
		c = next
	}
	fmt.Println()

	b := make(chan string, 3)
	b <- "one"
	b <- "two"
	fmt.Println(len(b), cap(b))
	close(b)
	for s := range b {
		fmt.Println(s)
	}
	v, ok := <-b
	fmt.Printf("%q %v\n", v, ok)
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		b <- "more"
	}()
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		close(b)
	}()
}
