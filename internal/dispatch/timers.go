package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
)

const (
	// timersAtOnce is how many timers are read, and timersUnderWay how many are fired, at once.
	timersAtOnce   = 256
	timersUnderWay = 32
	// longestSleep bounds how long the timer loop sleeps without a look.
	longestSleep = time.Minute
	// sharedSleep is the same where other nodes set timers, too, of which this one is not told.
	sharedSleep = time.Second
)

func (d *Dispatcher) longestSleep() time.Duration {
	if d.shared() {
		return sharedSleep
	}
	return longestSleep
}

// fireTimers fires the timers of all instances as they fall due, until ctx ends.
func (d *Dispatcher) fireTimers(ctx context.Context) {
	var read func() time.Duration // since all were read; nil: they were not
	for ctx.Err() == nil {
		longest := d.longestSleep()
		if read == nil || read() >= longest {
			began := telemetry.Stopwatch()
			if err := d.readTimers(ctx); err == nil {
				read = began
			} else if longest = afterFailure; ctx.Err() == nil {
				slog.WarnContext(ctx, "cannot read the timers", "err", err) // those that are known are fired all the same
			}
		}
		sleep, err := d.fireDue(ctx)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "timers cannot be fired", "err", err)
		}
		timer := time.NewTimer(min(sleep, longest))
		select {
		case <-ctx.Done():
		case <-d.nudge:
		case <-timer.C:
			poll(d.nudge) // it looks now
		}
		timer.Stop()
		if d.mustReread() {
			read = nil
		}
	}
}

// reread has the timer loop read all timers: there are instances that were another node's.
func (d *Dispatcher) reread() {
	d.mu.Lock()
	d.unread = true
	d.mu.Unlock()
	signal(d.nudge)
}

func (d *Dispatcher) mustReread() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	unread := d.unread
	d.unread = false
	return unread
}

// readTimers reads when the next timer of each instance is due, in one statement.
func (d *Dispatcher) readTimers(ctx context.Context) error {
	next, err := d.opts.Engine.NextTimers(ctx)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, at := range next {
		if d.held[id] {
			d.expect(id, at)
		}
	}
	return nil
}

const (
	// instancesAtOnce is how many instances have their timers fired at once.
	instancesAtOnce = 8
	// readsAtOnce is how often the timers of an instance that are due are read before the other instances have a turn.
	readsAtOnce = 4
)

