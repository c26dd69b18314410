// Command regular-expressions matches, replaces and splits.
package main

import (
	"fmt"
	"regexp"
	"strings"
)

func main() {
	re := regexp.MustCompile(`(?P<user>[\w.]+)@(?P<host>(?:\w+\.)+\w+)`)
	text := "mail ann@example.org, or bob.b@mail.example.com; not @this"
	fmt.Println(re.FindAllString(text, -1), re.SubexpNames())
	fmt.Println(re.FindStringSubmatchIndex(text), re.ReplaceAllString(text, "<$host at ${user}>"))
	fmt.Println(regexp.MustCompile(`(?i)^h(.*?)o\b`).FindStringSubmatch("HELLO hello"))
	fmt.Println(regexp.MustCompile(`[,;\s]+`).Split("a, b;c   d", -1), regexp.QuoteMeta("a.b*c"))
	fmt.Println(regexp.MustCompile(`\p{Greek}+`).FindString("abc αβγ def"), regexp.MustCompile(`a{2,3}?`).FindAllStringIndex("aaaaaaa", -1))
	fmt.Println(regexp.MustCompile(`\d+`).ReplaceAllStringFunc("1 22 333", func(s string) string { return strings.Repeat("#", len(s)) }))
	// Linear in the input, where backtracking would not end.
	fmt.Println(regexp.MustCompile(`^(a|a)*$`).MatchString(strings.Repeat("a", 5000) + "b"))
	long := strings.Repeat("x", 20000) + "needle"
	fmt.Println(regexp.MustCompile(`(x+x+)+needle`).MatchString(long))
	for _, bad := range []string{`a(b`, `*`, `[z-a]`, `a{2000}`, `(?<n`, `\8`} {
		_, err := regexp.Compile(bad)
		fmt.Println(err)
	}
}
