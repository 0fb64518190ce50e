// Package storetest is what every database engine must do: one suite, run on each of them.
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
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
		{"two commands never write one version", countsEveryUpdate},
		{"the database refuses an illegal state", illegalState},
		{"events keep their order", eventsInOrder},
		{"timers come in order and are cleared", timers},
		{"names are unique for each kind", uniqueNames},
		{"what is deleted is gone, and told of", deletedResources},
		{"what is changed or deleted can be read by its version", keptVersions},
		{"watchers see every commit in order", watchers},
		{"agents and chains come back", agentsAndChains},
		{"sessions and keys come back and end", sessions},
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

// countWaiting: only QUEUED contacts of the queue count, and no more than the limit.
func countWaiting(t *testing.T, s *store.Store) {
	for i, where := range []struct {
		queue string
		state contact.State
	}{
		{"q", contact.Queued},
		{"q", contact.Queued},
		{"q", contact.Queued},
		{"q", contact.Connecting},
		{"q", contact.Ended},
		{"other", contact.Queued},
	} {
		c := task(fmt.Sprint("c-", i), s.Now())
		c.State, c.Queue = where.state, where.queue
		if c.State == contact.Connecting {
			c.Agent = "ann"
		}
		c.Disconnected = s.Now()
		put(t, s, c)
	}
	for _, tt := range []struct {
		queue       string
		limit, want int
	}{{"q", 10, 3}, {"q", 3, 3}, {"q", 2, 2}, {"other", 10, 1}, {"none", 10, 0}} {
		n, err := s.CountWaiting(t.Context(), instance, tt.queue, tt.limit)
		must(t, err)
		if n != tt.want {
			t.Errorf("CountWaiting(%s, %d) = %d, want %d", tt.queue, tt.limit, n, tt.want)
		}
	}
}

// waitingIn: those that wait in the queue, and no others.
func waitingIn(t *testing.T, s *store.Store) {
	for _, where := range []struct {
		id, queue string
		state     contact.State
	}{
		{"c-2", "q", contact.Queued},
		{"c-1", "q", contact.Queued},
		{"c-3", "other", contact.Queued},
		{"c-4", "q", contact.Connecting},
		{"c-5", "q", contact.Ended},
	} {
		c := task(where.id, s.Now())
		c.State, c.Queue = where.state, where.queue
		if c.State == contact.Connecting {
			c.Agent = "ann"
		}
		c.Disconnected = s.Now()
		put(t, s, c)
	}
	for queue, want := range map[string][]string{"q": {"c-1", "c-2"}, "other": {"c-3"}, "none": nil} {
		got, err := s.WaitingIDs(t.Context(), instance, queue)
		must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("WaitingIDs(%s) = %v, want %v", queue, got, want)
		}
	}
}

