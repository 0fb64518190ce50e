package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// outcome tells what has become of a task that the agent had in hand, or that rang at them, so that the panel can say why
// it is gone: the state of the task, or of the contact that follows it; why it ended; and who or which queue has it now.
// It fails with [fault.Invalid] when no contact is named, and with [fault.NotFound] for one that never was the agent's.
func (c *call) outcome() (any, error) {
	if c.in.ContactID == "" {
		return nil, fault.New(fault.Invalid, "contactId is required")
	}
	ctx, instance := c.r.Context(), c.session.Instance
	events, err := c.engine.Events(ctx, instance, c.in.ContactID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(events, func(e contact.Event) bool { return e.Agent == c.user.ID }) {
		return nil, notYours(c.in.ContactID)
	}
	first, _, err := c.engine.Contact(ctx, instance, c.in.ContactID)
	if err != nil {
		return nil, err
	}
	last, err := c.last(ctx, first)
	if err != nil {
		return nil, err
	}
	out := object{
		"contactId": first.ID, "transferred": first.Next != "", "reason": text(string(first.Reason)),
		"state": strings.ToLower(string(last.State)), "queue": nil, "agent": nil, "self": last.Agent == c.user.ID,
	}
	if q, err := c.engine.Queue(instance, last.Queue); last.Queue != "" && err == nil {
		out["queue"] = text(q.Name)
	}
	if u, err := c.engine.User(instance, last.Agent); last.Agent != "" && err == nil {
		out["agent"] = fullName(u)
	}
	return out, nil
}

// last is the contact with which a task that was transferred goes on at present.
func (c *call) last(ctx context.Context, task *contact.Contact) (*contact.Contact, error) {
	for range maxEarlier {
		if task.Next == "" {
			break
		}
		next, _, err := c.engine.Contact(ctx, c.session.Instance, task.Next)
		if fault.Is(err, fault.NotFound) {
			break // it was removed when its time was over
		}
		if err != nil {
			return nil, err
		}
		task = next
	}
	return task, nil
}

func notYours(contactID string) error {
	return fault.New(fault.NotFound, "You do not have contact %s", contactID)
}
