package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/internal/telemetry"
)

// keepLeases renews the leases of this node and takes those that nobody has, until ctx ends. Where that fails for as long
// as a lease lasts by the clock of this node, whatever the database does, the node steps down: another one may have taken
// over. A lease counts from when it was asked for.
func (d *Dispatcher) keepLeases(ctx context.Context) {
	ttl := d.opts.LeaseTTL
	since := telemetry.Stopwatch()
	for {
		asked := telemetry.Stopwatch()
		mine, err := d.askWithin(ctx, ttl-since())
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			since = asked
			d.own(ctx, mine)
		case since() >= ttl:
			slog.ErrorContext(ctx, "leases not renewed in time: this node steps down", "err", err)
			d.stepDown()
			since = telemetry.Stopwatch() // nothing is owned, so nothing runs out
		default:
			slog.WarnContext(ctx, "cannot renew the leases", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.claim:
		case <-time.After(ttl / 3):
			poll(d.claim) // it asks now
		}
	}
}

// askWithin renews and takes leases, and waits for the answer no longer than a limit: a database that is silent must not
// keep an owner in office.
func (d *Dispatcher) askWithin(ctx context.Context, limit time.Duration) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, max(limit, 0))
	type answer struct {
		mine []string
		err  error
	}
	answered := make(chan answer, 1)
	go func() { // it ends when the store has an outcome, which is bounded, too
		defer cancel()
		mine, err := d.ask(ctx)
		answered <- answer{mine, err}
	}()
	select {
	case a := <-answered:
		return a.mine, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// takesAtOnce is how many leases are taken side by side: they share commits.
const takesAtOnce = 32

// ask renews all leases of this node in one statement, takes those that are free, and returns the instances that are this
// node's.
func (d *Dispatcher) ask(ctx context.Context) (mine []string, err error) {
	if err := d.opts.Store.Renew(ctx, d.opts.Node, d.opts.LeaseTTL); err != nil {
		return nil, err
	}
	holders, err := d.opts.Store.Leases(ctx)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex // guards mine
	var g errgroup.Group
	g.SetLimit(takesAtOnce)
	for _, i := range d.opts.Engine.Instances() {
		switch holders[i.ID] {
		case d.opts.Node:
			mu.Lock()
			mine = append(mine, i.ID)
			mu.Unlock()
		case "":
			g.Go(func() error {
				_, taken, err := d.opts.Store.Lease(ctx, i.ID, d.opts.Node, d.opts.LeaseTTL)
				if taken {
					mu.Lock()
					mine = append(mine, i.ID)
					mu.Unlock()
				}
				return err
			})
		}
	}
	err = g.Wait()
	return mine, err
}

// own takes note of the instances that are this node's, and begins with what waits in those that were not.
func (d *Dispatcher) own(ctx context.Context, mine []string) {
	if !d.holdOnly(ctx, mine) {
		return
	}
	d.reread()
	d.beginWaiting(ctx)
}

// holdOnly takes note of the instances that are this node's, and reports whether there are new ones among them.
func (d *Dispatcher) holdOnly(ctx context.Context, mine []string) (fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	is := make(map[string]bool, len(mine))
	for _, id := range mine {
		is[id] = true
		fresh = fresh || !d.held[id]
		d.held[id] = true
	}
	for id := range d.held {
		if !is[id] {
			slog.WarnContext(ctx, "another node owns the instance now", "instance", id)
			d.drop(id)
		}
	}
	return fresh
}

// releaseWithin bounds how long a node that stops tries to hand its leases over.
const releaseWithin = 2 * time.Second

// release lets go of all leases when this node stops, so that another one need not wait until they have run out.
func (d *Dispatcher) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseWithin)
	defer cancel()
	if err := d.opts.Store.Release(ctx, d.opts.Node); err != nil {
		slog.WarnContext(ctx, "cannot release the leases", "err", err)
	}
}
