// Package dispatch makes things happen by themselves: it offers waiting tasks to free agents and fires timers.
//
// Matching is owned, not contended. The node that holds the lease of an instance keeps its waiting tasks and
// free agents on a [routing.Board], owned by one goroutine, and commits each pair through the engine, which
// compares versions. An owner that is out of date loses the race and nothing else, and then reads again.
//
//	commit ──► inbox ──► owner: board ──► pair ──► engine.Offer ──┐
//	   ▲                                                          │
//	   └──────────────────────────────────────────────────────────┘
//
// A server can have thousands of instances, of which most are idle: an instance in which nothing waits has no owner, and
// no goroutine. The leases, timers and housekeeping of all instances are the work of one goroutine each, which asks the
// store about all of them in one statement.
package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// Store is what dispatch needs of the store beside the engine.
type Store interface {
	// Lease takes or renews the ownership of an instance; see package store.
	Lease(ctx context.Context, instance, holder string, ttl time.Duration) (epoch int64, mine bool, err error)
	// Leases returns who owns each instance that has an owner.
	Leases(ctx context.Context) (map[string]string, error)
	// Renew renews all leases of a holder, and Release gives them up.
	Renew(ctx context.Context, holder string, ttl time.Duration) error
	Release(ctx context.Context, holder string) error
	// Forget removes what expired before a time, contacts that were kept long enough among it, some of it at each
	// call, and tells how much. Forgettable returns the instances in which it has something to do.
	Forget(ctx context.Context, instance string, before time.Time) (int, error)
	Forgettable(ctx context.Context, before time.Time) ([]string, error)
	// DeletedInstances returns when the instances were deleted of which something may be left, Discard removes some of
	// that and reports whether there was anything, and ForgetInstance ends it.
	DeletedInstances(ctx context.Context) (map[string]time.Time, error)
	Discard(ctx context.Context, instance string) (bool, error)
	ForgetInstance(ctx context.Context, instance string) error
	// Unavailable reports whether an error says that the database cannot be used, or that the caller has gone: then what
	// failed is not to blame.
	Unavailable(err error) bool
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
	// database; 0 means never, and that there are none: all instances are then this node's, without a lease.
	Resync time.Duration
	// Outside waits until what others do for the engine at this moment is done, such as calls of functions; nil:
	// there is nobody. It is asked while the clock is moved.
	Outside func(context.Context) error
	// Offered is told how long the commit of an offer took; nil: nobody is.
	Offered func(took time.Duration)
	// Discard removes what is kept of a deleted instance outside of the store; nil: nothing is.
	Discard func(instance string) error
}

// Dispatcher makes things happen in all instances that this node owns.
type Dispatcher struct {
	opts Options

	begun   chan struct{} // of capacity 1: there are new owners
	nudge   chan struct{} // of capacity 1: a timer was set for an earlier time
	claim   chan struct{} // of capacity 1: an instance is new
	deleted chan struct{} // of capacity 1: an instance was deleted

	mu      sync.Mutex // guards what follows
	running bool
	ready   bool                 // the owners have begun of what waited at the start
	held    map[string]bool      // the instances that this node owns
	owners  map[string]*owner    // of those of them in which something waits
	fresh   []*owner             // of them, those that no goroutine runs yet
	timers  map[string]time.Time // the soonest timer of each, as far as is known
	unread  bool                 // timers must be read anew: there are instances that were another node's
	wakes   time.Time            // when the timer loop will wake up, or the soonest timer set since it last looked

	panics atomic.Int64 // contained ones

	firing chan struct{} // of capacity 1: full while somebody fires timers
}

// New makes a dispatcher; it must be made before the first command, because it watches commits.
func New(opts Options) *Dispatcher {
	if opts.LeaseTTL == 0 {
		opts.LeaseTTL = 5 * time.Second
	}
	d := &Dispatcher{
		opts: opts, begun: make(chan struct{}, 1), nudge: make(chan struct{}, 1), claim: make(chan struct{}, 1),
		deleted: make(chan struct{}, 1), firing: make(chan struct{}, 1), held: map[string]bool{}, owners: map[string]*owner{}, timers: map[string]time.Time{},
	}
	opts.Engine.Watch(d.committed)
	return d
}

// shared reports whether other nodes may use the same database.
func (d *Dispatcher) shared() bool { return d.opts.Resync > 0 }

// Run serves the instances there are until ctx ends, and returns when all that it started has ended.
func (d *Dispatcher) Run(ctx context.Context) error {
	d.mu.Lock()
	d.running = true
	if !d.shared() {
		for _, i := range d.opts.Engine.Instances() {
			d.held[i.ID] = true
		}
	}
	d.mu.Unlock()
	if !d.shared() {
		d.beginWaiting(ctx)
	}
	var running sync.WaitGroup
	running.Go(func() { d.runOwners(ctx) })
	running.Go(func() { d.findWaiting(ctx) })
	running.Go(func() { d.fireTimers(ctx) })
	running.Go(func() { d.keepHouse(ctx) })
	if d.shared() {
		running.Go(func() { d.keepLeases(ctx) })
	}
	running.Wait()
	d.stepDown()
	if d.shared() {
		d.release(ctx)
	}
	return nil
}

