// Command file-big writes 16 MiB in uneven portions and reads them back, from
// the front and at random.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
)

const size = 16 << 20

func main() {
	f, err := os.Create("big")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	h := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, h), 70000)
	x := uint32(1)
	for i := 0; i < size; i += 64 {
		var line [64]byte
		x = x*1664525 + 1013904223
		for j := range line {
			line[j] = byte(x >> (j % 24))
		}
		w.Write(line[:])
	}
	fmt.Println(w.Flush())
	written := h.Sum(nil)
	fmt.Printf("%x\n", written)
	f.Seek(0, io.SeekStart)
	h.Reset()
	n, err := io.Copy(h, f)
	fmt.Println(n, err, string(h.Sum(nil)) == string(written))
	var sum uint64
	buf := make([]byte, 100)
	for i := range 1000 {
		n, err := f.ReadAt(buf, int64(i)*7919*2)
		if err != nil || n != len(buf) {
			fmt.Println(n, err)
		}
		for _, b := range buf {
			sum = sum*31 + uint64(b)
		}
	}
	fmt.Println(sum, f.Close(), os.Remove("big"))
}
