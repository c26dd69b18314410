// Command runtime-info looks at its own stack, callers and build.
package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

func where() string {
	pc, file, line, ok := runtime.Caller(1)
	return fmt.Sprint(runtime.FuncForPC(pc).Name(), " ", filepath.Base(file), ":", line, " ", ok)
}

//go:noinline
func outer(f func()) { f() }

func main() {
	fmt.Println(where())
	outer(func() {
		fmt.Println(where())
		stack := string(debug.Stack())
		fmt.Println(strings.Contains(stack, "main.outer"), strings.Contains(stack, "main.main"))
		var pcs [10]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
		for {
			f, more := frames.Next()
			if strings.HasPrefix(f.Function, "main.") {
				fmt.Println(f.Function)
			}
			if !more {
				break
			}
		}
	})
	info, ok := debug.ReadBuildInfo()
	fmt.Println(ok, info.Path)
	for _, s := range info.Settings {
		if s.Key == "CGO_ENABLED" {
			fmt.Println(s.Key, s.Value)
		}
	}
	fmt.Println(strings.HasPrefix(runtime.Version(), "go1."), runtime.NumGoroutine())
	var b bytes.Buffer
	b.Grow(1 << 16)
	n := runtime.Stack(b.AvailableBuffer()[:1<<16], true)
	fmt.Println(n > 50)
	old := debug.SetGCPercent(50)
	fmt.Println(old, debug.SetGCPercent(old))
	fmt.Println(debug.SetMemoryLimit(-1) > 1<<40, debug.SetMaxStack(1<<29))
}
