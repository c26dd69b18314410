// Command reflection inspects and calls values through package reflect.
package main

import (
	"fmt"
	"reflect"
	"strings"
)

type inner struct{ A, B int }
type thing struct {
	inner
	Name string `tag:"label"`
	Tags []string
	priv float64
	F    func(int) int
}

func (t thing) Greet(who string, n int) string { return strings.Repeat(t.Name+" greets "+who+". ", n) }
func (t *thing) Rename(s string)               { t.Name = s }

func main() {
	t := &thing{inner{1, 2}, "thing", []string{"x"}, 1.5, func(i int) int { return i * 2 }}
	v := reflect.ValueOf(t).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		fmt.Println(f.Name, f.Type, f.Tag.Get("tag"), f.Anonymous, f.IsExported(), f.Offset > 0)
	}
	v.FieldByName("Name").SetString("changed")
	v.FieldByName("Tags").Set(reflect.Append(v.FieldByName("Tags"), reflect.ValueOf("y")))
	fmt.Println(t.Name, t.Tags, v.FieldByName("priv").CanSet())
	out := reflect.ValueOf(t).MethodByName("Greet").Call([]reflect.Value{reflect.ValueOf("you"), reflect.ValueOf(2)})
	fmt.Println(out[0], reflect.TypeOf(t).NumMethod(), reflect.TypeOf(*t).NumMethod())
	reflect.ValueOf(t).MethodByName("Rename").Interface().(func(string))("renamed")
	fmt.Println(t.Name, v.FieldByName("F").Call([]reflect.Value{reflect.ValueOf(21)})[0].Int())

	swap := reflect.MakeFunc(reflect.TypeOf(func(int, string) (string, int) { return "", 0 }), func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{in[1], in[0]}
	}).Interface().(func(int, string) (string, int))
	fmt.Println(swap(7, "seven"))
	m := reflect.MakeMap(reflect.TypeOf(map[string]float64{}))
	m.SetMapIndex(reflect.ValueOf("pi"), reflect.ValueOf(3.14))
	fmt.Println(m.Interface(), m.Len())
	st := reflect.StructOf([]reflect.StructField{{Name: "N", Type: reflect.TypeOf(0), Tag: `json:"n"`}, {Name: "S", Type: reflect.TypeOf("")}})
	n := reflect.New(st).Elem()
	n.Field(0).SetInt(5)
	fmt.Printf("%+v %v\n", n.Interface(), st)
	ch := reflect.MakeChan(reflect.TypeOf(make(chan int)), 1)
	ch.Send(reflect.ValueOf(9))
	i, got, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}})
	fmt.Println(i, got, ok)
	fmt.Println(reflect.DeepEqual(map[int][]string{1: {"a"}}, map[int][]string{1: {"a"}}), reflect.DeepEqual(t, &thing{}), reflect.Zero(st), reflect.TypeFor[error]().Kind())
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		reflect.ValueOf(*t).Field(1).SetString("x")
	}()
}
