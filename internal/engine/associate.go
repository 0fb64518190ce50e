package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// Associate rings a task that waits at a user who picks it by hand: out of a queue that their routing profile has for
// that. Their status, other than offline, their slots, delays and routing criteria do not count
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_AssociateContactWithUser.html).
// It fails with [fault.NotFound], and with [fault.Unusable] when the task does not wait, or when the user is no agent,
// is offline, has the task or may not pick out of its queue.
func (e *Engine) Associate(ctx context.Context, instance, contactID, user string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return fault.In("UserId", err)
	}
	return e.handle(ctx, t.ID, contactID, func(h *handling) error {
		if err := e.mayPick(t, u, h.c); err != nil {
			return err
		}
		a, err := h.hands(u.ID)
		if err != nil {
			return err
		}
		now, deadline := h.tx.Now(), h.tx.Now().Add(e.offerTimeout)
		if err := a.Pick(h.c.ID, deadline, now); err != nil {
			return err
		}
		if err := h.happened(h.c.Offer(u.ID, now)); err != nil {
			return err
		}
		return h.rings(u.ID, deadline, t.autoAccepts(u.ID))
	})
}

// mayPick tells whether a user may pick a contact. It fails with [fault.Unusable].
func (e *Engine) mayPick(t *tenant, u Entry[directory.User], c *contact.Contact) error {
	if c.State != contact.Queued {
		return fault.New(fault.Unusable, "contact %s does not wait in a queue: it is %s", c.ID, c.State)
	}
	if !e.May(t.ID, u.Value, directory.BasicAgentAccess) {
		return fault.New(fault.Unusable, "user %s is no agent: they lack the permission %s", u.ID, directory.BasicAgentAccess)
	}
	p, err := find[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile)
	if err != nil || !slices.Contains(p.Value.Manual, c.Queue) {
		return fault.New(fault.Unusable, "queue %s is no manual assignment queue of the routing profile of user %s", c.Queue, u.ID)
	}
	return nil
}
