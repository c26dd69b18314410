// Command texts splits, joins, replaces, folds and counts with packages strings,
// bytes, bufio and unicode. Argument: how many paragraphs.
package main

import (
	"bufio"
	"bytes"
	"hash/fnv"
	"strings"
	"unicode"

	"gobench/check"
)

var syllables = []string{"ka", "to", "ri", "Ün", "sch", "el", "ça", "mo", "ß", "ни", "да", "λο", "go", "ro"}

func run(n int) uint64 {
	r := check.Random(6)
	h := fnv.New64a()
	replacer := strings.NewReplacer("ka", "KA", "schel", "", "ß", "ss", "ни", "nie")
	for range n {
		var b strings.Builder
		for range 120 {
			for v := r.Next() | 1<<10; v > 0; v >>= 16 {
				b.WriteString(syllables[v%uint64(len(syllables))])
			}
			b.WriteByte(" ,\n."[r.Next()&3])
		}
		text := b.String()
		words := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) })
		counts := map[string]int{}
		for _, word := range words {
			counts[strings.ToLower(word)]++
		}
		h.Write([]byte(strings.Join(words[:len(words)/2], "-")))
		h.Write([]byte(replacer.Replace(text)))
		h.Write(bytes.ToUpper([]byte(text)))
		h.Write([]byte{byte(len(counts)), byte(strings.Count(text, "ri")), byte(strings.LastIndex(text, "go"))})
		lines := bufio.NewScanner(strings.NewReader(text))
		for lines.Scan() {
			before, after, found := strings.Cut(lines.Text(), ",")
			if found && strings.HasPrefix(strings.TrimSpace(after), "to") && !strings.EqualFold(before, after) {
				h.Write([]byte(before))
			}
		}
	}
	return h.Sum64()
}

func main() {
	check.Main("texts", 300, map[int]uint64{30: 10080045553031561030, 300: 6948450736851153991}, run)
}
