package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// RenameQueue changes the name and the description of a standard queue; nil leaves one as it is.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) RenameQueue(ctx context.Context, instance, idOrARN string, name, description *string) error {
	return e.editQueue(ctx, instance, idOrARN, func(_ *tenant, r *Resource, q *routing.Queue) error {
		replace(&r.Name, name)
		replace(&q.Description, description)
		return nil
	})
}

// DisableQueue has a standard queue take no more contacts, or take them again. What waits in it is offered in any
// case (https://docs.aws.amazon.com/connect/latest/adminguide/disable-a-queue.html). It fails with [fault.NotFound].
func (e *Engine) DisableQueue(ctx context.Context, instance, idOrARN string, disabled bool) error {
	return e.editQueue(ctx, instance, idOrARN, func(_ *tenant, _ *Resource, q *routing.Queue) error {
		q.Disabled = disabled
		return nil
	})
}

// CapQueue bounds how many contacts may wait in a standard queue; nil lifts the bound. It fails with
// [fault.NotFound].
func (e *Engine) CapQueue(ctx context.Context, instance, idOrARN string, most *int) error {
	return e.editQueue(ctx, instance, idOrARN, func(_ *tenant, _ *Resource, q *routing.Queue) error {
		q.MaxContacts = most
		return nil
	})
}

// SetQueueOutbound changes how calls go out of a standard queue. It fails with [fault.NotFound] for an unknown queue or
// flow.
func (e *Engine) SetQueueOutbound(ctx context.Context, instance, idOrARN string, o routing.Outbound) error {
	return e.editQueue(ctx, instance, idOrARN, func(t *tenant, _ *Resource, q *routing.Queue) (err error) {
		q.Outbound, err = t.outbound(&o)
		return err
	})
}

// outbound puts the id of the flow in its place; nil stays nil. It fails with [fault.NotFound].
func (t *tenant) outbound(o *routing.Outbound) (*routing.Outbound, error) {
	if o == nil || o.Flow == "" {
		return o, nil
	}
	f, err := find[Flow](t, arn.Flow, o.Flow)
	next := *o
	next.Flow = f.ID
	return &next, err
}

// SetQueueHours gives a standard queue other hours of operation. It fails with [fault.NotFound] for an unknown queue
// or unknown hours.
func (e *Engine) SetQueueHours(ctx context.Context, instance, idOrARN, hoursID string) error {
	return e.editQueue(ctx, instance, idOrARN, func(t *tenant, _ *Resource, q *routing.Queue) error {
		h, err := find[hours.Hours](t, arn.Hours, hoursID)
		q.Hours = h.ID
		return err
	})
}

func (e *Engine) editQueue(ctx context.Context, instance, idOrARN string, fn func(*tenant, *Resource, *routing.Queue) error) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Queue, idOrARN, func(r *Resource, q *routing.Queue) error { return fn(t, r, q) })
}

// DeleteQueue removes a standard queue that nothing needs any more. Contacts that were in it keep its id.
// It fails with [fault.NotFound], and with [fault.InUse] while a routing profile or a quick connect has the queue, or
// contacts wait in it or ring out of it.
func (e *Engine) DeleteQueue(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.Queue, idOrARN, func(tx Tx, gone Entry[routing.Queue]) error {
		if by, used := t.queueUser(gone.ID); used {
			return inUse(gone.Resource, by)
		}
		held, err := tx.HoldsContacts(gone.ID)
		if err == nil && held {
			err = fault.New(fault.InUse, "The queue %q (%s) cannot be deleted: contacts wait in it", gone.Name, gone.ID)
		}
		return err
	})
}

// queueUser finds a routing profile or a quick connect that has a queue.
func (t *tenant) queueUser(queue string) (by Resource, used bool) {
	for _, p := range all[routing.Profile](t, arn.RoutingProfile) {
		if p.Value.Names(queue) {
			return p.Resource, true
		}
	}
	for _, c := range all[routing.QuickConnect](t, arn.QuickConnect) {
		if c.Value.Type == routing.QuickConnectQueue && c.Value.Target == queue {
			return c.Resource, true
		}
	}
	return Resource{}, false
}
