// Package river measures River, the job queue on PostgreSQL that Tasklane's rate is held against: one
// transaction inserts one job, and a worker of the same process does nothing with it.
package river

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/bench/latency"
)

// Load says how much work there is.
type Load struct {
	Jobs      int // how many are inserted and worked in all
	Inserters int // how many insert at the same time
}

// Result is what was measured.
type Result struct {
	Jobs          int             `json:"jobs"`
	Inserters     int             `json:"inserters"`
	JobsPerSecond float64         `json:"jobsPerSecond"` // inserted, worked and marked as completed
	InsertToWork  latency.Summary `json:"insertToWork"`  // from before the transaction to the worker
}

// Measure runs a load on the PostgreSQL at url, whose database it fills with River's tables.
func Measure(ctx context.Context, url string, load Load) (Result, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return Result{}, err
	}
	config.MaxConns = int32(load.Inserters) + 10 // the rest is for fetching and completing
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return Result{}, err
	}
	defer pool.Close()
	w := &worker{want: load.Jobs, done: make(chan struct{})}
	client, err := newClient(ctx, pool, w)
	if err != nil {
		return Result{}, fmt.Errorf("set up River: %w", err)
	}
	begin := time.Now()
	if err := run(ctx, pool, client, w, load); err != nil {
		return Result{}, err
	}
	rate := float64(load.Jobs) / time.Since(begin).Seconds()
	return Result{load.Jobs, load.Inserters, rate, latency.Summarize(w.latencies)}, checkCompleted(ctx, pool, load.Jobs)
}

// newClient makes River's tables and a client with the settings of River's own benchmark command.
func newClient(ctx context.Context, pool *pgxpool.Pool, w *worker) (*river.Client[pgx.Tx], error) {
	driver := riverpgxv5.New(pool)
	quiet := slog.New(slog.DiscardHandler)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	return river.NewClient(driver, &river.Config{
		FetchCooldown:     2 * time.Millisecond,
		FetchPollInterval: 20 * time.Millisecond,
		Logger:            quiet,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2_000}},
		Workers:           workers,
	})
}

// run inserts and works the whole load, and returns when River has stored that every job is completed.
func run(ctx context.Context, pool *pgxpool.Pool, client *river.Client[pgx.Tx], w *worker, load Load) error {
	if err := client.Start(ctx); err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for i := range load.Inserters {
		group.Go(func() error {
			for n := i; n < load.Jobs; n += load.Inserters {
				if err := insert(groupCtx, pool, client); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := group.Wait()
	if err == nil {
		select {
		case <-w.done:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return errors.Join(err, client.Stop(ctx))
}

func insert(ctx context.Context, pool *pgxpool.Pool, client *river.Client[pgx.Tx]) error {
	job := args{Born: time.Now()}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		_, err := client.InsertTx(ctx, tx, job, nil)
		return err
	})
}

func checkCompleted(ctx context.Context, pool *pgxpool.Pool, want int) error {
	var got int
	if err := pool.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(&got); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("completed %d of %d jobs", got, want)
	}
	return nil
}

// args are a job's arguments.
type args struct {
	Born time.Time `json:"born"`
}

// Kind names the job to River.
func (args) Kind() string { return "nothing" }

// worker does nothing, and notes when.
type worker struct {
	river.WorkerDefaults[args]
	want int
	done chan struct{} // closed when all the jobs were worked

	mu        sync.Mutex
	latencies []time.Duration
}

// Work notes how long the job waited.
func (w *worker) Work(_ context.Context, job *river.Job[args]) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latencies = append(w.latencies, time.Since(job.Args.Born))
	if len(w.latencies) == w.want {
		close(w.done)
	}
	return nil
}
