package contact

import (
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// The bounds of a task's life (https://docs.aws.amazon.com/connect/latest/adminguide/task-templates.html).
const (
	// DefaultLife is how long a task lives unless told otherwise: 7 days, from its start or its ScheduledTime
	// (https://docs.aws.amazon.com/connect/latest/adminguide/tasks.html).
	DefaultLife = 7 * 24 * time.Hour
	MinLife     = time.Minute
	MaxLife     = 90 * 24 * time.Hour
)

// CheckLife reports whether a task may live so long. It fails with [fault.Invalid]; member names what said it.
func CheckLife(life time.Duration, member string) error {
	if life < MinLife || life > MaxLife {
		return fault.New(fault.Invalid, "%s: ExpiryDuration must be 1 to %d minutes", member, MaxLife/time.Minute)
	}
	return nil
}

// Reschedule has a scheduled task start at another time. At most limit changes are allowed (0: any number).
// It fails with [fault.Unusable] unless the task is scheduled, and with [fault.Limit].
func (c *Contact) Reschedule(at time.Time, limit int, now time.Time) ([]Event, error) {
	if c.State != Scheduled {
		return nil, fault.New(fault.Unusable, "contact %s cannot be rescheduled: it is %s", c.ID, c.State)
	}
	if limit > 0 && c.Reschedules >= limit {
		return nil, fault.New(fault.Limit, "contact %s has been rescheduled %d times already, of at most %d", c.ID, c.Reschedules, limit)
	}
	c.Reschedules++
	c.Updated = now
	if at.Equal(c.ScheduledFor) {
		return nil, nil
	}
	c.Expires = c.Expires.Add(at.Sub(c.ScheduledFor))
	c.ScheduledFor = at
	return Changed(now, scheduleChanged), nil
}

// SetLife changes how long the task lives, counted from where its life began. A task whose new end is past
// expires at once.
func (c *Contact) SetLife(life time.Duration) {
	c.Expires = c.Expires.Add(life - c.Life)
	c.Life = life
}
