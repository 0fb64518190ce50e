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

// rejectedFor is how long a declined task stays in the hands of the agent who declined it; for so long it is
// not offered to them again (routing.md §3.6; docs/divergences.md).
const rejectedFor = 2 * time.Second

// offerTimer is the timer of the offer that stands.
func offerTimer(c *contact.Contact) Timer {
	return Timer{Kind: TimerOffer, Contact: c.ID, Stamp: c.Attempt}
}

// Offering is a pair that the router has made. What it knows of the two saves reading them; a copy that is out of
// date costs one more run.
type Offering struct {
	Contact string
	Agent   string
	Task    *contact.Contact // may be nil
	By      *agent.Agent     // may be nil
}

// Offer rings a waiting task at an agent.
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
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		c, a, err := o.read(tx)
		if err != nil {
			return err
		}
		o.Task, o.By = nil, nil // another run reads anew
		deadline := tx.Now().Add(e.offerTimeout)
		if err := a.Offer(c.ID, slots, deadline, tx.Now()); err != nil {
			return err
		}
		events, err := c.Offer(o.Agent, tx.Now())
		if err != nil {
			return err
		}
		timer := offerTimer(c)
		timer.Due = deadline
		tx.SetTimer(timer)
		tx.PutAgent(a)
		tx.PutContact(c)
		tx.Emit(c.ID, events...)
		return nil
	})
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
	return e.inHand(ctx, instance, contactID, user, func(tx Tx, c *contact.Contact, a *agent.Agent) error {
		if leg, _ := a.Leg(c.ID); leg.State == agent.Connected {
			return errDone
		}
		tx.ClearTimer(offerTimer(c).ID())
		if err := a.Accept(c.ID, tx.Now()); err != nil {
			return err
		}
		return emit(tx, c)(c.Accept(user, tx.Now()))
	})
}

// Reject declines an offer; the task goes back to its queue, at its old rank.
// It fails with [fault.NotFound] or, when the offer is not theirs or no longer stands, with [fault.Conflict].
func (e *Engine) Reject(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(tx Tx, c *contact.Contact, a *agent.Agent) error {
		tx.ClearTimer(offerTimer(c).ID())
		if err := a.Reject(c.ID, tx.Now()); err != nil {
			return err
		}
		tx.SetTimer(Timer{Kind: TimerReject, Contact: c.ID, Agent: user, Stamp: c.Attempt, Due: tx.Now().Add(rejectedFor)})
		return emit(tx, c)(c.Rejected(tx.Now()))
	})
}

// End finishes a task that the agent works; after-contact work begins.
// It fails with [fault.NotFound] or, when the agent is not working it, with [fault.Conflict].
func (e *Engine) End(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(tx Tx, c *contact.Contact, a *agent.Agent) error {
		tx.ClearTimer(Timer{Kind: TimerExpiry, Contact: c.ID}.ID())
		if err := a.End(c.ID, tx.Now()); err != nil {
			return err
		}
		return emit(tx, c)(c.Disconnect(contact.ReasonAgent, tx.Now()))
	})
}

// Clear takes a task that is over for the agent off their hands; after-contact work is complete.
// It fails with [fault.NotFound] when they do not have it, and with [fault.Unusable] while it rings or is
// worked.
func (e *Engine) Clear(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(tx Tx, c *contact.Contact, a *agent.Agent) error {
		leg, _ := a.Leg(c.ID)
		if err := a.Clear(c.ID, tx.Now()); err != nil {
			return err
		}
		if leg.State != agent.Ended {
			return nil // missed or declined: the contact has long gone on
		}
		return emit(tx, c)(c.Close(tx.Now()))
	})
}

// errDone ends a command that has nothing to do.
var errDone = errors.New("nothing to do")

// inHand runs a command on a contact that an agent has in hand. The agent is put; fn emits the contact.
func (e *Engine) inHand(ctx context.Context, instance, contactID, user string,
	fn func(Tx, *contact.Contact, *agent.Agent) error,
) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	err = e.store.Update(ctx, t.ID, func(tx Tx) error {
		c, err := tx.Contact(contactID)
		if err != nil {
			return err
		}
		return withAgent(tx, user, func(a *agent.Agent) error { return fn(tx, c, a) })
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// emit puts a contact with what happened to it, or passes on why nothing did.
func emit(tx Tx, c *contact.Contact) func([]contact.Event, error) error {
	return func(events []contact.Event, err error) error {
		if err != nil {
			return err
		}
		tx.PutContact(c)
		tx.Emit(c.ID, events...)
		return nil
	}
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
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		a, err := tx.Agent(u.ID)
		if err != nil {
			return err
		}
		if a == nil {
			a = &agent.Agent{ID: u.ID}
		}
		for _, id := range a.Choose(*s.Value, tx.Now()) {
			c, err := tx.Contact(id)
			if err != nil {
				return err
			}
			if err := emit(tx, c)(c.Close(tx.Now())); err != nil {
				return err
			}
		}
		tx.PutAgent(a)
		return nil
	})
}
