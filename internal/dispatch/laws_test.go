package dispatch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"pgregory.net/rapid"
)

// member is a user as the naive matcher knows them.
type member struct {
	id      string
	profile *routing.Profile
	isAgent bool
	level   float64 // of German; 0: none
}

// pairing is an offer that was committed, with the two as they were before.
type pairing struct {
	task contact.Contact
	by   agent.Agent
	at   time.Time
}

// slack is for what matures, or whose time is over, between the decision and its commit.
const slack = 50 * time.Millisecond

// laws knows what the commits have told, and holds every offer against the rules as they read (routing.md §2).
type laws struct {
	members  map[string]*member
	contacts map[string]contact.Contact
	agents   map[string]agent.Agent
	events   map[string][]contact.Event
	picked   string // contact that is being picked by hand

	// of the batch: since all had come to rest for the last time
	offers   []pairing
	touched  map[string]bool
	breaches []string
}

func (l *laws) breach(format string, args ...any) {
	l.breaches = append(l.breaches, fmt.Sprintf(format, args...))
}

// level is how well a member speaks German.
func (m *member) meets(e *contact.Expression) bool {
	if ids := e.Attribute.AgentIDs; ids != nil {
		return slices.Contains(ids, m.id)
	}
	return m.level > 0 && m.level >= e.Attribute.Min
}

// ready reports whether an agent could be offered anything.
func (l *laws) ready(a *agent.Agent) bool {
	m := l.members[a.ID]
	occupied := 0
	for _, leg := range a.Legs {
		if leg.State == agent.Missed {
			return false
		}
		if leg.State != agent.Paused {
			occupied++
		}
	}
	return m != nil && m.isAgent && a.Type == agent.Routable && a.Next == "" && occupied < int(m.profile.Slots)
}

// priority is that under which an agent sees a contact; 0 is that of their own queue.
func (l *laws) priority(a *agent.Agent, c *contact.Contact, at time.Time) (best int, sees bool) {
	if c.Queue == a.ID {
		return 0, true
	}
	for _, q := range l.members[a.ID].profile.Queues {
		if q.Queue == c.Queue && !c.Enqueued.Add(q.Delay).After(at) && (!sees || q.Priority < best) {
			best, sees = q.Priority, true
		}
	}
	return best, sees
}

// fits reports whether the router may offer a contact to an agent.
func (l *laws) fits(a *agent.Agent, c *contact.Contact, at time.Time) bool {
	if c.State != contact.Queued || !l.ready(a) {
		return false
	}
	if _, sees := l.priority(a, c, at); !sees {
		return false
	}
	for _, leg := range a.Legs {
		if leg.Contact == c.ID {
			return false
		}
	}
	for _, d := range a.Declined {
		if d.Contact == c.ID && d.Until.After(at) {
			return false
		}
	}
	if c.Criteria != nil {
		for i := range c.Criteria.Steps {
			if s := &c.Criteria.Steps[i]; s.Status == contact.StepActive {
				return l.members[a.ID].meets(&s.Expression)
			}
		}
	}
	return true
}

// better reports whether an agent should get the first of two contacts.
func (l *laws) better(a *agent.Agent, x, y *contact.Contact, at time.Time) bool {
	px, _ := l.priority(a, x, at)
	py, _ := l.priority(a, y, at)
	return cmp.Or(cmp.Compare(px, py), cmp.Compare(x.Priority, y.Priority), x.Rank.Compare(y.Rank), cmp.Compare(x.ID, y.ID)) < 0
}

// since is when an agent became available, by the timer of their profile.
func (l *laws) since(a *agent.Agent) time.Time {
	if l.members[a.ID].profile.Timer == routing.TimerInbound {
		return a.Inbound
	}
	return a.Idle
}

// committed holds a commit against V1, V2, V7 and V8, and takes it down.
func (l *laws) committed(c engine.Commit) {
	for _, e := range c.Events {
		l.events[e.Contact] = append(l.events[e.Contact], e.Event)
	}
	for _, now := range c.Contacts {
		was := l.contacts[now.ID]
		if was.State == contact.Connecting && now.State == contact.Queued && !now.Rank.Equal(was.Rank) {
			l.breach("V7: the rank of %s is %v after a miss, and was %v", now.ID, now.Rank, was.Rank)
		}
		if was.State == contact.Queued && now.State == contact.Connecting {
			by := l.agents[now.Agent]
			if now.ID != l.picked {
				l.offers = append(l.offers, pairing{was, by, now.RingStart})
				if !l.fits(&by, &was, now.RingStart.Add(slack)) {
					l.breach("%s was offered to %s, who may not get it", now.ID, by.ID)
				}
			}
		}
		l.contacts[now.ID] = *now
		l.touched[now.ID] = true
	}
	for _, now := range c.Agents {
		if now.Next != "" && !slices.ContainsFunc(now.Legs, func(leg agent.Leg) bool {
			return leg.State == agent.Ended || leg.State == agent.Connecting || leg.State == agent.Connected || leg.State == agent.Paused
		}) {
			l.breach("V8: the next status of %s has not begun, and they hold %v", now.ID, now.Legs)
		}
		l.agents[now.ID] = *now
		l.touched[now.ID] = true
	}
}

