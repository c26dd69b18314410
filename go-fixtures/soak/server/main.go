// Command server serves requests to itself for a day of its own clock, with
// timers, files and garbage collections, and prints a line each hour. Under
// `fossor run --deterministic` the clock goes on whenever it waits.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

func main() {
	requests := flag.Int("requests", 24_000, "requests in all")
	hours := flag.Int("hours", 24, "hours of the clock")
	dir := flag.String("dir", "/", "where files are made; nowhere if empty")
	flag.Parse()

	var ticks, served atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sum", func(w http.ResponseWriter, r *http.Request) {
		var numbers []int
		check(json.NewDecoder(r.Body).Decode(&numbers))
		sum := 0
		for _, number := range numbers {
			sum += number
		}
		if *dir == "" {
			fmt.Fprint(w, sum)
			return
		}
		// A file of its own, written, read and removed.
		name := filepath.Join(*dir, fmt.Sprint("request-", served.Add(1)))
		check(os.WriteFile(name, fmt.Append(nil, sum), 0o600))
		text, err := os.ReadFile(name)
		check(err)
		check(os.Remove(name))
		w.Write(text)
	})
	go http.Serve(listener, mux)

	ticker := time.NewTicker(time.Minute)
	go func() {
		for range ticker.C {
			ticks.Add(1)
		}
	}()

	url := "http://" + listener.Addr().String() + "/sum"
	start := time.Now()
	perHour := *requests / *hours
	for hour := 1; hour <= *hours; hour++ {
		for i := range perHour {
			body := fmt.Sprintf("[%d,%d,%d]", hour, i, len(url))
			answer, err := http.Post(url, "application/json", strings.NewReader(body))
			check(err)
			text, err := io.ReadAll(answer.Body)
			check(err)
			answer.Body.Close()
			if want := fmt.Sprint(hour + i + len(url)); string(text) != want {
				panic("got " + string(text) + ", not " + want)
			}
			// The requests are spread over the hour.
			until := start.Add(time.Duration(hour-1)*time.Hour + time.Hour*time.Duration(i+1)/time.Duration(perHour))
			time.Sleep(time.Until(until))
		}
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		fmt.Printf("hour %d: %d requests, %d ticks, %d goroutines, %d KiB in use, %d collections\n",
			hour, served.Load(), ticks.Load(), runtime.NumGoroutine(), memory.HeapAlloc>>10, memory.NumGC)
	}
	if elapsed := time.Since(start); elapsed < time.Duration(*hours)*time.Hour {
		panic("only " + elapsed.String() + " have passed")
	}
	if ticks := ticks.Load(); ticks < int64(*hours)*60-1 {
		panic(fmt.Sprint("only ", ticks, " ticks"))
	}
	fmt.Println("the day is over")
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
