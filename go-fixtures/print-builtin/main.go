// Command print-builtin uses the built-in println, which writes to standard
// error without any package.
package main

func main() {
	println("built in", 1, -2, true, 'x', 1.5)
	print("no newline; ", uint8(200), "\n")
}
