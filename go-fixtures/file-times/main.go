// Command file-times sets and reads modification times.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	before := time.Now().Add(-5 * time.Second)
	if err := os.WriteFile("f", []byte("x"), 0o600); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	info, err := os.Stat("f")
	fmt.Println("new:", err, info.ModTime().After(before), info.ModTime().Before(time.Now().Add(5*time.Second)))
	for _, t := range []time.Time{
		time.Date(2001, 2, 3, 4, 5, 6, 789000000, time.UTC),
		time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC),
		time.Date(2037, 12, 31, 23, 59, 59, 123456789, time.UTC),
	} {
		err := os.Chtimes("f", t, t)
		info, _ := os.Stat("f")
		fmt.Println(err, info.ModTime().UTC().Format(time.RFC3339Nano))
	}
	// A zero time leaves the time as it is.
	err = os.Chtimes("f", time.Now(), time.Time{})
	info, _ = os.Stat("f")
	fmt.Println(err, info.ModTime().UTC().Format(time.RFC3339Nano))
}
