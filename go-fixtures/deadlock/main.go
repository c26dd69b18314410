// Command deadlock waits for what nobody will send.
package main

import "fmt"

func main() {
	fmt.Println("waiting")
	<-make(chan int)
}
