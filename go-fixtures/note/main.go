// Reads a file, sleeps, and asks for a file that is not there: what traces show.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	text, err := os.ReadFile("/note.txt")
	fmt.Printf("%q %v\n", text, err)
	time.Sleep(150 * time.Millisecond)
	_, err = os.ReadFile("/missing")
	fmt.Println(err)
}
