// Command wasi-direct calls WASI functions through go:wasmimport, as users do
// for those that Go's own library never imports.
package main

import (
	"fmt"
	"os"
	"structs"
	"unsafe"
)

//go:wasmimport wasi_snapshot_preview1 clock_res_get
func clockResGet(id uint32, resolution *uint64) uint32

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(buf *byte, n uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_tell
func fdTell(fd int32, offset *uint64) uint32

//go:wasmimport wasi_snapshot_preview1 fd_renumber
func fdRenumber(from, to int32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_advise
func fdAdvise(fd int32, offset, length uint64, advice uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_datasync
func fdDatasync(fd int32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
func fdWrite(fd int32, iovs *iovec, n uint32, written *uint32) uint32

type iovec struct {
	_   structs.HostLayout
	buf uint32
	len uint32
}

func vec(b []byte) iovec {
	return iovec{buf: uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), len: uint32(len(b))}
}

func main() {
	var res uint64
	for id := range uint32(2) {
		errno := clockResGet(id, &res)
		fmt.Println("clock", id, errno, res > 0 && res <= 1e9)
	}
	fmt.Println("no such clock:", clockResGet(99, &res))
	buf := make([]byte, 64)
	fmt.Println("random:", randomGet(&buf[0], 64), string(buf) != string(make([]byte, 64)))

	f, err := os.Create("file")
	if err != nil {
		fmt.Println(err)
		return
	}
	f.WriteString("0123456789")
	f.Seek(4, 0)
	var at uint64
	fd := int32(f.Fd())
	fmt.Println("tell:", fdTell(fd, &at), at)
	fmt.Println("advise:", fdAdvise(fd, 0, 10, 0), "datasync:", fdDatasync(fd))
	g, _ := os.Create("other")
	fmt.Println("renumber:", fdRenumber(int32(g.Fd()), fd))
	f.WriteString("into the other")
	b, err := os.ReadFile("other")
	fmt.Printf("%q %v\n", b, err)
	fmt.Println("bad descriptor:", fdTell(77, &at), fdTell(-1, &at))

	one, two := []byte("gathered "), []byte("output\n")
	iovs := []iovec{vec(one), {}, vec(two)}
	var n uint32
	errno := fdWrite(1, &iovs[0], 3, &n)
	fmt.Println(errno, n)
	iovs[0].buf = 0xffff_fff0
	errno = fdWrite(1, &iovs[0], 3, &n)
	fmt.Println("out of bounds:", errno != 0)
}
