package auth

import (
	"context"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// memory is an [AttemptStore] for one goroutine.
type memory map[string]directory.Attempt

func (m memory) Attempt(_ context.Context, key string) (directory.Attempt, error) { return m[key], nil }

func (m memory) ChangeAttempt(_ context.Context, key string, fn func(*directory.Attempt) error) error {
	a := m[key]
	if err := fn(&a); err != nil {
		return err
	}
	m[key] = a
	return nil
}

func (m memory) ClearAttempt(_ context.Context, key string) error {
	delete(m, key)
	return nil
}

// guesser tries passwords by a clock of its own.
type guesser struct {
	t   *testing.T
	now time.Time
	*Lockout
}

func newGuesser(t *testing.T, perUser, perAddress int) *guesser {
	g := &guesser{t: t, now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	g.Lockout = &Lockout{
		Store: memory{}, Now: func() time.Time { return g.now }, PerUser: perUser, PerAddress: perAddress, Wait: 30 * time.Second,
	}
	return g
}

// wrong tries a wrong password and reports whether it was taken.
func (g *guesser) wrong(user, address string) bool {
	g.t.Helper()
	err := g.Begin(g.t.Context(), user, address)
	if err == nil {
		err = g.Wrong(g.t.Context(), address)
	} else if fault.Is(err, fault.Throttled) {
		return false
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return true
}

func TestWaitDoublesUpToAQuarterOfAnHour(t *testing.T) {
	g := newGuesser(t, 5, 0)
	for i := range 5 {
		if !g.wrong("ann", "a") {
			t.Fatalf("wrong password %d is not taken", i+1)
		}
	}
	for i, wait := range []time.Duration{30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900, 900, 900, 900, 900} {
		wait *= time.Second
		if !g.wrong("ANN", "a") {
			t.Fatalf("wrong password %d is not taken after the wait", 6+i)
		}
		g.now = g.now.Add(wait - time.Nanosecond)
		if g.wrong("ann", "b") {
			t.Fatalf("after wrong password %d the user need not wait %v", 6+i, wait)
		}
		g.now = g.now.Add(time.Nanosecond)
	}
	if !g.wrong("bob", "a") {
		t.Error("another user must wait")
	}
	if err := g.Right(t.Context(), "Ann"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if !g.wrong("ann", "a") {
			t.Errorf("after the right password, wrong password %d is not taken", i+1)
		}
	}
}

func TestAddressMustWaitWhateverTheNames(t *testing.T) {
	g := newGuesser(t, 5, 3)
	names := []string{"a", "b", "c", "d"}
	for _, name := range names {
		if !g.wrong(name, "192.0.2.1") {
			t.Fatalf("%s is not taken", name)
		}
	}
	if g.wrong("e", "192.0.2.1") {
		t.Error("the address need not wait")
	}
	if !g.wrong("e", "192.0.2.2") {
		t.Error("another address must wait")
	}
	g.now = g.now.Add(quiet + time.Second)
	for _, name := range names {
		if !g.wrong(name, "192.0.2.1") {
			t.Errorf("after a quiet time %s is not taken", name)
		}
	}
}

func TestNothingIsCountedWhereAnyNumberIsFree(t *testing.T) {
	g := newGuesser(t, 0, 0)
	for range 1000 {
		if !g.wrong("ann", "a") {
			t.Fatal("a wrong password is not taken")
		}
	}
	if n := len(g.Store.(memory)); n != 0 {
		t.Errorf("%d are remembered", n)
	}
}

// An address that had to wait need not where any number of wrong passwords is free now.
func TestNobodyWaitsWhereAnyNumberIsFree(t *testing.T) {
	g := newGuesser(t, 0, 1)
	for range 3 {
		g.wrong("ann", "a")
	}
	if g.wrong("ann", "a") {
		t.Error("an address with wrong passwords need not wait")
	}
	if g.PerAddress = 0; !g.wrong("ann", "a") {
		t.Error("an address must wait where any number is free")
	}
}

// Who must wait is told for how many seconds, the last one begun.
func TestWaitIsToldInSeconds(t *testing.T) {
	g := newGuesser(t, 0, 1)
	for range 2 {
		g.wrong("ann", "a")
	}
	err := g.Begin(t.Context(), "ann", "a")
	if want := "Too many wrong passwords: wait 31 seconds"; err == nil || err.Error() != want {
		t.Errorf("Begin = %v, want %q", err, want)
	}
	g.now = g.now.Add(29*time.Second + time.Millisecond)
	err = g.Begin(t.Context(), "ann", "a")
	if want := "Too many wrong passwords: wait 1 seconds"; err == nil || err.Error() != want {
		t.Errorf("Begin a moment before the end = %v, want %q", err, want)
	}
}
