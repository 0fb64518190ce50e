package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// start writes a new contact, its chain and an event, and returns it as it is then.
func start(t *testing.T, s *store.Store, c *contact.Contact, attributes map[string]string) *contact.Contact {
	t.Helper()
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		c.ID = contact.NewID(tx.Now())
		c.Version = 0
		chain := &contact.Chain{ID: c.ID, Attributes: attributes}
		if c.Initial != "" {
			var err error
			if chain, err = tx.Chain(c.Initial); err != nil {
				return err
			}
			chain.Linked++
		}
		events := c.Begin(tx.Now())
		tx.PutContact(c)
		tx.PutChain(chain)
		tx.Emit(c.ID, events...)
		return nil
	}))
	c.Version = 1
	return c
}

// end ends a contact.
func end(t *testing.T, s *store.Store, id string) {
	t.Helper()
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		c, err := tx.Contact(id)
		if err != nil {
			return err
		}
		events, err := c.Disconnect(contact.ReasonAPI, tx.Now())
		if err != nil {
			return err
		}
		tx.PutContact(c)
		tx.Emit(c.ID, events...)
		return nil
	}))
}

// since asks for all contacts of a time and later.
func since(from time.Time) engine.Search {
	return engine.Search{
		During: engine.TimeRange{Moment: engine.Initiation, From: from, To: from.AddDate(10, 0, 0)}, By: engine.Initiation,
	}
}

func idsFound(t *testing.T, s *store.Store, in engine.Search) []string {
	t.Helper()
	found, err := s.SearchContacts(t.Context(), instance, in, nil, 100)
	must(t, err)
	var ids []string
	for _, c := range found.Contacts {
		ids = append(ids, c.ID)
	}
	return ids
}

// associated: a tree of links has its root, what is linked to it and what is linked to that, and nothing else.
func associated(t *testing.T, s *store.Store) {
	root := start(t, s, &contact.Contact{Name: "root"}, nil)
	start(t, s, &contact.Contact{Name: "another"}, nil)
	var want []string
	for i := range 5 {
		c := &contact.Contact{Name: fmt.Sprint(i), Association: root.ID, Related: root.ID}
		if i%2 == 0 {
			c.Initial, c.Previous, c.Related = root.ID, root.ID, ""
		}
		want = append(want, start(t, s, c, nil).ID)
	}
	want = append(want, root.ID)
	slices.Sort(want)
	for size := 1; size <= 7; size++ {
		var got []string
		after := ""
		for {
			page, err := s.Associated(t.Context(), instance, root.ID, after, size)
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, c := range page {
				got = append(got, c.ID)
			}
			after = got[len(got)-1]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Associated by pages of %d (-want +got):\n%s", size, diff)
		}
	}
}

// stablePages: contacts that come, go and change while one turns pages are neither shown twice nor in the way of
// those that stay.
func stablePages(t *testing.T, s *store.Store) {
	begin := s.Now()
	var stay []string
	for i := range 9 {
		stay = append(stay, start(t, s, &contact.Contact{Name: fmt.Sprint("stays ", i)}, nil).ID)
	}
	must(t, s.SetOffset(t.Context(), s.Offset()+time.Millisecond)) // what comes is newer than what stays, also in milliseconds
	in := since(begin)
	in.Descending = true
	seen := map[string]int{}
	var after *engine.Place
	for page := 0; page == 0 || after != nil; page++ {
		found, err := s.SearchContacts(t.Context(), instance, in, after, 2)
		must(t, err)
		for _, c := range found.Contacts {
			seen[c.ID]++
		}
		after = found.Next
		start(t, s, &contact.Contact{Name: "comes"}, nil)
		end(t, s, stay[page%len(stay)])
	}
	for _, id := range stay {
		if seen[id] != 1 {
			t.Errorf("contact %s was shown %d times, want once", id, seen[id])
		}
	}
	if len(seen) != len(stay) {
		t.Errorf("%d contacts were shown, want %d", len(seen), len(stay))
	}
}

// retention: after its time a contact that has ended cannot be read, and then is removed with all that belongs to
// it; one that has not ended stays.
func retention(t *testing.T, s *store.Store) {
	begin := s.Now()
	attributes := map[string]string{"tier": "gold"}
	root := start(t, s, &contact.Contact{Name: "root", Tags: map[string]string{"k": "v"}}, attributes)
	open := start(t, s, &contact.Contact{Name: "open"}, nil)
	end(t, s, root.ID)
	must(t, s.SetOffset(t.Context(), s.Offset()+24*time.Hour))
	member := start(t, s, &contact.Contact{Name: "member", Initial: root.ID, Previous: root.ID, Association: root.ID}, nil)
	end(t, s, member.ID)
	golden := since(begin)
	golden.Attributes = engine.Pairs{Of: []engine.Pair{{Key: "tier", Values: []string{"gold"}}}, Match: engine.MatchAny}
	if got := idsFound(t, s, golden); !slices.Equal(got, []string{root.ID, member.ID}) {
		t.Errorf("before: found %v, want %s and %s", got, root.ID, member.ID)
	}

	must(t, s.SetOffset(t.Context(), s.Offset()+store.DefaultRetention-12*time.Hour))
	gone := func(id string) {
		t.Helper()
		if c, err := s.Contact(t.Context(), instance, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("Contact(%s) = %v, %v, want not found", id, c, err)
		}
	}
	gone(root.ID)
	if list, err := s.Associated(t.Context(), instance, root.ID, "", 10); len(list) != 1 || err != nil {
		t.Errorf("Associated = %v, %v, want the member", list, err)
	}
	if got := idsFound(t, s, golden); !slices.Equal(got, []string{member.ID}) {
		t.Errorf("after the root's time: found %v, want %s", got, member.ID)
	}
	forgetAll(t, s)
	if _, err := s.Chain(t.Context(), instance, root.ID); err != nil {
		t.Errorf("the chain went before its last contact: %v", err)
	}
	if events, err := s.Events(t.Context(), instance, root.ID); len(events) != 0 || err != nil {
		t.Errorf("Events of the root = %v, %v, want none", events, err)
	}

	must(t, s.SetOffset(t.Context(), s.Offset()+24*time.Hour))
	gone(member.ID)
	forgetAll(t, s)
	if _, err := s.Chain(t.Context(), instance, root.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("Chain = %v, want not found", err)
	}
	if _, err := s.Contact(t.Context(), instance, open.ID); err != nil {
		t.Errorf("a contact that has not ended is gone: %v", err)
	}
}

// forgetAll has the store forget until nothing is left to forget.
func forgetAll(t *testing.T, s *store.Store) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		n, err = s.Forget(t.Context(), instance, s.Now())
		must(t, err)
	}
}
