package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/store"
)

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
		put(t, s, inQueue(i, where.queue, where.state, now.Add(-where.ago), now))
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
