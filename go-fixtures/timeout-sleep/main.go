// Command timeout-sleep sleeps for an hour; the runner's limit ends it.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("sleeping")
	time.Sleep(time.Hour)
}
