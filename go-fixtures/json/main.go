// Command json encodes, decodes, indents and streams JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

type shape struct {
	Name   string          `json:"name"`
	Area   float64         `json:"area,omitempty"`
	Points [][2]int        `json:"points"`
	Meta   map[string]any  `json:"meta"`
	Inner  *shape          `json:"inner,omitempty"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	When   time.Time       `json:"when"`
	Hidden string          `json:"-"`
	Count  int64           `json:"count,string"`
	Ratio  map[int]float32 `json:"ratio"`
	Level  level           `json:"level"`
	Any    any             `json:"any"`
	Bytes  []byte          `json:"bytes"`
	Sub    struct{ A, B bool }
}

type level int

func (l level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("level-%d", int(l))), nil }
func (l *level) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "level-%d", (*int)(l))
	return err
}

func main() {
	s := shape{
		Name: "tri<angle> \u00fc \U0001F600", Area: 1e21, Points: [][2]int{{0, 0}, {1, -2}},
		Meta:  map[string]any{"b": nil, "a": []any{1, "two", 3.5, true}},
		Inner: &shape{Name: "inner", Area: 1.0 / 3}, Raw: json.RawMessage(`{"x":[1,2]}`),
		When: time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC), Hidden: "no", Count: 1 << 60,
		Ratio: map[int]float32{2: 0.1, 1: 1e-7}, Level: 3, Any: uint8(9), Bytes: []byte("bytes"),
	}
	b, err := json.MarshalIndent(s, "", "  ")
	fmt.Println(string(b), err)
	var back shape
	fmt.Println(json.Unmarshal(b, &back))
	again, _ := json.MarshalIndent(back, "", "  ")
	fmt.Println("the same again:", string(again) == string(b), back.Inner.Area == 1.0/3, back.Level)

	var v any
	fmt.Println("too large refused:", json.Unmarshal([]byte(`{"n": 1e400}`), &v) != nil)
	for _, bad := range []string{``, `{`, `{"a":}`, `[1,]`, `"\x"`, `{"name": 5}`, `nul`} {
		err := json.Unmarshal([]byte(bad), &back)
		fmt.Printf("%-12s refused: %v\n", bad, err != nil) // the wording depends on the version of Go
	}
	dec := json.NewDecoder(strings.NewReader(`{"a":1} {"a":2} [3]`))
	dec.UseNumber()
	for dec.More() {
		var v any
		fmt.Println(dec.Decode(&v), v)
	}
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	fmt.Println("deep nesting:", json.Valid([]byte(deep)), json.Unmarshal([]byte(deep), &v))
	json.NewEncoder(os.Stdout).Encode(map[string]int{"z": 1, "y": 2})
}
