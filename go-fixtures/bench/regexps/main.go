// Command regexps matches, finds and replaces with package regexp in lines of a
// made-up log. Argument: how many lines.
package main

import (
	"fmt"
	"hash/fnv"
	"regexp"

	"gobench/check"
)

var (
	address = regexp.MustCompile(`\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\b`)
	request = regexp.MustCompile(`"(GET|POST|PUT) (/[a-z0-9/_.-]*)(?:\?([^" ]*))? HTTP/(\d\.\d)" (\d{3})`)
	mail    = regexp.MustCompile(`(?i)[a-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}`)
	slow    = regexp.MustCompile(`took=(\d+(?:\.\d+)?)(ms|s)$`)
)

func run(n int) uint64 {
	r := check.Random(2)
	h := fnv.New64a()
	methods := []string{"GET", "POST", "PUT", "HEAD"}
	for range n {
		v := r.Next()
		line := fmt.Sprintf(`%d.%d.%d.%d - user%d+tag@Mail-%d.example.org "%s /shop/item_%d.html?id=%x HTTP/1.1" %d took=%d.%dms`,
			v&255, v>>8&255, v>>16&255, v>>24&255, v%97, v%13, methods[v>>32&3], v%1009, v, 200+v>>40&255, v>>50&63, v%10)
		for _, part := range request.FindStringSubmatch(line) {
			h.Write([]byte(part))
		}
		h.Write([]byte(address.ReplaceAllString(line, "$4.$3.$2.$1")))
		h.Write([]byte(mail.FindString(line)))
		if slow.MatchString(line) {
			h.Write([]byte{1})
		}
	}
	return h.Sum64()
}

func main() {
	check.Main("regexps", 1800, map[int]uint64{150: 11909802465834230980, 1800: 1480205591782834039}, run)
}
