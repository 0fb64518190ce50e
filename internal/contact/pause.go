package contact

import (
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Pause sets the task aside. One that waits or rings leaves its queue; one that an agent works stays with them.
// At most limit pauses are allowed (0: any number).
// It fails with [fault.Conflict] when the task is paused already, over or has not begun, with [fault.Limit], and with
// [fault.Unusable] for a contact of another channel.
func (c *Contact) Pause(limit int, now time.Time) ([]Event, error) {
	if err := c.IsTask(); err != nil {
		return nil, err
	}
	from := c.State
	if from == Connecting { // the offer is withdrawn
		from = Queued
	}
	if limit > 0 && c.Pauses >= limit && (from == InFlow || from == Queued || from == Connected) {
		return nil, fault.New(fault.Limit, "contact %s has been paused %d times already, of at most %d", c.ID, c.Pauses, limit)
	}
	if err := c.move(c.State, Paused, now); err != nil {
		return nil, err
	}
	c.PausedFrom, c.LastPaused = from, now
	c.Pauses++
	if from != Connected {
		c.Agent = ""
	}
	events := []Event{{Type: EventPaused, At: now, Agent: c.Agent, Queue: c.Queue}}
	return append(events, c.abandon(StepInactive, now)...), nil
}

// Resume takes the task up again: with the agent who had it, or in its flow. A task that was paused in its queue
// does not go back there by itself; its flow must put it there, as one that has just come
// (https://docs.aws.amazon.com/connect/latest/adminguide/concepts-pause-and-resume-tasks.html).
// It fails with [fault.Conflict] unless the task is paused.
func (c *Contact) Resume(now time.Time) ([]Event, error) {
	if c.State != Paused {
		return nil, fault.New(fault.Conflict, "contact %s is not paused: it is %s", c.ID, c.State)
	}
	to := InFlow
	if c.PausedFrom == Connected {
		to = Connected
	} else {
		c.Rank = time.Time{}
	}
	if err := c.move(Paused, to, now); err != nil {
		return nil, err
	}
	c.endPause(now)
	c.LastResumed = now
	return []Event{{Type: EventResumed, At: now, Agent: c.Agent, Queue: c.Queue}}, nil
}

// endPause adds the pause that is over to the sums.
func (c *Contact) endPause(now time.Time) {
	took := now.Sub(c.LastPaused)
	c.PausedFor += took
	if c.PausedFrom == Connected {
		c.AgentPausedFor += took
	}
	c.PausedFrom = ""
}
