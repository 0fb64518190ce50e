package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// RoutingData is what orders a contact among those that wait. Nil stays as it is.
type RoutingData struct {
	Priority   *contact.Priority
	Adjustment *time.Duration // added to the age; whole seconds
}

// UpdateRouting changes the routing data of a contact that no agent has accepted. One that waits takes its new
// place at once; one that rings takes it when it comes back to its queue.
// It fails with [fault.Invalid] unless exactly one member is given, with [fault.NotFound], and with
// [fault.Conflict] when the contact has ended or was accepted.
func (e *Engine) UpdateRouting(ctx context.Context, instance, idOrARN string, d RoutingData) error {
	if (d.Priority == nil) == (d.Adjustment == nil) {
		return fault.New(fault.Invalid, "Specify exactly one of QueuePriority and QueueTimeAdjustmentSeconds")
	}
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		if d.Priority != nil {
			return h.happened(h.c.Prioritize(*d.Priority, h.tx.Now()))
		}
		return h.happened(h.c.Adjust(*d.Adjustment, h.tx.Now()))
	})
}
