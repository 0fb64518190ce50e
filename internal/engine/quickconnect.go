package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

// CreateQuickConnect makes a quick connect and returns it.
// It fails with [fault.NotFound] for an unknown instance, user, queue or flow, with [fault.Invalid] for a flow of
// another type than the quick connect's, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateQuickConnect(ctx context.Context, instance string, q routing.QuickConnect) (Entry[routing.QuickConnect], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.QuickConnect]{}, err
	}
	return create(ctx, e, t, arn.QuickConnect, q.Name, &q, QuotaQuickConnects, func() (err error) {
		q.Destination, err = t.destination(q.Destination)
		return err
	})
}

// transferFlows are the types of flow that take a contact to a destination. A flow of any type may itself be one.
var transferFlows = map[routing.QuickConnectType]flow.Type{
	routing.QuickConnectUser:  flow.TypeAgentTransfer,
	routing.QuickConnectQueue: flow.TypeQueueTransfer,
}

// destination returns a destination with ids in place of ARNs.
// It fails with [fault.NotFound] for an unknown user, queue or flow, and with [fault.Invalid] for a flow of
// another type than the destination's.
func (t *tenant) destination(d routing.Destination) (routing.Destination, error) {
	switch d.Type {
	case routing.QuickConnectUser:
		u, err := find[directory.User](t, arn.User, d.Target)
		if err != nil {
			return d, err
		}
		d.Target = u.ID
	case routing.QuickConnectQueue:
		q, err := find[routing.Queue](t, arn.Queue, d.Target)
		if err != nil {
			return d, err
		}
		d.Target = q.ID
	case routing.QuickConnectPhone:
		return d, nil
	case routing.QuickConnectFlow: // has no target but its flow
	}
	f, err := find[Flow](t, arn.Flow, d.Flow)
	if err != nil {
		return d, err
	}
	if want := transferFlows[d.Type]; want != "" && f.Value.Type != want {
		return d, fault.New(fault.Invalid, "ContactFlowId: a quick connect of type %s needs a flow of type %s, and flow %s is of type %s",
			d.Type, want, f.ID, f.Value.Type)
	}
	d.Flow = f.ID
	return d, nil
}

// QuickConnect finds a quick connect. It fails with [fault.NotFound].
func (e *Engine) QuickConnect(instance, idOrARN string) (Entry[routing.QuickConnect], error) {
	return lookUp[routing.QuickConnect](e, instance, arn.QuickConnect, idOrARN)
}

// QuickConnects returns all quick connects, by name. It fails with [fault.NotFound] for an unknown instance.
func (e *Engine) QuickConnects(instance string) ([]Entry[routing.QuickConnect], error) {
	return listAll[routing.QuickConnect](e, instance, arn.QuickConnect)
}

// RedirectQuickConnect replaces the whole destination of a quick connect.
// It fails with [fault.NotFound] and [fault.Invalid] as [Engine.CreateQuickConnect] does.
func (e *Engine) RedirectQuickConnect(ctx context.Context, instance, idOrARN string, d routing.Destination) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.QuickConnect, idOrARN, func(_ *Resource, q *routing.QuickConnect) error {
		to, err := t.destination(d)
		q.Destination = to
		return err
	})
}

// RenameQuickConnect changes the name and the description of a quick connect; nil leaves one as it is.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) RenameQuickConnect(ctx context.Context, instance, idOrARN string, name, description *string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.QuickConnect, idOrARN, func(r *Resource, q *routing.QuickConnect) error {
		if name != nil {
			r.Name = *name
		}
		if description != nil {
			q.Description = *description
		}
		return nil
	})
}

// DeleteQuickConnect removes a quick connect, also from the queues that have it. Tasks that were started with it go
// on. It fails with [fault.NotFound].
func (e *Engine) DeleteQuickConnect(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.QuickConnect, idOrARN, func(tx Tx, gone Entry[routing.QuickConnect]) error {
		for _, q := range all[routing.Queue](t, arn.Queue) {
			if !slices.Contains(q.Value.QuickConnects, gone.ID) {
				continue
			}
			v := *q.Value
			v.QuickConnects = without(v.QuickConnects, map[string]bool{gone.ID: true})
			if err := put(tx, q.Resource, &v); err != nil {
				return err
			}
		}
		return nil
	})
}

// without returns a list less some of its elements.
func without(list []string, some map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return some[id] })
}

// AssociateQuickConnects gives quick connects to a queue; those that it has already stay.
// It fails with [fault.NotFound] for an unknown queue or quick connect, and with [fault.Limit] when the queue would
// have more than its quota; then it has got none.
func (e *Engine) AssociateQuickConnects(ctx context.Context, instance, queue string, quickConnects []string) error {
	return e.reconnect(ctx, instance, queue, func(t *tenant, had []string) ([]string, error) {
		return t.connect(had, quickConnects, e.quotas[QuotaQueueQuickConnects])
	})
}

// DisassociateQuickConnects takes quick connects from a queue; those that it does not have change nothing.
// It fails with [fault.NotFound] for an unknown queue or quick connect.
func (e *Engine) DisassociateQuickConnects(ctx context.Context, instance, queue string, quickConnects []string) error {
	return e.reconnect(ctx, instance, queue, func(t *tenant, had []string) ([]string, error) {
		ids, err := t.resolveAll(arn.QuickConnect, quickConnects)
		return without(had, ids), err
	})
}

// reconnect replaces the quick connects of a queue, unless they are the same.
func (e *Engine) reconnect(ctx context.Context, instance, queue string, fn func(t *tenant, had []string) ([]string, error)) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Queue, queue, func(_ *Resource, q *routing.Queue) error {
		has, err := fn(t, q.QuickConnects)
		if err != nil {
			return err
		}
		if slices.Equal(has, q.QuickConnects) {
			return errDone
		}
		q.QuickConnects = has
		return nil
	})
}

// connect adds quick connects to those that a queue had. What was deleted meanwhile falls out.
// It fails with [fault.NotFound], and with [fault.Limit] when there are more than the quota allows (0: any number).
func (t *tenant) connect(had, added []string, quota int) ([]string, error) {
	ids, err := t.resolveAll(arn.QuickConnect, added)
	if err != nil {
		return nil, err
	}
	for _, id := range had {
		if _, ok := t.catalog.get(arn.QuickConnect, id); ok {
			ids[id] = true
		}
	}
	if quota > 0 && len(ids) > quota {
		return nil, fault.New(fault.Limit, "The queue would have %d of at most %d quick connects", len(ids), quota)
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// QueueQuickConnects returns a queue and its quick connects, by name. It fails with [fault.NotFound].
func (e *Engine) QueueQuickConnects(instance, queue string) (Entry[routing.Queue], []Entry[routing.QuickConnect], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.Queue]{}, nil, err
	}
	q, err := find[routing.Queue](t, arn.Queue, queue)
	if err != nil {
		return Entry[routing.Queue]{}, nil, err
	}
	mine := slices.DeleteFunc(all[routing.QuickConnect](t, arn.QuickConnect), func(c Entry[routing.QuickConnect]) bool {
		return !slices.Contains(q.Value.QuickConnects, c.ID)
	})
	return q, mine, nil
}
