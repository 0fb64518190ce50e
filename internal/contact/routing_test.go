package contact

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestRoutingDataChangesUntilAccepted(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	begin := func() *Contact {
		c := &Contact{ID: "c", Target: "q"}
		c.Begin(now)
		return c
	}
	steps := map[string]func(*Contact){
		"in flow":             func(*Contact) {},
		"queued":              func(c *Contact) { mustDo(t)(c.Enqueue(now)) },
		"paused in its queue": func(c *Contact) { mustDo(t)(c.Enqueue(now)); mustDo(t)(c.Pause(0, now)) },
		"paused by an agent": func(c *Contact) {
			mustDo(t)(c.Enqueue(now))
			mustDo(t)(c.Offer("ann", now))
			mustDo(t)(c.Accept("ann", nil, now))
			mustDo(t)(c.Pause(0, now))
		},
		"connecting": func(c *Contact) { mustDo(t)(c.Enqueue(now)); mustDo(t)(c.Offer("ann", now)) },
		"connected": func(c *Contact) {
			mustDo(t)(c.Enqueue(now))
			mustDo(t)(c.Offer("ann", now))
			mustDo(t)(c.Accept("ann", nil, now))
		},
		"acw": func(c *Contact) {
			mustDo(t)(c.Enqueue(now))
			mustDo(t)(c.Offer("ann", now))
			mustDo(t)(c.Accept("ann", nil, now))
			mustDo(t)(c.Disconnect(ReasonAgent, now))
		},
		"ended": func(c *Contact) { mustDo(t)(c.Disconnect(ReasonAPI, now)) },
	}
	refused := []string{"connected", "paused by an agent", "acw", "ended"}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			c := begin()
			step(c)
			before := *c
			later := now.Add(time.Minute)
			events, err := c.Prioritize(2, later)
			_, adjustErr := c.Adjust(time.Hour, later)
			if slices.Contains(refused, name) {
				if !fault.Is(err, fault.Conflict) || !fault.Is(adjustErr, fault.Conflict) || c.Priority != before.Priority || !c.Updated.Equal(before.Updated) {
					t.Errorf("Prioritize = %v, Adjust = %v; want a conflict and no change", err, adjustErr)
				}
				return
			}
			if err != nil || adjustErr != nil || c.Priority != 2 || c.Adjustment != time.Hour || c.State != before.State {
				t.Errorf("Prioritize = %v, Adjust = %v: %d, %v", err, adjustErr, c.Priority, c.Adjustment)
			}
			if len(events) != 1 || events[0].Type != EventEdited || !slices.Equal(events[0].Updated, []string{"QueuePriority"}) {
				t.Errorf("events %v", events)
			}
		})
	}
}

func mustDo(t *testing.T) func([]Event, error) {
	return func(_ []Event, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Whenever it is adjusted, before it is queued, while it waits or rings: a task's rank is when it was queued, less
// the last adjustment.
func TestRankIsTheEnqueueTimeLessTheAdjustment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		c := &Contact{ID: "c", Target: "q"}
		c.Begin(now)
		last := time.Duration(0)
		var enqueued time.Time
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			now = now.Add(time.Second)
			var err error
			switch step := rapid.IntRange(0, 2).Draw(t, "step"); {
			case step == 0:
				last = time.Duration(rapid.Int32().Draw(t, "age")) * time.Second
				_, err = c.Adjust(last, now)
			case c.State == InFlow:
				enqueued = now
				_, err = c.Enqueue(now)
			case c.State == Queued:
				_, err = c.Offer("ann", now)
			case c.State == Connecting:
				_, err = c.Missed(now)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !enqueued.IsZero() && !c.Rank.Equal(enqueued.Add(-last)) {
				t.Fatalf("rank %v, queued at %v and adjusted by %v", c.Rank, enqueued, last)
			}
		}
	})
}
