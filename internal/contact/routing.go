package contact

import (
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Prioritize sets the priority among what waits: at once for a task that is queued, and for when it is queued
// otherwise. It fails with [fault.Conflict] when an agent has accepted the task or it has ended.
func (c *Contact) Prioritize(p Priority, now time.Time) ([]Event, error) {
	return c.reroute(priorityChanged, now, func() { c.Priority = p })
}

// Adjust makes the task count as so much older than it is or, when negative, younger. It takes the place of an
// earlier adjustment, and effect as [Contact.Prioritize] does.
// It fails with [fault.Conflict] when an agent has accepted the task or it has ended.
func (c *Contact) Adjust(age time.Duration, now time.Time) ([]Event, error) {
	return c.reroute(adjustmentChanged, now, func() {
		if !c.Rank.IsZero() {
			c.Rank = c.Rank.Add(c.Adjustment - age)
		}
		c.Adjustment = age
	})
}

// reroute changes what orders the queue, unless the task no longer goes to any.
func (c *Contact) reroute(what string, now time.Time, change func()) ([]Event, error) {
	if c.On() != Task {
		return nil, fault.New(fault.Conflict, "contact %s is of channel %s: it goes to no queue", c.ID, c.On())
	}
	if c.Reason != "" || !c.ConnectedToAgent.IsZero() {
		return nil, fault.New(fault.Conflict, "contact %s is %s: its routing data cannot change any more", c.ID, c.State)
	}
	priority, adjustment := c.Priority, c.Adjustment
	change()
	c.Updated = now
	if what != criteriaChanged && c.Priority == priority && c.Adjustment == adjustment {
		return nil, nil
	}
	return Changed(now, what), nil
}
