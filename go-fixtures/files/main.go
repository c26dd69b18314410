// Command files writes, reads, appends, seeks, truncates, renames and removes.
package main

import (
	"fmt"
	"io"
	"os"
)

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func show(name string) {
	b, err := os.ReadFile(name)
	must(err)
	fmt.Printf("%s: %q\n", name, b)
}

func main() {
	show("given.txt")
	must(os.WriteFile("a.txt", []byte("hello, file\n"), 0o600))
	show("a.txt")

	f, err := os.OpenFile("a.txt", os.O_APPEND|os.O_WRONLY, 0)
	must(err)
	_, err = f.WriteString("appended\n")
	must(err)
	must(f.Close())
	show("a.txt")

	f, err = os.OpenFile("a.txt", os.O_RDWR, 0)
	must(err)
	pos, err := f.Seek(-9, io.SeekEnd)
	must(err)
	_, err = f.Write([]byte("A"))
	must(err)
	_, err = f.WriteAt([]byte("J"), 0)
	must(err)
	here, err := f.Seek(0, io.SeekCurrent)
	must(err)
	buf := make([]byte, 5)
	_, err = f.ReadAt(buf, 7)
	must(err)
	fmt.Printf("at %d, then %d, read %q\n", pos, here, buf)
	n, err := f.ReadAt(buf, 19)
	fmt.Println("past the end:", n, err)
	must(f.Truncate(6))
	must(f.Sync())
	info, err := f.Stat()
	must(err)
	fmt.Println(info.Name(), info.Size(), info.Mode().IsRegular(), info.IsDir())
	must(f.Close())
	_, err = f.Write(buf)
	fmt.Println("after close:", err)
	show("a.txt")

	must(os.Truncate("a.txt", 8))
	show("a.txt")
	must(os.WriteFile("b.txt", []byte("to be replaced"), 0o600))
	must(os.Rename("a.txt", "b.txt"))
	_, err = os.Stat("a.txt")
	fmt.Println("a.txt is gone:", os.IsNotExist(err))
	show("b.txt")
	must(os.Remove("b.txt"))
	_, err = os.Open("b.txt")
	fmt.Println("b.txt is gone:", os.IsNotExist(err))

	f, err = os.Create("open.txt")
	must(err)
	must(os.Remove("open.txt"))
	_, err = f.WriteString("still usable")
	must(err)
	_, err = f.Seek(0, io.SeekStart)
	must(err)
	rest, err := io.ReadAll(f)
	must(err)
	fmt.Printf("removed while open: %q\n", rest)

	f, err = os.CreateTemp(".", "temp-*.txt")
	must(err)
	must(f.Close())
	must(os.Remove(f.Name()))
	names, err := os.ReadDir(".")
	must(err)
	for _, e := range names {
		fmt.Println("left:", e.Name())
	}
}
