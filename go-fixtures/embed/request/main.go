// What the plugin host of docs/embedding.md runs, once for each request:
// standard input to standard output, with a function of the host's.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unsafe"
)

//go:wasmimport host emit
func emit(p unsafe.Pointer, n uint32) uint32

func say(text string) uint32 {
	return emit(unsafe.Pointer(unsafe.StringData(text)), uint32(len(text)))
}

func main() {
	input := bufio.NewReader(os.Stdin)
	line, _ := input.ReadString('\n')
	switch order := strings.TrimSpace(line); order {
	case "busy loop":
		for i := 0; ; i++ {
		}
	case "sleep":
		time.Sleep(time.Hour)
	case "blocked read":
		// The host keeps the other end open and is silent.
		io.ReadAll(input)
	case "memory":
		var kept [][]byte
		for {
			kept = append(kept, make([]byte, 1<<20))
		}
	case "outside":
		// An address beyond the memory: the host's function traps.
		emit(unsafe.Pointer(uintptr(0xffff_fff0)), 64)
	case "exit":
		os.Exit(3)
	default:
		rest, _ := io.ReadAll(input)
		n := say("working on " + order)
		fmt.Printf("%s%s(%d bytes told)\n", strings.ToUpper(line), strings.ToUpper(string(rest)), n)
	}
}