// runOwners runs owners as they are begun, until ctx ends and they have ended.
func (d *Dispatcher) runOwners(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		select {
		case <-ctx.Done():
			d.mu.Lock()
			defer d.mu.Unlock()
			d.running = false
			for _, o := range d.fresh { // nobody runs them any more
				close(o.stopped)
			}
			return
		case <-d.begun:
		}
		d.mu.Lock()
		fresh := d.fresh
		d.fresh = nil
		d.mu.Unlock()
		for _, o := range fresh {
			running.Go(func() { d.work(ctx, o) })
		}
	}
}

// work runs an owner until it has nothing to do, its instance is not this node's any more, or ctx ends.
func (d *Dispatcher) work(ctx context.Context, o *owner) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.mu.Lock()
	o.cancel = cancel
	if d.owners[o.instance] != o {
		cancel()
	}
	d.mu.Unlock()
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	if o.news != nil {
		o.news.begin(ctx)
		running.Go(func() { o.news.run(ctx, o.receive) })
	}
	o.run(ctx, d.opts.Resync, func() bool { return d.retire(o) })
}

// begin makes the owner of an instance in which something waits. It is called with the lock held.
func (d *Dispatcher) begin(instance string) *owner {
	o := newOwner(d.opts.Engine, instance, d.opts.Store.Unavailable, &d.panics)
	o.offered = d.opts.Offered
	if d.shared() {
		o.news = newNews(d.opts.Engine, instance)
	}
	d.owners[instance] = o
	d.fresh = append(d.fresh, o)
	signal(d.begun)
	return o
}

// retire ends an owner that has nothing to do, unless something has come for it meanwhile.
func (d *Dispatcher) retire(o *owner) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(o.arrived) > 0 {
		return false
	}
	if d.owners[o.instance] == o {
		delete(d.owners, o.instance)
	}
	return true
}

// drop takes note that an instance is not this node's any more. It is called with the lock held.
func (d *Dispatcher) drop(instance string) {
	delete(d.held, instance)
	delete(d.timers, instance)
	if o := d.owners[instance]; o != nil {
		delete(d.owners, instance)
		if o.cancel != nil {
			o.cancel()
		}
	}
}

// stepDown gives all instances up.
func (d *Dispatcher) stepDown() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.held {
		d.drop(id)
	}
}

// committed takes note of a commit, and passes it on to the owner of its instance.
func (d *Dispatcher) committed(c engine.Commit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case c.Gone:
		d.drop(c.Instance)
		signal(d.deleted)
	case c.Created != nil && d.shared():
		signal(d.claim)
	case c.Created != nil && d.running:
		d.held[c.Instance] = true
	}
	if !d.held[c.Instance] || !d.running {
		return
	}
	if !c.Timer.IsZero() {
		d.expect(c.Instance, c.Timer)
	}
	o := d.owners[c.Instance]
	if o == nil && (c.Reset || slices.ContainsFunc(c.Contacts, waits)) {
		o = d.begin(c.Instance)
	}
	if o == nil {
		return
	}
	if o.news != nil {
		o.news.note(c)
	}
	o.receive(c)
}

func waits(c *contact.Contact) bool { return c.State == contact.Queued }

// findWaiting begins the owners of instances in which something waits already or, where other nodes write, does so by
// their doing, until ctx ends.
func (d *Dispatcher) findWaiting(ctx context.Context) {
	for {
		d.beginWaiting(ctx)
		again := newsEvery
		if !d.shared() {
			again = longestSleep
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}

// beginWaiting begins the owners of instances in which something waits. Where that cannot be read, the next look finds it.
func (d *Dispatcher) beginWaiting(ctx context.Context) {
	waiting, err := d.opts.Engine.WaitingInstances(ctx)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "cannot read where something waits", "err", err)
		}
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range waiting {
		if d.running && d.held[id] && d.owners[id] == nil {
			d.begin(id)
		}
	}
	d.ready = true
}

// Settle waits until nothing that could be done at this moment is left to do: no offer under way, and no pair
// that could be made.
func (d *Dispatcher) Settle(ctx context.Context) error {
	if d.opts.Outside != nil {
		if err := d.opts.Outside(ctx); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	for _, o := range d.active() {
		if err := o.settle(ctx); err != nil {
			return fmt.Errorf("settle instance %s: %w", o.instance, err)
		}
	}
	return nil
}

// Holds reports whether this node makes things happen in an instance now.
func (d *Dispatcher) Holds(instance string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held[instance] && d.ready
}

// holds reports whether an instance is this node's, also when it has just begun.
func (d *Dispatcher) holds(instance string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held[instance]
}

// TimerLag is how long the timer that is due first has been due, as far as is known; 0 when none is.
func (d *Dispatcher) TimerLag() time.Duration {
	now := d.opts.Engine.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	var lag time.Duration
	for _, at := range d.timers {
		lag = max(lag, now.Sub(at))
	}
	return lag
}

// Unloaded is how many owners could not read what waits when they last tried.
func (d *Dispatcher) Unloaded() (n int) {
	for _, o := range d.active() {
		if o.unloaded.Load() {
			n++
		}
	}
	return n
}

// Panics is how many panics were contained while something happened by itself, those of commands left out.
func (d *Dispatcher) Panics() int64 { return d.panics.Load() }

// Owned is how many instances this node owns at the moment.
func (d *Dispatcher) Owned() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.held)
}

// Active is how many of them have something that waits.
func (d *Dispatcher) Active() int { return len(d.active()) }

// active returns the owners of this node.
func (d *Dispatcher) active() []*owner {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Values(d.owners))
}
