// Command stdin-silent waits for input that never comes; its ticker must go
// on ticking meanwhile.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	go func() {
		n, err := os.Stdin.Read(make([]byte, 1))
		fmt.Println("unexpected input:", n, err)
		os.Exit(1)
	}()
	t := time.NewTicker(10 * time.Millisecond)
	for i := range 5 {
		<-t.C
		fmt.Println("tick", i+1)
	}
}
