// Command directories makes, lists, walks and removes trees of directories.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func main() {
	must(os.MkdirAll("tree/one/two/three", 0o700))
	must(os.Mkdir("tree/empty", 0o700))
	for _, name := range []string{"tree/a.txt", "tree/one/b.txt", "tree/one/two/c.go", "tree/one/two/three/d.txt"} {
		must(os.WriteFile(name, []byte(name), 0o600))
	}
	must(filepath.WalkDir("tree", func(path string, d fs.DirEntry, err error) error {
		must(err)
		kind := "file"
		if d.IsDir() {
			kind = "directory"
		}
		fmt.Println(kind, path)
		return nil
	}))
	found, err := filepath.Glob("tree/*/*.txt")
	must(err)
	fmt.Println("glob:", found)
	matches, err := fs.Glob(os.DirFS("tree"), "one/two/*.go")
	must(err)
	fmt.Println("through fs.FS:", matches)

	must(os.Chdir("tree/one"))
	b, err := os.ReadFile("../a.txt")
	must(err)
	fmt.Printf("from tree/one: %q\n", b)
	must(os.Chdir("../.."))

	// More entries than fit into one buffer of fd_readdir.
	must(os.Mkdir("many", 0o700))
	for i := range 700 {
		must(os.WriteFile(fmt.Sprintf("many/a-rather-long-name-%04d.txt", i), nil, 0o600))
	}
	entries, err := os.ReadDir("many")
	must(err)
	fmt.Println(len(entries), entries[0].Name(), entries[699].Name())
	d, err := os.Open("many")
	must(err)
	total := 0
	for {
		some, err := d.Readdirnames(100)
		total += len(some)
		if err != nil {
			fmt.Println("in portions:", total, err)
			break
		}
	}
	must(d.Close())

	err = os.Remove("tree")
	fmt.Println("not empty:", err != nil)
	must(os.Rename("tree", "forest"))
	must(os.RemoveAll("forest"))
	must(os.RemoveAll("many"))
	must(os.RemoveAll("never-was"))
	left, err := os.ReadDir(".")
	must(err)
	fmt.Println("left:", len(left))
}
