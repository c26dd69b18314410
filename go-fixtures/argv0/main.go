// Command argv0 prints the name that it was called by.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Printf("called as %q with %q\n", os.Args[0], os.Args[1:])
}
