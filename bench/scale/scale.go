// Package scale measures offers in a large contact centre with 10,000 agents.
package scale

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/tasklane/tasklane/bench/centre"
	"github.com/tasklane/tasklane/bench/offer"
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
	s, err := offer.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Store.Close(), os.RemoveAll(dir)) }()
	c, err := centre.Build(ctx, s.Engine, agents)
	if err != nil {
		return r, err
	}
	if err := offer.Available(ctx, s.Engine, c.Agents); err != nil {
		return r, err
	}
	stop, err := offer.Own(ctx, s.Dispatcher, c.Instance)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if r.AtOnce, err = s.Watch.Run(ctx, atOnce, 1e9, c.Task); err != nil {
		return r, err
	}
	rate := r.AtOnce.OffersPerSecond / 2
	if r.Half, err = s.Watch.Run(ctx, int(rate*each.Seconds()), rate, c.Task); err != nil {
		return r, err
	}
	r.Kept = r.Half.CommitToOffer.P99 <= BarMillis
	return r, nil
}
