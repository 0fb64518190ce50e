package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// RoutingData is what orders a contact among those that wait, and for whom it is. Nil stays as it is.
type RoutingData struct {
	Priority   *contact.Priority
	Adjustment *time.Duration // added to the age; whole seconds
	Criteria   *contact.Criteria
}

// check fails with [fault.Invalid] for data that do not go together.
func (d RoutingData) check() error {
	switch {
	case d.Priority != nil && d.Adjustment != nil:
		return fault.New(fault.Invalid, "Specify at most one of QueuePriority and QueueTimeAdjustmentSeconds: exactly one, or RoutingCriteria too or alone")
	case d.Priority == nil && d.Adjustment == nil && d.Criteria == nil:
		return fault.New(fault.Invalid, "Specify exactly one of QueuePriority and QueueTimeAdjustmentSeconds, or RoutingCriteria")
	}
	return nil
}

// UpdateRouting changes the routing data of a contact that no agent has accepted. One that waits takes its new
// place at once; one that rings takes it when it comes back to its queue.
// It fails with [fault.Invalid] for no data, or such that do not go together, with [fault.NotFound] for an unknown
// contact or attribute of the criteria, and with [fault.Conflict] when the contact has ended or was accepted.
func (e *Engine) UpdateRouting(ctx context.Context, instance, idOrARN string, d RoutingData) error {
	if err := d.check(); err != nil {
		return err
	}
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		switch now := h.tx.Now(); {
		case d.Priority != nil:
			if err := h.happened(h.c.Prioritize(*d.Priority, now)); err != nil {
				return err
			}
		case d.Adjustment != nil:
			if err := h.happened(h.c.Adjust(*d.Adjustment, now)); err != nil {
				return err
			}
		}
		if d.Criteria == nil {
			return nil
		}
		return h.setCriteria(d.Criteria)
	})
}

// setCriteria gives the contact other routing criteria.
func (h *handling) setCriteria(criteria *contact.Criteria) error {
	if err := h.t.defined(criteria); err != nil {
		return fault.In("RoutingCriteria", err)
	}
	h.clearStepTimer()
	fresh := *criteria // the command may run again
	return h.happened(h.c.SetCriteria(&fresh, h.tx.Now()))
}
