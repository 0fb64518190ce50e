// Command bench measures Tasklane as docs/performance.md tells, beside the raw limit of each database and beside
// River, in one run on one machine. It prints one JSON document, and a table on standard error.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // for the raw limit
	_ "modernc.org/sqlite"             // for the raw limit

	"github.com/tasklane/tasklane/bench/growth"
	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/bench/raw"
	"github.com/tasklane/tasklane/bench/river"
	"github.com/tasklane/tasklane/bench/scale"
	"github.com/tasklane/tasklane/bench/tasklane"
	"github.com/tasklane/tasklane/bench/waiting"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// settings say how much is measured.
type settings struct {
	each     time.Duration
	riverMax int
	clients  []int
	growth   []int // numbers of stored contacts; empty: not measured
	waiting  []int // numbers of waiting tasks; empty: not measured
	scale    bool
	load     bool

	instances int // that one server has; 0: not measured
}

// engineResult is what was measured on one database.
type engineResult struct {
	Raw      raw.Result      `json:"raw"`
	Tasklane tasklane.Result `json:"tasklane"`
	OfRaw    float64         `json:"ofRaw"` // the best rate as a part of the raw limit
	Offer    offer.Result    `json:"offer"`
}

// report is the whole document.
type report struct {
	SQLite   *engineResult   `json:"sqlite,omitempty"`
	Postgres *engineResult   `json:"postgres,omitempty"`
	River    *river.Result   `json:"river,omitempty"`
	OfRiver  float64         `json:"ofRiver,omitempty"` // Tasklane's best rate on PostgreSQL as a part of River's
	Growth   *growth.Result  `json:"growth,omitempty"`
	Waiting  *waiting.Result `json:"waiting,omitempty"`
	Scale    *scale.Result   `json:"scale,omitempty"`

	Instances map[string]tasklane.Instances `json:"instances,omitempty"` // by database
}

func main() {
	s := settings{clients: []int{1, 8, 32, 128}}
	flag.DurationVar(&s.each, "each", 5*time.Second, "how long each load lasts")
	flag.IntVar(&s.riverMax, "jobs", 20_000, "how many jobs River inserts and works")
	flag.BoolVar(&s.scale, "scale", true, "measure offers in a large contact centre")
	flag.BoolVar(&s.load, "load", true, "measure starting and offering tasks")
	flag.IntVar(&s.instances, "instances", 1000, "how many instances one server gets; 0 for none")
	sizes := flag.String("growth", "10000,1000000", "numbers of stored contacts at which operations are measured; empty for none")
	waits := flag.String("waiting", "1000,100000,1000000", "numbers of waiting tasks at which offers are measured; empty for none")
	limit := flag.Duration("limit", 20*time.Minute, "how long everything may take")
	flag.Parse()
	for name, list := range map[string]struct {
		text  string
		least int
		into  *[]int
	}{"growth": {*sizes, 10_000, &s.growth}, "waiting": {*waits, 1000, &s.waiting}} {
		if err := parseSizes(list.text, list.least, list.into); err != nil {
			fmt.Fprintf(os.Stderr, "bench: -%s: %v\n", name, err)
			os.Exit(2)
		}
	}

	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	r, err := measure(ctx, s)
	if err == nil {
		err = r.print()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, s settings) (r report, err error) {
	dir, err := os.MkdirTemp("", "tasklane-bench-")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary, err := tasklane.Build(ctx, "..", dir)
	if err != nil {
		return r, err
	}
	if len(s.growth) > 0 {
		g, err := growth.Measure(ctx, binary, dir, s.growth)
		if err != nil {
			return r, fmt.Errorf("growth: %w", err)
		}
		r.Growth = &g
	}
	if len(s.waiting) > 0 {
		w, err := waiting.Measure(ctx, dir, s.waiting)
		if err != nil {
			return r, fmt.Errorf("waiting: %w", err)
		}
		r.Waiting = &w
	}
	if s.scale {
		large, err := scale.Measure(ctx, filepath.Join(dir, "scale"), s.each)
		if err != nil {
			return r, fmt.Errorf("scale: %w", err)
		}
		r.Scale = &large
	}
	if s.instances > 0 {
		if r.Instances, err = s.manyInstances(ctx, binary, dir); err != nil {
			return r, fmt.Errorf("instances: %w", err)
		}
	}
	if s.load {
		err = s.loads(ctx, binary, dir, &r)
	}
	return r, err
}

// timedInstances is how many instances are made of which the time is measured.
const timedInstances = 200

// manyInstances measures a server with many instances on each database.
func (s settings) manyInstances(ctx context.Context, binary, dir string) (all map[string]tasklane.Instances, err error) {
	many := max(s.instances, timedInstances+1)
	all = map[string]tasklane.Instances{}
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		d := filepath.Join(dir, "instances-"+database)
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
		url := ""
		if database == "PostgreSQL" {
			var servers fresh
			url, err = servers.next()
			if errors.Is(err, pgtest.ErrNotInstalled) {
				return all, nil
			}
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, servers.stop()) }()
		}
		if all[database], err = tasklane.MeasureInstances(ctx, binary, d, url, timedInstances, many); err != nil {
			return nil, fmt.Errorf("%s: %w", database, err)
		}
	}
	return all, nil
}

// parseSizes reads a list of numbers.
func parseSizes(list string, least int, into *[]int) error {
	for text := range strings.SplitSeq(list, ",") {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			return fmt.Errorf("%q is no number from %d", text, least)
		}
		*into = append(*into, n)
	}
	return nil
}

