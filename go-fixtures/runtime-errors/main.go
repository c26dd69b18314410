// Command runtime-errors recovers from each kind of run-time error.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

func try(name string, f func()) {
	defer func() {
		r := recover()
		err, isErr := r.(error)
		var re runtime.Error
		fmt.Printf("%s: %v (runtime error: %v)\n", name, r, isErr && errors.As(err, &re))
	}()
	f()
}

func main() {
	zero, five := 0, 5
	var s []int
	var m map[string]int
	var p *struct{ x int }
	var i any = "text"
	var e fmt.Stringer
	var f func()
	arr := []int{1, 2, 3}
	try("index", func() { fmt.Println(arr[five]) })
	try("negative index", func() { fmt.Println(arr[zero-1]) })
	try("empty slice", func() { s[0] = 1 })
	try("slice bounds", func() { fmt.Println(arr[five:]) })
	try("slice order", func() { fmt.Println(arr[2:zero]) })
	try("string index", func() { fmt.Println("abc"[five]) })
	try("to array", func() { fmt.Println([4]int(arr)) })
	try("divide", func() { fmt.Println(five / zero) })
	try("remainder", func() { fmt.Println(int32(five) % int32(zero)) })
	try("nil map", func() { m["a"] = 1 })
	try("nil pointer", func() { p.x = 1 })
	try("nil interface", func() { fmt.Println(e.String()) })
	try("nil function", func() { f() })
	try("assertion", func() { fmt.Println(i.(int)) })
	try("assertion to interface", func() { fmt.Println(i.(fmt.Stringer)) })
	try("unhashable", func() { fmt.Println(map[any]int{[]int{}: 1}) })
	try("make", func() { fmt.Println(make([]int, zero-1)) })
	try("shift", func() { fmt.Println(1 << (zero - 1)) })
	try("repeat", func() { fmt.Println(strings.Repeat("x", zero-1)) })
	try("own", func() { panic(fmt.Sprint("own ", five)) })
	try("nothing", func() {})
}
