// Command out-of-memory asks for more memory than the runner allows.
package main

import "fmt"

var keep [][]byte

func main() {
	fmt.Println("allocating")
	for range 1024 {
		keep = append(keep, make([]byte, 1<<20))
	}
	fmt.Println("not reached")
}
