package contact

import (
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestLifeIsOneMinuteToNinetyDays(t *testing.T) {
	t.Parallel()
	for life, ok := range map[time.Duration]bool{
		0: false, -time.Hour: false, time.Minute - 1: false, time.Minute: true, 90 * 24 * time.Hour: true, 90*24*time.Hour + 1: false,
	} {
		err := CheckLife(life, "TaskTemplateId")
		if ok != (err == nil) || err != nil && (!fault.Is(err, fault.Invalid) || err.Error() != "TaskTemplateId: ExpiryDuration must be 1 to 129600 minutes") {
			t.Errorf("CheckLife(%v) = %v, want ok %t", life, err, ok)
		}
	}
	if DefaultLife != 168*time.Hour {
		t.Errorf("a task lives %v, want 7 days", DefaultLife)
	}
}

// A change to the time that it has already counts, and changes no times.
func TestRescheduleToTheSameTimeCounts(t *testing.T) {
	t.Parallel()
	c := at(Scheduled)
	scheduled, expires := c.ScheduledFor, c.Expires
	if events, err := c.Reschedule(scheduled, 1, after(time.Minute)); err != nil || events != nil {
		t.Errorf("Reschedule = %v, %v; want no event", types(events), err)
	}
	if !c.ScheduledFor.Equal(scheduled) || !c.Expires.Equal(expires) || c.Reschedules != 1 {
		t.Errorf("for %v until %v after %d changes; want %v, %v, 1", c.ScheduledFor, c.Expires, c.Reschedules, scheduled, expires)
	}
	if _, err := c.Reschedule(after(2*time.Hour), 1, start); !fault.Is(err, fault.Limit) || !c.ScheduledFor.Equal(scheduled) {
		t.Errorf("a second of one change = %v, for %v; want a limit fault", err, c.ScheduledFor)
	}
	if _, err := c.Reschedule(after(2*time.Hour), 0, start); err != nil {
		t.Errorf("Reschedule without a limit = %v", err)
	}
}
