// Command stdin-lines counts words line by line.
package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	words := map[string]int{}
	s := bufio.NewScanner(os.Stdin)
	for n := 1; s.Scan(); n++ {
		fields := strings.Fields(s.Text())
		fmt.Printf("line %d: %d words\n", n, len(fields))
		for _, f := range fields {
			words[f]++
		}
	}
	for _, w := range slices.Sorted(maps.Keys(words)) {
		fmt.Println(w, words[w])
	}
	if err := s.Err(); err != nil {
		fmt.Println("error:", err)
	}
}
