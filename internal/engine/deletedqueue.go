package engine

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// HasQueue reports whether a queue is there, a standard one or a user's own, as far as this node knows.
func (e *Engine) HasQueue(instance, id string) bool {
	_, err := e.Queue(instance, id)
	return !fault.Is(err, fault.NotFound)
}

// EndInDeletedQueue ends a task that waits in a queue which is not there any more, with reason OTHER, as the deletion of a user
// ends what waits in their own queue. Such a task has entered the queue at the moment at which another node deleted it: see
// docs/decisions/0010-configuration-generation.md. It reports whether it has ended the task: one that does not wait any more,
// whose queue is there, or whose queue is only not known, as its row cannot be decoded, stays as it is.
func (e *Engine) EndInDeletedQueue(ctx context.Context, instance, id string) (ended bool, err error) {
	t, err := e.tenant(instance)
	if err != nil {
		return false, err
	}
	err = e.update(ctx, t, func(tx Tx, room *rooms) error {
		ended = false
		if err := e.current(ctx, t, tx); err != nil { // another node may have made the queue just now
			return err
		}
		c, err := tx.Contact(id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || c.State != contact.Queued {
			return err
		}
		if _, err := t.queue(c.Queue); !fault.Is(err, fault.NotFound) {
			return err
		}
		if deleted, err := e.queueDeleted(ctx, t, c.Queue); !deleted || err != nil {
			return err
		}
		h := &handling{e: e, t: t, tx: tx, c: c, room: room}
		if err := h.disconnect(contact.ReasonOther); err != nil {
			return err
		}
		ended = true
		return h.put()
	})
	return ended && err == nil, err
}

// queueDeleted reports whether a queue, or the user whose own it was, is known to have been deleted.
func (e *Engine) queueDeleted(ctx context.Context, t *tenant, queue string) (bool, error) {
	deleted, err := e.store.Deleted(ctx, t.ID, time.Time{})
	return slices.ContainsFunc(deleted, func(r Resource) bool {
		return r.ID == queue && (r.Kind == arn.Queue || r.Kind == arn.User)
	}), err
}
