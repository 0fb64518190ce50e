// Command bench measures, on a PostgreSQL of its own that waits for the disk, and prints JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/tasklane/tasklane/bench/river"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

func main() {
	var load river.Load
	flag.IntVar(&load.Jobs, "jobs", 20_000, "how many jobs to insert and work")
	flag.IntVar(&load.Inserters, "inserters", 32, "how many insert at the same time")
	limit := flag.Duration("limit", 5*time.Minute, "how long it may take")
	flag.Parse()

	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	if err := measure(ctx, load); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, load river.Load) (err error) {
	server, err := pgtest.Start(pgtest.Options{Durable: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	result, err := river.Measure(ctx, server.URL("postgres"), load)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(map[string]river.Result{"river": result})
}
