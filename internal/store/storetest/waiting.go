package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// inQueue is the ith task, which came into a queue at a time, and rings out of it or has ended by now if its state says so.
func inQueue(i int, queue string, state contact.State, at, now time.Time) *contact.Contact {
	c := task(fmt.Sprint("c-", i), at)
	c.State, c.Queue, c.Disconnected = state, queue, now
	if state == contact.Connecting {
		c.Agent = "ann"
	}
	return c
}

// waitingByQueue: what rings or has ended does not count, nor what waits in queues that are not asked about.
func waitingByQueue(t *testing.T, s *store.Store) {
	now := s.Now()
	urgent := contact.Priority(1)
	for i, where := range []struct {
		queue string
		state contact.State
		ago   time.Duration
	}{
		{"q", contact.Queued, time.Minute},
		{"q", contact.Queued, time.Hour},
		{"q", contact.Connecting, 2 * time.Hour},
		{"r", contact.Queued, 3 * time.Hour},
		{"r", contact.Ended, 4 * time.Hour},
		{"other", contact.Queued, 5 * time.Hour},
	} {
		c := inQueue(i, where.queue, where.state, now.Add(-where.ago), now)
		if i == 1 {
			c.Priority, c.Rank = urgent, now
		}
		put(t, s, c)
	}
	got, err := s.WaitingIn(t.Context(), instance, []string{"q", "r", "none"})
	must(t, err)
	want := map[string]metric.Waiting{"q": {Count: 2, Oldest: now.Add(-time.Hour)}, "r": {Count: 1, Oldest: now.Add(-3 * time.Hour)}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("WaitingIn: want (-), got (+):\n%s", d)
	}
	var many []string
	for i := range 1200 {
		many = append(many, fmt.Sprint("none-", i))
	}
	got, err = s.WaitingIn(t.Context(), instance, append(many, "q"))
	must(t, err)
	if len(got) != 1 || got["q"].Count != 2 {
		t.Errorf("WaitingIn of many queues = %v", got)
	}
	line := map[string]routing.Waiting{}
	must(t, s.EachWaiting(t.Context(), instance, "q", func(w routing.Waiting) { line[w.Contact] = w }))
	if w := line["c-1"]; len(line) != 2 || w.Priority != urgent || !w.Rank.Equal(now) || w.Queue != "q" {
		t.Errorf("EachWaiting(q) = %v", line)
	}
}

// answered: the newest are counted first, and from when on is told.
func answered(t *testing.T, s *store.Store) {
	now := s.Now()
	for i, queue := range []string{"q", "q", "r", "q", ""} {
		at := now.Add(-time.Duration(i+1) * time.Minute)
		c := task(fmt.Sprint("c-", i), at)
		c.State, c.Queue, c.Agent, c.ConnectedToAgent = contact.Connected, queue, "ann", at
		put(t, s, c)
	}
	long := now.Add(-time.Hour)
	for _, tt := range []struct {
		since time.Time
		limit int
		want  map[string]int
		from  time.Time
	}{
		{long, 10, map[string]int{"q": 3, "r": 1}, long},
		{now.Add(-150 * time.Second), 10, map[string]int{"q": 2}, now.Add(-150 * time.Second)},
		{long, 3, map[string]int{"q": 2, "r": 1}, now.Add(-3 * time.Minute)},
		{now, 10, map[string]int{}, now},
	} {
		got, from, err := s.Answered(t.Context(), instance, tt.since, tt.limit)
		must(t, err)
		if d := cmp.Diff(tt.want, got); d != "" || !from.Equal(tt.from) {
			t.Errorf("Answered(%v, %d) from %v, want %v; want (-), got (+):\n%s", tt.since, tt.limit, from, tt.from, d)
		}
	}
}

// contactsDuring: the start of a span belongs to it, its end does not; each moment has its own contacts.
func contactsDuring(t *testing.T, s *store.Store) {
	now := s.Now()
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes-60) * time.Minute) }
	var made []*contact.Contact
	for i := range 3 { // begun 10 minutes apart; queued, connected and over a minute after the other
		begun := at(i * 10)
		c := task(contact.NewID(begun), begun)
		c.Enqueued, c.ConnectedToAgent, c.Disconnected = begun.Add(time.Minute), begun.Add(2*time.Minute), begun.Add(3*time.Minute)
		c.State, c.Agent = contact.Ended, "ann"
		put(t, s, c)
		made = append(made, c)
	}
	open := task(contact.NewID(at(5)), at(5))
	put(t, s, open)
	for _, tt := range []struct {
		moment   metric.Moment
		from, to int
		want     []string
	}{
		{metric.AtInitiation, 0, 10, []string{made[0].ID, open.ID}},
		{metric.AtEnqueue, 1, 12, []string{made[0].ID, open.ID, made[1].ID}},
		{metric.AtConnect, 12, 22, []string{made[1].ID}},
		{metric.AtDisconnect, 3, 23, []string{made[0].ID, made[1].ID}},
		{metric.AtDisconnect, 4, 13, nil},
	} {
		var got []string
		must(t, s.ContactsDuring(t.Context(), instance, tt.moment, at(tt.from), at(tt.to), func(c *contact.Contact) { got = append(got, c.ID) }))
		slices.Sort(got)
		slices.Sort(tt.want)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("moment %d from %d to %d: want (-), got (+):\n%s", tt.moment, tt.from, tt.to, d)
		}
	}
}
