// Package check runs a benchmark at the size that its argument says, and
// compares its result with the one that is known.
package check

import (
	"fmt"
	"os"
	"strconv"
)

// Main runs the program. want has the results by size, which do not depend on
// where Go runs.
func Main(name string, size int, want map[int]uint64, run func(n int) uint64) {
	if len(os.Args) > 1 {
		given, err := strconv.Atoi(os.Args[1])
		if err != nil || given < 1 {
			fmt.Fprintf(os.Stderr, "%s: the argument is a size, not %q\n", name, os.Args[1])
			os.Exit(2)
		}
		size = given
	}
	got := run(size)
	expected, known := want[size]
	switch {
	case !known:
		fmt.Printf("%s n=%d sum=%d unchecked\n", name, size, got)
	case expected == got:
		fmt.Printf("%s n=%d sum=%d ok\n", name, size, got)
	default:
		fmt.Printf("%s n=%d sum=%d WRONG, want %d\n", name, size, got, expected)
		os.Exit(1)
	}
}

// Random gives numbers that look random and are always the same.
type Random uint64

// Next gives the next number.
func (r *Random) Next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Mix adds a value to a sum.
func Mix(sum, value uint64) uint64 {
	return (sum^value)*0x100000001b3 + sum>>29
}
