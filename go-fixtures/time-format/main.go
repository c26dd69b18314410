// Command time-format formats and parses times, also in zones that it carries
// with it (package time/tzdata).
package main

import (
	"fmt"
	"time"
	_ "time/tzdata"
)

func main() {
	t := time.Date(2024, time.February, 29, 23, 59, 58, 123456789, time.UTC)
	for _, layout := range []string{time.RFC3339Nano, time.RFC1123Z, time.Kitchen, time.ANSIC, "Mon 2 Jan 2006 15:04:05.000 -07", "__2 002"} {
		fmt.Println(t.Format(layout))
	}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			fmt.Println(err)
			continue
		}
		summer := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).In(loc)
		fmt.Println(t.In(loc), "|", summer.Format("15:04 MST -0700"))
	}
	_, err := time.LoadLocation("Nowhere/Land")
	fmt.Println(err)
	p, err := time.Parse("2006-01-02 15:04", "2021-03-04 05:06")
	fmt.Println(p, err)
	_, err = time.Parse(time.RFC3339, "not a time")
	fmt.Println(err)
	d, err := time.ParseDuration("1h15m30.918s")
	fmt.Println(d, err, d.Round(time.Minute), t.Add(d).Sub(t) == d)
	year, week := t.ISOWeek()
	fmt.Println(year, week, t.YearDay(), t.Weekday(), t.AddDate(1, 0, 0).Format(time.DateOnly), t.Unix(), t.Truncate(time.Hour).Format(time.TimeOnly))
	fmt.Println(time.Date(2024, 1, 1, 0, 0, 0, 0, time.Local).Format(time.RFC3339))
}
