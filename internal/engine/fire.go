package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// DueTimers returns timers that are due, soonest first.
func (e *Engine) DueTimers(ctx context.Context, instance string, limit int) ([]Timer, error) {
	return e.store.DueTimers(ctx, instance, e.Now(), limit)
}

// NextTimers returns when the next timer is due in each instance that has one.
func (e *Engine) NextTimers(ctx context.Context) (map[string]time.Time, error) {
	return e.store.NextTimers(ctx)
}

// WaitingInstances returns the instances in which a contact waits in a queue.
func (e *Engine) WaitingInstances(ctx context.Context) ([]string, error) {
	return e.store.WaitingInstances(ctx)
}

// NextTimer returns when the next timer is due; the zero time when there is none.
func (e *Engine) NextTimer(ctx context.Context, instance string) (time.Time, error) {
	return e.store.NextTimer(ctx, instance)
}

// Fire does what a timer was set for, unless it no longer applies, and removes the timer in the same commit. One
// that was put off after it was read stays, and nothing happens.
func (e *Engine) Fire(ctx context.Context, instance string, timer Timer) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	rule, ok := timerRules[timer.Kind]
	if !ok {
		return fmt.Errorf("timer %s is of a kind that only a newer version knows", timer.ID())
	}
	return e.update(ctx, t, func(tx Tx, room *rooms) error {
		c, err := tx.Contact(timer.Contact)
		if fault.Is(err, fault.NotFound) {
			tx.ClearTimer(timer.ID())
			return nil
		}
		if err != nil {
			return err
		}
		if rule.due != nil && rule.due(c, timer.Stamp).After(tx.Now()) {
			return nil
		}
		tx.ClearTimer(timer.ID())
		h := &handling{e: e, t: t, tx: tx, c: c, room: room}
		if err := rule.fire(h, timer); err != nil {
			return err
		}
		return h.put()
	})
}

// DeferTimer has a timer that was fired in vain be due again at a time. One that was set anew or removed meanwhile stays as
// it is.
func (e *Engine) DeferTimer(ctx context.Context, instance string, timer Timer, until time.Time, failures int) error {
	return e.store.DeferTimer(ctx, instance, timer, until, failures)
}

// SetTimerAside quarantines a timer that cannot be fired.
func (e *Engine) SetTimerAside(instance string, timer Timer, cause Cause, reason string) {
	e.store.Quarantine(Quarantined{
		Row: Row{Instance: instance, Table: TimerTable, Key: timer.ID()}, Cause: cause, Reason: reason,
	})
}

// expired ends a contact whose life is over.
func (h *handling) expired() error {
	if h.c.Disconnecting() {
		return nil
	}
	return h.disconnect(contact.ReasonExpired)
}

// timeReached starts the flow of a scheduled task.
func (h *handling) timeReached() error {
	if h.c.State != contact.Scheduled {
		return nil
	}
	if err := h.happened(h.c.TimeReached(h.tx.Now())); err != nil {
		return err
	}
	return h.inbound()
}

// offerExpired puts a task back into its queue that nobody accepted. A timer of an earlier offer must not end
// this one.
func (h *handling) offerExpired(attempt int) error {
	if h.c.State != contact.Connecting || h.c.Attempt != attempt {
		return nil
	}
	a, err := h.hands(h.c.Agent)
	if err != nil {
		return err
	}
	if err := a.Miss(h.c.ID, h.tx.Now()); err != nil {
		return err
	}
	return h.happened(h.c.Missed(h.tx.Now()))
}

// acwOver closes a task whose agent has had their time for after-contact work.
func (h *handling) acwOver() error {
	if h.c.State != contact.ACW {
		return nil
	}
	a, err := h.hands(h.c.Agent)
	if err != nil {
		return err
	}
	if err := a.Clear(h.c.ID, h.tx.Now()); err != nil {
		return err
	}
	return h.closed(h.tx.Now())
}

// rejectOver takes a declined task off the hands of the agent, unless they cleared it themselves, and lets it be
// offered to them again.
func (h *handling) rejectOver(timer Timer) error {
	a, err := h.tx.Agent(timer.Agent)
	if err != nil || a == nil {
		return err
	}
	h.a = a
	a.Forget(h.tx.Now())
	leg, ok := a.Leg(timer.Contact)
	if !ok || leg.State != agent.Rejected || leg.Since.Add(rejectedFor).After(timer.Due) {
		return nil // gone, or declined once more since
	}
	return a.Clear(timer.Contact, h.tx.Now())
}

// Matchable calls fn with each contact that waits, and returns the agents who ever chose a status: what matching
// starts from. fn must not read or write.
func (e *Engine) Matchable(ctx context.Context, instance string, fn func(*contact.Contact)) ([]*agent.Agent, error) {
	if err := e.store.Waiting(ctx, instance, fn); err != nil {
		return nil, err
	}
	return e.store.Agents(ctx, instance)
}

// Pair reads a contact and an agent anew; nil is one that does not exist, or cannot be decoded.
func (e *Engine) Pair(ctx context.Context, instance, id, user string) (*contact.Contact, *agent.Agent, error) {
	c, err := e.store.Contact(ctx, instance, id)
	if err != nil && !fault.Is(err, fault.NotFound) && !Undecodable(err) {
		return nil, nil, err
	}
	a, err := e.store.Agent(ctx, instance, user)
	if Undecodable(err) {
		return c, nil, nil
	}
	return c, a, err
}
