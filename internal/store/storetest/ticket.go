package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/store"
)

func tickets(t *testing.T, s *store.Store) {
	ctx := t.Context()
	add := func(hash string, p directory.Purpose, life time.Duration) {
		t.Helper()
		must(t, s.AddTicket(ctx, directory.Ticket{Hash: hash, Purpose: p, Session: "session", Expires: s.SessionTime().Add(life)}))
	}
	take := func(hash string, p directory.Purpose) bool {
		t.Helper()
		got, ok, err := s.TakeTicket(ctx, hash, p)
		must(t, err)
		if ok && (got.Session != "session" || got.Purpose != p || got.Expires.IsZero()) {
			t.Errorf("TakeTicket(%s) = %v", hash, got)
		}
		return ok
	}
	purposes := []directory.Purpose{directory.OpenSocket, directory.HandOver, directory.SignIn}
	for _, p := range purposes {
		hash := "for " + string(p)
		add(hash, p, time.Minute)
		for _, other := range purposes {
			if other != p && take(hash, other) {
				t.Errorf("a ticket of purpose %s is taken for %s", p, other)
			}
		}
		if !take(hash, p) || take(hash, p) {
			t.Errorf("a ticket of purpose %s is not taken exactly once", p)
		}
	}
	add("late", directory.SignIn, time.Minute)
	s.AdvanceSessions(time.Minute)
	if take("late", directory.SignIn) {
		t.Error("a ticket that has expired is taken")
	}
	if err := s.AddTicket(ctx, directory.Ticket{Hash: "x", Purpose: "ANYTHING", Session: "s", Expires: s.SessionTime()}); err == nil {
		t.Error("the database takes a purpose that there is not")
	}

	add("contended", directory.SignIn, time.Minute)
	var taken atomic.Int64
	var racing sync.WaitGroup
	for range 8 {
		racing.Go(func() {
			if _, ok, err := s.TakeTicket(ctx, "contended", directory.SignIn); err != nil {
				t.Error(err)
			} else if ok {
				taken.Add(1)
			}
		})
	}
	racing.Wait()
	if n := taken.Load(); n != 1 {
		t.Errorf("a ticket is taken %d times at once, want once", n)
	}
	if n, err := s.Forget(ctx, instance, s.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("Forget = %d, %v, want the ticket that nobody has taken", n, err)
	}
}

// sessionsInMachineTime moves the server's clock, which must concern no session, and then that of sessions.
func sessionsInMachineTime(t *testing.T, s *store.Store) {
	ctx := t.Context()
	now := s.SessionTime()
	must(t, s.AddSession(ctx, directory.Session{TokenHash: "h", Instance: instance, User: "u", Expires: now.Add(time.Hour), Active: now}))
	must(t, s.AddTicket(ctx, directory.Ticket{Hash: "t", Purpose: directory.SignIn, Session: "h", Expires: now.Add(time.Hour)}))
	must(t, s.ChangeAttempt(ctx, "user/x", func(a *directory.Attempt) error { a.Wrong, a.Last = 1, now; return nil }))
	must(t, s.SetOffset(ctx, 90*24*time.Hour))
	if n, err := s.Forget(ctx, instance, s.Now()); n != 0 || err != nil {
		t.Errorf("Forget after the server's clock was moved = %d, %v, want nothing", n, err)
	}
	stands := func() bool {
		_, ok, err := s.Session(ctx, "h")
		must(t, err)
		return ok
	}
	idle := func() int {
		all, err := s.IdleSessions(ctx, now, 10)
		must(t, err)
		return len(all)
	}
	of := func() int {
		all, err := s.SessionsOf(ctx, instance, "u")
		must(t, err)
		return len(all)
	}
	if !stands() || idle() != 1 || of() != 1 {
		t.Errorf("after the server's clock was moved: the session stands %t, %d are idle, the user has %d", stands(), idle(), of())
	}
	s.AdvanceSessions(time.Hour)
	if stands() || idle() != 0 || of() != 0 {
		t.Errorf("after the time of sessions was moved: the session stands %t, %d are idle, the user has %d", stands(), idle(), of())
	}
	s.AdvanceSessions(24 * time.Hour)
	if n, err := s.Forget(ctx, instance, s.Now()); n != 3 || err != nil {
		t.Errorf("Forget after the time of sessions was moved = %d, %v, want session, ticket and attempt", n, err)
	}
}
