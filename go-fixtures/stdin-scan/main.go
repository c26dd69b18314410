// Command stdin-scan reads numbers with fmt.Scan, a byte at a time.
package main

import "fmt"

func main() {
	var n int
	if _, err := fmt.Scanln(&n); err != nil {
		fmt.Println("error:", err)
		return
	}
	sum := 0.0
	for range n {
		var name string
		var x float64
		if _, err := fmt.Scanf("%s %g\n", &name, &x); err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Printf("%-6s|%8.3f\n", name, x)
		sum += x
	}
	fmt.Println("sum", sum)
	_, err := fmt.Scan(&n)
	fmt.Println("then:", err)
}
