package routing

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/contact"
)

// naive is the matcher as the rules read, without any index.
type naive struct {
	now      time.Time
	profiles map[string]*Profile
	waiting  map[string]Waiting
	seats    map[string]Seat
}

// priority is that of the best row of the agent's profile that lets them see a task; 0 is that of their own queue.
func (n *naive) priority(s Seat, w Waiting) (best int, sees bool) {
	if w.Queue == s.Agent {
		return 0, true
	}
	for _, q := range n.profiles[s.Profile].Queues {
		if q.Queue == w.Queue && !w.Enqueued.Add(q.Delay).After(n.now) && (!sees || q.Priority < best) {
			best, sees = q.Priority, true
		}
	}
	return best, sees
}

func (n *naive) fits(s Seat, w Waiting) bool {
	_, sees := n.priority(s, w)
	return sees && !slices.Contains(s.Holds, w.Contact) && (w.Filter == nil || w.Filter.Met(s.Agent, func(name, value string) (float64, bool) {
		i := slices.IndexFunc(s.Skills, func(k Skill) bool { return k.Name == name && k.Value == value })
		if i < 0 {
			return 0, false
		}
		return s.Skills[i].Level, true
	}))
}

// better tells which of two tasks an agent gets.
func (n *naive) better(s Seat, x, y Waiting) bool {
	px, _ := n.priority(s, x)
	py, _ := n.priority(s, y)
	return cmp.Or(cmp.Compare(px, py), cmp.Compare(x.Priority, y.Priority), x.Rank.Compare(y.Rank), cmp.Compare(x.Contact, y.Contact)) < 0
}

