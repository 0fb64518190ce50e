package routing

import (
	"slices"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func speaks(language string, level float64) *contact.Expression {
	return &contact.Expression{Attribute: &contact.Condition{Name: "language", Value: language, Min: level}}
}

func prefers(agents ...string) *contact.Expression {
	return &contact.Expression{Attribute: &contact.Condition{AgentIDs: agents}}
}

func TestNext(t *testing.T) {
	profiles := []*Profile{
		{ID: "p", Queues: []ProfileQueue{{Queue: "second", Priority: 2}, {Queue: "first", Priority: 1}, {Queue: "also-first", Priority: 1}}},
		{ID: "other", Queues: []ProfileQueue{{Queue: "second", Priority: 1}}},
		{ID: "bare"},
	}
	tests := []struct {
		name    string
		waiting []Waiting
		seats   []Seat
		want    []Offer
	}{
		{"nobody waits", nil, []Seat{{Agent: "ann", Profile: "p"}}, nil},
		{"nobody is free", []Waiting{{Contact: "c", Queue: "first"}}, nil, nil},
		{
			"the oldest task goes first",
			[]Waiting{{Contact: "c-2", Queue: "first", Priority: 5, Rank: after(1)}, {Contact: "c-1", Queue: "first", Priority: 5, Rank: after(2)}, {Contact: "c-3", Queue: "first", Priority: 5, Rank: after(0)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0)}},
			[]Offer{{"c-3", "ann"}},
		},
		{
			"the agent who has been available longest goes first",
			[]Waiting{{Contact: "c-1", Queue: "first", Priority: 5, Rank: after(0)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(9)}, {Agent: "bob", Profile: "p", Idle: after(3)}},
			[]Offer{{"c-1", "bob"}},
		},
		{
			"profile priority before contact priority before age",
			[]Waiting{{Contact: "c-1", Queue: "second", Priority: 1, Rank: after(0)}, {Contact: "c-2", Queue: "first", Priority: 5, Rank: after(1)}, {Contact: "c-3", Queue: "also-first", Priority: 4, Rank: after(2)}},
			[]Seat{{Agent: "a", Profile: "p", Idle: after(0)}, {Agent: "b", Profile: "p", Idle: after(1)}, {Agent: "c", Profile: "p", Idle: after(2)}},
			[]Offer{{"c-3", "a"}, {"c-2", "b"}, {"c-1", "c"}},
		},
		{
			"who serves no such queue is passed over",
			[]Waiting{{Contact: "c-1", Queue: "first", Priority: 5, Rank: after(0)}},
			[]Seat{{Agent: "ann", Profile: "other", Idle: after(0)}, {Agent: "bob", Profile: "p", Idle: after(9)}},
			[]Offer{{"c-1", "bob"}},
		},
		{
			"a task is not offered again to who holds it",
			[]Waiting{{Contact: "c-1", Queue: "first", Priority: 5, Rank: after(0)}, {Contact: "c-2", Queue: "first", Priority: 5, Rank: after(1)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}, {Agent: "bob", Profile: "p", Idle: after(1)}},
			[]Offer{{"c-2", "ann"}, {"c-1", "bob"}},
		},
		{
			"an agent's own queue before every queue of the profile",
			[]Waiting{{Contact: "c-1", Queue: "first", Priority: 1, Rank: after(0)}, {Contact: "c-2", Queue: "ann", Priority: 9, Rank: after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0)}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"an agent's own queue in its order",
			[]Waiting{{Contact: "c-1", Queue: "ann", Priority: 5, Rank: after(0)}, {Contact: "c-2", Queue: "ann", Priority: 4, Rank: after(5)}, {Contact: "c-3", Queue: "ann", Priority: 5, Rank: after(1)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"nobody gets what waits for another",
			[]Waiting{{Contact: "c-1", Queue: "ann", Priority: 1, Rank: after(0)}},
			[]Seat{{Agent: "bob", Profile: "p", Idle: after(0)}},
			nil,
		},
		{
			"who serves no queue gets what waits for them",
			[]Waiting{{Contact: "c-1", Queue: "ann", Priority: 5, Rank: after(0)}, {Contact: "c-2", Queue: "bob", Priority: 5, Rank: after(0)}, {Contact: "c-3", Queue: "first", Priority: 5, Rank: after(0)}},
			[]Seat{{Agent: "ann", Profile: "bare", Idle: after(0)}, {Agent: "bob", Profile: "unknown", Idle: after(1)}},
			[]Offer{{"c-1", "ann"}, {"c-2", "bob"}},
		},
		{
			"an own queue does not let its agent overtake",
			[]Waiting{{Contact: "c-1", Queue: "ann", Priority: 1, Rank: after(0)}, {Contact: "c-2", Queue: "first", Priority: 5, Rank: after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(9)}, {Agent: "bob", Profile: "p", Idle: after(3)}},
			[]Offer{{"c-2", "bob"}, {"c-1", "ann"}},
		},
		{
			"who holds what waits for them serves their profile",
			[]Waiting{{Contact: "c-1", Queue: "ann", Priority: 1, Rank: after(0)}, {Contact: "c-2", Queue: "first", Priority: 5, Rank: after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"nobody is offered what they do not meet the filter of, and what comes behind it is not held up",
			[]Waiting{
				{Contact: "c-1", Queue: "first", Priority: 1, Filter: speaks("fr", 1)},
				{Contact: "c-2", Queue: "first", Priority: 5, Filter: speaks("de", 3)},
				{Contact: "c-3", Queue: "first", Priority: 5},
			},
			[]Seat{
				{Agent: "ann", Profile: "p", Idle: after(0)},
				{Agent: "bob", Profile: "p", Idle: after(1), Skills: []Skill{{"language", "de", 3}}},
			},
			[]Offer{{"c-3", "ann"}, {"c-2", "bob"}},
		},
		{
			"preferred agents only",
			[]Waiting{{Contact: "c-1", Queue: "first", Priority: 5, Filter: prefers("bob", "cal")}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0)}, {Agent: "bob", Profile: "other", Idle: after(1)}, {Agent: "cal", Profile: "p", Idle: after(2)}},
			[]Offer{{"c-1", "cal"}},
		},
		{
			"ties go by id",
			[]Waiting{{Contact: "c-2", Queue: "first", Priority: 5, Rank: after(0)}, {Contact: "c-1", Queue: "also-first", Priority: 5, Rank: after(0)}},
			[]Seat{{Agent: "bob", Profile: "p", Idle: after(0)}, {Agent: "ann", Profile: "p", Idle: after(0)}},
			[]Offer{{"c-1", "ann"}, {"c-2", "bob"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := NewBoard()
			for _, p := range profiles {
				b.SetProfile(p)
			}
			for _, w := range tt.waiting {
				b.Wait(w)
			}
			for _, s := range tt.seats {
				b.Sit(s)
			}
			var got []Offer
			for o, ok := b.Next(); ok; o, ok = b.Next() {
				got = append(got, o)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("offers %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTaskIsInvisibleUntilItHasWaitedForTheDelay(t *testing.T) {
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1, Delay: 30 * time.Second}, {Queue: "now", Priority: 3}}})
	b.SetProfile(&Profile{ID: "late", Queues: []ProfileQueue{{Queue: "q", Priority: 1, Delay: time.Minute}}})
	b.Advance(after(0))
	// Its rank makes it count as old; only the time it has really waited counts for the delay.
	b.Wait(Waiting{Contact: "c-1", Queue: "q", Priority: 1, Rank: after(-3600), Enqueued: after(0)})
	b.Wait(Waiting{Contact: "c-2", Queue: "now", Priority: 5, Rank: after(0), Enqueued: after(0)})
	b.Sit(Seat{Agent: "ann", Profile: "p", Idle: after(0)})
	b.Sit(Seat{Agent: "bob", Profile: "late", Idle: after(-1)})
	b.Sit(Seat{Agent: "cal", Profile: "p", Idle: after(1)})
	want := func(o Offer, some bool) {
		t.Helper()
		if got, ok := b.Next(); got != o || ok != some {
			t.Fatalf("Next = %v, %t; want %v, %t", got, ok, o, some)
		}
	}
	matures := func(at time.Time, some bool) {
		t.Helper()
		if got, ok := b.Matures(); ok != some || !got.Equal(at) {
			t.Fatalf("Matures = %v, %t; want %v, %t", got, ok, at, some)
		}
	}
	want(Offer{"c-2", "ann"}, true)
	want(Offer{}, false)
	matures(after(30), true)
	b.Advance(after(29))
	want(Offer{}, false)
	b.Advance(after(30))
	want(Offer{"c-1", "cal"}, true)
	matures(time.Time{}, false)

	b.Wait(Waiting{Contact: "c-3", Queue: "q", Priority: 1, Enqueued: after(20)})
	matures(after(50), true)
	b.SetProfile(&Profile{ID: "p"}) // nobody has the shorter delay any more
	matures(after(80), true)
	b.Advance(after(80))
	want(Offer{"c-3", "bob"}, true)
}

// A queue is forgotten only when nothing waits in it and no profile serves it.
func TestQueueInUseIsNotRemoved(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(*Board){
		"a task waits":         func(b *Board) { b.Wait(Waiting{Contact: "c", Queue: "q"}) },
		"a task waits for one": func(b *Board) { b.Wait(Waiting{Contact: "c", Queue: "q", Filter: prefers("ann")}) },
		"a task waits for any, and one for one": func(b *Board) {
			b.Wait(Waiting{Contact: "c-1", Queue: "q"})
			b.Wait(Waiting{Contact: "c-2", Queue: "q", Filter: prefers("ann")})
		},
		"a task waits, and a profile serves it": func(b *Board) {
			b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}})
			b.Wait(Waiting{Contact: "c", Queue: "q"})
		},
		"a profile serves it":      func(b *Board) { b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}}) },
		"it was used, and is idle": func(b *Board) { b.Wait(Waiting{Contact: "c", Queue: "q"}); b.Leave("c") },
	} {
		b := NewBoard()
		use(b)
		used := !b.Empty() || len(b.lines["q"].served) > 0
		b.RemoveQueue("q")
		if _, kept := b.lines["q"]; kept != used {
			t.Errorf("%s: the queue is kept: %t, want %t", name, kept, used)
		}
		b.RemoveQueue("none")
	}
}

