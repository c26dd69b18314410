// A plugin of the usual size: it renders templates from JSON, and shows the
// state that instances of a snapshot share.
package main

import (
	"bytes"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
	"unsafe"
)

var (
	word  = regexp.MustCompile(`\pL+`)
	page  = template.Must(template.New("page").Parse(`Hello {{.Name}}, {{len .Items}} items: {{range .Items}}[{{.}}]{{end}}`))
	start = time.Now()
	// In the snapshot, and the same in all its instances.
	counter int32
	source  = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	// A part of the standard library that many plugins carry.
	_ http.Handler = http.NotFoundHandler()
)

var blocks = map[unsafe.Pointer][]byte{}

//go:wasmexport alloc
func alloc(n uint32) unsafe.Pointer {
	block := make([]byte, max(n, 1))
	p := unsafe.Pointer(unsafe.SliceData(block))
	blocks[p] = block
	return p
}

//go:wasmexport free
func free(p unsafe.Pointer) { delete(blocks, p) }

var answer []byte

// give keeps an answer where it is until the next one: address in the upper
// half, length in the lower.
func give(b []byte) uint64 {
	answer = b
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b))))<<32 | uint64(len(b))
}

//go:wasmexport render
func render(p unsafe.Pointer, n uint32) uint64 {
	counter++
	var order struct {
		Name  string
		Items []string
	}
	if err := json.Unmarshal(unsafe.Slice((*byte)(p), n), &order); err != nil {
		return give([]byte("error: " + err.Error()))
	}
	var out bytes.Buffer
	if err := page.Execute(&out, order); err != nil {
		return give([]byte("error: " + err.Error()))
	}
	fmt.Fprintf(&out, " (%d words)", len(word.FindAllString(order.Name, -1)))
	return give(out.Bytes())
}

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

//go:wasmexport count
func count() int32 {
	counter++
	return counter
}

// own_random comes from a generator that was seeded while the plugin was
// initialised.
//
//go:wasmexport own_random
func ownRandom() uint64 { return source.Uint64() }

// runtime_random comes from the generator of Go's runtime.
//
//go:wasmexport runtime_random
func runtimeRandom() uint64 { return rand.Uint64() }

// crypto_random comes from the host each time.
//
//go:wasmexport crypto_random
func cryptoRandom() uint64 {
	var b [8]byte
	crand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}

// map_order is the order in which a map is walked, which is random.
//
//go:wasmexport map_order
func mapOrder() uint64 {
	numbers := map[uint64]bool{}
	for i := range uint64(16) {
		numbers[i] = true
	}
	var order uint64
	for i := range numbers {
		order = order<<4 | i
	}
	return order
}

// reseed gives this instance a random state of its own.
//
//go:wasmexport reseed
func reseed() {
	var seed [16]byte
	crand.Read(seed[:])
	source = rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:8]), binary.LittleEndian.Uint64(seed[8:])))
}

//go:wasmexport about
func about() uint64 {
	text := fmt.Sprintf("args %s, MODE=%s", strings.Join(os.Args, " "), os.Getenv("MODE"))
	return give([]byte(text))
}

// age_ns is the time since the plugin was initialised.
//
//go:wasmexport age_ns
func ageNs() int64 { return int64(time.Since(start)) }

func main() {}
