package routing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/contact"
)

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

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
			[]Waiting{{"c-2", "first", 5, after(1)}, {"c-1", "first", 5, after(2)}, {"c-3", "first", 5, after(0)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0)}},
			[]Offer{{"c-3", "ann"}},
		},
		{
			"the agent who has been available longest goes first",
			[]Waiting{{"c-1", "first", 5, after(0)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(9)}, {Agent: "bob", Profile: "p", Idle: after(3)}},
			[]Offer{{"c-1", "bob"}},
		},
		{
			"profile priority before contact priority before age",
			[]Waiting{{"c-1", "second", 1, after(0)}, {"c-2", "first", 5, after(1)}, {"c-3", "also-first", 4, after(2)}},
			[]Seat{{Agent: "a", Profile: "p", Idle: after(0)}, {Agent: "b", Profile: "p", Idle: after(1)}, {Agent: "c", Profile: "p", Idle: after(2)}},
			[]Offer{{"c-3", "a"}, {"c-2", "b"}, {"c-1", "c"}},
		},
		{
			"who serves no such queue is passed over",
			[]Waiting{{"c-1", "first", 5, after(0)}},
			[]Seat{{Agent: "ann", Profile: "other", Idle: after(0)}, {Agent: "bob", Profile: "p", Idle: after(9)}},
			[]Offer{{"c-1", "bob"}},
		},
		{
			"a task is not offered again to who holds it",
			[]Waiting{{"c-1", "first", 5, after(0)}, {"c-2", "first", 5, after(1)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}, {Agent: "bob", Profile: "p", Idle: after(1)}},
			[]Offer{{"c-2", "ann"}, {"c-1", "bob"}},
		},
		{
			"an agent's own queue before every queue of the profile",
			[]Waiting{{"c-1", "first", 1, after(0)}, {"c-2", "ann", 9, after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0)}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"an agent's own queue in its order",
			[]Waiting{{"c-1", "ann", 5, after(0)}, {"c-2", "ann", 4, after(5)}, {"c-3", "ann", 5, after(1)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"nobody gets what waits for another",
			[]Waiting{{"c-1", "ann", 1, after(0)}},
			[]Seat{{Agent: "bob", Profile: "p", Idle: after(0)}},
			nil,
		},
		{
			"who serves no queue gets what waits for them",
			[]Waiting{{"c-1", "ann", 5, after(0)}, {"c-2", "bob", 5, after(0)}, {"c-3", "first", 5, after(0)}},
			[]Seat{{Agent: "ann", Profile: "bare", Idle: after(0)}, {Agent: "bob", Profile: "unknown", Idle: after(1)}},
			[]Offer{{"c-1", "ann"}, {"c-2", "bob"}},
		},
		{
			"an own queue does not let its agent overtake",
			[]Waiting{{"c-1", "ann", 1, after(0)}, {"c-2", "first", 5, after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(9)}, {Agent: "bob", Profile: "p", Idle: after(3)}},
			[]Offer{{"c-2", "bob"}, {"c-1", "ann"}},
		},
		{
			"who holds what waits for them serves their profile",
			[]Waiting{{"c-1", "ann", 1, after(0)}, {"c-2", "first", 5, after(5)}},
			[]Seat{{Agent: "ann", Profile: "p", Idle: after(0), Holds: []string{"c-1"}}},
			[]Offer{{"c-2", "ann"}},
		},
		{
			"ties go by id",
			[]Waiting{{"c-2", "first", 5, after(0)}, {"c-1", "also-first", 5, after(0)}},
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

// naive is the matcher as the rules read, without any index.
type naive struct {
	profiles map[string]*Profile
	waiting  map[string]Waiting
	seats    map[string]Seat
}

func (n *naive) pick(s Seat) (best Waiting, found bool) {
	rank := func(w Waiting) (int, bool) {
		if w.Queue == s.Agent {
			return 0, true
		}
		for _, q := range n.profiles[s.Profile].Queues {
			if q.Queue == w.Queue {
				return q.Priority, true
			}
		}
		return 0, false
	}
	for _, w := range n.waiting {
		p, serves := rank(w)
		if !serves || slices.Contains(s.Holds, w.Contact) {
			continue
		}
		bp, _ := rank(best)
		if !found || cmp.Or(cmp.Compare(p, bp), cmp.Compare(w.Priority, best.Priority), w.Rank.Compare(best.Rank), cmp.Compare(w.Contact, best.Contact)) < 0 {
			best, found = w, true
		}
	}
	return best, found
}

func (n *naive) next() (Offer, bool) {
	var chosen Seat
	var task Waiting
	found := false
	for _, s := range n.seats {
		w, ok := n.pick(s)
		if ok && (!found || cmp.Or(s.Idle.Compare(chosen.Idle), cmp.Compare(s.Agent, chosen.Agent)) < 0) {
			chosen, task, found = s, w, true
		}
	}
	delete(n.seats, chosen.Agent)
	delete(n.waiting, task.Contact)
	return Offer{task.Contact, chosen.Agent}, found
}

// After any history the board makes the pairs that the rules as they read would make.
func TestBoardIsTheNaiveMatcher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBoard()
		n := &naive{map[string]*Profile{}, map[string]Waiting{}, map[string]Seat{}}
		for p := range 3 {
			profile := &Profile{ID: fmt.Sprint("p", p)}
			for q := range 4 {
				if rapid.Bool().Draw(t, "serves") {
					profile.Queues = append(profile.Queues, ProfileQueue{Queue: fmt.Sprint("q", q), Priority: rapid.IntRange(1, 2).Draw(t, "priority")})
				}
			}
			n.profiles[profile.ID] = profile
			b.SetProfile(profile)
		}
		name := func(kind string, most int) string { return fmt.Sprint(kind, rapid.IntRange(0, most).Draw(t, kind)) }
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "event") {
			case 0:
				queue := name("q", 3)
				if rapid.Bool().Draw(t, "own") {
					queue = name("a", 5)
				}
				w := Waiting{name("c", 9), queue, contact.Priority(rapid.IntRange(1, 3).Draw(t, "rank")), after(rapid.IntRange(0, 5).Draw(t, "age"))}
				n.waiting[w.Contact] = w
				b.Wait(w)
			case 1:
				s := Seat{Agent: name("a", 5), Profile: name("p", 2), Idle: after(rapid.IntRange(0, 5).Draw(t, "idle"))}
				if rapid.Bool().Draw(t, "holds") {
					s.Holds = []string{name("c", 9), name("c", 9)}
				}
				n.seats[s.Agent] = s
				b.Sit(s)
			case 2:
				id := name("c", 9)
				delete(n.waiting, id)
				b.Leave(id)
			case 3:
				id := name("a", 5)
				delete(n.seats, id)
				b.Stand(id)
			case 4:
				want, wantOK := n.next()
				queue := b.waiting[want.Contact].Queue
				got, ok := b.Next()
				if strings.HasPrefix(queue, "a") && queue != got.Agent {
					t.Fatalf("%s was offered what waits for %s", got.Agent, queue)
				}
				if got != want || ok != wantOK {
					t.Fatalf("Next = %v, %t; the rules say %v, %t", got, ok, want, wantOK)
				}
			}
			if len(b.waiting) != len(n.waiting) || len(b.seats) != len(n.seats) {
				t.Fatalf("%d tasks and %d agents on the board, want %d and %d", len(b.waiting), len(b.seats), len(n.waiting), len(n.seats))
			}
		}
	})
}