// The board's clock does not go back, and tells in UTC when the next task matures.
func TestClockOfBoardDoesNotGoBack(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1, Delay: 30 * time.Second}}})
	b.Advance(after(40))
	b.Advance(after(0))
	b.Wait(Waiting{Contact: "c-1", Queue: "q", Enqueued: after(10)})
	b.Wait(Waiting{Contact: "c-2", Queue: "q", Enqueued: after(11)})
	if at, ok := b.Matures(); !ok || at != after(41) {
		t.Errorf("Matures = %v, %t; want %v", at, ok, after(41))
	}
	b.Sit(Seat{Agent: "ann", Profile: "p"})
	if o, ok := b.Next(); !ok || o.Contact != "c-1" {
		t.Errorf("Next = %v, %t; want what has waited for the delay", o, ok)
	}
}

// Delays of two profiles for one queue, and of one profile in two rows, each let their task be seen at their own time.
func TestEachDelayOfAQueueCounts(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 2, Delay: 10 * time.Second}, {Queue: "q", Priority: 1, Delay: 20 * time.Second}}})
	b.SetProfile(&Profile{ID: "late", Queues: []ProfileQueue{{Queue: "q", Priority: 1, Delay: 30 * time.Second}, {Queue: "r", Priority: 1, Delay: 10 * time.Second}}})
	b.Advance(start)
	var due []time.Time
	b.Wait(Waiting{Contact: "c-3", Queue: "q", Enqueued: after(5)})
	b.Wait(Waiting{Contact: "c-2", Queue: "q", Enqueued: after(0)})
	b.Wait(Waiting{Contact: "c-1", Queue: "r", Enqueued: after(0)})
	for at, ok := b.Matures(); ok; at, ok = b.Matures() {
		due = append(due, at)
		b.Advance(at)
	}
	if want := []time.Time{after(10), after(15), after(20), after(25), after(30), after(35)}; !slices.Equal(due, want) {
		t.Errorf("tasks matured at %v, want %v", due, want)
	}
	for _, s := range []Seat{{Agent: "ann", Profile: "late"}, {Agent: "bob", Profile: "p", Idle: after(1)}} {
		b.Sit(s)
	}
	for _, want := range []Offer{{"c-1", "ann"}, {"c-2", "bob"}} {
		if o, _ := b.Next(); o != want {
			t.Errorf("Next = %v, want %v", o, want)
		}
	}
}

