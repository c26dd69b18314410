// Command file-errors does what must not succeed and looks at the errors.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func check(what string, err error, want ...error) {
	for _, w := range want {
		if errors.Is(err, w) {
			var pe *fs.PathError
			fmt.Printf("%s: as expected, a path error: %v\n", what, errors.As(err, &pe))
			return
		}
	}
	fmt.Printf("%s: UNEXPECTED %v\n", what, err)
}

func main() {
	os.WriteFile("file", []byte("x"), 0o600)
	os.MkdirAll("dir/sub", 0o700)
	_, err := os.Open("missing")
	check("open what is not there", err, fs.ErrNotExist)
	_, err = os.Open("missing/deeper")
	check("open below what is not there", err, fs.ErrNotExist)
	_, err = os.Open("file/below")
	check("open below a file", err, syscall.ENOTDIR)
	_, err = os.Stat("missing")
	check("stat what is not there", err, fs.ErrNotExist)
	_, err = os.OpenFile("file", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	check("create what exists", err, fs.ErrExist)
	check("mkdir over a file", os.Mkdir("file", 0o700), fs.ErrExist)
	check("mkdir over a directory", os.Mkdir("dir", 0o700), fs.ErrExist)
	check("mkdir without parent", os.Mkdir("no/parent", 0o700), fs.ErrNotExist)
	check("remove what is not there", os.Remove("missing"), fs.ErrNotExist)
	check("remove a full directory", os.Remove("dir"), syscall.ENOTEMPTY, syscall.EEXIST)
	check("write to a directory", os.WriteFile("dir", nil, 0o600), syscall.EISDIR)
	_, err = os.ReadFile("dir")
	check("read a directory", err, syscall.EISDIR, syscall.EBADF)
	_, err = os.ReadDir("file")
	check("list a file", err, syscall.ENOTDIR)
	check("truncate what is not there", os.Truncate("missing", 0), fs.ErrNotExist)

	f, err := os.Open("file")
	fmt.Println("opened for reading:", err)
	_, err = f.Write([]byte("y"))
	fmt.Println("write to it refused:", err != nil)
	f.Close()
	check("read after close", func() error { _, err := f.Read(nil); return err }(), fs.ErrClosed)
	err = os.Rename("missing", "other")
	var le *os.LinkError
	fmt.Println("rename what is not there:", errors.Is(err, fs.ErrNotExist), errors.As(err, &le))
}
