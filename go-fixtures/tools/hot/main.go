// Command hot spends its time in two functions, as much in each as its arguments say.
// `cargo xtask go --tools` compares their shares in a profile with exact counts.
package main

import (
	"os"
	"strconv"
)

func main() {
	println(hot(number(1)), cold(number(2)))
}

func number(index int) int {
	n, err := strconv.Atoi(os.Args[index])
	if err != nil {
		panic(err)
	}
	return n
}

//go:noinline
func hot(n int) (sum uint32) {
	for i := range n {
		sum = sum*31 + uint32(i)
	}
	return sum
}

//go:noinline
func cold(n int) (sum uint32) {
	if n == 0 {
		return 0
	}
	for i := range n {
		sum ^= sum<<5 + uint32(i)
	}
	return sum
}
