package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/routing"
)

// activate begins the routing criteria of a contact that has come to wait in a queue, or has got others there, and
// sets the timer of their first step.
func (h *handling) activate() {
	q := h.t.queueOf(h.c)
	if events := h.c.Activate(q.Kind == arn.AgentQueue, h.tx.Now()); events != nil {
		_ = h.happened(events, nil) // without an error there is none to come
		h.setStepTimer()
	}
}

func (h *handling) setStepTimer() {
	if timer := stepTimer(h.c); !timer.Due.IsZero() {
		h.tx.SetTimer(timer)
	}
}

// clearStepTimer is called before a contact leaves its queue.
func (h *handling) clearStepTimer() {
	if timer := stepTimer(h.c); !timer.Due.IsZero() {
		h.tx.ClearTimer(timer.ID())
	}
}

// stepExpired widens the circle of agents whom a contact is for, also while it rings.
func (h *handling) stepExpired(stamp int) error {
	events := h.c.StepExpired(stamp, h.tx.Now())
	if events == nil {
		return nil
	}
	h.setStepTimer()
	return h.happened(events, nil)
}

// defined reports whether the attributes exist that routing criteria ask for. It fails with [fault.NotFound].
func (t *tenant) defined(c *contact.Criteria) error {
	for name := range c.Names() {
		if _, err := findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, name); err != nil {
			return err
		}
	}
	return nil
}
