// Command stdin-slow reads lines that arrive slowly. A ticker runs beside it
// and must get its turns between the lines.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

func main() {
	var ticks atomic.Int64
	go func() {
		for range time.Tick(2 * time.Millisecond) {
			ticks.Add(1)
		}
	}()
	s := bufio.NewScanner(os.Stdin)
	for s.Scan() {
		fmt.Printf("%q\n", s.Text())
	}
	fmt.Println("end:", s.Err())
	fmt.Println("ticked between the lines:", ticks.Load() >= 10)
}
