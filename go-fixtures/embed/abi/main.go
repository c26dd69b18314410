// Every type that go:wasmimport and go:wasmexport allow, and what can happen
// while a call is under way: the host calls back, goroutines run, the memory
// grows, the guest panics.
package main

import (
	"fmt"
	"runtime"
	"structs"
	"sync"
	"time"
	"unsafe"
)

// point is laid out as the host sees it: x at 0, y at 8, tag at 16.
type point struct {
	_   structs.HostLayout
	x   int32
	y   float64
	tag uint8
}

//go:wasmimport host bools
func hostBools(a, b bool) bool

//go:wasmimport host ints
func hostInts(a int32, b uint32, c int64, d uint64) int64

//go:wasmimport host unsigned
func hostUnsigned(a uint32) uint32

//go:wasmimport host wide
func hostWide(a uint64) uint64

//go:wasmimport host float32
func hostFloat32(a float32) float32

//go:wasmimport host float64
func hostFloat64(a float64) float64

//go:wasmimport host uintptr
func hostUintptr(a uintptr) uintptr

//go:wasmimport host string
func hostString(s string) uint32

//go:wasmimport host bytes
func hostBytes(p unsafe.Pointer, n uint32) uint32

//go:wasmimport host point
func hostPoint(p *point) int32

//go:wasmimport host identity
func hostIdentity(p unsafe.Pointer) unsafe.Pointer

//go:wasmimport host again
func hostAgain(depth int32) int32

//go:wasmimport host grow
func hostGrow(pages uint32) uint32

//go:wasmimport host keep
func hostKeep(p unsafe.Pointer, n uint32)

// imports calls the host with every type; the host has checked what it was
// given, this checks what it answers. 0 is right, otherwise the failed step.
//
//go:wasmexport imports
func imports() int32 {
	if !hostBools(true, false) || hostBools(false, false) {
		return 1
	}
	if hostInts(-1, 0xffff_ffff, -1<<63, 1<<64-1) != -5 {
		return 2
	}
	if hostUnsigned(0xffff_fffe) != 0xffff_ffff {
		return 3
	}
	if hostWide(1<<64-2) != 1<<64-1 {
		return 4
	}
	if hostFloat32(1.5) != 2.25 {
		return 5
	}
	if hostFloat64(-0.1) != -0.2 {
		return 6
	}
	if hostUintptr(0x8000_0000) != 0x8000_0001 {
		return 7
	}
	if hostString("grüße") != 7 || hostString("") != 0 {
		return 8
	}
	data := []byte{1, 2, 3, 4}
	if hostBytes(unsafe.Pointer(unsafe.SliceData(data)), 4) != 10 || data[0] != 101 {
		return 9
	}
	p := point{x: -7, y: 2.5, tag: 200}
	if hostPoint(&p) != 193 || p.x != 7 || p.y != -2.5 || p.tag != 201 {
		return 10
	}
	if hostIdentity(unsafe.Pointer(&p)) != unsafe.Pointer(&p) || hostIdentity(nil) != nil {
		return 11
	}
	return 0
}

//go:wasmexport not
func not(b bool) bool { return !b }

//go:wasmexport int32s
func int32s(a int32, b uint32) int32 { return a + int32(b) }

//go:wasmexport uint32s
func uint32s(a uint32) uint32 { return a + 1 }

//go:wasmexport int64s
func int64s(a int64, b uint64) int64 { return a + int64(b) }

//go:wasmexport uint64s
func uint64s(a uint64) uint64 { return a + 1 }

//go:wasmexport float32s
func float32s(a, b float32) float32 { return a / b }

//go:wasmexport float64s
func float64s(a, b float64) float64 { return a / b }

//go:wasmexport uintptrs
func uintptrs(a uintptr) uintptr { return a + 1 }

//go:wasmexport length
func length(s string) int32 { return int32(len([]rune(s))) }

//go:wasmexport double
func double(p *point) *point {
	p.x, p.y, p.tag = 2*p.x, 2*p.y, 2*p.tag
	return p
}

