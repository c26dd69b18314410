// Command timeout-busy never stops computing; the runner's limit ends it.
package main

import "fmt"

func main() {
	fmt.Println("busy")
	for i := 0; ; i++ {
		if i < 0 {
			i = 0
		}
	}
}
