package auth

import (
	"context"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// sessionMemory is a [SessionStore] for one goroutine. Like the store it does not find what has expired.
type sessionMemory struct {
	now      func() time.Time
	sessions map[string]directory.Session
	tickets  map[string]directory.Ticket
}

func (m *sessionMemory) AddSession(_ context.Context, s directory.Session) error {
	m.sessions[s.TokenHash] = s
	return nil
}

func (m *sessionMemory) Session(_ context.Context, hash string) (directory.Session, bool, error) {
	s, ok := m.sessions[hash]
	return s, ok && m.now().Before(s.Expires), nil
}

func (m *sessionMemory) EndSession(_ context.Context, hash string) error {
	delete(m.sessions, hash)
	return nil
}

func (m *sessionMemory) AddTicket(_ context.Context, t directory.Ticket) error {
	m.tickets[t.Hash] = t
	return nil
}

func (m *sessionMemory) TakeTicket(_ context.Context, hash string, p directory.Purpose) (directory.Ticket, bool, error) {
	t, ok := m.tickets[hash]
	if !ok || t.Purpose != p || !m.now().Before(t.Expires) {
		return directory.Ticket{}, false, nil
	}
	delete(m.tickets, hash)
	return t, true, nil
}

func (m *sessionMemory) Active(_ context.Context, s directory.Session, at time.Time) error {
	for hash, other := range m.sessions {
		if other.Root() == s.Root() {
			other.Active = at
			m.sessions[hash] = other
		}
	}
	return nil
}

func (m *sessionMemory) IdleSessions(_ context.Context, since time.Time, limit int) (all []directory.Session, err error) {
	for _, s := range m.sessions {
		if !s.Active.After(since) && len(all) < limit {
			all = append(all, s)
		}
	}
	return all, nil
}

func (m *sessionMemory) SessionsOf(_ context.Context, instance, user string) (all []directory.Session, err error) {
	for _, s := range m.sessions {
		if s.Instance == instance && s.User == user {
			all = append(all, s)
		}
	}
	return all, nil
}

// epochs are [Users] of one instance by name.
type epochs map[string]int64

func (e epochs) SessionEpoch(_, user string) (int64, bool) {
	epoch, ok := e[user]
	return epoch, ok
}

// signedIn is a world in which ann and bob have epoch 1, at a time of its own.
type signedIn struct {
	*testing.T
	*Sessions
	now   time.Time
	users epochs
}

func newSignedIn(t *testing.T, life, idle time.Duration) *signedIn {
	w := &signedIn{T: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), users: epochs{"ann": 1, "bob": 1}}
	now := func() time.Time { return w.now }
	store := &sessionMemory{now, map[string]directory.Session{}, map[string]directory.Ticket{}}
	w.Sessions = &Sessions{Store: store, Users: w.users, Now: now, Life: life, Idle: idle}
	return w
}

// in signs a user in and returns the session.
func (w *signedIn) in(user string) directory.Session {
	w.Helper()
	o, err := w.Create(w.Context(), "i", user, 1, directory.ByPassword)
	if err != nil {
		w.Fatal(err)
	}
	s, ok, err := w.Find(w.Context(), Bearer(o.Token))
	if !ok || err != nil || !o.Expires.Equal(s.Expires) {
		w.Fatalf("a session that has just begun: %t, %v, until %v and %v", ok, err, o.Expires, s.Expires)
	}
	return s
}

// stand fails unless a session stands, or does not.
func (w *signedIn) stand(what string, s directory.Session, want bool) {
	w.Helper()
	if got, err := w.Stands(w.Context(), s); got != want || err != nil {
		w.Errorf("%s: the session stands: %t, %v; want %t", what, got, err, want)
	}
}

func TestSessionEndsWhenNobodyIsActive(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 10*time.Minute)
	s := w.in("ann")
	begun := w.now
	if end := w.IdleEnd(s); !end.Equal(begun.Add(10 * time.Minute)) {
		t.Errorf("the session ends at %v, want ten minutes after %v", end, begun)
	}
	w.now = begun.Add(10*time.Minute - time.Microsecond)
	w.stand("a moment before", s, true)
	if all, err := w.Idlers(t.Context()); len(all) != 0 || err != nil {
		t.Errorf("a moment before, %d sessions have ended, %v", len(all), err)
	}
	w.now = begun.Add(10 * time.Minute)
	w.stand("then", s, false)
	if all, err := w.Idlers(t.Context()); len(all) != 1 || err != nil {
		t.Errorf("then %d sessions have ended, %v; want one", len(all), err)
	}
}

