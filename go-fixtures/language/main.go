// Command language walks through the language: closures, defer and recover,
// generics, iterators, embedding, type switches, labels.
package main

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

type number interface{ ~int | ~float64 }

func mapTo[T, U any](in []T, f func(T) U) (out []U) {
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func total[T number](xs ...T) (t T) {
	for _, x := range xs {
		t += x
	}
	return t
}

type tree[K ~string | ~int, V any] struct {
	left, right *tree[K, V]
	key         K
	value       V
}

func (t *tree[K, V]) insert(k K, v V) *tree[K, V] {
	switch {
	case t == nil:
		return &tree[K, V]{key: k, value: v}
	case k < t.key:
		t.left = t.left.insert(k, v)
	case k > t.key:
		t.right = t.right.insert(k, v)
	default:
		t.value = v
	}
	return t
}

func (t *tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { t.push(yield) }
}

func (t *tree[K, V]) push(yield func(K, V) bool) bool {
	return t == nil || t.left.push(yield) && yield(t.key, t.value) && t.right.push(yield)
}

type animal interface{ sound() string }
type base struct{ name string }

func (b *base) describe() string { return "I am " + b.name }

type dog struct {
	*base
	tricks []string
}

func (dog) sound() string { return "woof" }

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

type notFound struct{ what string }

func (n *notFound) Error() string { return n.what + " not found" }

func find(ok bool) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %w", r.(error))
		}
	}()
	if !ok {
		panic(&notFound{"it"})
	}
	return nil
}

const (
	kb = 1 << (10 * (iota + 1))
	mb
	gb
)

func main() {
	var fs []func() int
	for i := range 3 {
		fs = append(fs, func() int { i *= 10; return i })
	}
	fmt.Println(fs[1](), fs[1](), fs[2]())
	for i := range 3 {
		defer func() { fmt.Println("deferred", i) }()
	}
	fmt.Println(mapTo([]int{1, 2, 3}, func(i int) string { return strings.Repeat("x", i) }), total(1, 2, 3), total(celsius(1.5), 2))
	var t *tree[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		t = t.insert(w, i)
	}
	for k, v := range t.all() {
		if k == "over" {
			break
		}
		fmt.Print(k, "=", v, " ")
	}
	fmt.Println()
	next, stop := iter.Pull2(t.all())
	k, v, ok := next()
	fmt.Println(k, v, ok)
	stop()
	_, _, ok = next()
	fmt.Println(ok)

	d := dog{&base{"Rex"}, nil}
	var a animal = d
	fmt.Println(d.describe(), a.sound(), celsius(21.55))
	f := d.describe
	d.base.name = "Max"
	fmt.Println(f(), (*base).describe(d.base))
	for _, x := range []any{1, "s", 2.5, nil, []int{1}, celsius(3), a, errors.New("e"), [2]bool{}} {
		switch x := x.(type) {
		case nil:
			fmt.Print("nil ")
		case int, float64:
			fmt.Printf("%T:%v ", x, x)
		case fmt.Stringer:
			fmt.Print("Stringer:", x, " ")
		case error:
			fmt.Print("error:", x, " ")
		case animal:
			fmt.Print("animal:", x.sound(), " ")
		default:
			fmt.Printf("other %T ", x)
		}
	}
	fmt.Println()
	err := find(false)
	var nf *notFound
	fmt.Println(err, errors.As(err, &nf), find(true), errors.Join(err, errors.New("second")))
outer:
	for i := range 5 {
		for j := range 5 {
			switch {
			case j == 3:
				continue outer
			case i == 3:
				break outer
			case (i+j)%2 == 0:
				continue
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
	i := 0
again:
	if i++; i < 3 {
		goto again
	}
	fmt.Println(i, kb, mb, gb)
	x, y := 1, 2
	x, y = y, x+y
	arr := [2][3]int{{1, 2, 3}, {4, 5, 6}}
	brr := arr
	brr[0][0] = 100
	p := &arr[1]
	p[2] = 60
	fmt.Println(x, y, arr, brr, arr == brr, min(3, 1, 2), max(2.5, 1))
	type point struct{ X, Y int }
	fmt.Printf("%v %+v %#v %T\n", point{1, 2}, &point{3, 4}, []point{{5, 6}}, map[string]*point{})
	func(xs ...int) { fmt.Println(len(xs), xs) }([]int{1, 2}...)
}
