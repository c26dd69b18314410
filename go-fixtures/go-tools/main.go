// Command go-tools parses, type-checks and formats Go source: a larger
// program inside the program.
package main

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"text/tabwriter"
)

const source = `package   p
type T struct{a,b int;  C string}
func (t *T) Sum( x ...int)(s int){for _,v:=range x{s+=v*t.a};return}
func f(){ var t T; _ = t.Sum(1,2,
3) ; if x:=g(t.b);x>0{ println(x)} }
func g(i int) int { return i<<2|1 }
`

func main() {
	out, err := format.Source([]byte(source))
	fmt.Println(string(out), err)
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", source, parser.SkipObjectResolution)
	fmt.Println(err)
	w := tabwriter.NewWriter(os.Stdout, 4, 8, 2, '.', tabwriter.AlignRight|tabwriter.Debug)
	counts := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		if n != nil {
			counts[fmt.Sprintf("%T", n)]++
		}
		return true
	})
	for _, k := range []string{"*ast.Ident", "*ast.CallExpr", "*ast.FuncDecl"} {
		fmt.Fprintf(w, "%s\t%d\t\n", k, counts[k])
	}
	w.Flush()
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{}).Check("p", set, []*ast.File{file}, info)
	fmt.Println(pkg.Scope().Names(), err)
	fmt.Println(pkg.Scope().Lookup("g"), types.NewMethodSet(types.NewPointer(pkg.Scope().Lookup("T").Type())))
	v, err := types.Eval(set, pkg, token.NoPos, "len(\"four\") * 1<<70 / 3")
	fmt.Println(v.Value, v.Type, err)
	_, err = parser.ParseExpr("a + (b *")
	fmt.Println(err)
}
