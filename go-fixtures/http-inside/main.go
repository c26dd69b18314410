// Command http-inside serves HTTP to itself: without sockets, package net
// connects the ends inside the process.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /greet/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello %s", r.PathValue("name"))
	})
	mux.HandleFunc("POST /sum", func(w http.ResponseWriter, r *http.Request) {
		var xs []int
		if err := json.NewDecoder(r.Body).Decode(&xs); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		t := 0
		for _, x := range xs {
			t += x
		}
		json.NewEncoder(w).Encode(t)
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	base := "http://" + l.Addr().String()

	show := func(r *http.Response, err error) {
		if err != nil {
			fmt.Println(err)
			return
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		fmt.Printf("%s %q %v\n", r.Status, b, err)
	}
	show(http.Get(base + "/greet/" + url.PathEscape("a gopher")))
	show(http.Post(base+"/sum", "application/json", strings.NewReader("[1,2,39]")))
	show(http.Post(base+"/sum", "application/json", strings.NewReader("{")))
	show(http.Get(base + "/none"))
	var wg sync.WaitGroup
	results := make([]string, 20)
	for i := range results {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := http.Get(fmt.Sprint(base, "/greet/", i))
			if err != nil {
				results[i] = err.Error()
				return
			}
			defer r.Body.Close()
			b, _ := io.ReadAll(r.Body)
			results[i] = string(b)
		}()
	}
	wg.Wait()
	fmt.Println(strings.Join(results, ", "))
	fmt.Println(server.Close())
}
