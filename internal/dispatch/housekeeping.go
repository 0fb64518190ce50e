package dispatch

import (
	"context"
	"log/slog"
	"time"
)

const (
	// forgetEvery is how often expired tokens, sessions and contacts are removed.
	forgetEvery = 10 * time.Minute
	// lateWrites is how long after its deletion an instance is looked at again: a command that was under way on another
	// node may have written something meanwhile.
	lateWrites = 10 * time.Minute
)

// keepHouse removes what has expired and what deleted instances have left, until ctx ends.
func (d *Dispatcher) keepHouse(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		if err := d.forgetExpired(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "cannot remove what has expired", "err", err)
		}
		for deleted := true; deleted; {
			if err := d.discardDeleted(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "cannot remove what a deleted instance has left", "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-d.deleted:
			case <-tick.C:
				deleted = false
			}
		}
	}
}

// forgetExpired removes what has expired in the instances of this node, and what belongs to none.
func (d *Dispatcher) forgetExpired(ctx context.Context) error {
	instances, err := d.opts.Store.Forgettable(ctx, d.opts.Engine.Now())
	if err != nil {
		return err
	}
	for _, id := range instances {
		if _, err := d.opts.Engine.Instance(id); err == nil && !d.holds(id) {
			continue // it is another node's
		}
		for removed := 1; removed > 0 && ctx.Err() == nil; {
			if removed, err = d.opts.Store.Forget(ctx, id, d.opts.Engine.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// discardDeleted removes what deleted instances have left.
func (d *Dispatcher) discardDeleted(ctx context.Context) error {
	deleted, err := d.opts.Store.DeletedInstances(ctx)
	if err != nil {
		return err
	}
	for id, at := range deleted {
		for left := true; left; {
			if left, err = d.opts.Store.Discard(ctx, id); err != nil {
				return err
			}
		}
		if d.opts.Discard != nil {
			if err := d.opts.Discard(id); err != nil {
				return err
			}
		}
		if d.opts.Engine.Now().Sub(at) < lateWrites {
			continue
		}
		if err := d.opts.Store.ForgetInstance(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
