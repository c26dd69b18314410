// Command fuel computes until its fuel is used up.
package main

import "fmt"

func main() {
	fmt.Println("driving")
	x := uint64(1)
	for {
		x = x*6364136223846793005 + 1442695040888963407
		if x == 0 {
			fmt.Println("unlikely")
		}
	}
}
