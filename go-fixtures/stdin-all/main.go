// Command stdin-all reads standard input to its end.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	b, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(len(b), "bytes,", strings.Count(string(b), "\n"), "lines")
	fmt.Print(strings.ToUpper(string(b)))
	n, err := os.Stdin.Read(make([]byte, 8))
	fmt.Println("after the end:", n, err)
}
