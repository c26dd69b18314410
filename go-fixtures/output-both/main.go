// Command output-both writes to standard output and standard error.
package main

import (
	"fmt"
	"os"
)

func main() {
	for i := range 3 {
		fmt.Fprintln(os.Stdout, "out", i)
		fmt.Fprintln(os.Stderr, "err", i)
	}
	n, err := os.Stdout.Write(nil)
	fmt.Println(n, err)
	os.Stdout.Write([]byte{0, 255, 10})
	fmt.Println(os.Stderr.Close())
	_, err = os.Stderr.WriteString("lost")
	fmt.Println(err)
}
