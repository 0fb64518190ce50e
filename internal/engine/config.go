package engine

import (
	"context"
	"errors"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// CreateQueue makes a standard queue and returns it. Its id is given here.
// It fails with [fault.NotFound] for an unknown instance, hours of operation, flow or quick connect, with
// [fault.Duplicate] when the name is taken, with [fault.Limit] for too many quick connects, and with [fault.Quota].
func (e *Engine) CreateQueue(ctx context.Context, instance string, q routing.Queue) (Entry[routing.Queue], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	named := q
	return create(ctx, e, t, arn.Queue, q.Name, &q, QuotaQueues, func() error {
		open, err := find[hours.Hours](t, arn.Hours, named.Hours)
		if err != nil {
			return err
		}
		q.Hours = open.ID
		if q.Outbound, err = t.outbound(named.Outbound); err != nil {
			return err
		}
		q.QuickConnects, err = t.connect(nil, named.QuickConnects, e.quotas[QuotaQueueQuickConnects])
		return err
	})
}

// create writes a new object in a command of its own and returns it. What the object refers to is looked up by resolve, which
// may run again and must then do the same; nil: it refers to nothing. It fails as resolve and [tenant.add] do.
func create[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, name string, v *T, quota string, resolve func() error) (Entry[T], error) {
	id := e.newID()
	err := e.configure(ctx, t, func(tx Tx) error {
		if resolve != nil {
			if err := resolve(); err != nil {
				return err
			}
		}
		return t.add(tx, kind, id, name, v, e.quotas[quota])
	})
	if err != nil {
		return Entry[T]{}, err
	}
	return find[T](t, kind, id)
}

// change puts a changed copy of an object in its place, in a command of its own. fn may change the name in r and
// whatever v holds, but not in place what v shares with the value that was read: its lists and maps. When fn
// returns errDone nothing is written.
// It fails with [fault.NotFound], with [fault.Duplicate] when a new name is taken, and as fn does.
func change[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, idOrARN string, fn func(r *Resource, v *T) error) error {
	err := e.configure(ctx, t, func(tx Tx) error {
		old, err := find[T](t, kind, idOrARN)
		if err != nil {
			return err
		}
		r, v := old.Resource, *old.Value
		if err := fn(&r, &v); err != nil {
			return err
		}
		if r.Name != old.Name {
			if err := t.mayBeNamed(kind, r.ID, r.Name); err != nil {
				return err
			}
		}
		return put(tx, r, &v)
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// remove deletes an object in a command of its own. Unless it is nil, before runs first in the same command: it
// refuses the deletion, or changes what refers to the object.
// It fails with [fault.NotFound], and as before does.
func remove[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, idOrARN string, before func(Tx, Entry[T]) error) error {
	return e.configure(ctx, t, func(tx Tx) error {
		gone, err := find[T](t, kind, idOrARN)
		if err != nil {
			return err
		}
		if before != nil {
			if err := before(tx, gone); err != nil {
				return err
			}
		}
		tx.DeleteResource(gone.Resource)
		return nil
	})
}

// Queues returns all standard queues, by name.
func (e *Engine) Queues(instance string) ([]Entry[routing.Queue], error) {
	return listAll[routing.Queue](e, instance, arn.Queue)
}

func lookUp[T any](e *Engine, instance string, kind arn.Kind, idOrARN string) (Entry[T], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[T]{}, err
	}
	return find[T](t, kind, idOrARN)
}

func listAll[T any](e *Engine, instance string, kind arn.Kind) ([]Entry[T], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return all[T](t, kind), nil
}
