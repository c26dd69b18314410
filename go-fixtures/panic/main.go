// Command panic ends with an error that nobody recovers.
package main

import (
	"errors"
	"fmt"
)

func inner() { panic(fmt.Errorf("boom: %w", errors.New("cause"))) }

func main() {
	defer fmt.Println("deferred functions still run")
	inner()
}
