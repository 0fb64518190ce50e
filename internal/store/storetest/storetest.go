// Package storetest is what every database engine must do: one suite, run on each of them.
package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

const instance = "11111111-1111-4111-8111-111111111111"

// Run runs the suite; open opens an empty store that is closed when its test ends.
func Run(t *testing.T, open func(*testing.T) *store.Store) {
	tests := []struct {
		name string
		run  func(*testing.T, *store.Store)
	}{
		{"a contact comes back as it was put", contactComesBack},
		{"what waits in a queue is counted, up to a limit", countWaiting},
		{"what has waited longest in a queue is found", oldestWaiting},
		{"what waits in a queue is listed", waitingIn},
		{"a queue holds what waits in it and what rings", holdsContacts},
		{"what waits is counted by queue, and stands in line", waitingByQueue},
		{"what agents have accepted is counted by queue", answered},
		{"contacts are found by a moment of their lives", contactsDuring},
		{"a stale copy loses and runs again", staleCopyLoses},
		{"a refused command writes nothing", refusedWritesNothing},
		{"a command that always loses gives up", alwaysLosing},
		{"one token is claimed once", tokenClaimedOnce},
		{"an expired token may be claimed again", expiredToken},
		{"innocent commands survive a loser in their batch", innocentsSurvive},
		{"of commands that write one row at the same moment every one counts", everyUpdateCounts},
		{"the database refuses an illegal state", illegalState},
		{"events keep their order", eventsInOrder},
		{"timers come in order and are cleared", timers},
		{"names are unique for each kind", uniqueNames},
		{"what is deleted is gone, and told of", deletedResources},
		{"what is changed or deleted can be read by its version", keptVersions},
		{"watchers see every commit in order", watchers},
		{"agents and chains come back", agentsAndChains},
		{"sessions and keys come back and end", sessions},
		{"a ticket is taken once, for its purpose", tickets},
		{"sessions last by the machine's time", sessionsInMachineTime},
		{"access keys are made, disabled, enabled and deleted", accessKeys},
		{"what has expired is forgotten", forget},
		{"wrong passwords are counted, also at the same time", attempts},
		{"a tree of links is listed", associated},
		{"pages stay right while contacts change", stablePages},
		{"contacts are kept for a time", retention},
		{"the clock keeps its offset", clock},
		{"reset leaves nothing", reset},
		{"files come back", filesComeBack},
		{"a stale copy of a file loses", staleFileLoses},
		{"files come when they are due", dueFiles},
		{"the database refuses an illegal file", illegalFile},
		{"a secret is made once", secrets},
		{"instances come back, each with an alias of its own", instancesComeBack},
		{"nothing is left of a deleted instance", deletedInstance},
		{"what concerns all instances is told at once", allInstances},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, open(t))
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// task is a contact that has been queued, with something in every field.
func task(id string, now time.Time) *contact.Contact {
	c := &contact.Contact{
		ID: id, Name: "Call back", Description: "Ms Rivera, about order 1234",
		References: contact.References{"Order": {Type: contact.ReferenceURL, Value: "https://example.com/1234"}},
		Flow:       "f-1", Target: "q-1",
		Previous: "c-0", Initial: "c-0", Association: "c-0",
	}
	c.Begin(now)
	if _, err := c.Enqueue(now); err != nil {
		panic(err)
	}
	c.Language, c.Customer = "de-DE", "c-7"
	c.Flows = contact.Flows{
		Main:  &contact.Suspended{Kind: contact.RunQueue, Stamp: 2, Body: json.RawMessage(`{"state":{}}`)},
		Calls: []contact.Suspended{{Stamp: 1, Body: json.RawMessage(`{}`)}}, Stamp: 2, Actions: 7, Traced: 7,
		Hooks: map[string]string{"CustomerQueue": "f-2"}, HooksOff: []string{"AgentWhisper"}, Logging: true, Depth: 1,
	}
	return c
}

func put(t *testing.T, s *store.Store, c *contact.Contact) {
	t.Helper()
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutContact(c)
		return nil
	}))
}

func contactComesBack(t *testing.T, s *store.Store) {
	want := task("c-1", s.Now())
	put(t, s, want)
	got, err := s.Contact(t.Context(), instance, "c-1")
	must(t, err)
	want.Version = 1
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Contact (-want +got):\n%s", diff)
	}
	if _, err := s.Contact(t.Context(), instance, "c-2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Contact(c-2) = %v, want not found", err)
	}
	if _, err := s.Contact(t.Context(), "another", "c-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Contact of another instance = %v, want not found", err)
	}
	var waiting []string
	must(t, s.Waiting(t.Context(), instance, func(c *contact.Contact) { waiting = append(waiting, c.ID) }))
	if len(waiting) != 1 || waiting[0] != "c-1" {
		t.Errorf("Waiting = %v, want c-1", waiting)
	}
	if n, err := s.CountOpen(t.Context(), instance); n != 1 || err != nil {
		t.Errorf("CountOpen = %d, %v, want 1", n, err)
	}
}

