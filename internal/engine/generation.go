package engine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// generation is which changes of its configuration a catalog holds. Every change raises the number that is stored; a node
// whose own is another has missed something, and reads what was changed since it last did.
//
// So what a command refers to is as it was when the command decided, on whichever node anything was changed: it
// compares the number in its commit (see [Tx.Generation]), and who comes second runs again, with a catalog that holds the
// change.
type generation struct {
	reading singleflight.Group // those who bring the catalog up to date

	mu     sync.Mutex // guards what follows
	number int64
	since  time.Time // when what others have changed was last read
	asking bool      // somebody reads the number
	next   *asked    // those who have come since wait for the next answer
}

// asked is an answer to come: a read that began after its caller came.
type asked struct {
	done chan struct{}
	err  error
}

func (g *generation) is() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.number
}

// reached notes that the catalog holds all changes up to a number, and those that were made before a time.
func (g *generation) reached(number int64, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.number, g.since = max(g.number, number), at
}

// follow takes a commit of this node into account: it follows on what the catalog holds, or something is missing between.
func (g *generation) follow(c Commit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case c.Reset:
		g.number = 0
	case c.Generation == g.number+1:
		g.number++
	}
}

// configure runs a command that changes configuration. It decides on a catalog that holds everything that was changed
// before, and is written only if nothing has been changed since.
func (e *Engine) configure(ctx context.Context, t *tenant, fn func(Tx) error) error {
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		if err := e.current(ctx, t, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}

// current brings the catalog up to date within a command, which loses when configuration is changed after that.
func (e *Engine) current(ctx context.Context, t *tenant, tx Tx) error {
	number, err := tx.Generation()
	if err != nil || number == t.generation.is() {
		return err
	}
	return e.catchUp(ctx, t, number)
}

// catchUp brings the catalog up to date, up to a number at least.
func (e *Engine) catchUp(ctx context.Context, t *tenant, number int64) error {
	for t.generation.is() < number { // a read that is under way may have begun too early
		_, err, _ := t.generation.reading.Do("", func() (any, error) {
			return nil, e.readChanges(context.WithoutCancel(ctx), t)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readChanges reads what was changed since the catalog was last brought up to date, and tells the watchers.
func (e *Engine) readChanges(ctx context.Context, t *tenant) error {
	g := &t.generation
	number, err := e.store.Generation(ctx, t.ID)
	if err != nil {
		return err
	}
	g.mu.Lock()
	since := g.since
	g.mu.Unlock()
	began := e.Now()
	resources, err := e.store.Resources(ctx, t.ID, since.Add(-overlap))
	if err != nil {
		return err
	}
	deleted, err := e.store.Deleted(ctx, t.ID, since.Add(-overlap))
	if err != nil {
		return err
	}
	e.learn(t, resources, deleted)
	g.reached(number, began)
	return nil
}

// learn takes in what other nodes have changed, and tells the watchers of what is new.
func (e *Engine) learn(t *tenant, resources, deleted []Resource) {
	resources = slices.DeleteFunc(resources, t.catalog.holds)
	deleted = slices.DeleteFunc(deleted, func(r Resource) bool {
		_, there := t.catalog.get(r.Kind, r.ID)
		return !there
	})
	e.take(t, resources)
	resources = slices.DeleteFunc(resources, func(r Resource) bool { return !t.catalog.holds(r) }) // it cannot be decoded
	for _, r := range deleted {
		t.catalog.remove(r)
	}
	if len(resources)+len(deleted) > 0 {
		e.tell(Commit{Instance: t.ID, Resources: resources, Deleted: deleted})
	}
}

// Sync makes sure that the next look at the configuration of an instance sees everything that was changed before the call,
// on whichever node. Callers share reads of the database: each waits for one that has begun after it came. An instance that
// this node does not know yet is looked for.
func (e *Engine) Sync(ctx context.Context, instance string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return e.discover(ctx)
	}
	g := &t.generation
	g.mu.Lock()
	if g.next == nil {
		g.next = &asked{done: make(chan struct{})}
	}
	mine := g.next
	if !g.asking {
		g.asking = true
		go e.answer(context.WithoutCancel(ctx), t)
	}
	g.mu.Unlock()
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answer reads the number for those who wait for it, until nobody does.
func (e *Engine) answer(ctx context.Context, t *tenant) {
	g := &t.generation
	for {
		g.mu.Lock()
		now := g.next
		g.next = nil
		g.asking = now != nil
		g.mu.Unlock()
		if now == nil {
			return
		}
		number, err := e.store.Generation(ctx, t.ID)
		if err == nil && number != g.is() {
			err = e.catchUp(ctx, t, number)
		}
		now.err = err
		close(now.done)
	}
}

// discover looks for instances that other nodes have made.
func (e *Engine) discover(ctx context.Context) error {
	e.mu.RLock()
	tenants := maps.Clone(e.tenants)
	e.mu.RUnlock()
	return e.refreshInstances(ctx, tenants)
}
