package engine

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// Associate rings a task that waits at a user, out of whatever queue. Their status, offline included, their slots, delays
// and routing criteria do not count
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_AssociateContactWithUser.html).
// It fails with [fault.NotFound], and with [fault.Unusable] when the task does not wait, or when the user is no agent or
// has the task.
func (e *Engine) Associate(ctx context.Context, instance, contactID, user string) error {
	return e.associate(ctx, instance, contactID, user, func(*tenant, Entry[directory.User], *contact.Contact, *agent.Agent) error { return nil })
}

// Pick is Associate for users who take a task themselves: they are not offline, and their routing profile has the
// task's queue for manual assignment
// (https://docs.aws.amazon.com/connect/latest/adminguide/worklist-app.html), else it fails with [fault.Unusable], too.
func (e *Engine) Pick(ctx context.Context, instance, contactID, user string) error {
	return e.associate(ctx, instance, contactID, user, mayPick)
}

func (e *Engine) associate(
	ctx context.Context, instance, contactID, user string, may func(*tenant, Entry[directory.User], *contact.Contact, *agent.Agent) error,
) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return fault.In("UserId", err)
	}
	return e.handle(ctx, t.ID, contactID, func(h *handling) error {
		if h.c.State != contact.Queued {
			return fault.New(fault.Unusable, "contact %s does not wait in a queue: it is %s", h.c.ID, h.c.State)
		}
		if !e.May(t.ID, u.Value, directory.BasicAgentAccess) {
			return noAgent(u)
		}
		a, err := h.hands(u.ID)
		if err != nil {
			return err
		}
		if err := may(t, u, h.c, a); err != nil {
			return err
		}
		return h.ring(a, t.autoAccepts(u.ID), func(deadline, now time.Time) error { return a.Pick(h.c.ID, deadline, now) })
	})
}

// interrupt rings the contact that waits at an agent however many tasks they have in hand
// (https://docs.aws.amazon.com/connect/latest/adminguide/interrupt-agent.html). It reports whether they have accepted it
// at once: then the run is over. It fails with [fault.NotFound], with [fault.Unusable] when the user is no agent, and
// with [fault.Conflict] when they cannot be interrupted or the contact does not wait.
func (r *flowRun) interrupt(name string) (accepted bool, err error) {
	u, err := r.t.agentNamed(name)
	if err != nil {
		return false, err
	}
	if !r.e.May(r.t.ID, u.Value, directory.BasicAgentAccess) {
		return false, noAgent(u)
	}
	if r.c.State != contact.Queued {
		return false, fault.New(fault.Conflict, "contact %s does not wait in a queue: it is %s", r.c.ID, r.c.State)
	}
	a, err := r.hands(u.ID)
	if err != nil {
		return false, err
	}
	accepted = r.t.autoAccepts(u.ID)
	return accepted, r.ring(a, accepted, func(deadline, now time.Time) error { return a.Interrupt(r.c.ID, deadline, now) })
}

func noAgent(u Entry[directory.User]) error {
	return fault.New(fault.Unusable, "user %s is no agent: they lack the permission %s", u.ID, directory.BasicAgentAccess)
}

// Waiting is a task that waits in a queue.
type Waiting struct {
	Task  *contact.Contact
	Queue Entry[routing.Queue]
}

// Pickable returns the tasks that a user may pick: those of the manual assignment queues of their routing profile, at
// most limit of them, who has waited longest first. It fails with [fault.NotFound].
func (e *Engine) Pickable(ctx context.Context, instance, user string, limit int) ([]Waiting, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	queues, err := e.ManualQueues(instance, user)
	if err != nil {
		return nil, err
	}
	var all []Waiting
	for _, q := range queues {
		tasks, err := e.store.LongestWaiting(ctx, t.ID, q.ID, limit)
		if err != nil {
			return nil, err
		}
		for _, c := range tasks {
			all = append(all, Waiting{c, q})
		}
	}
	slices.SortStableFunc(all, func(a, b Waiting) int { return a.Task.Enqueued.Compare(b.Task.Enqueued) })
	return all[:min(len(all), limit)], nil
}

// ManualQueues are the queues that a user may pick tasks out of. It fails with [fault.NotFound].
func (e *Engine) ManualQueues(instance, user string) ([]Entry[routing.Queue], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return nil, err
	}
	p, err := find[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile)
	if err != nil {
		return nil, err
	}
	var queues []Entry[routing.Queue]
	for _, id := range p.Value.Manual {
		if q, err := t.queue(id); err == nil {
			queues = append(queues, q)
		}
	}
	return queues, nil
}

// mayPick reports why a user may not pick a contact. It fails with [fault.Unusable].
func mayPick(t *tenant, u Entry[directory.User], c *contact.Contact, a *agent.Agent) error {
	p, err := find[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile)
	switch {
	case err != nil || !slices.Contains(p.Value.Manual, c.Queue):
		return fault.New(fault.Unusable, "queue %s is no manual assignment queue of the routing profile of user %s", c.Queue, u.ID)
	case a.Type == agent.Offline:
		return fault.New(fault.Unusable, "agent %s is offline", a.ID)
	}
	return nil
}
