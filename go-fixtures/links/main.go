// Command links makes symbolic and hard links and follows them.
package main

import (
	"fmt"
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
	must(os.MkdirAll("dir/sub", 0o700))
	must(os.WriteFile("dir/target", []byte("content"), 0o600))
	must(os.Symlink("dir/target", "to-file"))
	must(os.Symlink("dir", "to-dir"))
	must(os.Symlink("../target", "dir/sub/up"))
	must(os.Symlink("nowhere", "dangling"))
	must(os.Symlink("loop-b", "loop-a"))
	must(os.Symlink("loop-a", "loop-b"))
	for _, name := range []string{"to-file", "to-dir/target", "dir/sub/up", "to-dir/sub/up"} {
		b, err := os.ReadFile(name)
		fmt.Printf("%s: %q %v\n", name, b, err)
	}
	text, err := os.Readlink("to-dir")
	fmt.Println("readlink:", text, err)
	l, err := os.Lstat("to-file")
	must(err)
	s, err := os.Stat("to-file")
	must(err)
	fmt.Println("lstat sees a link:", l.Mode()&os.ModeSymlink != 0, "stat a file:", s.Mode().IsRegular())
	_, err = os.Stat("dangling")
	fmt.Println("dangling:", os.IsNotExist(err))
	_, err = os.Stat("loop-a")
	fmt.Println("a loop is an error:", err != nil)
	real, err := filepath.EvalSymlinks("to-dir/sub/up")
	fmt.Println("evaluated:", real, err)

	must(os.Link("dir/target", "hard"))
	a, err := os.Stat("hard")
	must(err)
	fmt.Println("same file:", os.SameFile(a, s))
	must(os.WriteFile("hard", []byte("changed"), 0o600))
	b, err := os.ReadFile("to-file")
	fmt.Printf("through the other name: %q %v\n", b, err)
	must(os.Remove("to-file"))
	must(os.RemoveAll("to-dir"))
	_, err = os.Stat("dir/target")
	fmt.Println("removing links leaves the target:", err == nil)
}
