// Command system asks for what a wasip1 program does not have: processes,
// signals, host names and users. Nothing of it may end the program.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

func main() {
	fmt.Println(runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0), runtime.Compiler)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	select {
	case s := <-c:
		fmt.Println("a signal:", s)
	case <-time.After(10 * time.Millisecond):
		fmt.Println("no signal")
	}
	signal.Stop(c)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	stop()
	fmt.Println(ctx.Err())
	fmt.Println("exec fails:", exec.Command("true").Run() != nil)
	_, err := exec.LookPath("sh")
	fmt.Println("no program is found:", err != nil)
	_, err = os.StartProcess("/bin/true", nil, &os.ProcAttr{})
	fmt.Println("no process starts:", err != nil)
	_, _, err = os.Pipe()
	fmt.Println("no pipe:", err != nil)
	host, err := os.Hostname()
	fmt.Println(host, err)
	_, err = os.Executable()
	fmt.Println("no path of its own:", err != nil)
	_, err = os.UserHomeDir()
	fmt.Println("no home:", err != nil)
	fmt.Println(os.Getpid() > 0, os.Getuid(), os.Getpagesize(), os.TempDir())
	wd, err := os.Getwd()
	fmt.Println(wd, err)
}