// An agent for whom nothing waited is found again when another takes the task that had been meant for them, or leaves.
func TestNextFindsAnotherWhenTheFirstLeaves(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}})
	b.Sit(Seat{Agent: "ann", Profile: "p", Idle: after(0)})
	b.Sit(Seat{Agent: "bob", Profile: "p", Idle: after(1)})
	if o, ok := b.Next(); ok {
		t.Fatalf("Next = %v of nothing", o)
	}
	b.Wait(Waiting{Contact: "c-1", Queue: "q"})
	b.alert()
	b.Stand("ann")
	if o, ok := b.Next(); !ok || o != (Offer{"c-1", "bob"}) {
		t.Errorf("Next = %v, %t; want c-1 for bob", o, ok)
	}
	if o, ok := b.Next(); ok || !b.Empty() {
		t.Errorf("Next = %v, %t; empty: %t", o, ok, b.Empty())
	}
}

// Where no time must have passed, a task is seen at once, also one whose time is ahead of the board's clock.
func TestTaskAheadOfTheClockIsSeenWithoutDelay(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}})
	b.Advance(start)
	b.Wait(Waiting{Contact: "c-1", Queue: "q", Enqueued: after(5)})
	if at, ok := b.Matures(); ok {
		t.Errorf("a task matures at %v, want none", at)
	}
	b.Sit(Seat{Agent: "ann", Profile: "p"})
	if o, ok := b.Next(); !ok || o.Contact != "c-1" {
		t.Errorf("Next = %v, %t; want c-1", o, ok)
	}
}
