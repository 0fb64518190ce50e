package engine

import (
	"context"
	"errors"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// rejectedFor is how long a declined task stays in the hands of the agent who declined it, unless they clear it; for
// so long it is not offered to them again (docs/divergences.md).
const rejectedFor = 2 * time.Second

// Offering is a pair that the router has made. What it knows of the two saves reading them; a copy that is out of
// date costs one more run.
type Offering struct {
	Contact string
	Agent   string
	Task    *contact.Contact // may be nil
	By      *agent.Agent     // may be nil
}

// Offer rings a waiting task at an agent. One who accepts by themselves has it at once, in the same commit.
// It fails with [fault.Conflict] when the task does not wait or the agent cannot take it any more.
func (e *Engine) Offer(ctx context.Context, instance string, o Offering) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	slots, err := t.slots(o.Agent)
	if err != nil {
		return err
	}
	accepted := t.autoAccepts(o.Agent)
	if accepted {
		o.Task = nil // flows run on it, which may change more than a copy may be put with
	}
	return e.update(ctx, t, func(tx Tx, room *rooms) error {
		c, a, err := o.read(tx)
		if err != nil {
			return err
		}
		o.Task, o.By = nil, nil // another run reads anew
		h := &handling{e: e, t: t, tx: tx, c: c, a: a, room: room}
		err = h.ring(a, accepted, func(deadline, now time.Time) error { return a.Offer(c.ID, slots, deadline, now) })
		if err != nil {
			return err
		}
		return h.put()
	})
}

// ring has the contact ring at an agent, on whose side start is called, until the offer runs out; or accepts it at once.
func (h *handling) ring(a *agent.Agent, accepted bool, start func(deadline, now time.Time) error) error {
	now := h.tx.Now()
	deadline := now.Add(h.e.offerTimeout)
	if err := start(deadline, now); err != nil {
		return err
	}
	if err := h.happened(h.c.Offer(a.ID, now)); err != nil {
		return err
	}
	if accepted {
		return h.accept(a.ID)
	}
	h.tx.SetTimer(offerTimer(h.c, deadline))
	return nil
}

// read returns copies of the two, read where they are not known.
func (o *Offering) read(tx Tx) (c *contact.Contact, a *agent.Agent, err error) {
	if o.Task != nil {
		known := *o.Task
		c = &known
	} else if c, err = tx.Contact(o.Contact); err != nil {
		return nil, nil, err
	}
	if o.By != nil {
		known := *o.By
		return c, &known, nil
	}
	if a, err = tx.Agent(o.Agent); err == nil && a == nil {
		err = fault.New(fault.Conflict, "agent %s never chose a status", o.Agent)
	}
	return c, a, err
}

// slots is how many tasks a user may have in hand.
func (t *tenant) slots(user string) (agent.Slots, error) {
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return 0, err
	}
	p, err := find[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile)
	if err != nil {
		return 0, err
	}
	return p.Value.Slots, nil
}

// Accept connects a task to the agent it is offered to. Accepting it twice is one accept.
// It fails with [fault.NotFound] or, when the offer is not theirs or no longer stands, with [fault.Conflict].
func (e *Engine) Accept(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		if leg, _ := h.a.Leg(h.c.ID); leg.State == agent.Connected {
			return errDone
		}
		h.tx.ClearTimer(offerTimer(h.c, time.Time{}).ID())
		return h.accept(user)
	})
}

// accept connects the contact to the agent it is offered to.
func (h *handling) accept(user string) error {
	if err := h.a.Accept(h.c.ID, h.tx.Now()); err != nil {
		return err
	}
	h.clearStepTimer()
	if err := h.happened(h.c.Accept(user, h.t.groups(user), h.tx.Now())); err != nil {
		return err
	}
	h.worked()
	return nil
}

