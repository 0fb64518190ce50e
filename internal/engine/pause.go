package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// Pausing says which task is to be paused or resumed.
type Pausing struct {
	Contact string // id or ARN
	Flow    string // id or ARN of a flow to run then; may be empty
}

// Pause sets a task aside: one that waits leaves its queue, one that an agent works stays with them and frees a
// slot. Then the flow runs on it, if one is named.
// It fails with [fault.NotFound], with [fault.Unusable] for a flow that cannot run, with [fault.Conflict] when the
// task is scheduled, paused or over, and with [fault.Limit] when it was paused too often or the agent has too many.
func (e *Engine) Pause(ctx context.Context, instance string, in Pausing) error {
	return e.handle(ctx, instance, in.Contact, func(h *handling) error {
		id, err := h.t.eventFlow(in.Flow)
		if err != nil {
			return err
		}
		return h.pause(id)
	})
}

// pause sets the contact aside. A flow runs then: the one named, or that of the event.
func (h *handling) pause(id string) error {
	was, user := h.c.State, h.c.Agent
	h.clearStepTimer()
	if err := h.happened(h.c.Pause(h.t.quotas[QuotaPauses], h.tx.Now())); err != nil {
		return err
	}
	if was == contact.Queued || was == contact.Connecting {
		h.drop(contact.RunQueue)
	}
	h.will(contact.RunPause, flow.HookPauseContact, id)
	switch was {
	case contact.Connecting:
		return h.withdraw(user)
	case contact.Connected:
		slots, err := h.t.slots(user)
		if err != nil {
			return err
		}
		a, err := h.hands(user)
		if err != nil {
			return err
		}
		return a.Pause(h.c.ID, slots, h.tx.Now())
	default: // nobody else has it
		return nil
	}
}

// Resume takes up a paused task again: with the agent who has it, or else in its flow, from where the flow that is
// named can put it into a queue.
// It fails with [fault.NotFound], with [fault.Unusable] for a flow that cannot run, and with [fault.Conflict] unless
// the task is paused.
func (e *Engine) Resume(ctx context.Context, instance string, in Pausing) error {
	return e.handle(ctx, instance, in.Contact, func(h *handling) error {
		id, err := h.t.eventFlow(in.Flow)
		if err != nil {
			return err
		}
		return h.resume(id)
	})
}

// resume takes the contact up again. A flow runs then: the one named, or that of the event; and then the inbound
// flow goes on, if what it waited for has come meanwhile.
func (h *handling) resume(id string) error {
	if err := h.happened(h.c.Resume(h.tx.Now())); err != nil {
		return err
	}
	h.drop(contact.RunPause)
	h.will(contact.RunResume, flow.HookResumeContact, id)
	h.resumed = true
	if h.c.State != contact.Connected {
		return nil
	}
	a, err := h.hands(h.c.Agent)
	if err != nil {
		return err
	}
	return a.Resume(h.c.ID, h.tx.Now())
}

// PauseInHand pauses a task that the agent works. It fails as [Engine.Pause] does, and with [fault.Conflict] when
// the task is not theirs.
func (e *Engine) PauseInHand(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		if err := h.works(user); err != nil {
			return err
		}
		return h.pause("")
	})
}

// ResumeInHand resumes a task that the agent has paused. It fails with [fault.Conflict] when they have not.
func (e *Engine) ResumeInHand(ctx context.Context, instance, contactID, user string) error {
	return e.inHand(ctx, instance, contactID, user, func(h *handling) error {
		if err := h.works(user); err != nil {
			return err
		}
		return h.resume("")
	})
}

// eventFlow finds the flow that a pause or its end is to run; empty: none is named. It fails as [tenant.usableFlow]
// does.
func (t *tenant) eventFlow(idOrARN string) (string, error) {
	if idOrARN == "" {
		return "", nil
	}
	id, err := t.usableFlow(idOrARN, flow.TypeContactFlow)
	return id, fault.In("ContactFlowId", err)
}