func TestActivityIsWrittenDownOnceASecond(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 10*time.Minute)
	s := w.in("ann")
	begun := s.Active
	for _, tt := range []struct {
		after time.Duration
		want  time.Duration // when they were last active, as it was written down
	}{
		{time.Second - time.Microsecond, 0},
		{time.Second, time.Second},
		{2*time.Second - time.Microsecond, time.Second},
		{5 * time.Minute, 5 * time.Minute},
	} {
		w.now = begun.Add(tt.after)
		now, err := w.Active(t.Context(), s)
		stored, _, _ := w.Fresh(t.Context(), s)
		if err != nil || !now.Active.Equal(begun.Add(tt.want)) || !stored.Active.Equal(now.Active) {
			t.Errorf("after %v: active at %v, and as it is stored at %v, %v; want %v", tt.after, now.Active, stored.Active, err, begun.Add(tt.want))
		}
		s = now
	}
	w.now = begun.Add(15*time.Minute - time.Microsecond)
	w.stand("ten minutes after the last activity", s, true)
}

func TestSessionWithoutIdleTimeLivesAsLongAsItMay(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, 0, 0)
	s := w.in("ann")
	if want := w.now.Add(12 * time.Hour); !s.Expires.Equal(want) || !w.IdleEnd(s).IsZero() {
		t.Errorf("the session lives until %v, and ends by itself at %v; want %v and never", s.Expires, w.IdleEnd(s), want)
	}
	w.now = w.now.Add(12*time.Hour - time.Microsecond)
	w.stand("a moment before its end", s, true)
	if now, err := w.Active(t.Context(), s); err != nil || !now.Active.Equal(s.Active) {
		t.Errorf("activity where none counts: %v, %v", now.Active, err)
	}
}

// A server of before has not written down when somebody was active: then they were when the session began.
func TestSessionOfEarlierVersionWasActiveWhenItBegan(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 10*time.Minute)
	s := directory.Session{Expires: w.now.Add(time.Hour)}
	if end := w.IdleEnd(s); !end.Equal(w.now.Add(10 * time.Minute)) {
		t.Errorf("it ends at %v, want ten minutes after it began, at %v", end, w.now)
	}
}

func TestSessionsEndWithTheEpochOfTheirUser(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 0)
	ann, bob := w.in("ann"), w.in("bob")
	w.users["ann"] = 2
	w.stand("of another epoch", ann, false)
	w.stand("of another user", bob, true)
	delete(w.users, "bob")
	w.stand("of a user who is gone", bob, false)
	if _, ok, err := w.Find(t.Context(), ""); ok || err != nil {
		t.Errorf("Find of no token: %t, %v", ok, err)
	}
}

// Another session of the same user counts when it stands, and has not been handed over from the same one.
func TestElsewhereIsAnotherFamily(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 10*time.Minute)
	elsewhere := func(what string, s directory.Session, want bool) {
		t.Helper()
		if got, err := w.Elsewhere(t.Context(), s); got != want || err != nil {
			t.Errorf("%s: %t, %v; want %t", what, got, err, want)
		}
	}
	first := w.in("ann")
	w.in("bob")
	elsewhere("the only one", first, false)
	if _, err := w.HandOver(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	elsewhere("one of the same family", first, false)
	second := w.in("ann")
	elsewhere("one of another family", first, true)
	elsewhere("the other way round", second, true)
	w.now = w.now.Add(9 * time.Minute)
	if _, err := w.Active(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Minute)
	elsewhere("the first one has ended", second, false)
}

func TestTicketServesItsPurposeOnceWithinAMinute(t *testing.T) {
	t.Parallel()
	w := newSignedIn(t, time.Hour, 0)
	s := w.in("ann")
	for _, tt := range []struct {
		name    string
		purpose directory.Purpose
		after   time.Duration
		users   epochs
		want    bool
	}{
		{"at once", directory.OpenSocket, 0, w.users, true},
		{"for another purpose", directory.SignIn, 0, w.users, false},
		{"at the last moment", directory.OpenSocket, time.Minute - 1, w.users, true},
		{"after a minute", directory.OpenSocket, time.Minute, w.users, false},
		{"when the session has ended", directory.OpenSocket, 0, epochs{}, false},
	} {
		ticket, err := w.Ticket(t.Context(), s, directory.OpenSocket)
		if err != nil {
			t.Fatal(err)
		}
		begun := w.now
		w.now, w.Users = begun.Add(tt.after), tt.users
		got, ok, err := w.Redeem(t.Context(), ticket, tt.purpose)
		if ok != tt.want || err != nil || ok && got.TokenHash != s.TokenHash {
			t.Errorf("%s: Redeem = %+v, %t, %v; want %t", tt.name, got, ok, err, tt.want)
		}
		if _, again, err := w.Redeem(t.Context(), ticket, tt.purpose); again || err != nil {
			t.Errorf("%s, once more: %t, %v; want it used up", tt.name, again, err)
		}
		w.now, w.Users = begun, w.users
	}
}