// autoAccepts reports whether a user has the tasks that they are offered at once.
func (t *tenant) autoAccepts(user string) bool {
	u, err := find[directory.User](t, arn.User, user)
	return err == nil && u.Value.AutoAccept
}

// Reject declines an offer; the task goes back to its queue, at its old rank.
// It fails with [fault.NotFound] or, when the offer is not theirs or no longer stands, with [fault.Conflict].
func (e *Engine) Reject(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		h.tx.ClearTimer(offerTimer(h.c, time.Time{}).ID())
		until := h.tx.Now().Add(rejectedFor)
		if err := h.a.Reject(h.c.ID, until, h.tx.Now()); err != nil {
			return err
		}
		h.tx.SetTimer(rejectTimer(h.c, user, until))
		return h.happened(h.c.Rejected(h.tx.Now()))
	})
}

// End finishes a task that the agent works or has paused; after-contact work begins.
// It fails with [fault.NotFound] or, when the agent does not have it, with [fault.Conflict].
func (e *Engine) End(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		if err := h.works(user); err != nil {
			return err
		}
		return h.disconnect(contact.ReasonAgent)
	})
}

// works reports whether the agent works the contact, or has paused it. It fails with [fault.Conflict].
func (h *handling) works(user string) error {
	if !h.c.WithAgent() || h.c.Agent != user {
		return fault.New(fault.Conflict, "agent %s does not work contact %s", user, h.c.ID)
	}
	return nil
}

// Clear takes a task that is over for the agent off their hands; after-contact work is complete.
// It fails with [fault.NotFound] when they do not have it, and with [fault.Unusable] while it rings or is
// worked.
func (e *Engine) Clear(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		leg, _ := h.a.Leg(h.c.ID)
		if err := h.a.Clear(h.c.ID, h.tx.Now()); err != nil {
			return err
		}
		if leg.State != agent.Ended {
			return nil // missed or declined: the contact has long gone on
		}
		return h.closed(h.tx.Now())
	})
}

// errDone ends a command that has nothing to do.
var errDone = errors.New("nothing to do")

// handle runs a command on one contact, by id or ARN.
func (e *Engine) handle(ctx context.Context, instance, idOrARN string, fn func(*handling) error) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	err = e.update(ctx, t, func(tx Tx, room *rooms) error {
		c, err := t.linked(tx, idOrARN)
		if err != nil {
			return err
		}
		h := &handling{e: e, t: t, tx: tx, c: c, room: room}
		if err := fn(h); err != nil {
			return err
		}
		return h.put()
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// inHand runs a command on a contact that an agent is said to have in hand.
func (e *Engine) inHand(ctx context.Context, instance, contactID, user string, fn func(*handling) error) error {
	return e.handle(ctx, instance, contactID, func(h *handling) error {
		if _, err := h.hands(user); err != nil {
			return err
		}
		return fn(h)
	})
}

// SetStatus chooses an agent's status; see [agent.Agent.Choose] for what happens while tasks are in hand.
// It fails with [fault.NotFound] for an unknown user or status and with [fault.Invalid] for a disabled status.
func (e *Engine) SetStatus(ctx context.Context, instance, user, status string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return err
	}
	s, err := find[agent.Status](t, arn.AgentStatus, status)
	if err != nil {
		return err
	}
	if s.Value.Disabled {
		return fault.New(fault.Invalid, "Agent status %s is disabled", status)
	}
	return e.update(ctx, t, func(tx Tx, room *rooms) error {
		a, err := t.presence(tx, u.ID)
		if err != nil {
			return err
		}
		for _, id := range a.Choose(*s.Value, tx.Now()) {
			c, err := tx.Contact(id)
			if err != nil {
				return err
			}
			h := &handling{e: e, t: t, tx: tx, c: c, room: room}
			if err := h.closed(tx.Now()); err != nil {
				return err
			}
			if err := h.put(); err != nil {
				return err
			}
		}
		tx.PutAgent(a)
		return nil
	})
}
