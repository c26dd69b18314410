// Command args prints its arguments, one quoted line each.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("arguments:", len(os.Args)-1)
	for i, a := range os.Args[1:] {
		fmt.Printf("%d: %q\n", i+1, a)
	}
}
