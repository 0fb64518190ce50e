package contact

import (
	"cmp"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Begin starts the life of a new contact: its flow runs at once, or at ScheduledFor when that is set.
func (c *Contact) Begin(now time.Time) []Event {
	c.Initiated, c.Updated = now, now
	c.Method, c.Priority, c.Life = cmp.Or(c.Method, MethodAPI), cmp.Or(c.Priority, DefaultPriority), cmp.Or(c.Life, DefaultLife)
	if c.Association == "" {
		c.Association = c.ID
	}
	events := []Event{{Type: EventInitiated, At: now}}
	if !c.ScheduledFor.IsZero() {
		// The clock of a scheduled task runs from its time, so that it never expires before it runs.
		c.State, c.Expires = Scheduled, c.ScheduledFor.Add(c.Life)
		return events
	}
	c.State = InFlow
	if c.Expires.IsZero() { // the successor of a transferred task has the end of that one
		c.Expires = now.Add(c.Life)
	}
	if c.Follows() {
		return events
	}
	c.ConnectedToSystem = now
	return append(events, Event{Type: EventConnectedToSystem, At: now})
}

// Follows reports whether the contact goes on where another has ended: after a transfer, or when a disconnect flow has
// queued it anew. Such a segment is connected to the system already, and has no time of its own for that.
func (c *Contact) Follows() bool {
	return c.Method == MethodTransfer || c.Method == MethodQueueTransfer || c.Method == MethodDisconnect
}

// InFlowFrom is when the contact's first flow began; the zero time: not yet.
func (c *Contact) InFlowFrom() time.Time {
	if c.Follows() {
		return c.Initiated
	}
	return c.ConnectedToSystem
}

// TimeReached puts a scheduled task into its flow.
// It fails with [fault.Conflict] unless the task is scheduled.
func (c *Contact) TimeReached(now time.Time) ([]Event, error) {
	if err := c.move(Scheduled, InFlow, now); err != nil {
		return nil, err
	}
	c.ConnectedToSystem = now
	return []Event{{Type: EventConnectedToSystem, At: now}}, nil
}

// Enqueue puts a task that is in its flow into the queue it targets.
func (c *Contact) Enqueue(now time.Time) ([]Event, error) {
	if err := c.move(InFlow, Queued, now); err != nil {
		return nil, err
	}
	c.Queue, c.Enqueued = c.Target, now
	c.Criteria = c.Criteria.restarted()
	if c.Rank.IsZero() {
		c.Rank = now.Add(-c.Adjustment)
	}
	return []Event{{Type: EventQueued, At: now, Queue: c.Queue}}, nil
}

// Offer rings the task at an agent. Each offer has its own number, [Contact.Attempt].
func (c *Contact) Offer(agent string, now time.Time) ([]Event, error) {
	if err := c.move(Queued, Connecting, now); err != nil {
		return nil, err
	}
	c.Agent, c.RingStart = agent, now
	c.offered()
	c.Attempt++
	return []Event{{Type: EventOffered, At: now, Agent: agent, Queue: c.Queue}}, nil
}

// Accept connects the task to the agent it is offered to, who is in some hierarchy groups.
// It fails with [fault.Conflict] when the offer is not theirs or no longer stands.
func (c *Contact) Accept(agent string, groups []string, now time.Time) ([]Event, error) {
	if c.Agent != agent {
		return nil, fault.New(fault.Conflict, "contact %s is not offered to agent %s", c.ID, agent)
	}
	if err := c.move(Connecting, Connected, now); err != nil {
		return nil, err
	}
	c.ConnectedToAgent, c.Hierarchy = now, groups
	events := []Event{{Type: EventConnectedToAgent, At: now, Agent: agent, Queue: c.Queue}}
	return append(events, c.joined(now)...), nil
}

// Missed puts a task whose offer ran out back into its queue, at its old rank.
func (c *Contact) Missed(now time.Time) ([]Event, error) { return c.requeue(EventMissed, now) }

// Rejected puts a task that its agent declined back into its queue, at its old rank.
func (c *Contact) Rejected(now time.Time) ([]Event, error) { return c.requeue(EventRejected, now) }

// Withdrawn puts a task whose offer is taken back into its queue again, at its old rank.
func (c *Contact) Withdrawn(now time.Time) ([]Event, error) { return c.requeue(EventWithdrawn, now) }

func (c *Contact) requeue(why EventType, now time.Time) ([]Event, error) {
	if err := c.move(Connecting, Queued, now); err != nil {
		return nil, err
	}
	agent := c.Agent
	c.Agent = ""
	return []Event{{Type: why, At: now, Agent: agent, Queue: c.Queue}}, nil
}

// Assign connects the task to an agent, who is in some hierarchy groups, without a queue or an offer.
// It fails with [fault.Conflict] unless the task is in its flow.
func (c *Contact) Assign(agent string, groups []string, now time.Time) ([]Event, error) {
	if err := c.move(InFlow, Connected, now); err != nil {
		return nil, err
	}
	c.Agent, c.ConnectedToAgent, c.Hierarchy = agent, now, groups
	return []Event{{Type: EventConnectedToAgent, At: now, Agent: agent}}, nil
}

// WithAgent reports whether an agent works the task, or has paused it.
func (c *Contact) WithAgent() bool {
	return c.State == Connected || c.State == Paused && c.PausedFrom == Connected
}

// Disconnect ends the task for a reason. One that an agent is working, or has paused, goes on to after-contact
// work; every other one is over. It fails with [fault.Gone] when the task is already disconnected.
func (c *Contact) Disconnect(why Reason, now time.Time) ([]Event, error) {
	if c.Disconnecting() {
		return nil, fault.New(fault.Gone, "contact %s has already ended", c.ID)
	}
	to := Ended
	if c.WithAgent() {
		to = ACW
	}
	if c.State == Paused {
		c.endPause(now)
	}
	if err := c.move(c.State, to, now); err != nil {
		return nil, err
	}
	c.Reason, c.Disconnected = why, now
	events := []Event{{Type: EventDisconnected, At: now, Agent: c.Agent, Queue: c.Queue, Reason: why}}
	if to == ACW {
		c.ACWStart = now
		return events, nil
	}
	c.Agent = "" // an offer that is withdrawn leaves no trace of the agent
	events = append(events, c.abandon(StepDeactivated, now)...)
	return append(events, Event{Type: EventCompleted, At: now, Queue: c.Queue, Reason: why}), nil
}

// Close finishes after-contact work.
func (c *Contact) Close(now time.Time) ([]Event, error) {
	if err := c.move(ACW, Ended, now); err != nil {
		return nil, err
	}
	c.ACWEnd = now
	return []Event{{Type: EventCompleted, At: now, Agent: c.Agent, Queue: c.Queue, Reason: c.Reason}}, nil
}
