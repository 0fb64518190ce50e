// Package scale measures offers in a large contact centre with 10,000 agents.
package scale

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/tasklane/tasklane/bench/centre"
	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const (
	agents = 10_000
	atOnce = 10_000
)

// BarMillis is what 99 of 100 offers take at most from the commit of the task, at half the best rate.
const BarMillis = 20

// Result is what was measured.
type Result struct {
	AtOnce offer.Run `json:"atOnce"` // tasks that were all started as fast as the machine can
	Half   offer.Run `json:"half"`   // tasks that were started at half that rate
	Kept   bool      `json:"kept"`
}

// Measure makes the contact centre in a SQLite database in dir and starts tasks in it: first as fast as the machine
// can, then for so long at half that rate.
func Measure(ctx context.Context, dir string, each time.Duration) (r Result, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return r, err
	}
	st, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, st.Close(), os.RemoveAll(dir)) }()
	e, err := engine.New(engine.Options{Store: st, OfferTimeout: time.Hour, Quotas: centre.Quotas()})
	if err != nil {
		return r, err
	}
	w := offer.NewWatch(e)
	d := dispatch.New(dispatch.Options{Engine: e, Store: st, Node: "bench"})
	c, err := centre.Build(ctx, e, agents)
	if err != nil {
		return r, err
	}
	if err := offer.Available(ctx, e, c.Agents); err != nil {
		return r, err
	}
	stop, err := offer.Own(ctx, d, c.Instance)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if r.AtOnce, err = w.Run(ctx, atOnce, 1e9, c.Task); err != nil {
		return r, err
	}
	rate := r.AtOnce.OffersPerSecond / 2
	if r.Half, err = w.Run(ctx, int(rate*each.Seconds()), rate, c.Task); err != nil {
		return r, err
	}
	r.Kept = r.Half.CommitToOffer.P99 <= BarMillis
	return r, nil
}
