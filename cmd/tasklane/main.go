// Command tasklane is the task half of Amazon Connect that you run yourself.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/tasklane/tasklane/internal/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := server.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
