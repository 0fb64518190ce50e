package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// linked reads a contact that a request names by id or ARN. It fails with [fault.NotFound].
func (t *tenant) linked(tx Tx, idOrARN string) (*contact.Contact, error) {
	id, err := t.Resolve(arn.Contact, idOrARN)
	if err != nil {
		return nil, err
	}
	return tx.Contact(id)
}

// Contact returns a contact and the attributes it shares with its chain. It fails with [fault.NotFound].
func (e *Engine) Contact(ctx context.Context, instance, idOrARN string) (*contact.Contact, map[string]string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, nil, err
	}
	id, err := t.Resolve(arn.Contact, idOrARN)
	if err != nil {
		return nil, nil, err
	}
	c, err := e.store.Contact(ctx, t.ID, id)
	if err != nil {
		return nil, nil, err
	}
	chain, err := e.store.Chain(ctx, t.ID, c.Chain())
	if err != nil {
		return nil, nil, err
	}
	return c, chain.Attributes, nil
}

// Events returns what happened to a contact, oldest first. It fails with [fault.NotFound].
func (e *Engine) Events(ctx context.Context, instance, id string) ([]contact.Event, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	if _, err := e.store.Contact(ctx, t.ID, id); err != nil {
		return nil, err
	}
	return e.store.Events(ctx, t.ID, id)
}

// UpdateAttributes merges attributes into the set that the contact shares with its chain.
// It fails with [fault.NotFound], or with [fault.Invalid] for a key or a size that is refused.
func (e *Engine) UpdateAttributes(ctx context.Context, instance, idOrARN string, attributes map[string]string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if err := contact.CheckKeys(attributes); err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		c, err := t.linked(tx, idOrARN)
		if err != nil {
			return err
		}
		chain, err := tx.Chain(c.Chain())
		if err != nil {
			return err
		}
		if err := chain.Merge(attributes); err != nil {
			return err
		}
		c.Updated = tx.Now()
		tx.PutChain(chain)
		tx.PutContact(c)
		tx.Emit(c.ID, attributesUpdated(tx.Now()))
		return nil
	})
}

func attributesUpdated(now time.Time) contact.Event {
	return contact.Event{Type: contact.EventDataUpdated, At: now, Updated: []string{"UserDefinedAttributes"}}
}

// Stop ends a task in any state; one that an agent works goes on to after-contact work.
// It fails with [fault.NotFound], and with [fault.Gone] when the task has already ended.
func (e *Engine) Stop(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		c, err := t.linked(tx, idOrARN)
		if err != nil {
			return err
		}
		return disconnect(tx, c, contact.ReasonAPI)
	})
}

// disconnect ends a contact within a command: also in the hands of its agent, and its timers.
func disconnect(tx Tx, c *contact.Contact, why contact.Reason) error {
	was, user := c.State, c.Agent
	events, err := c.Disconnect(why, tx.Now())
	if err != nil {
		return err
	}
	switch was {
	case contact.Scheduled:
		tx.ClearTimer(Timer{Kind: TimerStart, Contact: c.ID}.ID())
	case contact.Connecting:
		tx.ClearTimer(offerTimer(c).ID())
		err = withAgent(tx, user, func(a *agent.Agent) error {
			a.Withdraw(c.ID, tx.Now())
			return nil
		})
	case contact.Connected:
		err = withAgent(tx, user, func(a *agent.Agent) error { return a.End(c.ID, tx.Now()) })
	default: // nobody else has it, and no timer but its expiry
	}
	if err != nil {
		return err
	}
	tx.ClearTimer(Timer{Kind: TimerExpiry, Contact: c.ID}.ID())
	tx.PutContact(c)
	tx.Emit(c.ID, events...)
	return nil
}

// withAgent reads, changes and writes an agent within a command.
func withAgent(tx Tx, user string, change func(*agent.Agent) error) error {
	a, err := tx.Agent(user)
	if err != nil {
		return err
	}
	if a == nil {
		return fault.New(fault.Conflict, "agent %s has no task in hand", user)
	}
	if err := change(a); err != nil {
		return err
	}
	tx.PutAgent(a)
	return nil
}
