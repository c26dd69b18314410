// Command panic-goroutine panics beside the main goroutine, which ends the
// program all the same.
package main

import "fmt"

type custom struct{ code int }

func (c custom) String() string { return fmt.Sprint("custom ", c.code) }

func main() {
	defer fmt.Println("not printed: only the panicking goroutine unwinds")
	go func() {
		defer func() {
			r := recover()
			fmt.Println("recovered", r)
			panic(custom{7})
		}()
		panic("first")
	}()
	select {}
}
