package desk

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// What a history tells is bounded: contacts of a chain before the present one, and events in all, the newest.
const (
	maxEarlier = 12
	maxHistory = 1000
)

// history tells what happened to a task that the agent has in hand, and to it before transfers; oldest first. Of the
// actions of flows it tells which ran and which failed, but no values: those may not be for the agent.
// It fails with [fault.Invalid] when no contact is named, and with [fault.NotFound] for one that is not in hand.
func (c *call) history() (any, error) {
	if c.in.ContactID == "" {
		return nil, fault.New(fault.Invalid, "contactId is required")
	}
	if err := c.has(c.in.ContactID); err != nil {
		return nil, err
	}
	chain, err := c.chain(c.r.Context(), c.in.ContactID)
	if err != nil {
		return nil, err
	}
	told := []object{}
	for _, id := range chain {
		events, err := c.engine.Events(c.r.Context(), c.session.Instance, id)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			told = append(told, c.event(id, e))
		}
	}
	cut := max(0, len(told)-maxHistory)
	return object{"contactId": c.in.ContactID, "events": told[cut:], "truncated": cut > 0}, nil
}

// chain are the ids of a contact and of those before it, oldest first.
func (c *call) chain(ctx context.Context, id string) (ids []string, err error) {
	for id != "" && len(ids) <= maxEarlier {
		ids = append(ids, id)
		task, _, err := c.engine.Contact(ctx, c.session.Instance, id)
		if err != nil {
			return nil, err
		}
		id = task.Previous
	}
	slices.Reverse(ids)
	return ids, nil
}

// event is an event as it travels, with names in the place of ids. What is gone has no name.
func (c *call) event(contactID string, e contact.Event) object {
	out := object{
		"contactId": contactID, "type": e.Type, "timestamp": seconds(e.At), "queue": nil, "agent": nil, "self": e.Agent == c.user.ID,
		"reason": text(string(e.Reason)), "updated": e.Updated, "action": nil,
	}
	if q, err := c.engine.Queue(c.session.Instance, e.Queue); e.Queue != "" && err == nil {
		out["queue"] = text(q.Name)
	}
	if u, err := c.engine.User(c.session.Instance, e.Agent); e.Agent != "" && err == nil {
		out["agent"] = fullName(u)
	}
	if a := e.Action; a != nil {
		out["action"] = object{"type": a.Type, "run": a.Run, "flow": c.flowName(a.Flow), "error": a.Error != "", "ended": text(a.Ended)}
	}
	return out
}

// flowName is the name of a flow or module; nil when it is gone. The draft is asked for, as every one has a draft.
func (c *call) flowName(resource string) any {
	if f, err := c.engine.Flow(c.session.Instance, resource+":$SAVED"); err == nil {
		return f.Name
	}
	if m, err := c.engine.Module(c.session.Instance, resource+":$SAVED"); err == nil {
		return m.Name
	}
	return nil
}
