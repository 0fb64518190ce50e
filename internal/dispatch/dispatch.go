// Package dispatch makes things happen by themselves: it offers waiting tasks to free agents and fires timers.
//
// Matching is owned, not contended. The node that holds the lease of an instance keeps its waiting tasks and
// free agents on a [routing.Board], owned by one goroutine, and commits each pair through the engine, which
// compares versions. An owner that is out of date loses the race and nothing else, and then reads again.
//
//	commit ──► inbox ──► owner: board ──► pair ──► engine.Offer ──┐
//	   ▲                                                          │
//	   └──────────────────────────────────────────────────────────┘
package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// Store is what dispatch needs of the store beside the engine.
type Store interface {
	// Lease takes or renews the ownership of an instance; see package store.
	Lease(ctx context.Context, instance, holder string, ttl time.Duration) (epoch int64, mine bool, err error)
	// Release gives an instance up that holder owns, if it still does.
	Release(ctx context.Context, instance, holder string) error
	// Forget removes what expired before a time, contacts that were kept long enough among it, some of it at each
	// call, and tells how much.
	Forget(ctx context.Context, instance string, before time.Time) (int, error)
	// SetOffset moves the server's clock ahead of the machine's.
	SetOffset(ctx context.Context, offset time.Duration) error
	Offset() time.Duration
}

// Options of a dispatcher. The zero value of a field means its default.
type Options struct {
	Engine *engine.Engine
	Store  Store
	// Node names this process among those that share a database.
	Node string
	// LeaseTTL is how long an owner that says nothing stays owner: 5 s.
	LeaseTTL time.Duration
	// Resync is how often an owner reads everything again. Needed where other processes write to the same
	// database; 0 means never, and that there are none.
	Resync time.Duration
	// Outside waits until what others do for the engine at this moment is done, such as calls of functions; nil:
	// there is nobody. It is asked while the clock is moved.
	Outside func(context.Context) error
}

// Dispatcher runs the owners of all instances that this node holds.
type Dispatcher struct {
	opts Options

	mu     sync.Mutex // guards owners and news
	owners map[string]*owner
	news   map[string]*news // where other nodes write

	firing sync.Mutex // held by whoever fires timers
}

// New makes a dispatcher; it must be made before the first command, because it watches commits.
func New(opts Options) *Dispatcher {
	if opts.LeaseTTL == 0 {
		opts.LeaseTTL = 5 * time.Second
	}
	d := &Dispatcher{opts: opts, owners: map[string]*owner{}, news: map[string]*news{}}
	opts.Engine.Watch(d.committed)
	return d
}

// Run serves the instances there are until ctx ends, and returns when all that it started has ended.
func (d *Dispatcher) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, i := range d.opts.Engine.Instances() {
		g.Go(func() error { return d.serve(ctx, i.ID) })
	}
	return g.Wait()
}

// serve waits for the lease of an instance, owns it as long as the lease lasts, and begins again.
func (d *Dispatcher) serve(ctx context.Context, instance string) error {
	for ctx.Err() == nil {
		asked := telemetry.Stopwatch()
		mine, err := d.lease(ctx, instance, d.opts.LeaseTTL)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "cannot take the lease", "instance", instance, "err", err)
		}
		if mine {
			d.own(ctx, instance, asked)
			d.release(ctx, instance)
		}
		select {
		case <-ctx.Done():
		case <-time.After(d.opts.LeaseTTL / 3):
		}
	}
	return nil
}

// shared tells whether other nodes may use the same database.
func (d *Dispatcher) shared() bool { return d.opts.Resync > 0 }

// releaseWithin bounds how long a node that stops tries to hand its lease over.
const releaseWithin = 2 * time.Second

// release lets go of the lease when this node stops, so that another one need not wait until it has run out.
func (d *Dispatcher) release(ctx context.Context, instance string) {
	if ctx.Err() == nil || !d.shared() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseWithin)
	defer cancel()
	if err := d.opts.Store.Release(ctx, instance, d.opts.Node); err != nil {
		slog.WarnContext(ctx, "cannot release the lease", "instance", instance, "err", err)
	}
}

