// Command flags parses its command line with package flag and refuses what it
// does not know, with the usage text and exit code 2.
package main

import (
	"flag"
	"fmt"
)

func main() {
	n := flag.Int("n", 1, "how many `times`")
	name := flag.String("name", "world", "whom to greet")
	flag.Parse()
	for range *n {
		fmt.Println("hello", *name, flag.Args())
	}
}
