package dispatch

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

const (
	// triesMost is how often something that happens by itself is tried before it is set aside.
	triesMost = 12
	// firstPause and longestPause bound how long it takes until it is tried again.
	firstPause   = time.Second
	longestPause = 5 * time.Minute
)

// pauseAfter is how long what has failed so often waits until it is tried again: twice as long each time, and for things
// that failed together not the same time, which follows from their names.
func pauseAfter(name string, failures int) time.Duration {
	pause := min(firstPause<<min(failures-1, 20), longestPause)
	h := fnv.New32a()
	_, _ = h.Write([]byte(name + "/" + strconv.Itoa(failures))) // never fails
	return pause/2 + time.Duration(h.Sum32())%(pause/2)
}

// setback is a task whose offers have failed. It is off the board until it is tried again.
type setback struct {
	failures int
	until    time.Time
}

// setBack takes a task off the board whose offer has failed though the database works, so that it holds up neither its
// agent nor the tasks behind it. One that has panicked, or failed too often, is set aside.
func (o *owner) setBack(ctx context.Context, id string, err error) {
	o.board.Leave(id)
	delete(o.tasks, id)
	b := o.setbacks[id]
	b.failures++
	_, panicked := errors.AsType[*engine.PanicError](err)
	switch {
	case panicked:
		o.engine.SetAside(o.instance, id, engine.CausePanic, "offer: "+err.Error())
	case b.failures >= triesMost:
		o.engine.SetAside(o.instance, id, engine.CauseFailing, "offer: "+err.Error())
	default:
		if b.failures == 1 {
			slog.ErrorContext(ctx, "an offer has failed; it is tried again later", "instance", o.instance, "contact", id, "err", err)
		}
		b.until = o.engine.Now().Add(pauseAfter(id, b.failures))
		o.setbacks[id] = b
		o.setRetry()
		return
	}
	delete(o.setbacks, id)
}

// away reports whether a task is off the board until it is tried again.
func (o *owner) away(id string) bool {
	b, ok := o.setbacks[id]
	return ok && b.until.After(o.engine.Now())
}

// setRetry has the owner look again when the first of the tasks that are off the board may be tried.
func (o *owner) setRetry() {
	var first time.Time
	for _, b := range o.setbacks {
		if b.until.After(o.engine.Now()) && (first.IsZero() || b.until.Before(first)) {
			first = b.until
		}
	}
	if o.retry.Stop(); !first.IsZero() {
		o.retry.Reset(first.Sub(o.engine.Now()))
	}
}

// tryAgain puts the tasks back on the board that have been off it for long enough.
func (o *owner) tryAgain(ctx context.Context) {
	var due []string
	for id := range o.setbacks {
		if !o.away(id) {
			due = append(due, id)
		}
	}
	slices.Sort(due)
	c, err := o.engine.Changed(ctx, o.instance, due, nil)
	if err != nil {
		o.retry.Reset(afterFailure)
		return
	}
	for _, id := range due {
		if i := slices.IndexFunc(c.Contacts, func(t *contact.Contact) bool { return t.ID == id }); i >= 0 {
			o.place(c.Contacts[i])
		} else {
			delete(o.setbacks, id) // gone, or undecodable
		}
	}
	o.setRetry()
}

// contained runs what concerns one contact. A panic in it sets that contact aside and nothing else.
func (o *owner) contained(id string, work func()) {
	err := contain(o.panics, o.instance, "matching", id, func() error {
		work()
		return nil
	})
	if err != nil {
		o.board.Leave(id)
		delete(o.tasks, id)
		o.engine.SetAside(o.instance, id, engine.CausePanic, err.Error())
	}
}

// contain runs what is done by itself, named by what and id. A panic in it is an [engine.PanicError]; it is counted, and
// logged with its stack.
func contain(panics *atomic.Int64, instance, what, id string, work func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			panics.Add(1)
			slog.Error("a panic is contained", "instance", instance, "in", what, "of", id, "panic", v, "stack", string(debug.Stack()))
			err = &engine.PanicError{Value: v}
		}
	}()
	return work()
}
