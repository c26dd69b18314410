// What wazero does where docs/embedding.md compares it with Fossor.
//
//	go run . host REQUEST.wasm STOPS WHAT   milliseconds to stop a guest that is stuck;
//	                                        STOPS is true or false, WHAT "busy loop", "sleep"
//	                                        or "blocked read"
//	go run . instantiate PLUGIN.wasm [ROUNDS]
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

const timeout = 2 * time.Second

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// host is the plugin host of the page that Fossor's is compared with; stops says
// whether a cancelled context is to stop a guest, which costs speed.
func host(ctx context.Context, wasm []byte, stops bool) func(stdin io.Reader) error {
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(stops))
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	_, err := rt.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithFunc(func(_ context.Context, m api.Module, p, n uint32) uint32 { return n }).
		Export("emit").Instantiate(ctx)
	check(err)
	compiled, err := rt.CompileModule(ctx, wasm)
	check(err)
	return func(stdin io.Reader) error {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		var out bytes.Buffer
		config := wazero.NewModuleConfig().WithStdin(stdin).WithStdout(&out).
			WithSysWalltime().WithSysNanotime().WithSysNanosleep()
		mod, err := rt.InstantiateModule(ctx, compiled, config)
		if err == nil {
			mod.Close(ctx)
		}
		return err
	}
}

// stop measures in a process of its own: a guest that spins cannot be preempted,
// and so ends the garbage collection of the whole program.
func stop(wasm []byte, stops bool, what string) {
	run := host(context.Background(), wasm, stops)
	check(run(strings.NewReader("one\nrequest")))
	reader, writer, err := os.Pipe()
	check(err)
	fmt.Fprintln(writer, what)
	start, done := time.Now(), make(chan error, 1)
	go func() { done <- run(reader) }()
	select {
	case err := <-done:
		late := time.Since(start) - timeout
		fmt.Printf("CloseOnContextDone=%v, %s: %v; %.1f ms late\n", stops, what, err, float64(late)/1e6)
	case <-time.After(timeout + 8*time.Second):
		fmt.Printf("CloseOnContextDone=%v, %s: still running 8 s after the deadline\n", stops, what)
	}
	runtime.KeepAlive(writer)
	os.Exit(0)
}

func instantiate(wasm []byte, rounds int) {
	ctx := context.Background()
	rt := wazero.NewRuntime(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	start := time.Now()
	compiled, err := rt.CompileModule(ctx, wasm)
	check(err)
	fmt.Printf("compile: %.2f s\n", time.Since(start).Seconds())
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")
	var times []time.Duration
	for range rounds {
		start := time.Now()
		mod, err := rt.InstantiateModule(ctx, compiled, config)
		check(err)
		times = append(times, time.Since(start))
		sum, err := mod.ExportedFunction("add").Call(ctx, 1, 2)
		check(err)
		if sum[0] != 3 {
			check(fmt.Errorf("1 + 2 = %d", sum[0]))
		}
		mod.Close(ctx)
	}
	slices.Sort(times)
	us := func(t time.Duration) float64 { return float64(t) / 1e3 }
	fmt.Printf("instantiate and initialise: %.1f µs at least, %.1f in the median\n", us(times[0]), us(times[len(times)/2]))
}

func main() {
	wasm, err := os.ReadFile(os.Args[2])
	check(err)
	switch os.Args[1] {
	case "host":
		stop(wasm, os.Args[3] == "true", os.Args[4])
	case "instantiate":
		rounds := 200
		if len(os.Args) > 3 {
			rounds, err = strconv.Atoi(os.Args[3])
			check(err)
		}
		instantiate(wasm, rounds)
	}
}
