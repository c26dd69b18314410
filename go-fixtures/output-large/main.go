// Command output-large writes some megabytes through a buffer and directly.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func main() {
	w := bufio.NewWriter(os.Stdout)
	for i := range 60000 {
		fmt.Fprintf(w, "%d: the buffered line number %x\n", i, i)
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	n, err := os.Stdout.WriteString(strings.Repeat("one write of a megabyte ", 1<<20/24) + "\n")
	fmt.Println(n, err)
	for i := range 2000 {
		fmt.Println("direct line", i)
	}
}