func (n *naive) pick(s Seat) (best Waiting, found bool) {
	for _, w := range n.waiting {
		if n.fits(s, w) && (!found || n.better(s, w, best)) {
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

var languages = []string{"de", "fr"}

func drawProfile(t *rapid.T, id string) *Profile {
	p := &Profile{ID: id}
	for q := range 4 {
		if rapid.Bool().Draw(t, "serves") {
			p.Queues = append(p.Queues, ProfileQueue{
				Queue: fmt.Sprint("q", q), Priority: rapid.IntRange(1, 2).Draw(t, "priority"),
				Delay: time.Duration(rapid.SampledFrom([]int{0, 0, 3, 7}).Draw(t, "delay")) * time.Second,
			})
		}
	}
	return p
}

func drawName(t *rapid.T, kind string, most int) string {
	return fmt.Sprint(kind, rapid.IntRange(0, most).Draw(t, kind))
}

func drawSkills(t *rapid.T) (skills []Skill) {
	for _, l := range languages {
		if rapid.Bool().Draw(t, l) {
			skills = append(skills, Skill{"language", l, float64(rapid.IntRange(1, 3).Draw(t, "level"))})
		}
	}
	return skills
}

func drawCondition(t *rapid.T) *contact.Condition {
	if rapid.IntRange(0, 3).Draw(t, "prefers") == 0 {
		return &contact.Condition{AgentIDs: []string{drawName(t, "a", 5), drawName(t, "a", 5)}}
	}
	c := &contact.Condition{Name: "language", Value: rapid.SampledFrom(languages).Draw(t, "language"), Min: float64(rapid.IntRange(1, 3).Draw(t, "min"))}
	if rapid.Bool().Draw(t, "range") {
		c.Max = c.Min + float64(rapid.IntRange(0, 1).Draw(t, "max"))
	}
	return c
}

func drawExpression(t *rapid.T) *contact.Expression {
	simple := func() contact.Expression { return contact.Expression{Attribute: drawCondition(t)} }
	switch rapid.IntRange(0, 9).Draw(t, "expression") {
	case 0, 1:
		e := simple()
		return &e
	case 2:
		return &contact.Expression{Not: drawCondition(t)}
	case 3:
		return &contact.Expression{And: []contact.Expression{simple(), {Not: drawCondition(t)}}}
	case 4:
		return &contact.Expression{Or: []contact.Expression{simple(), {And: []contact.Expression{simple(), simple()}}}}
	default:
		return nil
	}
}

// pair is a board with the naive matcher beside it.
type pair struct {
	*rapid.T
	b *Board
	n *naive
}

func newPair(t *rapid.T) *pair {
	p := &pair{t, NewBoard(), &naive{start, map[string]*Profile{}, map[string]Waiting{}, map[string]Seat{}}}
	p.b.Advance(start)
	for i := range 3 {
		p.setProfile(drawProfile(t, fmt.Sprint("p", i)))
	}
	return p
}

func (p *pair) setProfile(profile *Profile) {
	p.n.profiles[profile.ID] = profile
	p.b.SetProfile(profile)
}

func (p *pair) event() {
	switch rapid.IntRange(0, 12).Draw(p.T, "event") {
	case 0, 1, 2, 3:
		queue := drawName(p.T, "q", 3)
		if rapid.IntRange(0, 4).Draw(p.T, "own") == 0 {
			queue = drawName(p.T, "a", 5)
		}
		ago := time.Duration(rapid.IntRange(0, 8).Draw(p.T, "ago")) * time.Second
		w := Waiting{
			Contact: drawName(p.T, "c", 9), Queue: queue, Priority: contact.Priority(rapid.IntRange(1, 3).Draw(p.T, "rank")),
			Rank: after(rapid.IntRange(0, 5).Draw(p.T, "age")), Enqueued: p.n.now.Add(-ago), Filter: drawExpression(p.T),
		}
		p.n.waiting[w.Contact] = w
		p.b.Wait(w)
	case 4, 5, 6:
		s := Seat{
			Agent: drawName(p.T, "a", 5), Profile: drawName(p.T, "p", 2), Idle: after(rapid.IntRange(0, 5).Draw(p.T, "idle")),
			Skills: drawSkills(p.T),
		}
		if rapid.Bool().Draw(p.T, "holds") {
			s.Holds = []string{drawName(p.T, "c", 9), drawName(p.T, "c", 9)}
		}
		p.n.seats[s.Agent] = s
		p.b.Sit(s)
	case 7:
		id := drawName(p.T, "c", 9)
		delete(p.n.waiting, id)
		p.b.Leave(id)
	case 8:
		id := drawName(p.T, "a", 5)
		delete(p.n.seats, id)
		p.b.Stand(id)
	case 9:
		p.setProfile(drawProfile(p.T, drawName(p.T, "p", 2)))
	case 10:
		p.n.now = p.n.now.Add(time.Duration(rapid.IntRange(1, 4).Draw(p.T, "seconds")) * time.Second)
		p.b.Advance(p.n.now)
	default:
		p.next()
	}
}

// next makes a pair with both, and fails when they are not the same.
func (p *pair) next() bool {
	waiting := maps.Clone(p.n.waiting)
	want, wantOK := p.n.next()
	got, ok := p.b.Next()
	if queue := waiting[got.Contact].Queue; strings.HasPrefix(queue, "a") && queue != got.Agent {
		p.Fatalf("%s was offered what waits for %s", got.Agent, queue)
	}
	if got != want || ok != wantOK {
		p.Fatalf("Next = %v, %t; the rules say %v, %t", got, ok, want, wantOK)
	}
	return ok
}

// matures is when the next task will have waited as long as a delay, as the rules read.
func (n *naive) matures() (first time.Time) {
	for _, w := range n.waiting {
		for _, p := range n.profiles {
			for _, q := range p.Queues {
				at := w.Enqueued.Add(q.Delay)
				if q.Queue == w.Queue && at.After(n.now) && (first.IsZero() || at.Before(first)) {
					first = at
				}
			}
		}
	}
	return first
}

// After any history the board makes the pairs that the rules as they read would make, and wakes up when they would.
func TestBoardIsTheNaiveMatcher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(t)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p.event()
			if len(p.b.tasks) != len(p.n.waiting) || len(p.b.seats) != len(p.n.seats) {
				t.Fatalf("%d tasks and %d agents on the board, want %d and %d", len(p.b.tasks), len(p.b.seats), len(p.n.waiting), len(p.n.seats))
			}
			if at, _ := p.b.Matures(); !at.Equal(p.n.matures()) {
				t.Fatalf("Matures = %v; the rules say %v", at, p.n.matures())
			}
		}
		for p.next() {
		}
	})
}

// What has gone leaves nothing behind but what is kept for reuse.
func TestEmptyBoardKeepsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(t)
		for range 40 {
			p.event()
		}
		for id := range p.n.waiting {
			p.b.Leave(id)
		}
		for id := range p.n.seats {
			p.b.Stand(id)
		}
		if _, ok := p.b.Next(); ok {
			t.Fatal("an empty board makes a pair")
		}
		for _, l := range p.b.lines {
			if len(l.lanes)+len(l.preferred) > 0 {
				t.Fatalf("queue %s has %d lanes and %d preferred agents, and no task", l.queue, len(l.lanes), len(l.preferred))
			}
		}
		for _, profile := range p.b.profiles {
			if len(profile.groups) > 0 || profile.free.Len() > 0 {
				t.Fatal("a profile has free agents after the last has left")
			}
		}
		if p.b.eager.Len() > 0 || p.b.maturing.Len() > 0 || len(p.b.fresh) > 0 {
			t.Fatalf("%d eager, %d maturing, %d fresh", p.b.eager.Len(), p.b.maturing.Len(), len(p.b.fresh))
		}
		for key, f := range p.b.filters.byKey {
			if f.refs != 0 {
				t.Fatalf("filter %s has %d lanes", key, f.refs)
			}
		}
	})
}
