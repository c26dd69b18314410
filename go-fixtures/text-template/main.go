// Command text-template renders nested templates.
package main

import (
	"fmt"
	htmltemplate "html/template"
	"os"
	"strings"
	"text/template"
)

const page = `{{define "item"}}  * {{.Name | printf "%-8s"}} {{printf "%6.2f" .Price}}{{if .Tags}} [{{join .Tags ", "}}]{{end}}
{{end -}}
Order of {{.Customer | upper}}{{with .Note}} ({{.}}){{end}}
{{range $i, $it := .Items}}{{template "item" $it}}{{else}}nothing
{{end -}}
Sum: {{.Total}} {{if and (gt .Total 10.0) (lt (len .Items) 5)}}free delivery{{else}}plus delivery{{end}}
{{- range $k, $v := .Extra}}
{{$k}}={{$v}}{{end}}
`

type item struct {
	Name  string
	Price float64
	Tags  []string
}

type order struct {
	Customer, Note string
	Items          []item
	Extra          map[string]int
}

func (o order) Total() (t float64) {
	for _, i := range o.Items {
		t += i.Price
	}
	return t
}

func main() {
	t := template.Must(template.New("page").Funcs(template.FuncMap{"upper": strings.ToUpper, "join": strings.Join}).Parse(page))
	for _, o := range []order{
		{Customer: "gopher", Note: "in a hurry", Items: []item{{"spade", 12.5, []string{"steel", "ash"}}, {"carrot", 0.25, nil}}, Extra: map[string]int{"b": 2, "a": 1}},
		{Customer: "mole"},
	} {
		if err := t.Execute(os.Stdout, o); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(t.Execute(os.Stdout, 5))
	_, err := template.New("bad").Parse("{{.Open")
	fmt.Println(err)
	h := htmltemplate.Must(htmltemplate.New("h").Parse(`<a href="/?q={{.}}" onclick="f({{.}})">{{.}}</a>` + "\n"))
	h.Execute(os.Stdout, `<script>"x" & 'y'`)
}
