// Command stdin-flag copies its input, which the runner takes from a file.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	n, err := io.Copy(os.Stdout, os.Stdin)
	fmt.Println(n, err)
}
