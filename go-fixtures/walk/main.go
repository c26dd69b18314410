// Walks a directory with goroutines, timers, files and standard input: what a
// recording has to get right.
package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"sync"
	"time"
)

func main() {
	var names []string
	err := fs.WalkDir(os.DirFS("/tree"), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		fmt.Println("walk:", err)
	}
	var group sync.WaitGroup
	var mutex sync.Mutex
	var lines []string
	for i, name := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(i+1) * time.Millisecond)
			text, err := os.ReadFile("/tree/" + name)
			mutex.Lock()
			defer mutex.Unlock()
			lines = append(lines, fmt.Sprintf("%s: %q %v", name, text, err))
		}()
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		<-tick.C
		fmt.Printf("line %q\n", input.Text())
	}
	group.Wait()
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	if err := os.WriteFile("/tree/new.txt", []byte("new"), 0o644); err != nil {
		fmt.Println(err)
	}
	_, err = os.Stat("/tree/missing")
	fmt.Println(err)
	os.Exit(len(names))
}
