// Command environment prints every variable it can see, sorted.
package main

import (
	"fmt"
	"os"
	"slices"
)

func main() {
	vars := os.Environ()
	slices.Sort(vars)
	for _, v := range vars {
		fmt.Printf("%q\n", v)
	}
	_, found := os.LookupEnv("FOSSOR_SECRET")
	fmt.Println("secret visible:", found)
	empty, found := os.LookupEnv("EMPTY")
	fmt.Printf("empty: %q %v\n", empty, found)
	os.Setenv("GREETING", "changed")
	os.Unsetenv("EMPTY")
	fmt.Println(os.ExpandEnv("$GREETING, ${WHO}; <$EMPTY>"))
}