//go:wasmexport nothing
func nothing() {}

// mixed weighs its parameters, so that their order counts.
//
//go:wasmexport mixed
func mixed(a int32, b int64, c float32, d float64, e bool, f uint32, g uint64, h uintptr) float64 {
	sum := float64(a) + 10*float64(b) + 100*float64(c) + 1000*d
	if e {
		sum += 10_000
	}
	return sum + 1e5*float64(f) + 1e6*float64(g) + 1e7*float64(h)
}

var kept = map[unsafe.Pointer][]byte{}

// alloc gives the host memory that stays where it is until free.
//
//go:wasmexport alloc
func alloc(n uint32) unsafe.Pointer {
	block := make([]byte, max(n, 1))
	p := unsafe.Pointer(unsafe.SliceData(block))
	kept[p] = block
	return p
}

//go:wasmexport free
func free(p unsafe.Pointer) { delete(kept, p) }

//go:wasmexport sum
func sum(p unsafe.Pointer, n uint32) uint32 {
	var total uint32
	for _, b := range unsafe.Slice((*byte)(p), n) {
		total += uint32(b)
	}
	return total
}

// descend calls itself through the host: export, import, export and so on.
//
//go:wasmexport descend
func descend(depth int32) int32 {
	if depth == 0 {
		return 0
	}
	local := fmt.Sprint("at depth ", depth)
	below := hostAgain(depth - 1)
	if local != fmt.Sprint("at depth ", depth) {
		return -1000
	}
	return below + 1
}

// parallel shares work between goroutines that wait for each other and for
// timers.
//
//go:wasmexport parallel
func parallel(workers, items int32) int64 {
	in, out := make(chan int64), make(chan int64)
	var group sync.WaitGroup
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for item := range in {
				time.Sleep(time.Microsecond)
				out <- item * item
			}
		}()
	}
	go func() {
		for item := range items {
			in <- int64(item)
		}
		close(in)
		group.Wait()
		close(out)
	}()
	var total int64
	for square := range out {
		total += square
	}
	return total
}

var ticks int32

// background starts a goroutine that outlives the call: it runs on whenever
// the host calls something that waits.
//
//go:wasmexport background
func background() {
	go func() {
		for {
			ticks++
			time.Sleep(time.Millisecond)
		}
	}()
}

//go:wasmexport wait
func wait(ms int32) int32 {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return ticks
}

//go:wasmexport panics
func panics(recovered bool) (answer int32) {
	if recovered {
		defer func() {
			if recover() != nil {
				answer = 42
			}
		}()
	}
	panic("from an export")
}

//go:wasmexport index
func index(i int32) int32 { return []int32{1, 2, 3}[i] }

// grows lets the host grow the memory during a call, and then uses pointers
// from before.
//
//go:wasmexport grows
func grows(pages uint32) int32 {
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(i)
	}
	if hostGrow(pages) == 0 {
		return 1
	}
	if hostBytes(unsafe.Pointer(unsafe.SliceData(data)), 4) != 6 || data[0] != 100 || data[999] != 231 {
		return 2
	}
	more := make([][]byte, 64)
	for i := range more {
		more[i] = make([]byte, 1<<20)
		more[i][i] = byte(i)
	}
	for i := range more {
		if more[i][i] != byte(i) {
			return 3
		}
	}
	return 0
}

var pinner runtime.Pinner

// pin leaves the host a pointer that stays valid after the call, also through
// garbage collections.
//
//go:wasmexport pin
func pin() {
	data := new([64]byte)
	for i := range data {
		data[i] = byte(i)
	}
	pinner.Pin(data)
	hostKeep(unsafe.Pointer(data), 64)
}

//go:wasmexport collect
func collect() {
	for range 3 {
		for range 1000 {
			_ = make([]byte, 64)
		}
		runtime.GC()
	}
}

//go:wasmexport unpin
func unpin() { pinner.Unpin() }

func main() {}
