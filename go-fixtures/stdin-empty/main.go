// Command stdin-empty meets the end of its input at once.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("%q %v\n", line, err)
}
