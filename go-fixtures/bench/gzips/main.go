// Command gzips compresses text with compress/gzip and reads it back. Argument:
// how many KiB.
package main

import (
	"bytes"
	"compress/gzip"
	"hash/crc32"
	"io"

	"gobench/check"
)

var words = []string{"the ", "of ", "interpreter ", "module ", "function ", "stack ", "and ", "memory\n",
	"a ", "which ", "value ", "goroutine ", "is ", "channel ", "select ", "0x", "table ", "in "}

func run(n int) uint64 {
	r := check.Random(3)
	var text bytes.Buffer
	for text.Len() < n<<10 {
		v := r.Next()
		text.WriteString(words[v%uint64(len(words))])
		if v>>60 == 0 {
			text.WriteByte(byte('0' + v>>32%10))
		}
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text.Bytes())
	if w.Close() != nil || packed.Len() > text.Len()/2 {
		return 0
	}
	reader, err := gzip.NewReader(&packed)
	if err != nil {
		return 0
	}
	back, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(back, text.Bytes()) {
		return 0
	}
	// Not of the packed bytes: those depend on Go's version.
	return uint64(crc32.ChecksumIEEE(back))
}

func main() {
	check.Main("gzips", 700, map[int]uint64{80: 2278107308, 700: 1230393582}, run)
}
