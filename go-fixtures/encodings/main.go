// Command encodings takes data through the other encodings of the standard
// library and back.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
)

type person struct {
	XMLName xml.Name `xml:"person" json:"-"`
	ID      int      `xml:"id,attr"`
	Name    string   `xml:"name"`
	Mail    []string `xml:"contact>mail"`
}

func main() {
	text := strings.Repeat("All work and no play makes Jack a dull boy. ", 200)

	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	io.WriteString(gz, text)
	fmt.Println("gzip:", gz.Close(), b.Len() < len(text)/20)
	r, err := gzip.NewReader(&b)
	back, err2 := io.ReadAll(r)
	fmt.Println(string(back) == text, err, err2)
	b.Reset()
	zw, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	io.WriteString(zw, text)
	zw.Close()
	zr, err := zlib.NewReader(&b)
	back, err2 = io.ReadAll(zr)
	fmt.Println("zlib:", string(back) == text, err, err2)
	_, err = io.ReadAll(flate.NewReader(strings.NewReader("\xff\xff\xff")))
	fmt.Println("flate:", err)
	_, err = io.ReadAll(bzip2.NewReader(strings.NewReader("BZh9 no")))
	fmt.Println("bzip2:", err)

	b.Reset()
	tw := tar.NewWriter(&b)
	tw.WriteHeader(&tar.Header{Name: "dir/file.txt", Mode: 0o600, Size: 5})
	tw.Write([]byte("hello"))
	fmt.Println("tar:", tw.Close())
	tr := tar.NewReader(&b)
	hdr, err := tr.Next()
	back, _ = io.ReadAll(tr)
	fmt.Println(hdr.Name, string(back), err)
	b.Reset()
	z := zip.NewWriter(&b)
	f, _ := z.Create("one.txt")
	io.WriteString(f, text)
	fmt.Println("zip:", z.Close())
	zipped, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	fmt.Println(zipped.File[0].Name, zipped.File[0].UncompressedSize64, err)

	p := person{ID: 7, Name: "Ann & <Bob>", Mail: []string{"a@x", "b@y"}}
	out, err := xml.MarshalIndent(p, "", " ")
	fmt.Println(string(out), err)
	var q person
	fmt.Println(xml.Unmarshal(out, &q), q.ID, q.Name, q.Mail)
	b.Reset()
	fmt.Println("gob:", gob.NewEncoder(&b).Encode(map[string][]person{"x": {p}}))
	var g map[string][]person
	fmt.Println(gob.NewDecoder(&b).Decode(&g), g["x"][0].Mail)

	rows, err := csv.NewReader(strings.NewReader("a,\"b, c\",d\n1,\"2 \"\"quoted\"\"\",3\n")).ReadAll()
	fmt.Printf("csv: %q %v\n", rows, err)
	cw := csv.NewWriter(os.Stdout)
	cw.WriteAll([][]string{{"x", "y z"}, {"a,b", "c\"d"}})

	data := []byte{0, 1, 2, 250, 251, 252, 253, 254, 255}
	fmt.Println(base64.StdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data), base32.StdEncoding.EncodeToString(data))
	fmt.Print(hex.Dump(data))
	_, err = base64.StdEncoding.DecodeString("!!")
	fmt.Println(err)
	var rec struct {
		A uint16
		B int32
		C [2]float32
	}
	fmt.Println(binary.Read(bytes.NewReader([]byte{1, 2, 0xff, 0xff, 0xff, 0xfe, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0}), binary.BigEndian, &rec), rec)
	fmt.Println(binary.AppendUvarint(nil, 1<<40), binary.LittleEndian.AppendUint32(nil, 0xdeadbeef))
}
