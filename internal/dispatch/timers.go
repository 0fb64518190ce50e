package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
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

// fireTimers fires the timers of an instance as they fall due, until ctx ends.
func (d *Dispatcher) fireTimers(ctx context.Context, o *owner) {
	for ctx.Err() == nil {
		sleep, err := d.fireDue(ctx, o)
		if err != nil {
			if ctx.Err() == nil {
				slog.ErrorContext(ctx, "timers failed", "instance", o.instance, "err", err)
			}
			sleep = afterFailure
		}
		timer := time.NewTimer(sleep)
		select {
		case <-ctx.Done():
		case <-o.nudge:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// fireDue fires all timers that are due and tells how long it is until the next one.
func (d *Dispatcher) fireDue(ctx context.Context, o *owner) (time.Duration, error) {
	d.firing.Lock()
	defer d.firing.Unlock()
	o.forgetNudge()
	for {
		due, err := d.opts.Engine.DueTimers(ctx, o.instance, timersAtOnce)
		if err != nil {
			return 0, err
		}
		if len(due) == 0 {
			break
		}
		if err := d.fireAll(ctx, o.instance, due); err != nil {
			return 0, err
		}
	}
	next, err := d.opts.Engine.NextTimer(ctx, o.instance)
	if err != nil {
		return 0, err
	}
	if next.IsZero() {
		return d.longestSleep(), nil
	}
	o.expect(next)
	return min(next.Sub(d.opts.Engine.Now()), d.longestSleep()), nil
}

// forgetNudge is called before the timers are read: a timer that was set before will be among them.
func (o *owner) forgetNudge() {
	o.mu.Lock()
	o.timer = time.Time{}
	o.mu.Unlock()
	select {
	case <-o.nudge:
	default:
	}
}

// expect notes that the timer loop will wake up at a time: only a timer that is set for earlier needs to nudge it.
func (o *owner) expect(next time.Time) {
	o.mu.Lock()
	if o.timer.IsZero() || next.Before(o.timer) {
		o.timer = next
	}
	o.mu.Unlock()
}

// fireAll fires timers: those of one contact in their order, those of different contacts side by side. One
// that fails does not hold up the others.
func (d *Dispatcher) fireAll(ctx context.Context, instance string, due []engine.Timer) error {
	byContact := map[string][]engine.Timer{}
	for _, t := range due {
		byContact[t.Contact] = append(byContact[t.Contact], t)
	}
	var g errgroup.Group
	g.SetLimit(timersUnderWay)
	failures := make(chan error, len(byContact))
	for _, timers := range byContact {
		g.Go(func() error {
			for _, t := range timers {
				if err := d.opts.Engine.Fire(ctx, instance, t); err != nil {
					failures <- fmt.Errorf("fire timer %s: %w", t.ID(), err)
					return nil
				}
			}
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
	close(failures)
	var all []error
	for err := range failures {
		all = append(all, err)
	}
	return errors.Join(all...)
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
			if err := d.fireEverywhere(ctx); err != nil {
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
func (d *Dispatcher) soonest(ctx context.Context) (time.Time, error) {
	var first time.Time
	for _, i := range d.opts.Engine.Instances() {
		next, err := d.opts.Engine.NextTimer(ctx, i.ID)
		if err != nil {
			return first, err
		}
		if !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
	}
	for _, o := range d.held() {
		if next := o.nextMature(); !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
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

func (d *Dispatcher) fireEverywhere(ctx context.Context) error {
	for _, o := range d.held() {
		if _, err := d.fireDue(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
