// Command uncovered-path reads a file of its directory, and one that is in no
// directory that it was given.
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile("/data/x")
	fmt.Print(string(text))
	if err == nil {
		_, err = os.ReadFile("/other/file")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}
