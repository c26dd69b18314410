// A web plugin: the host owns the sockets, and hands over one request at a
// time; the handler is ordinary net/http.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"unsafe"
)

var mux = http.NewServeMux()

// visits counts what this instance has seen: always 1.
var visits int

func init() {
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		visits++
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "Hello, %s! This plugin has had %d visit.\n", r.PathValue("name"), visits)
	})
	mux.HandleFunc("POST /length", func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		body.ReadFrom(r.Body)
		fmt.Fprintln(w, body.Len())
	})
	mux.HandleFunc("GET /forever", func(http.ResponseWriter, *http.Request) {
		for {
		}
	})
}

// response is as much of an http.ResponseWriter as handlers here need.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header { return r.header }

func (r *response) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *response) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

var blocks = map[unsafe.Pointer][]byte{}

//go:wasmexport alloc
func alloc(n uint32) unsafe.Pointer {
	block := make([]byte, max(n, 1))
	p := unsafe.Pointer(unsafe.SliceData(block))
	blocks[p] = block
	return p
}

var answer []byte

// handle takes a request as it came over the wire, and gives the response as
// it goes there: its address in the upper half, its length in the lower.
//
//go:wasmexport handle
func handle(p unsafe.Pointer, n uint32) uint64 {
	raw := unsafe.Slice((*byte)(p), n)
	delete(blocks, p)
	w := &response{header: http.Header{}}
	request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	} else {
		mux.ServeHTTP(w, request)
	}
	w.WriteHeader(http.StatusOK)
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", w.status, http.StatusText(w.status))
	w.header.Set("Content-Length", fmt.Sprint(w.body.Len()))
	w.header.Set("Connection", "close")
	w.header.Write(&out)
	out.WriteString("\r\n")
	out.Write(w.body.Bytes())
	answer = out.Bytes()
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(answer))))<<32 | uint64(len(answer))
}

func main() {}