// loads measures how fast tasks are started and offered on each database.
func (s settings) loads(ctx context.Context, binary, dir string, r *report) (err error) {
	sqlite := func(name string) (string, store.Options, error) {
		d := filepath.Join(dir, name)
		return d, store.Options{Dir: d}, os.Mkdir(d, 0o700)
	}
	lite, err := s.engine(ctx, binary, "sqlite", sqlite)
	if err != nil {
		return err
	}
	r.SQLite = &lite
	var servers fresh
	defer func() { err = errors.Join(err, servers.stop()) }()
	postgres := func(name string) (string, store.Options, error) {
		d := filepath.Join(dir, "postgres-"+name)
		if err := os.Mkdir(d, 0o700); err != nil {
			return d, store.Options{}, err
		}
		url, err := servers.next()
		return d, store.Options{Database: url}, err
	}
	pg, err := s.engine(ctx, binary, "pgx", postgres)
	if errors.Is(err, pgtest.ErrNotInstalled) {
		fmt.Fprintln(os.Stderr, "bench: PostgreSQL is not installed: measured on SQLite alone")
		return nil
	}
	if err != nil {
		return err
	}
	r.Postgres = &pg
	url, err := servers.next()
	if err != nil {
		return err
	}
	rv, err := river.Measure(ctx, url, river.Load{Jobs: s.riverMax, Inserters: 32})
	r.River, r.OfRiver = &rv, pg.Tasklane.BestPerSecond/rv.JobsPerSecond
	return err
}

// fresh gives each measurement a PostgreSQL of its own, which is not busy with what the one before has left.
type fresh struct{ running *pgtest.Server }

// next stops the server there is, starts another and returns the URL of a database.
func (f *fresh) next() (string, error) {
	if err := f.stop(); err != nil {
		return "", err
	}
	server, err := pgtest.Start(pgtest.Options{Durable: true})
	if err != nil {
		return "", err
	}
	f.running = server
	return server.URL("postgres"), nil
}

func (f *fresh) stop() error {
	if f.running == nil {
		return nil
	}
	server := f.running
	f.running = nil
	return server.Stop()
}

// engine measures one database; make gives an empty one of a name, with a directory.
func (s settings) engine(ctx context.Context, binary, driver string, empty func(name string) (string, store.Options, error)) (r engineResult, err error) {
	_, opts, err := empty("raw")
	if err != nil {
		return r, err
	}
	if r.Raw, err = s.raw(ctx, driver, opts); err != nil {
		return r, fmt.Errorf("raw limit: %w", err)
	}
	dir, opts, err := empty("load")
	if err != nil {
		return r, err
	}
	if r.Tasklane, err = tasklane.Measure(ctx, binary, dir, opts.Database, s.clients, s.each); err != nil {
		return r, fmt.Errorf("load: %w", err)
	}
	r.OfRaw = r.Tasklane.BestPerSecond / r.Raw.TasksPerSecond
	if _, opts, err = empty("offer"); err != nil {
		return r, err
	}
	if r.Offer, err = offer.Measure(ctx, opts, r.Tasklane.BestPerSecond/2, s.each); err != nil {
		return r, fmt.Errorf("offer: %w", err)
	}
	return r, nil
}

// raw measures the limit on tables that the store makes, with its settings.
func (s settings) raw(ctx context.Context, driver string, opts store.Options) (raw.Result, error) {
	st, err := store.Open(ctx, opts)
	if err != nil {
		return raw.Result{}, err
	}
	if err := st.Close(); err != nil {
		return raw.Result{}, err
	}
	source := opts.Database
	if source == "" {
		source = "file:" + filepath.Join(opts.Dir, "tasklane.db") + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return raw.Result{}, err
	}
	defer db.Close()
	return raw.Measure(ctx, db, s.each)
}

func (r report) print() error {
	table := tabwriter.NewWriter(os.Stderr, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "database\tclients\ttasks/s\tp50 ms\tp99 ms\tof raw\t")
	rows := func(name string, e engineResult) {
		fmt.Fprintf(table, "%s\traw\t%.0f\t\t\t1.00\t\n", name, e.Raw.TasksPerSecond)
		for _, l := range e.Tasklane.Loads {
			fmt.Fprintf(table, "%s\t%d\t%.0f\t%.1f\t%.1f\t%.2f\t\n", name, l.Clients, l.TasksPerSecond, l.Answer.P50, l.Answer.P99, l.TasksPerSecond/e.Raw.TasksPerSecond)
		}
		fmt.Fprintf(table, "%s\toffer\t%.0f\t%.1f\t%.1f\t\t\n", name, e.Offer.TasksPerSecond, e.Offer.CommitToOffer.P50, e.Offer.CommitToOffer.P99)
	}
	if r.SQLite != nil {
		rows("SQLite", *r.SQLite)
	}
	if r.Postgres != nil {
		rows("PostgreSQL", *r.Postgres)
	}
	if r.River != nil {
		fmt.Fprintf(table, "River\t%d\t%.0f\t%.1f\t%.1f\t\t\n", r.River.Inserters, r.River.JobsPerSecond, r.River.InsertToWork.P50, r.River.InsertToWork.P99)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.Growth != nil {
		if err := r.Growth.Print(os.Stderr); err != nil {
			return err
		}
	}
	if r.Waiting != nil {
		if err := r.Waiting.Print(os.Stderr); err != nil {
			return err
		}
	}
	if s := r.Scale; s != nil {
		fmt.Fprintf(os.Stderr, "10,000 agents, 1,000 queues: %.0f offers/s; at half the rate p50 %.1f ms, p99 %.1f ms\n",
			s.AtOnce.OffersPerSecond, s.Half.CommitToOffer.P50, s.Half.CommitToOffer.P99)
	}
	for _, database := range slices.Sorted(maps.Keys(r.Instances)) {
		if err := r.Instances[database].Print(os.Stderr, database); err != nil {
			return err
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(r)
}
