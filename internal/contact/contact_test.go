package contact

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/fault"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// at is a task that has come as far as a state.
func at(s State) *Contact {
	c := &Contact{ID: "c-1", Target: "q-1"}
	if s == Scheduled {
		c.ScheduledFor = start.Add(time.Hour)
	}
	c.Begin(start)
	for _, to := range map[State][]State{
		Queued: {Queued}, Connecting: {Queued, Connecting}, Connected: {Queued, Connecting, Connected},
		Paused: {Queued, Connecting, Connected, Paused}, ACW: {Queued, Connecting, Connected, ACW}, Ended: {Ended},
	}[s] {
		if err := do(c, to); err != nil {
			panic(err)
		}
	}
	return c
}

func do(c *Contact, to State) (err error) {
	switch to {
	case Queued:
		_, err = c.Enqueue(start)
	case Connecting:
		_, err = c.Offer("ann", start)
	case Connected:
		_, err = c.Accept("ann", nil, start)
	case Paused:
		_, err = c.Pause(0, start)
	default:
		_, err = c.Disconnect(ReasonAPI, start)
	}
	return err
}

func TestMoves(t *testing.T) {
	events := map[string]func(*Contact) error{
		"time reached": func(c *Contact) error { _, err := c.TimeReached(start); return err },
		"enqueue":      func(c *Contact) error { _, err := c.Enqueue(start); return err },
		"offer":        func(c *Contact) error { _, err := c.Offer("ann", start); return err },
		"assign":       func(c *Contact) error { _, err := c.Assign("ann", nil, start); return err },
		"pause":        func(c *Contact) error { _, err := c.Pause(0, start); return err },
		"resume":       func(c *Contact) error { _, err := c.Resume(start); return err },
		"accept":       func(c *Contact) error { _, err := c.Accept("ann", nil, start); return err },
		"missed":       func(c *Contact) error { _, err := c.Missed(start); return err },
		"rejected":     func(c *Contact) error { _, err := c.Rejected(start); return err },
		"withdrawn":    func(c *Contact) error { _, err := c.Withdrawn(start); return err },
		"disconnect":   func(c *Contact) error { _, err := c.Disconnect(ReasonAgent, start); return err },
		"close":        func(c *Contact) error { _, err := c.Close(start); return err },
	}
	legal := map[State]map[string]State{
		Scheduled:  {"time reached": InFlow, "disconnect": Ended},
		InFlow:     {"enqueue": Queued, "assign": Connected, "pause": Paused, "disconnect": Ended},
		Queued:     {"offer": Connecting, "pause": Paused, "disconnect": Ended},
		Connecting: {"accept": Connected, "missed": Queued, "rejected": Queued, "withdrawn": Queued, "pause": Paused, "disconnect": Ended},
		Connected:  {"pause": Paused, "disconnect": ACW},
		Paused:     {"resume": Connected, "disconnect": ACW},
		ACW:        {"close": Ended},
		Ended:      {},
	}
	for from, want := range legal {
		for name, event := range events {
			c := at(from)
			err := event(c)
			to, ok := want[name]
			switch {
			case ok && (err != nil || c.State != to):
				t.Errorf("%s, %s: state %s, %v; want %s", from, name, c.State, err, to)
			case !ok && (err == nil || c.State != from):
				t.Errorf("%s, %s: state %s, %v; want it refused", from, name, c.State, err)
			}
		}
	}
}

func TestAcceptOfAnotherAgentIsRefused(t *testing.T) {
	c := at(Connecting)
	if _, err := c.Accept("bob", nil, start); !fault.Is(err, fault.Conflict) || c.State != Connecting {
		t.Errorf("Accept(bob) = %v, state %s; want a conflict", err, c.State)
	}
}

