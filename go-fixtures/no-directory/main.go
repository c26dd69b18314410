// Command no-directory asks for files although it was given no directory.
package main

import (
	"fmt"
	"os"
)

func main() {
	_, err := os.ReadFile("/etc/passwd")
	fmt.Println("read refused:", err != nil)
	err = os.WriteFile("new.txt", []byte("x"), 0o600)
	fmt.Println("write refused:", err != nil)
	_, err = os.ReadDir("/")
	fmt.Println("list refused:", err != nil)
	_, err = os.Stat("..")
	fmt.Println("stat refused:", err != nil)
}
