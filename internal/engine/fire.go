package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// DueTimers returns timers that are due, soonest first.
func (e *Engine) DueTimers(ctx context.Context, instance string, limit int) ([]Timer, error) {
	return e.store.DueTimers(ctx, instance, e.Now(), limit)
}

// NextTimer returns when the next timer is due; the zero time when there is none.
func (e *Engine) NextTimer(ctx context.Context, instance string) (time.Time, error) {
	return e.store.NextTimer(ctx, instance)
}

// Fire does what a timer was set for, unless it no longer applies, and removes the timer in the same commit.
func (e *Engine) Fire(ctx context.Context, instance string, timer Timer) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		tx.ClearTimer(timer.ID())
		c, err := tx.Contact(timer.Contact)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		switch timer.Kind {
		case TimerStart:
			return t.timeReached(tx, c)
		case TimerExpiry:
			if c.Reason != "" {
				return nil // over already
			}
			return disconnect(tx, c, contact.ReasonExpired)
		case TimerOffer:
			return offerExpired(tx, c, timer.Stamp)
		case TimerReject:
			return rejectOver(tx, timer)
		}
		panic("unknown timer " + string(timer.Kind))
	})
}

// timeReached starts the flow of a scheduled task.
func (t *tenant) timeReached(tx Tx, c *contact.Contact) error {
	if c.State != contact.Scheduled {
		return nil
	}
	chain, err := tx.Chain(c.Chain())
	if err != nil {
		return err
	}
	events, err := c.TimeReached(tx.Now())
	if err != nil {
		return err
	}
	events = append(events, t.run(tx, c, chain)...)
	if !c.Open() {
		tx.ClearTimer(Timer{Kind: TimerExpiry, Contact: c.ID}.ID())
	}
	tx.PutChain(chain)
	tx.PutContact(c)
	tx.Emit(c.ID, events...)
	return nil
}

// offerExpired puts a task back into its queue that nobody accepted. A timer of an earlier offer must not end
// this one.
func offerExpired(tx Tx, c *contact.Contact, attempt int) error {
	if c.State != contact.Connecting || c.Attempt != attempt {
		return nil
	}
	err := withAgent(tx, c.Agent, func(a *agent.Agent) error { return a.Miss(c.ID, tx.Now()) })
	if err != nil {
		return err
	}
	return emit(tx, c)(c.Missed(tx.Now()))
}

// rejectOver takes a declined task off the hands of the agent, unless they cleared it themselves.
func rejectOver(tx Tx, timer Timer) error {
	a, err := tx.Agent(timer.Agent)
	if err != nil || a == nil {
		return err
	}
	leg, ok := a.Leg(timer.Contact)
	if !ok || leg.State != agent.Rejected {
		return nil
	}
	if err := a.Clear(timer.Contact, tx.Now()); err != nil {
		return err
	}
	tx.PutAgent(a)
	return nil
}

// Matchable returns what matching starts from: the contacts that wait and the agents who ever chose a status.
func (e *Engine) Matchable(ctx context.Context, instance string) ([]*contact.Contact, []*agent.Agent, error) {
	waiting, err := e.store.Waiting(ctx, instance)
	if err != nil {
		return nil, nil, err
	}
	agents, err := e.store.Agents(ctx, instance)
	return waiting, agents, err
}

// Pair reads a contact and an agent anew; nil is one that does not exist.
func (e *Engine) Pair(ctx context.Context, instance, id, user string) (*contact.Contact, *agent.Agent, error) {
	c, err := e.store.Contact(ctx, instance, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	a, err := e.store.Agent(ctx, instance, user)
	return c, a, err
}