// holdsContacts: those that wait, and those that ring.
func holdsContacts(t *testing.T, s *store.Store) {
	for _, state := range []contact.State{contact.Queued, contact.Connecting, contact.Connected, contact.Ended} {
		c := task("c-"+string(state), s.Now())
		c.State, c.Queue, c.Disconnected = state, string(state), s.Now()
		if state != contact.Queued {
			c.Agent = "ann"
		}
		put(t, s, c)
	}
	for queue, want := range map[contact.State]bool{
		contact.Queued: true, contact.Connecting: true, contact.Connected: false, contact.Ended: false, "none": false,
	} {
		got, err := s.HoldsContacts(t.Context(), instance, string(queue))
		must(t, err)
		if got != want {
			t.Errorf("HoldsContacts = %t of a queue whose contact is %s, want %t", got, queue, want)
		}
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
	if !fault.Is(err, fault.Conflict) || runs < 2 {
		t.Errorf("Update = %v after %d runs, want a conflict after some", err, runs)
	}
	if next, err := s.NextTimer(t.Context(), instance); !next.IsZero() || err != nil {
		t.Errorf("NextTimer = %v, %v; the loser left a timer", next, err)
	}
}

func tokenClaimedOnce(t *testing.T, s *store.Store) {
	const callers = 64
	var made atomic.Int64
	results := make([]string, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
				seen, err := tx.Token("Start", "T")
				if err != nil {
					return err
				}
				if seen != nil {
					results[i] = seen.Result
					return nil
				}
				results[i] = fmt.Sprintf("c-%d", i)
				tx.PutToken(engine.Token{
					Operation: "Start", Token: "T", Result: results[i], Expires: tx.Now().Add(time.Hour),
				})
				tx.PutContact(task(results[i], tx.Now()))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range callers {
		if results[i] != results[0] {
			t.Errorf("caller %d got %s, caller 0 got %s", i, results[i], results[0])
		}
		if _, err := s.Contact(t.Context(), instance, fmt.Sprintf("c-%d", i)); err == nil {
			made.Add(1)
		}
	}
	if made.Load() != 1 {
		t.Errorf("%d contacts were made, want 1", made.Load())
	}
}

func expiredToken(t *testing.T, s *store.Store) {
	claim := func(result string) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutToken(engine.Token{Operation: "Start", Token: "T", Result: result, Expires: tx.Now().Add(time.Hour)})
			return nil
		})
	}
	must(t, claim("first"))
	if err := claim("second"); !fault.Is(err, fault.Conflict) {
		t.Errorf("second claim = %v, want a conflict", err)
	}
	must(t, s.SetOffset(t.Context(), 2*time.Hour))
	if seen, err := s.Token(t.Context(), instance, "Start", "T"); seen != nil || err != nil {
		t.Errorf("Token after it expired = %v, %v, want none", seen, err)
	}
	must(t, claim("third"))
	seen, err := s.Token(t.Context(), instance, "Start", "T")
	must(t, err)
	if seen == nil || seen.Result != "third" {
		t.Errorf("Token = %v, want third", seen)
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
			if lost := fault.Is(err, fault.Conflict); lost != (id == "taken") {
				t.Errorf("Update of %s = %v", id, err)
			}
		})
	}
	wg.Wait()
	if n, err := s.CountOpen(t.Context(), instance); n != 46 || err != nil {
		t.Errorf("CountOpen = %d, %v, want 46", n, err)
	}
}

