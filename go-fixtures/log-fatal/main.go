// Command log-fatal logs to standard error and leaves with code 1.
package main

import (
	"log"
	"log/slog"
	"os"
)

func main() {
	plain := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	plain.Info("structured", "count", 3, "name", "a b")
	plain.WithGroup("g").Warn("grouped", slog.Float64("x", 1.5))
	log.SetFlags(log.Lshortfile)
	log.Println("to standard error")
	log.Fatalf("fatal: %d", 1)
}