func staleCopyLoses(t *testing.T, s *store.Store) {
	put(t, s, task("c-1", s.Now()))
	runs := 0
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		runs++
		c, err := tx.Contact("c-1")
		if err != nil {
			return err
		}
		if runs == 1 { // somebody else is faster
			other := *c
			other.Name = "theirs"
			put(t, s, &other)
		}
		c.Description = "ours"
		tx.PutContact(c)
		return nil
	}))
	got, err := s.Contact(t.Context(), instance, "c-1")
	must(t, err)
	if runs != 2 || got.Name != "theirs" || got.Description != "ours" || got.Version != 3 {
		t.Errorf("after %d runs: name %q, description %q, version %d; want 2 runs, theirs, ours, 3",
			runs, got.Name, got.Description, got.Version)
	}
}

func refusedWritesNothing(t *testing.T, s *store.Store) {
	refused := errors.New("refused")
	err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutContact(task("c-1", tx.Now()))
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("Update = %v, want the error of the command", err)
	}
	if _, err := s.Contact(t.Context(), instance, "c-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Contact = %v, want not found", err)
	}
}

func alwaysLosing(t *testing.T, s *store.Store) {
	put(t, s, task("c-1", s.Now()))
	runs := 0
	err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
		runs++
		tx.PutContact(task("c-1", tx.Now())) // new again and again
		tx.SetTimer(engine.Timer{Kind: engine.TimerExpiry, Contact: "c-1", Due: tx.Now()})
		return nil
	})
	if !fault.Is(err, fault.Contended) || runs < 2 {
		t.Errorf("Update = %v after %d runs, want a conflict after some", err, runs)
	}
	if next, err := s.NextTimer(t.Context(), instance); !next.IsZero() || err != nil {
		t.Errorf("NextTimer = %v, %v; the loser left a timer", next, err)
	}
}

func innocentsSurvive(t *testing.T, s *store.Store) {
	put(t, s, task("taken", s.Now()))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			id := fmt.Sprintf("c-%d", i)
			if i%10 == 0 {
				id = "taken"
			}
			err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
				tx.PutContact(task(id, tx.Now()))
				return nil
			})
			if lost := fault.Is(err, fault.Contended); lost != (id == "taken") {
				t.Errorf("Update of %s = %v", id, err)
			}
		})
	}
	wg.Wait()
	if n, err := s.CountOpen(t.Context(), instance); n != 46 || err != nil {
		t.Errorf("CountOpen = %d, %v, want 46", n, err)
	}
}

// contenders is how many commands write the same row at the same moment.
const contenders = 80

// everyUpdateCounts has many commands write the same row at the same moment, each over what it has read. None of them is
// lost, and none gives up.
func everyUpdateCounts(t *testing.T, s *store.Store) {
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutChain(&contact.Chain{ID: "c-1"})
		tx.PutAgent(&agent.Agent{ID: "u-1"})
		return nil
	}))
	for name, command := range map[string]func() error{
		"chain": func() error {
			return s.Update(t.Context(), instance, func(tx engine.Tx) error {
				c, err := tx.Chain("c-1")
				if err != nil {
					return err
				}
				c.Linked++
				tx.PutChain(c)
				return nil
			})
		},
		"agent": func() error {
			return s.Update(t.Context(), instance, func(tx engine.Tx) error {
				a, err := tx.Agent("u-1")
				if err != nil {
					return err
				}
				tx.PutAgent(a)
				return nil
			})
		},
		"wrong passwords": func() error {
			return s.ChangeAttempt(t.Context(), "user/x", func(a *directory.Attempt) error {
				a.Wrong++
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for range contenders {
				wg.Go(func() {
					if err := command(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
	c, err := s.Chain(t.Context(), instance, "c-1")
	must(t, err)
	a, err := s.Attempt(t.Context(), "user/x")
	must(t, err)
	u, err := s.Agent(t.Context(), instance, "u-1")
	must(t, err)
	if c.Linked != contenders || c.Version != contenders+1 || a.Wrong != contenders || u.Version != contenders+1 {
		t.Errorf("of %d updates each, the chain counts %d at version %d, wrong passwords %d, the agent %d at the end",
			contenders, c.Linked, c.Version, a.Wrong, u.Version)
	}
}

func illegalState(t *testing.T, s *store.Store) {
	broken := []func(*contact.Contact){
		func(c *contact.Contact) { c.State = "LOST" },
		func(c *contact.Contact) { c.Queue = "" },
		func(c *contact.Contact) { c.State = contact.Connected },
		func(c *contact.Contact) { c.Agent = "a-1" },
	}
	for i, breakIt := range broken {
		c := task("c-1", s.Now())
		breakIt(c)
		err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutContact(c)
			return nil
		})
		if err == nil {
			t.Errorf("broken contact %d was written", i)
		}
	}
}

func eventsInOrder(t *testing.T, s *store.Store) {
	c := task("c-1", s.Now())
	var want []contact.Event
	emit := func(events ...contact.Event) {
		must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutContact(c)
			tx.Emit("c-1", events...)
			return nil
		}))
		c.Version++
		want = append(want, events...)
	}
	now := s.Now()
	emit(contact.Event{Type: contact.EventInitiated, At: now}, contact.Event{Type: contact.EventQueued, At: now, Queue: "q-1"})
	for range 10 {
		emit(contact.Event{Type: contact.EventOffered, At: now, Agent: "a-1"})
	}
	got, err := s.Events(t.Context(), instance, "c-1")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Events (-want +got):\n%s", diff)
	}
	if err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.Emit("c-1", contact.Event{Type: contact.EventQueued})
		return nil
	}); err == nil {
		t.Error("an event without the change of its contact was taken")
	}
}

