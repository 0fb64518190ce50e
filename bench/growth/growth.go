// Package growth measures what the number of stored contacts costs: the same operations on a database with few
// contacts and on one with many.
package growth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/bench/fill"
	"github.com/tasklane/tasklane/bench/latency"
	"github.com/tasklane/tasklane/bench/tasklane"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// Bar is how many times an operation may take with the most contacts what it takes with the fewest.
const Bar = 2.0

// Result is what was measured.
type Result struct {
	Sizes []Size `json:"sizes"`
	// Ratios are the medians at the last size as a multiple of those at the first, by operation.
	Ratios map[string]float64 `json:"ratios"`
	Bar    float64            `json:"bar"`
	Kept   bool               `json:"kept"` // the bar, by all operations
}

// Size is what was measured with so many contacts.
type Size struct {
	Contacts    int                        `json:"contacts"`
	FillSeconds float64                    `json:"fillSeconds"`
	Operations  map[string]latency.Summary `json:"operations"`
}

// Measure fills a SQLite database in dir for each of the sizes and measures it.
func Measure(ctx context.Context, binary, dir string, sizes []int) (Result, error) {
	r := Result{Bar: Bar, Ratios: map[string]float64{}, Kept: true}
	for _, n := range sizes {
		size, err := measure(ctx, binary, filepath.Join(dir, fmt.Sprint("growth-", n)), n)
		if err != nil {
			return r, fmt.Errorf("%d contacts: %w", n, err)
		}
		r.Sizes = append(r.Sizes, size)
	}
	first, last := r.Sizes[0].Operations, r.Sizes[len(r.Sizes)-1].Operations
	for name := range first {
		r.Ratios[name] = last[name].P50 / first[name].P50
		r.Kept = r.Kept && r.Ratios[name] <= Bar
	}
	return r, nil
}

// Print writes a table.
func (r Result) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "operation, ms at")
	for _, s := range r.Sizes {
		fmt.Fprintf(table, "\t%d p50\tp99", s.Contacts)
	}
	fmt.Fprintln(table, "\tratio\t")
	for _, name := range slices.Sorted(maps.Keys(r.Ratios)) {
		fmt.Fprint(table, name)
		for _, s := range r.Sizes {
			fmt.Fprintf(table, "\t%.2f\t%.2f", s.Operations[name].P50, s.Operations[name].P99)
		}
		fmt.Fprintf(table, "\t%.2f\t\n", r.Ratios[name])
	}
	return table.Flush()
}

func measure(ctx context.Context, binary, dir string, n int) (size Size, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	_, instance, stop, err := tasklane.Serve(ctx, binary, dir) // makes the instance
	if err != nil {
		return size, err
	}
	if err := stop(); err != nil {
		return size, err
	}
	begin := time.Now()
	f, err := history(ctx, dir, instance, n)
	if err != nil {
		return size, err
	}
	size = Size{Contacts: n, FillSeconds: time.Since(begin).Seconds(), Operations: map[string]latency.Summary{}}
	address, _, stop, err := tasklane.Serve(ctx, binary, dir)
	if err != nil {
		return size, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for name, next := range f.operations(instance) {
		if size.Operations[name], err = timed(ctx, address, next); err != nil {
			return size, fmt.Errorf("%s: %w", name, err)
		}
	}
	return size, nil
}

// filled is what a database was filled with.
type filled struct {
	first, last time.Time
	queues      []string
	ids         []string
	chains      []string // first contacts of chains of 12
}

const (
	chains  = 200
	inChain = 12 // beside the first contact
)

// history writes contacts that began one a second and have ended, through the store's own way of writing, and some
// chains of a first contact and twelve more.
func history(ctx context.Context, dir, instance string, n int) (f *filled, err error) {
	st, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	f = &filled{last: st.Now(), ids: make([]string, n)}
	f.first = f.last.Add(-time.Duration(n) * time.Second)
	for range 10 {
		f.queues = append(f.queues, uuid.NewString())
	}
	err = fill.Write(ctx, st, instance, n, f.put)
	return f, errors.Join(err, f.link(ctx, st, instance, chains))
}

// order is the number of an order, which is an attribute of one contact only.
func order(i int) string { return fmt.Sprint("A-", i) }

// put writes contact i with its chain and its events.
func (f *filled) put(tx engine.Tx, i int) {
	at := f.first.Add(time.Duration(i) * time.Second)
	c := begin(at, fmt.Sprint("Refund order ", i))
	c.Target = f.queues[i%len(f.queues)]
	f.ids[i] = c.ID
	var events []contact.Event
	for _, step := range []func(time.Time) ([]contact.Event, error){
		c.Enqueue, func(at time.Time) ([]contact.Event, error) { return c.Disconnect(contact.ReasonAPI, at) },
	} {
		at = at.Add(time.Second)
		more, err := step(at)
		if err != nil {
			panic(err) // a new contact can be enqueued and disconnected
		}
		events = append(events, more...)
	}
	tx.PutContact(c)
	tx.PutChain(&contact.Chain{ID: c.ID, Attributes: map[string]string{"order": order(i), "tier": "gold"}})
	tx.Emit(c.ID, events...)
}

func begin(at time.Time, name string) *contact.Contact {
	c := &contact.Contact{
		ID: contact.NewID(at), Name: name, Description: "Customer returned both items.",
		References: contact.References{"Order": {Type: contact.ReferenceURL, Value: "https://shop.example/orders/A-1009"}},
	}
	c.Begin(at)
	return c
}

// link writes chains of twelve contacts that follow a first one.
func (f *filled) link(ctx context.Context, st *store.Store, instance string, n int) error {
	for range n {
		err := st.Update(ctx, instance, func(tx engine.Tx) error {
			first := begin(tx.Now(), "Claim")
			chain := &contact.Chain{ID: first.ID, Linked: inChain, Attributes: map[string]string{"tier": "gold"}}
			tx.PutContact(first)
			tx.PutChain(chain)
			for range inChain {
				next := begin(tx.Now(), "Part of the claim")
				next.Previous, next.Initial, next.Association = first.ID, first.ID, first.ID
				tx.PutContact(next)
			}
			f.chains = append(f.chains, first.ID)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
