// Command exit-code leaves with a code of its own; nothing deferred runs.
package main

import (
	"fmt"
	"os"
)

func main() {
	defer fmt.Println("not printed")
	fmt.Println("leaving")
	os.Exit(42)
}
