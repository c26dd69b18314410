// Command formats formats and scans values of many kinds with packages fmt and
// strconv. Argument: how many rounds.
package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"

	"gobench/check"
)

type point struct {
	X, Y int
	Name string
	Tags []string
}

func (p *point) String() string { return fmt.Sprintf("<%s at %d,%d>", p.Name, p.X, p.Y) }

func run(n int) uint64 {
	r := check.Random(4)
	h := fnv.New64a()
	for i := range n {
		v := r.Next()
		f := math.Float64frombits(v&^(0x7ff<<52) | (1000+v%50)<<52)
		p := point{i, int(v >> 48), "p" + strconv.Itoa(i), []string{"a", "b"}}
		text := fmt.Sprintf("%6d|%-8s|%08x|%+v|%v|%q|%.3f|%e|%t|%c|%T", i, p.Name, v, p, &p, p.Tags, f, f, v&1 == 0, rune(0x3b1+v%24), p)
		h.Write([]byte(text))
		h.Write(strconv.AppendFloat(nil, f, 'g', -1, 64))
		var a, b int
		var word string
		if _, err := fmt.Sscanf(fmt.Sprintf("%d:%d %s", p.X, p.Y, p.Name), "%d:%d %s", &a, &b, &word); err != nil || a != p.X || b != p.Y || word != p.Name {
			return 0
		}
		fields := strings.Fields(fmt.Sprintln(i, f, p.Name, v))
		back, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || back != f {
			return 0
		}
	}
	return h.Sum64()
}

func main() {
	check.Main("formats", 2200, map[int]uint64{200: 837289528568286069, 2200: 347184798541835347}, run)
}
