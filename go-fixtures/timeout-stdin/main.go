// Command timeout-stdin waits for input; the runner's limit ends it.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("waiting")
	n, err := os.Stdin.Read(make([]byte, 1))
	fmt.Println("unexpected:", n, err)
}
