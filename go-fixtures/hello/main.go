// Command hello greets: the first program that anybody runs.
package main

import "fmt"

func main() {
	fmt.Println("Hello from Go, running in Fossor!")
}