// fireDue fires all timers that are due and tells how long it is until the next one. Whoever fires has the only turn: the
// clock must not be moved while something is being fired. Its error is that of instances in which timers could not be
// fired, because the database cannot be used; they are looked at again after a while, and do not hold up the others.
func (d *Dispatcher) fireDue(ctx context.Context) (time.Duration, error) {
	select {
	case d.firing <- struct{}{}:
		defer func() { <-d.firing }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	var mu sync.Mutex // guards failures
	var failures []error
	for ctx.Err() == nil {
		due := d.takeDue()
		if len(due) == 0 {
			break
		}
		var g errgroup.Group
		g.SetLimit(instancesAtOnce)
		for _, id := range due {
			g.Go(func() error {
				if err := d.fireIn(ctx, id); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failures = append(failures, fmt.Errorf("instance %s: %w", id, err))
				}
				return nil
			})
		}
		_ = g.Wait() // the functions return no error
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wakes = time.Time{}
	for _, at := range d.timers {
		if d.wakes.IsZero() || at.Before(d.wakes) {
			d.wakes = at
		}
	}
	err := errors.Join(failures...)
	if d.wakes.IsZero() {
		return d.longestSleep(), err
	}
	return min(d.wakes.Sub(d.opts.Engine.Now()), d.longestSleep()), err
}

// takeDue returns the instances of which a timer may be due. It is forgotten before the timers are read: one that is set
// from now on will be expected again.
func (d *Dispatcher) takeDue() (due []string) {
	now := d.opts.Engine.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, at := range d.timers {
		if !at.After(now) {
			due = append(due, id)
			delete(d.timers, id)
		}
	}
	return due
}

// fireIn fires the timers of an instance that are due, and expects the next one. It fails when the database cannot be used.
func (d *Dispatcher) fireIn(ctx context.Context, instance string) (err error) {
	defer func() {
		if err != nil {
			d.overdue(instance, d.opts.Engine.Now().Add(afterFailure))
		}
	}()
	for read := 0; d.holds(instance); read++ {
		if read == readsAtOnce { // the others first
			d.overdue(instance, d.opts.Engine.Now())
			return nil
		}
		due, err := d.opts.Engine.DueTimers(ctx, instance, timersAtOnce)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		if err := d.fireAll(ctx, instance, due); err != nil && d.holds(instance) {
			return err
		}
	}
	next, err := d.opts.Engine.NextTimer(ctx, instance)
	if err != nil || next.IsZero() {
		return err
	}
	if now := d.opts.Engine.Now(); !next.After(now) { // it cannot be read, and is about to be set aside
		next = now.Add(afterFailure)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[instance] {
		d.expect(instance, next)
	}
	return nil
}

// overdue has an instance looked at again in which timers could not be fired; that nudges nobody.
func (d *Dispatcher) overdue(instance string, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[instance] {
		d.timers[instance] = at
	}
}

// expect notes that a timer of an instance is due at a time: only one that is set for earlier than the timer loop will
// wake up needs to nudge it. It is called with the lock held.
func (d *Dispatcher) expect(instance string, at time.Time) {
	if known, ok := d.timers[instance]; ok && !at.Before(known) {
		return
	}
	d.timers[instance] = at
	if d.wakes.IsZero() || at.Before(d.wakes) {
		d.wakes = at
		signal(d.nudge)
	}
}

// fireAll fires timers: those of one contact in their order, those of different contacts side by side. One that fails is
// put off and holds up no other. It fails when the database cannot be used.
func (d *Dispatcher) fireAll(ctx context.Context, instance string, due []engine.Timer) error {
	byContact := map[string][]engine.Timer{}
	for _, t := range due {
		byContact[t.Contact] = append(byContact[t.Contact], t)
	}
	var g errgroup.Group
	g.SetLimit(timersUnderWay)
	for _, timers := range byContact {
		g.Go(func() error {
			for _, t := range timers {
				if err := d.fire(ctx, instance, t); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// fire fires a timer. Where that fails though the database works, the timer is put off for a while, twice as long each time;
// after a panic, and when it has failed too often, it is set aside.
func (d *Dispatcher) fire(ctx context.Context, instance string, t engine.Timer) error {
	err := contain(&d.panics, instance, "a timer", t.ID(), func() error { return d.opts.Engine.Fire(ctx, instance, t) })
	if err == nil {
		return nil
	}
	if d.opts.Store.Unavailable(err) || !d.holds(instance) {
		return fmt.Errorf("fire timer %s: %w", t.ID(), err)
	}
	_, panicked := errors.AsType[*engine.PanicError](err)
	failures := t.Failures + 1
	switch {
	case fault.Is(err, fault.Contended): // others are to blame
		failures = t.Failures
	case panicked:
		d.opts.Engine.SetTimerAside(instance, t, engine.CausePanic, err.Error())
	case failures >= triesMost:
		d.opts.Engine.SetTimerAside(instance, t, engine.CauseFailing, err.Error())
	case failures == 1:
		slog.ErrorContext(ctx, "a timer cannot be fired; it is tried again later", "instance", instance, "timer", t.ID(), "err", err)
	}
	until := d.opts.Engine.Now().Add(pauseAfter(t.ID(), max(failures, 1)))
	return d.opts.Engine.DeferTimer(ctx, instance, t, until, failures)
}

// Advance moves the server's clock ahead to a time, in steps: at each moment on the way at which a timer falls
// due the clock stands still until all that follows from it has been done. It returns when nothing is left to do at
// that time, nor at the present one, which goes on meanwhile: what a timer sets off may set a timer for at once.
// A time in the past is refused by the caller. It fails with [fault.Unusable] when another node makes things happen.
func (d *Dispatcher) Advance(ctx context.Context, to time.Time) error {
	if err := d.owns(ctx); err != nil {
		return err
	}
	for {
		if err := d.Settle(ctx); err != nil {
			return err
		}
		next, err := d.soonest(ctx)
		if err != nil {
			return err
		}
		now := d.opts.Engine.Now()
		if !next.IsZero() && (!next.After(to) || !next.After(now)) {
			if err := d.moveTo(ctx, next); err != nil {
				return err
			}
			if _, err := d.fireDue(ctx); err != nil {
				return err
			}
			continue
		}
		if !now.Before(to) {
			return nil
		}
		if err := d.moveTo(ctx, to); err != nil {
			return err
		}
	}
}

const (
	// ownWithin is how long a node that has just started may take until it owns its instances.
	ownWithin = 10 * time.Second
	ownLook   = time.Millisecond
)

// owns waits until this node owns all instances: otherwise nothing would happen that is due.
func (d *Dispatcher) owns(ctx context.Context) error {
	late := time.NewTimer(ownWithin)
	defer late.Stop()
	for _, i := range d.opts.Engine.Instances() {
		for !d.Holds(i.ID) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-late.C:
				return fault.New(fault.Unusable, "another server makes things happen in instance %s: move its clock", i.ID)
			case <-time.After(ownLook):
			}
		}
	}
	return nil
}

// soonest is when something happens next: when a timer of any instance is due, or a task will have waited for a delay.
func (d *Dispatcher) soonest(ctx context.Context) (first time.Time, err error) {
	earlier := func(at time.Time) {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if err := d.readTimers(ctx); err != nil { // other nodes set timers, too
		return first, err
	}
	d.mu.Lock()
	for _, at := range d.timers {
		earlier(at)
	}
	d.mu.Unlock()
	for _, o := range d.active() {
		earlier(o.nextMature())
	}
	return first, nil
}

func (o *owner) nextMature() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.matures
}

// moveTo moves the clock ahead; it never moves it back.
func (d *Dispatcher) moveTo(ctx context.Context, at time.Time) error {
	ahead := at.Sub(d.opts.Engine.Now())
	if ahead <= 0 {
		return nil
	}
	return d.opts.Store.SetOffset(ctx, d.opts.Store.Offset()+ahead)
}
