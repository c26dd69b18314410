// Command templates renders reports with text/template and html/template, which
// call by reflection. Argument: how many reports.
package main

import (
	"hash/fnv"
	html "html/template"
	"strings"
	"text/template"

	"gobench/check"
)

type item struct {
	Name  string
	Price float64
	Count int
	Notes []string
}

func (i item) Total() float64 { return i.Price * float64(i.Count) }

const source = `{{define "row"}}{{printf "%-12s" .Name | upper}} {{printf "%8.2f" .Total}}{{range $i, $n := .Notes}}
  {{$i}}. {{$n}}{{end}}{{end}}Report {{.Number}}
{{range .Items}}{{if gt .Count 2}}{{template "row" .}}
{{else if eq .Count 0}}{{.Name}} is <out> of stock & "gone"
{{end}}{{else}}nothing
{{end}}{{with .Footer}}-- {{.}}{{end}}
`

func run(n int) uint64 {
	plain := template.Must(template.New("t").Funcs(template.FuncMap{"upper": strings.ToUpper}).Parse(source))
	page := html.Must(html.New("h").Funcs(html.FuncMap{"upper": strings.ToUpper}).Parse("<p title='{{.Footer}}'>" + source + "</p>"))
	r := check.Random(8)
	h := fnv.New64a()
	for number := range n {
		var items []item
		for range 12 {
			v := r.Next()
			items = append(items, item{"thing" + string(rune('a'+v%26)), float64(v>>50) / 4, int(v >> 8 & 7), []string{"a < b", "note"}[:v>>20&1]})
		}
		data := map[string]any{"Number": number, "Items": items, "Footer": "the 'end'"}
		if plain.Execute(h, data) != nil || page.Execute(h, data) != nil {
			return 0
		}
	}
	return h.Sum64()
}

func main() {
	check.Main("templates", 110, map[int]uint64{12: 16411135292111688365, 110: 10223181696517794504}, run)
}
