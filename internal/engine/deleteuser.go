package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// DeleteUser removes a user for good. A task that rings goes back to its queue; tasks in the user's hands, and those in
// the user's own queue, end with reason OTHER. Quick connects to the user stay, and lead nowhere
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_DeleteUser.html).
// It fails with [fault.NotFound].
func (e *Engine) DeleteUser(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.update(ctx, t, func(tx Tx, room *rooms) error {
		if err := e.current(ctx, t, tx); err != nil {
			return err
		}
		u, err := find[directory.User](t, arn.User, idOrARN)
		if err != nil {
			return err
		}
		l := leaving{user: u.ID, handling: func(c *contact.Contact, a *agent.Agent) *handling {
			return &handling{e: e, t: t, tx: tx, c: c, a: a, room: room}
		}}
		if err := l.emptyHands(t, tx); err != nil {
			return err
		}
		if err := l.emptyQueue(tx); err != nil {
			return err
		}
		tx.DeleteResource(u.Resource)
		return nil
	})
}

// leaving is a user who is deleted.
type leaving struct {
	user     string
	handling func(*contact.Contact, *agent.Agent) *handling
}

// emptyHands takes all tasks out of the user's hands, and sets them offline.
func (l leaving) emptyHands(t *tenant, tx Tx) error {
	a, err := tx.Agent(l.user)
	if err != nil || a == nil {
		return err
	}
	for _, leg := range a.Legs {
		c, err := tx.Contact(leg.Contact)
		if fault.Is(err, fault.NotFound) {
			continue // it was declined or missed, and is kept no longer
		}
		if err != nil {
			return err
		}
		without := *a // what was put must not change
		a = &without
		if err := l.release(l.handling(c, a), leg); err != nil {
			return err
		}
	}
	last := *a
	last.Choose(agent.Status{ID: t.offline(), Type: agent.Offline}, tx.Now())
	tx.PutAgent(&last)
	return nil
}

// release takes one task out of the user's hands.
func (l leaving) release(h *handling, leg agent.Leg) error {
	now := h.tx.Now()
	switch {
	case leg.State == agent.Connecting && h.c.Queue != l.user:
		if err := h.withdraw(l.user); err != nil {
			return err
		}
		if err := h.happened(h.c.Withdrawn(now)); err != nil {
			return err
		}
		return h.put()
	case leg.State == agent.Connecting, leg.State == agent.Connected, leg.State == agent.Paused:
		if err := h.disconnect(contact.ReasonOther); err != nil {
			return err
		}
	}
	if h.c.State == contact.ACW && h.c.Agent == l.user {
		if err := h.closed(now); err != nil {
			return err
		}
	}
	h.a.Withdraw(h.c.ID, now) // after-contact work is over, and what was missed or declined has gone on
	return h.put()
}

// emptyQueue ends what waits in the user's own queue.
func (l leaving) emptyQueue(tx Tx) error {
	ids, err := tx.WaitingIDs(l.user)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := tx.Contact(id)
		if err != nil {
			return err
		}
		h := l.handling(c, nil)
		if err := h.disconnect(contact.ReasonOther); err != nil {
			return err
		}
		if err := h.put(); err != nil {
			return err
		}
	}
	return nil
}