func countsEveryUpdate(t *testing.T, s *store.Store) {
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutChain(&contact.Chain{ID: "c-1"})
		return nil
	}))
	var done atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
					c, err := tx.Chain("c-1")
					if err != nil {
						return err
					}
					c.Linked++
					tx.PutChain(c)
					return nil
				})
				switch {
				case err == nil:
					done.Add(1)
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c, err := s.Chain(t.Context(), instance, "c-1")
	must(t, err)
	if int64(c.Linked) != done.Load() || c.Version != done.Load()+1 {
		t.Errorf("%d updates were answered, the row counts %d at version %d", done.Load(), c.Linked, c.Version)
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

// oldestWaiting: what rings or has ended does not count, nor what waits elsewhere.
func oldestWaiting(t *testing.T, s *store.Store) {
	now := s.Now()
	for i, where := range []struct {
		queue string
		state contact.State
		ago   time.Duration
	}{
		{"q", contact.Queued, time.Minute},
		{"q", contact.Queued, time.Hour},
		{"q", contact.Connecting, 2 * time.Hour},
		{"q", contact.Ended, 3 * time.Hour},
		{"other", contact.Queued, 4 * time.Hour},
	} {
		c := task(fmt.Sprint("c-", i), now.Add(-where.ago))
		c.State, c.Queue, c.Disconnected = where.state, where.queue, now
		if c.State == contact.Connecting {
			c.Agent = "ann"
		}
		put(t, s, c)
	}
	for queue, want := range map[string]time.Time{"q": now.Add(-time.Hour), "other": now.Add(-4 * time.Hour), "none": {}} {
		if got, err := s.OldestWaiting(t.Context(), instance, queue); !got.Equal(want) || err != nil {
			t.Errorf("OldestWaiting(%s) = %v, %v, want %v", queue, got, err, want)
		}
	}
	for limit, want := range map[int]string{1: "c-1", 5: "c-1 c-0"} {
		all, err := s.LongestWaiting(t.Context(), instance, "q", limit)
		must(t, err)
		var ids []string
		for _, c := range all {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("LongestWaiting(q, %d) = %s, want %s", limit, got, want)
		}
	}
}

func deletedResources(t *testing.T, s *store.Store) {
	queue := engine.Resource{Kind: arn.Queue, ID: "q-1", Name: "Claims", Body: []byte(`{}`)}
	write := func(do func(engine.Tx)) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			do(tx)
			return nil
		})
	}
	must(t, write(func(tx engine.Tx) { tx.PutResource(queue) }))
	stale := queue
	queue.Version = 1
	if err := write(func(tx engine.Tx) { tx.DeleteResource(stale) }); err == nil {
		t.Error("a stale copy was deleted")
	}
	began := s.Now()
	must(t, write(func(tx engine.Tx) { tx.DeleteResource(queue) }))
	left, err := s.Resources(t.Context(), instance, time.Time{})
	must(t, err)
	deleted, err := s.Deleted(t.Context(), instance, began)
	must(t, err)
	if len(left) != 0 || len(deleted) != 1 || deleted[0].Kind != arn.Queue || deleted[0].ID != "q-1" {
		t.Errorf("after the deletion: resources %v, deleted %v; want none, and q-1", left, deleted)
	}
	if err := write(func(tx engine.Tx) { tx.PutResource(queue) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a change of what was deleted meanwhile = %v, want a conflict", err)
	}
	if err := write(func(tx engine.Tx) { tx.DeleteResource(queue) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second deletion = %v, want a conflict", err)
	}
	again := engine.Resource{Kind: arn.Queue, ID: "q-2", Name: "Claims", Body: []byte(`{}`)}
	must(t, write(func(tx engine.Tx) { tx.PutResource(again) })) // the name is free
}

func uniqueNames(t *testing.T, s *store.Store) {
	add := func(kind arn.Kind, id string) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutResource(engine.Resource{Kind: kind, ID: id, Name: "BasicQueue", Body: []byte(`{}`)})
			return nil
		})
	}
	must(t, add(arn.Queue, "q-1"))
	must(t, add(arn.QuickConnect, "q-1"))
	if err := add(arn.Queue, "q-2"); !fault.Is(err, fault.Conflict) {
		t.Errorf("second queue of the name = %v, want a conflict", err)
	}
	if later, err := s.Resources(t.Context(), instance, s.Now().Add(time.Second)); len(later) != 0 || err != nil {
		t.Errorf("Resources of the future = %v, %v, want none", later, err)
	}
	all, err := s.Resources(t.Context(), instance, time.Time{})
	must(t, err)
	if len(all) != 2 || all[0].Version != 1 || string(all[0].Body) != `{}` {
		t.Errorf("Resources = %v, want two", all)
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

func sessions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	must(t, s.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutInstance(directory.Instance{
			Instance: arn.Instance{ID: instance, Region: "r", Account: "a"}, Alias: "tasklane", Created: tx.Now(),
		})
		tx.PutAccessKey(directory.AccessKey{ID: "k", Secret: "s", Account: "a"})
		return nil
	}))
	if key, ok, err := s.AccessKey(ctx, "k"); key.Secret != "s" || !ok || err != nil {
		t.Errorf("AccessKey = %v, %t, %v", key, ok, err)
	}
	if _, ok, err := s.AccessKey(ctx, "x"); ok || err != nil {
		t.Errorf("AccessKey(x) = %t, %v, want none", ok, err)
	}
	if all, err := s.Instances(ctx); len(all) != 1 || all[0].ID != instance || err != nil {
		t.Errorf("Instances = %v, %v", all, err)
	}
	session := directory.Session{
		TokenHash: "h", Instance: instance, User: "u", Epoch: 7, Origin: directory.ByProvider, Expires: s.Now().Add(time.Hour),
	}
	must(t, s.AddSession(ctx, session))
	if got, ok, err := s.Session(ctx, "h"); got != session || !ok || err != nil {
		t.Errorf("Session = %v, %t, %v, want %v", got, ok, err, session)
	}
	must(t, s.EndSession(ctx, "h"))
	must(t, s.EndSession(ctx, "h"))
	if _, ok, err := s.Session(ctx, "h"); ok || err != nil {
		t.Errorf("Session after its end = %t, %v, want none", ok, err)
	}
}

