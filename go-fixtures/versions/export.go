//go:build go1.24

package main

//go:wasmexport hang
func hang() { spin(1) }

//go:noinline
func spin(n int) {
	for n > 0 {
		n = n&255 + 1
	}
}
