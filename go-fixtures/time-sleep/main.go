// Command time-sleep checks that sleeping sleeps, neither too short nor far
// too long, and that time does not run backwards.
package main

import (
	"fmt"
	"time"
)

func asleep(d time.Duration) {
	start := time.Now()
	time.Sleep(d)
	took := time.Since(start)
	fmt.Println(d, "long enough:", took >= d, "not far too long:", took < d+2*time.Second)
}

func main() {
	for _, d := range []time.Duration{0, 100 * time.Microsecond, time.Millisecond, 20 * time.Millisecond, 150 * time.Millisecond} {
		asleep(d)
	}
	last := time.Now()
	steps := 0
	for range 20000 {
		now := time.Now()
		if now.Before(last) {
			fmt.Println("time ran backwards by", last.Sub(now))
		}
		if now.After(last) {
			steps++
		}
		last = now
	}
	fmt.Println("time passes:", steps > 0)
	fmt.Println("this century:", last.Year() >= 2024 && last.Year() < 2100)
}
