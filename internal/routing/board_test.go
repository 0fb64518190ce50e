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