func forget(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i := range 3 {
		life := time.Duration(i+1) * time.Hour
		must(t, s.AddSession(ctx, directory.Session{TokenHash: fmt.Sprint(i), Instance: instance, User: "u", Expires: s.Now().Add(life)}))
		must(t, s.Update(ctx, instance, func(tx engine.Tx) error {
			tx.PutToken(engine.Token{Operation: "Start", Token: fmt.Sprint(i), Expires: tx.Now().Add(life)})
			return nil
		}))
	}
	n, err := s.Forget(ctx, instance, s.Now().Add(150*time.Minute))
	if n != 4 || err != nil {
		t.Errorf("Forget = %d, %v, want 4", n, err)
	}
	if n, err := s.Forget(ctx, instance, s.Now().Add(150*time.Minute)); n != 0 || err != nil {
		t.Errorf("Forget again = %d, %v, want 0", n, err)
	}
	if _, ok, _ := s.Session(ctx, "2"); !ok {
		t.Error("a session that has not expired was forgotten")
	}
}

func clock(t *testing.T, s *store.Store) {
	before := s.Now()
	must(t, s.SetOffset(t.Context(), 6*24*time.Hour))
	if ahead := s.Now().Sub(before); ahead < 6*24*time.Hour || s.Offset() != 6*24*time.Hour {
		t.Errorf("the clock is %v ahead, its offset is %v, want 6 days", ahead, s.Offset())
	}
}

func reset(t *testing.T, s *store.Store) {
	put(t, s, task("c-1", s.Now()))
	putFiles(t, s, file("f-1", s.Now()))
	must(t, s.SetOffset(t.Context(), time.Hour))
	must(t, s.Reset(t.Context()))
	if _, err := s.File(t.Context(), instance, "f-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after Reset: File = %v", err)
	}
	if _, err := s.Contact(t.Context(), instance, "c-1"); !fault.Is(err, fault.NotFound) || s.Offset() != 0 {
		t.Errorf("after Reset: Contact = %v, offset %v", err, s.Offset())
	}
	put(t, s, task("c-1", s.Now()))
}

// Lease checks how ownership changes hands. Where exclusive is set the engine allows one process at a time, so
// that whoever asks is the owner at once.
func Lease(t *testing.T, s *store.Store, exclusive bool) {
	ctx := context.WithoutCancel(t.Context())
	take := func(holder string) (int64, bool) {
		epoch, mine, err := s.Lease(ctx, instance, holder, time.Minute)
		must(t, err)
		return epoch, mine
	}
	if epoch, mine := take("n1"); epoch != 1 || !mine {
		t.Fatalf("first lease: epoch %d, mine %t", epoch, mine)
	}
	if epoch, mine := take("n1"); epoch != 1 || !mine {
		t.Errorf("renewed: epoch %d, mine %t, want 1 and true", epoch, mine)
	}
	if _, mine := take("n2"); mine != exclusive {
		t.Errorf("another node while the lease lasts: mine %t, want %t", mine, exclusive)
	}
	must(t, s.SetOffset(ctx, 2*time.Minute))
	if epoch, mine := take("n3"); !mine || epoch < 2 {
		t.Errorf("after the lease has expired: epoch %d, mine %t, want a new epoch and true", epoch, mine)
	}
}

// Release checks that whoever holds a lease can give it up, and the next one need not wait.
func Release(t *testing.T, s *store.Store) {
	ctx := t.Context()
	take := func(holder string) (int64, bool) {
		t.Helper()
		epoch, mine, err := s.Lease(ctx, instance, holder, time.Hour)
		must(t, err)
		return epoch, mine
	}
	take("one")
	must(t, s.Release(ctx, instance, "two")) // it is not theirs
	if _, mine := take("two"); mine {
		t.Error("two took the lease of one")
	}
	must(t, s.Release(ctx, instance, "one"))
	if epoch, mine := take("two"); !mine || epoch != 2 {
		t.Errorf("after one has released it, two has the lease: %t, epoch %d", mine, epoch)
	}
	must(t, s.Release(ctx, instance, "one"))
	if _, mine := take("one"); mine {
		t.Error("one took the lease of two")
	}
}
