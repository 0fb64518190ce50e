package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// world is a set of contacts that have been written, and changed, in many ways.
type world struct {
	start    time.Time
	contacts []*contact.Contact
	chains   map[string]*contact.Chain
}

// The few values that everything has, so that searches find some of it.
var (
	someWords  = []string{"Refund", "refund,", "ORDER", "für", "Łódź", "call-back", "A-1009", "über 40"}
	someQueues = []string{"q-1", "q-2", "q-3"}
	someAgents = []string{"ann", "bob"}
	someGroups = map[string][]string{"ann": {"north", "york"}, "bob": {"north"}}
	someKeys   = []string{"tier", "order", "lang"}
	someValues = []string{"gold", "Gold", "silver", "", "7"}
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func somePairs(r *rand.Rand) map[string]string {
	pairs := map[string]string{}
	for range r.IntN(4) {
		pairs[pick(r, someKeys)] = pick(r, someValues)
	}
	return pairs
}

func someName(r *rand.Rand) string {
	var words []string
	for range r.IntN(4) {
		words = append(words, pick(r, someWords))
	}
	return strings.Join(words, " ")
}

// newWorld writes n contacts, a part of them in chains and trees, and changes a part of them.
func newWorld(t *testing.T, s *store.Store, n int) *world {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret, and the same each time
	w := &world{start: s.Now().Add(-24 * time.Hour).Truncate(time.Millisecond), chains: map[string]*contact.Chain{}}
	for i := range n {
		w.add(t, s, r, w.start.Add(time.Duration(i)*time.Second))
	}
	for range n / 2 {
		w.change(t, s, r)
	}
	for i, c := range w.contacts {
		var err error
		w.contacts[i], err = s.Contact(t.Context(), instance, c.ID)
		must(t, err)
		w.chains[c.Chain()], err = s.Chain(t.Context(), instance, c.Chain())
		must(t, err)
	}
	return w
}

// add writes a new contact at a time.
func (w *world) add(t *testing.T, s *store.Store, r *rand.Rand, at time.Time) {
	t.Helper()
	c := &contact.Contact{
		ID: contact.NewID(at), Name: someName(r), External: r.IntN(9) == 0,
		Tags: somePairs(r), Segment: somePairs(r), Target: pick(r, someQueues),
	}
	if r.IntN(3) == 0 {
		c.ScheduledFor = at.Add(time.Duration(r.IntN(100)) * time.Minute)
	}
	if r.IntN(3) == 0 {
		c.Criteria = preferring(pick(r, someAgents), pick(r, someAgents))
	}
	chain := &contact.Chain{ID: c.ID, Attributes: somePairs(r)}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		if len(w.contacts) > 0 && r.IntN(3) == 0 {
			link := w.contacts[r.IntN(len(w.contacts))]
			c.Association, c.Related = link.Association, link.ID
			if r.IntN(2) == 0 {
				c.Previous, c.Initial, c.Related = link.ID, link.Chain(), ""
				var err error
				if chain, err = tx.Chain(link.Chain()); err != nil {
					return err
				}
				if err := chain.Merge(somePairs(r)); err != nil {
					return err
				}
			}
		}
		c.Begin(at)
		if r.IntN(5) == 0 {
			c.Method = contact.MethodTransfer
		}
		for i := range r.IntN(6) {
			moveOn(c, r, at.Add(time.Duration(i*r.IntN(100))*time.Second))
		}
		tx.PutContact(c)
		tx.PutChain(chain)
		return nil
	}))
	w.contacts = append(w.contacts, c)
}

// preferring are routing criteria with a step for each of some agents.
func preferring(agents ...string) *contact.Criteria {
	c := &contact.Criteria{}
	for _, a := range agents {
		c.Steps = append(c.Steps, contact.Step{
			Status:     contact.StepInactive,
			Expression: contact.Expression{Or: []contact.Expression{{Attribute: &contact.Condition{AgentIDs: []string{a, "cid"}}}}},
		})
	}
	return c
}

// change renames a contact, changes its attributes or tags, or has it move on.
func (w *world) change(t *testing.T, s *store.Store, r *rand.Rand) {
	t.Helper()
	id := w.contacts[r.IntN(len(w.contacts))].ID
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		c, err := tx.Contact(id)
		if err != nil {
			return err
		}
		chain, err := tx.Chain(c.Chain())
		if err != nil {
			return err
		}
		later := c.Updated.Add(time.Duration(r.IntN(100)) * time.Second)
		switch what := r.IntN(6); {
		case what == 0:
			c.Name = someName(r)
		case what == 1:
			c.Tags, c.Segment = somePairs(r), somePairs(r)
		case what == 2 && len(c.Tags) > 0: // in place
			c.Tags["tier"] = "platinum"
		case what == 3:
			chain.Attributes = somePairs(r)
			tx.PutChain(chain)
		default:
			moveOn(c, r, later)
		}
		tx.PutContact(c)
		return nil
	}))
}

// moveOn takes a contact to its next state.
func moveOn(c *contact.Contact, r *rand.Rand, at time.Time) {
	var err error
	switch c.State {
	case contact.Scheduled:
		_, err = c.TimeReached(at)
	case contact.InFlow:
		_, err = c.Enqueue(at)
	case contact.Queued:
		_, err = c.Offer(pick(r, someAgents), at)
	case contact.Connecting:
		if _, err = c.Accept(c.Agent, someGroups[c.Agent], at); r.IntN(2) == 0 {
			_, err = c.Disconnect(contact.ReasonAPI, at.Add(time.Second))
		}
	default: // it has gone far enough
	}
	if err != nil {
		panic(fmt.Sprintf("contact %s: %v", c.ID, err))
	}
}
