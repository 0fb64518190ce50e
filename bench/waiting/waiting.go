// Package waiting measures what the number of waiting tasks costs the owner of an instance: how long it takes to
// start, how much memory it needs, and how long an offer takes.
package waiting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/tasklane/tasklane/bench/fill"
	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// Bars of issue and design: an offer with the most waiting tasks as a multiple of one with the fewest, bytes for each
// waiting task, and seconds until the first offer can be made.
const (
	BarRatio   = 2.0
	BarBytes   = 400
	BarSeconds = 10
)

// Result is what was measured.
type Result struct {
	Sizes []Size `json:"sizes"`
	// Ratio is the time of an offer at the last size as a multiple of that at the first.
	Ratio float64 `json:"ratio"`
	Kept  bool    `json:"kept"` // all bars
}

// Size is what was measured with so many waiting tasks.
type Size struct {
	Waiting         int     `json:"waiting"`
	LoadSeconds     float64 `json:"loadSeconds"` // from the start of the owner until it has read what waits
	BytesEach       float64 `json:"bytesEach"`   // of memory for a waiting task
	Offers          int     `json:"offers"`
	OffersPerSecond float64 `json:"offersPerSecond"`
	OfferMillis     float64 `json:"offerMillis"` // from one offer to the next
}

const agents = 200

// Measure fills a SQLite database in dir for each of the sizes and measures it.
func Measure(ctx context.Context, dir string, sizes []int) (r Result, err error) {
	r.Kept = true
	for _, n := range sizes {
		size, err := measure(ctx, filepath.Join(dir, fmt.Sprint("waiting-", n)), n)
		if err != nil {
			return r, fmt.Errorf("%d waiting tasks: %w", n, err)
		}
		r.Sizes = append(r.Sizes, size)
		r.Kept = r.Kept && size.LoadSeconds <= BarSeconds && (n < 100_000 || size.BytesEach <= BarBytes)
	}
	r.Ratio = r.Sizes[len(r.Sizes)-1].OfferMillis / r.Sizes[0].OfferMillis
	r.Kept = r.Kept && r.Ratio <= BarRatio
	return r, nil
}

// Print writes a table.
func (r Result) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "waiting\tstart s\tbytes each\toffers/s\tms an offer\t")
	for _, s := range r.Sizes {
		fmt.Fprintf(table, "%d\t%.2f\t%.0f\t%.0f\t%.3f\t\n", s.Waiting, s.LoadSeconds, s.BytesEach, s.OffersPerSecond, s.OfferMillis)
	}
	return table.Flush()
}

func measure(ctx context.Context, dir string, n int) (size Size, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return size, err
	}
	st, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, st.Close(), os.RemoveAll(dir)) }()
	e, err := engine.New(engine.Options{
		Store: st, OfferTimeout: time.Hour, Quotas: map[string]int{engine.QuotaActiveTasks: 0, engine.QuotaUsers: 0},
	})
	if err != nil {
		return size, err
	}
	w := &watch{offered: make(chan struct{})}
	e.Watch(w.committed)
	d := dispatch.New(dispatch.Options{Engine: e, Store: st, Node: "bench"})
	stock, err := offer.Bootstrap(ctx, e)
	if err != nil {
		return size, err
	}
	instance := e.Instances()[0].ID
	last := st.Now()
	if err := fill.Write(ctx, st, instance, n, func(tx engine.Tx, i int) { put(tx, stock, last, i) }); err != nil {
		return size, err
	}
	ids, err := offer.Hire(ctx, e, stock, agents)
	if err != nil {
		return size, err
	}
	size.Waiting, size.Offers = n, min(n, agents*offer.Slots)
	w.want = size.Offers

	before := memory()
	begin := time.Now()
	stop, err := offer.Own(ctx, d, instance)
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	size.LoadSeconds = time.Since(begin).Seconds()
	size.BytesEach = float64(memory()-before) / float64(n)

	begin = time.Now()
	if err := offer.Available(ctx, e, ids); err != nil {
		return size, err
	}
	select {
	case <-w.offered:
	case <-time.After(time.Minute):
		return size, errors.New("the agents did not get their tasks in a minute")
	}
	took := time.Since(begin)
	size.OffersPerSecond = float64(size.Offers) / took.Seconds()
	size.OfferMillis = took.Seconds() * 1000 / float64(size.Offers)
	return size, nil
}

// memory is what is in use, in bytes.
func memory() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// watch waits for a number of offers.
type watch struct {
	mu      sync.Mutex // guards what follows
	seen    int
	want    int
	offered chan struct{}
}

func (w *watch) committed(c engine.Commit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range c.Events {
		if e.Type != contact.EventOffered {
			continue
		}
		if w.seen++; w.seen == w.want {
			close(w.offered)
		}
	}
}

// put writes a task that waits in the stock queue since i seconds before last.
func put(tx engine.Tx, stock engine.Stock, last time.Time, i int) {
	at := last.Add(-time.Duration(i) * time.Second)
	c := &contact.Contact{ID: contact.NewID(at), Name: fmt.Sprint("Refund order ", i), Flow: stock.Flow, Target: stock.Queue}
	c.Begin(at)
	c.Life, c.Expires = contact.MaxLife, tx.Now().Add(contact.MaxLife)
	if _, err := c.Enqueue(at); err != nil {
		panic(err) // a new contact can be enqueued
	}
	tx.PutContact(c)
	tx.PutChain(&contact.Chain{ID: c.ID, Attributes: map[string]string{"tier": "gold"}})
}
