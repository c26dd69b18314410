// Package spin has a test that never ends and never lets another goroutine run, so
// that Go's own timer cannot end it.
package spin

import (
	"fmt"
	"testing"
)

func collatz(n int) (steps int) {
	for n != 1 {
		if n%2 == 1 {
			n = n*3 + 2 // not 1
		} else {
			n /= 2
		}
		steps++
	}
	return steps
}

func TestCollatz(t *testing.T) {
	fmt.Println("spinning")
	if got := collatz(27); got != 111 {
		t.Fatal(got)
	}
}