// rest holds what all has come to rest with against V1, V3, V4, V5 and V9. Before at nothing was under way.
func (l *laws) rest(at time.Time) {
	l.checkHands()
	for _, a := range l.agents {
		for _, c := range l.contacts {
			if l.fits(&a, &c, at) {
				l.breach("V3: %s waits in %s, and %s is free for it", c.ID, c.Queue, a.ID)
			}
		}
	}
	for _, o := range l.offers {
		l.checkOffer(o)
	}
	for id, events := range l.events {
		if err := offersEnd(events); err != nil {
			l.breach("V9: %s: %v", id, err)
		}
	}
	l.offers, l.touched = nil, map[string]bool{}
}

// checkOffer compares an offer with those contacts and agents to which nothing has happened in the batch: they were
// there all the time.
func (l *laws) checkOffer(o pairing) {
	before := o.at.Add(-slack)
	for id, c := range l.contacts {
		if !l.touched[id] && l.fits(&o.by, &c, before) && l.better(&o.by, &c, &o.task, before) {
			l.breach("V4: %s was offered %s, and %s came first", o.by.ID, o.task.ID, id)
		}
	}
	for id, a := range l.agents {
		if !l.touched[id] && l.fits(&a, &o.task, before) && l.since(&a).Before(l.since(&o.by)) {
			l.breach("V5: %s was offered to %s, and %s has been available longer", o.task.ID, o.by.ID, id)
		}
	}
}

// checkHands: a contact is with one agent, who knows of it.
func (l *laws) checkHands() {
	with := map[string][]string{}
	for _, a := range l.agents {
		for _, leg := range a.Legs {
			if leg.State == agent.Connecting || leg.State == agent.Connected {
				with[leg.Contact] = append(with[leg.Contact], a.ID)
			}
		}
	}
	for _, c := range l.contacts {
		var want []string
		if c.State == contact.Connecting || c.State == contact.Connected {
			want = []string{c.Agent}
		}
		if !slices.Equal(with[c.ID], want) {
			l.breach("V1: %s is %s with %s, and in the hands of %v", c.ID, c.State, c.Agent, with[c.ID])
		}
	}
}

// offersEnd reports whether each offer ends in exactly one way, and each acceptance has an offer.
func offersEnd(events []contact.Event) error {
	open := ""
	for _, e := range events {
		switch e.Type {
		case contact.EventOffered:
			if open != "" {
				return fmt.Errorf("offered to %s while it rings at %s", e.Agent, open)
			}
			open = e.Agent
		case contact.EventConnectedToAgent, contact.EventMissed, contact.EventRejected:
			if open != e.Agent {
				return fmt.Errorf("%s by %s while it rings at %q", e.Type, e.Agent, open)
			}
			open = ""
		case contact.EventPaused, contact.EventDisconnected:
			open = "" // withdrawn, if it rang
		case contact.EventQueued, contact.EventResumed:
			if open != "" {
				return fmt.Errorf("%s while it rings at %s", e.Type, open)
			}
		default:
		}
	}
	return nil
}

// Whatever happens, and also when the server starts anew in between, offers are as the rules say (routing.md §10.5).
func TestLawsOfRouting(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t, dir)
		defer h.stop()
		for range rapid.IntRange(15, 40).Draw(t, "commands") {
			c := rapid.SampledFrom(commands).Draw(t, "command")
			c.run(h)
			at := h.engine.Now()
			h.must(h.d.Settle(t.Context()))
			h.check(at, c.name)
		}
	})
}

// check holds what has come of a command against the laws.
func (h *history) check(at time.Time, command string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rest(at)
	waiting := map[string]int{}
	for _, c := range h.contacts {
		if c.State == contact.Queued {
			waiting[c.Queue]++
		}
	}
	for _, q := range h.queues {
		if n, err := h.store.CountWaiting(h.Context(), instance, q, 1000); err != nil || n != waiting[q] {
			h.breach("V6: %d contacts wait in %s, %v; want %d", n, q, err, waiting[q])
		}
	}
	if len(h.breaches) > 0 {
		h.Fatalf("after %s:\n%s", command, strings.Join(h.breaches, "\n"))
	}
}