func TestEndedAt(t *testing.T) {
	c := at(ACW)
	if !c.EndedAt().IsZero() {
		t.Error("a task in after-contact work has ended")
	}
	if _, err := c.Close(start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := c.EndedAt(); !got.Equal(start.Add(time.Minute)) {
		t.Errorf("EndedAt = %v, want when it was closed", got)
	}
	if got := at(Ended).EndedAt(); !got.Equal(start) {
		t.Errorf("EndedAt = %v, want when it was stopped", got)
	}
}

func TestMissedTaskKeepsItsRank(t *testing.T) {
	c := at(Queued)
	rank := c.Rank
	for range 3 {
		if _, err := c.Offer("ann", start.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Missed(start.Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Rank.Equal(rank) || c.Attempt != 3 || c.Agent != "" {
		t.Errorf("after three misses: rank %v, attempt %d, agent %q; want %v, 3, none", c.Rank, c.Attempt, c.Agent, rank)
	}
}

func TestScheduledTaskDoesNotExpireBeforeItRuns(t *testing.T) {
	c := at(Scheduled)
	if want := c.ScheduledFor.Add(DefaultLife); !c.Expires.Equal(want) {
		t.Errorf("Expires = %v, want %v", c.Expires, want)
	}
}

// Whatever happens to a task, it ends at most once, and an ended task does not change.
func TestLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &Contact{ID: "c-1", Target: "q-1"}
		events := c.Begin(start)
		now := start
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Second)
			before := *c
			var more []Event
			var err error
			switch rapid.IntRange(0, 10).Draw(t, "event") {
			case 0:
				more, err = c.Enqueue(now)
			case 1:
				more, err = c.Offer(rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "agent"), now)
			case 2:
				more, err = c.Accept(rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "agent"), nil, now)
			case 3:
				more, err = c.Missed(now)
			case 4:
				more, err = c.Rejected(now)
			case 5:
				more, err = c.Disconnect(ReasonExpired, now)
			case 6:
				more, err = c.Close(now)
			case 7:
				more, err = c.Pause(10, now)
			case 8:
				more, err = c.Resume(now)
			case 9:
				more, err = c.Assign("ann", nil, now)
			case 10:
				more, err = c.Withdrawn(now)
			}
			if err != nil && (c.State != before.State || len(more) > 0) {
				t.Fatalf("a refused event changed the task from %s to %s", before.State, c.State)
			}
			if err == nil && c.State != before.State && !slices.Contains(moves[before.State], c.State) {
				t.Fatalf("the task went from %s to %s", before.State, c.State)
			}
			if before.State == Ended && err == nil {
				t.Fatal("an ended task has changed")
			}
			if (c.State == Paused) != (c.PausedFrom != "") || c.Pauses > 10 || c.AgentPausedFor > c.PausedFor {
				t.Fatalf("a task that is %s was paused from %q, %d times, for %v, with agents %v", c.State, c.PausedFrom, c.Pauses, c.PausedFor, c.AgentPausedFor)
			}
			withAgent := c.State == Connecting || c.WithAgent() || c.State == ACW
			if withAgent != (c.Agent != "") && c.State != Ended {
				t.Fatalf("a task that is %s has agent %q", c.State, c.Agent)
			}
			events = append(events, more...)
		}
		count := func(want EventType) (n int) {
			for _, e := range events {
				if e.Type == want {
					n++
				}
			}
			return n
		}
		if done := count(EventCompleted); (done == 1) != (c.State == Ended) || done > 1 || count(EventDisconnected) > 1 {
			t.Fatalf("state %s after %d DISCONNECTED and %d COMPLETED", c.State, count(EventDisconnected), done)
		}
		if !slices.IsSortedFunc(events, func(a, b Event) int { return a.At.Compare(b.At) }) {
			t.Fatal("events are out of order")
		}
	})
}

func TestNewIDGrowsWithTimeAndReadsAsVersion4(t *testing.T) {
	last := ""
	for i := range 1000 {
		id := NewID(start.Add(time.Duration(i) * time.Millisecond))
		if id <= last || len(id) != 36 || id[14] != '4' || id[19] < '8' || id[19] > 'b' {
			t.Fatalf("NewID = %s after %s", id, last)
		}
		last = id
	}
	if one, other := NewID(start), NewID(start); one == other {
		t.Error("two ids of one moment are equal")
	}
}
