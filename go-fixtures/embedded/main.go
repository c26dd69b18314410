// Command embedded reads files that were compiled into it.
package main

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed static
var static embed.FS

//go:embed static/motto.txt
var motto string

func main() {
	fmt.Print(motto)
	fs.WalkDir(static, ".", func(path string, d fs.DirEntry, err error) error {
		fmt.Println(path, d.IsDir(), err)
		return nil
	})
	b, err := static.ReadFile("static/sub/deep.txt")
	fmt.Printf("%q %v\n", b, err)
	_, err = static.Open("static/none")
	fmt.Println(err)
}