// own runs an instance until its lease is lost or ctx ends.
// The lease counts from when it was asked for.
func (d *Dispatcher) own(ctx context.Context, instance string, since func() time.Duration) {
	ctx, lost := context.WithCancel(ctx)
	defer lost()
	o, n := newOwner(d.opts.Engine, instance), newNews(d.opts.Engine, instance)
	d.mu.Lock()
	d.owners[instance] = o
	if d.shared() {
		d.news[instance] = n
	}
	d.mu.Unlock()
	defer d.disown(instance)
	var running sync.WaitGroup
	defer running.Wait()
	if d.shared() {
		n.begin(ctx)
		running.Go(func() { n.run(ctx, o.receive) })
	}
	running.Go(func() { o.run(ctx, d.opts.Resync) })
	running.Go(func() { d.fireTimers(ctx, o) })
	running.Go(func() { d.forget(ctx, instance) })
	running.Go(func() {
		defer lost()
		d.renew(ctx, instance, since)
		d.disown(instance) // at once, however long what is under way takes to end
	})
}

// disown notes that this node does not own an instance any more.
func (d *Dispatcher) disown(instance string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.owners, instance)
	delete(d.news, instance)
}

// renew keeps the lease; it returns when the lease is lost, at the latest when it has run out by the clock of this
// node, whatever the database does: then another node may own the instance. A lease counts from when it was asked for.
func (d *Dispatcher) renew(ctx context.Context, instance string, since func() time.Duration) {
	ttl := d.opts.LeaseTTL
	for range telemetry.Every(ctx, ttl/3) {
		asked := telemetry.Stopwatch()
		mine, err := d.lease(ctx, instance, ttl-since())
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && !mine:
			slog.WarnContext(ctx, "another node owns the instance now", "instance", instance)
			return
		case err == nil:
			since = asked
		case since() >= ttl:
			slog.ErrorContext(ctx, "lease not renewed in time: this node steps down", "instance", instance, "err", err)
			return
		default:
			slog.WarnContext(ctx, "cannot renew the lease", "instance", instance, "err", err)
		}
	}
}

// lease takes or renews the lease of an instance, and waits for the answer no longer than a limit: a database that is
// silent must not keep an owner in office.
func (d *Dispatcher) lease(ctx context.Context, instance string, limit time.Duration) (mine bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, max(limit, 0))
	type answer struct {
		mine bool
		err  error
	}
	answered := make(chan answer, 1)
	go func() { // it ends when the store has an outcome, which is bounded, too
		defer cancel()
		_, mine, err := d.opts.Store.Lease(ctx, instance, d.opts.Node, d.opts.LeaseTTL)
		answered <- answer{mine, err}
	}()
	select {
	case a := <-answered:
		return a.mine, a.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// forgetEvery is how often expired tokens, sessions and contacts are removed.
const forgetEvery = 10 * time.Minute

func (d *Dispatcher) forget(ctx context.Context, instance string) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		for removed := 1; removed > 0 && ctx.Err() == nil; {
			var err error
			removed, err = d.opts.Store.Forget(ctx, instance, d.opts.Engine.Now())
			if err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "cannot remove what has expired", "instance", instance, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// committed passes a commit on to the owner of its instance.
func (d *Dispatcher) committed(c engine.Commit) {
	d.mu.Lock()
	o, n := d.owners[c.Instance], d.news[c.Instance]
	d.mu.Unlock()
	if n != nil {
		n.note(c)
	}
	if o != nil {
		o.receive(c)
	}
}

// Settle waits until nothing that could be done at this moment is left to do: no offer under way, and no pair
// that could be made.
func (d *Dispatcher) Settle(ctx context.Context) error {
	if d.opts.Outside != nil {
		if err := d.opts.Outside(ctx); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	for _, o := range d.held() {
		if err := o.settle(ctx); err != nil {
			return fmt.Errorf("settle instance %s: %w", o.instance, err)
		}
	}
	return nil
}

// Holds tells whether this node makes things happen in an instance now.
func (d *Dispatcher) Holds(instance string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.owners[instance] != nil
}

// Owned is how many instances this node owns at the moment.
func (d *Dispatcher) Owned() int { return len(d.held()) }

// held returns the owners of this node.
func (d *Dispatcher) held() []*owner {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Values(d.owners))
}
