// Command two-directories reads from one preopened directory and writes to
// another.
package main

import (
	"fmt"
	"os"
)

func main() {
	b, err := os.ReadFile("/in/word.txt")
	fmt.Printf("read: %q %v\n", b, err)
	fmt.Println("write:", os.WriteFile("/out/copy.txt", b, 0o600))
	c, err := os.ReadFile("/out/copy.txt")
	fmt.Printf("again: %q %v\n", c, err)
	err = os.WriteFile("/in/word.txt", []byte("spoiled"), 0o600)
	fmt.Println("write to the read-only one refused:", err != nil)
	err = os.Remove("/in/word.txt")
	fmt.Println("remove refused:", err != nil)
	b, err = os.ReadFile("/in/word.txt")
	fmt.Printf("unchanged: %q %v\n", b, err)
	_, err = os.ReadFile("/elsewhere")
	fmt.Println("a path that no directory covers fails:", err != nil)
}