func timers(t *testing.T, s *store.Store) {
	now := s.Now()
	a := engine.Timer{Kind: engine.TimerOffer, Contact: "c-1", Stamp: 2, Due: now.Add(2 * time.Second)}
	b := engine.Timer{Kind: engine.TimerReject, Contact: "c-2", Agent: "a-1", Stamp: 1, Due: now.Add(time.Second)}
	late := engine.Timer{Kind: engine.TimerExpiry, Contact: "c-1", Due: now.Add(time.Hour)}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		for _, timer := range []engine.Timer{a, b, late} {
			tx.SetTimer(timer)
		}
		return nil
	}))
	due, err := s.DueTimers(t.Context(), instance, now.Add(time.Minute), 10)
	must(t, err)
	if diff := cmp.Diff([]engine.Timer{b, a}, due); diff != "" {
		t.Errorf("DueTimers (-want +got):\n%s", diff)
	}
	if next, err := s.NextTimer(t.Context(), instance); !next.Equal(b.Due) || err != nil {
		t.Errorf("NextTimer = %v, %v, want %v", next, err, b.Due)
	}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.ClearTimer(a.ID())
		tx.ClearTimer(b.ID())
		tx.ClearTimer("never set")
		return nil
	}))
	if next, err := s.NextTimer(t.Context(), instance); !next.Equal(late.Due) || err != nil {
		t.Errorf("NextTimer = %v, %v, want %v", next, err, late.Due)
	}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error { // what comes last counts
		tx.ClearTimer(late.ID())
		tx.SetTimer(late)
		tx.SetTimer(a)
		tx.ClearTimer(a.ID())
		return nil
	}))
	due, err = s.DueTimers(t.Context(), instance, now.Add(2*time.Hour), 10)
	must(t, err)
	if diff := cmp.Diff([]engine.Timer{late}, due); diff != "" {
		t.Errorf("after clearing and setting: DueTimers (-want +got):\n%s", diff)
	}
}

func watchers(t *testing.T, s *store.Store) {
	var seen []int64
	s.Watch(func(c engine.Commit) { // called by one goroutine, before Update returns
		for _, c := range c.Contacts {
			seen = append(seen, c.Version)
		}
	})
	c := task("c-1", s.Now())
	for range 5 {
		put(t, s, c)
		c.Version++
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 4, 5}, seen); diff != "" {
		t.Errorf("versions seen (-want +got):\n%s", diff)
	}
}

func agentsAndChains(t *testing.T, s *store.Store) {
	now := s.Now()
	want := &agent.Agent{
		ID: "a-1", Status: "s-1", Type: agent.Routable, StatusSince: now, Idle: now, Next: "s-2", NextType: agent.Offline,
		Legs: []agent.Leg{{Contact: "c-1", State: agent.Connecting, Since: now, Deadline: now.Add(30 * time.Second)}},
	}
	chain := &contact.Chain{ID: "c-1", Linked: 3, Attributes: map[string]string{"tier": "gold", "ünïcode": "—"}}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutAgent(want)
		tx.PutChain(chain)
		return nil
	}))
	want.Version, chain.Version = 1, 1
	got, err := s.Agent(t.Context(), instance, "a-1")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Agent (-want +got):\n%s", diff)
	}
	gotChain, err := s.Chain(t.Context(), instance, "c-1")
	must(t, err)
	if diff := cmp.Diff(chain, gotChain); diff != "" {
		t.Errorf("Chain (-want +got):\n%s", diff)
	}
	if a, err := s.Agent(t.Context(), instance, "a-2"); a != nil || err != nil {
		t.Errorf("Agent(a-2) = %v, %v, want none", a, err)
	}
	if all, err := s.Agents(t.Context(), instance); len(all) != 1 || err != nil {
		t.Errorf("Agents = %v, %v, want one", all, err)
	}
}
