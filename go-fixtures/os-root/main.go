// Command os-root uses os.Root, Go's own confinement to a directory.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	os.MkdirAll("inside/deep", 0o700)
	os.WriteFile("outside.txt", []byte("outside"), 0o600)
	os.WriteFile("inside/deep/file.txt", []byte("inside"), 0o600)
	os.Symlink("../outside.txt", "inside/escape")
	os.Symlink("deep/file.txt", "inside/fine")
	root, err := os.OpenRoot("inside")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for _, name := range []string{"deep/file.txt", "deep/../deep/file.txt", "fine", "escape", "../outside.txt", "/outside.txt", "missing"} {
		f, err := root.Open(name)
		if err != nil {
			fmt.Printf("%s: refused, not there: %v\n", name, os.IsNotExist(err))
			continue
		}
		b, err := io.ReadAll(f)
		f.Close()
		fmt.Printf("%s: %q %v\n", name, b, err)
	}
	fmt.Println(root.Mkdir("new", 0o700), root.Remove("new"))
	f, err := root.Create("deep/new.txt")
	fmt.Println(err)
	fmt.Fprint(f, "written through the root")
	f.Close()
	b, _ := os.ReadFile("inside/deep/new.txt")
	fmt.Printf("%q\n", b)
	fmt.Println(root.Close())
}
