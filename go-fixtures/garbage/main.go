// Command garbage allocates much more than it keeps.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type node struct {
	left, right *node
	payload     [24]byte
}

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: build(depth - 1), right: build(depth - 1)}
}

func (n *node) count() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

func main() {
	keep := build(16)
	total := 0
	for range 20 {
		total += build(13).count()
	}
	fmt.Println(total, keep.count())

	big := make([][]byte, 0, 64)
	for i := range 64 {
		b := make([]byte, 1<<20)
		b[i], b[len(b)-1] = byte(i), 1
		big = append(big, b)
	}
	sum := 0
	for i, b := range big {
		sum += int(b[i]) + int(b[len(b)-1])
	}
	fmt.Println(len(big), sum)
	big = nil

	collected := make(chan struct{})
	func() {
		p := &node{}
		runtime.AddCleanup(p, func(c chan struct{}) { close(c) }, collected)
	}()
	for waiting := true; waiting; {
		runtime.GC()
		select {
		case <-collected:
			waiting = false
		default:
			runtime.Gosched()
		}
	}
	fmt.Println("the cleanup ran")
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("collections:", m.NumGC > 2, "kept:", m.HeapAlloc < 64<<20, "taken:", m.HeapSys >= 64<<20)
	runtime.KeepAlive(keep)
}
