// Command unknown-import imports functions that no host offers: the runner
// must name them all, with their types, before anything runs.
package main

//go:wasmimport env foo
func foo(x int32, y float64) int64

//go:wasmimport custom log
func log(x uint64)

func main() {
	println("not reached")
	log(uint64(foo(1, 2)))
}
