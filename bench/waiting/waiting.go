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
	"text/tabwriter"
	"time"

	"github.com/tasklane/tasklane/bench/centre"
	"github.com/tasklane/tasklane/bench/fill"
	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/internal/contact"
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
	OneQueue Growth `json:"oneQueue"`
	Large    Growth `json:"large"`
}

// Growth is what was measured in one scene.
type Growth struct {
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

// Measure fills a SQLite database in dir for each of the sizes and measures it: tasks in one queue, and tasks in a
// large contact centre with routing criteria.
func Measure(ctx context.Context, dir string, sizes []int) (r Result, err error) {
	if r.OneQueue, err = growth(ctx, dir, sizes, oneQueue); err != nil {
		return r, fmt.Errorf("one queue: %w", err)
	}
	if r.Large, err = growth(ctx, dir, sizes, large); err != nil {
		return r, fmt.Errorf("large contact centre: %w", err)
	}
	return r, nil
}

// maker makes a scene in an engine that has nothing yet.
type maker func(context.Context, *engine.Engine) (scene, error)

func growth(ctx context.Context, dir string, sizes []int, in maker) (r Growth, err error) {
	r.Kept = true
	for _, n := range sizes {
		size, err := measure(ctx, filepath.Join(dir, fmt.Sprint("waiting-", n)), n, in)
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
	fmt.Fprintln(table, "\twaiting\tstart s\tbytes each\toffers\toffers/s\tms an offer\t")
	rows := func(scene string, g Growth) {
		for _, s := range g.Sizes {
			fmt.Fprintf(table, "%s\t%d\t%.2f\t%.0f\t%d\t%.0f\t%.3f\t\n",
				scene, s.Waiting, s.LoadSeconds, s.BytesEach, s.Offers, s.OffersPerSecond, s.OfferMillis)
		}
	}
	rows("one queue", r.OneQueue)
	rows("1,000 queues, criteria", r.Large)
	return table.Flush()
}

func measure(ctx context.Context, dir string, n int, in maker) (size Size, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return size, err
	}
	on, err := offer.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, on.Store.Close(), os.RemoveAll(dir)) }()
	s, err := in(ctx, on.Engine)
	if err != nil {
		return size, err
	}
	last := on.Store.Now()
	if err := fill.Write(ctx, on.Store, s.instance, n, func(tx engine.Tx, i int) { s.put(tx, last, i) }); err != nil {
		return size, err
	}

	before := memory()
	begin := time.Now()
	stop, err := offer.Own(ctx, on.Dispatcher, s.instance)
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	size.Waiting, size.LoadSeconds = n, time.Since(begin).Seconds()
	size.BytesEach = float64(memory()-before) / float64(n)

	begin = time.Now()
	if err := offer.Available(ctx, on.Engine, s.agents); err != nil {
		return size, err
	}
	if err := on.Dispatcher.Settle(ctx); err != nil {
		return size, err
	}
	took := time.Since(begin)
	size.Offers = on.Watch.Offers()
	if size.Offers < n/10 && size.Offers < agents*offer.Slots {
		return size, fmt.Errorf("the agents got only %d tasks", size.Offers)
	}
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

// scene is a contact centre in which tasks wait.
type scene struct {
	instance string
	agents   []string
	task     func(i int, since time.Time) *contact.Contact
}

// oneQueue is a scene in which all tasks are in one queue.
func oneQueue(ctx context.Context, e *engine.Engine) (s scene, err error) {
	stock, err := offer.Bootstrap(ctx, e)
	if err != nil {
		return s, err
	}
	s = scene{instance: e.Instances()[0].ID, task: func(i int, since time.Time) *contact.Contact {
		return &contact.Contact{ID: contact.NewID(since), Name: fmt.Sprint("Refund order ", i), Flow: stock.Flow, Target: stock.Queue}
	}}
	s.agents, err = offer.Hire(ctx, e, stock, agents)
	return s, err
}

// large is a scene with many queues and routing profiles, and tasks with routing criteria.
func large(ctx context.Context, e *engine.Engine) (s scene, err error) {
	c, err := centre.Build(ctx, e, agents)
	if err != nil {
		return s, err
	}
	return scene{c.Instance, c.Agents, c.Waiting}, nil
}

// put writes the ith task, which waits since i seconds before last.
func (s scene) put(tx engine.Tx, last time.Time, i int) {
	at := last.Add(-time.Duration(i) * time.Second)
	c := s.task(i, at)
	c.Begin(at)
	c.Life, c.Expires = contact.MaxLife, tx.Now().Add(contact.MaxLife)
	if _, err := c.Enqueue(at); err != nil {
		panic(err) // a new contact can be enqueued
	}
	c.Activate(false, at)
	tx.PutContact(c)
	tx.PutChain(&contact.Chain{ID: c.ID, Attributes: map[string]string{"tier": "gold"}})
}
