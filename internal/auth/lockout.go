package auth

import (
	"context"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

const (
	// longestWait bounds the wait after a wrong password, which doubles with each of them.
	longestWait = 15 * time.Minute
	// quiet is after how long without a wrong password an address starts anew. Users start anew when they sign in.
	quiet = 15 * time.Minute
)

// AttemptStore remembers wrong passwords. The store is one.
type AttemptStore interface {
	Attempt(ctx context.Context, key string) (directory.Attempt, error)
	// ChangeAttempt fails with [fault.Contended] when too many do it at once, and as fn does.
	ChangeAttempt(ctx context.Context, key string, fn func(*directory.Attempt) error) error
	ClearAttempt(ctx context.Context, key string) error
}

// Lockout slows down who guesses passwords: of one user, whether or not there is one of that name, and from one
// address. It is kept in the database, so that it holds for all servers together and outlives them. The price is that
// a stranger who knows a name can keep its user waiting.
type Lockout struct {
	Store AttemptStore
	Now   func() time.Time
	// PerUser and PerAddress are how many wrong passwords have no consequence; of one user in a row, from one address
	// without a quarter of an hour between two of them. 0: any number.
	PerUser, PerAddress int
	// Wait is how long no password is taken after the next wrong one; it doubles with each that follows, up to a
	// quarter of an hour.
	Wait time.Duration
}

// Begin counts a try as wrong until [Lockout.Right] says otherwise, so that guesses made at the same time do not all
// count as the first. It fails with [fault.Throttled] when the user or the address must wait instead.
func (l *Lockout) Begin(ctx context.Context, username, address string) error {
	if l.PerAddress > 0 {
		a, err := l.Store.Attempt(ctx, addressKey(address))
		if err != nil {
			return err
		}
		if err := l.mustWait(a); err != nil {
			return err
		}
	}
	if l.PerUser == 0 {
		return nil
	}
	err := l.Store.ChangeAttempt(ctx, userKey(username), func(a *directory.Attempt) error {
		if err := l.mustWait(*a); err != nil {
			return err
		}
		l.count(a, l.PerUser)
		return nil
	})
	if fault.Is(err, fault.Contended) {
		return fault.New(fault.Throttled, "Too many sign-ins at once: try again")
	}
	return err
}

// mustWait fails with [fault.Throttled] while no password is taken.
func (l *Lockout) mustWait(a directory.Attempt) error {
	if wait := a.Until.Sub(l.Now()); wait > 0 {
		return fault.New(fault.Throttled, "Too many wrong passwords: wait %d seconds", int(wait.Seconds())+1)
	}
	return nil
}

// count adds a wrong password. Those beyond the free ones have a wait after them.
func (l *Lockout) count(a *directory.Attempt, free int) {
	a.Wrong++
	a.Last = l.Now()
	if a.Wrong > free {
		// Beyond ten, doubling has long passed the longest wait.
		a.Until = a.Last.Add(min(l.Wait<<min(a.Wrong-free-1, 10), longestWait))
	}
}

// Wrong counts a wrong password for the address it came from; for its user [Lockout.Begin] has.
func (l *Lockout) Wrong(ctx context.Context, address string) error {
	if l.PerAddress == 0 {
		return nil
	}
	err := l.Store.ChangeAttempt(ctx, addressKey(address), func(a *directory.Attempt) error {
		if l.Now().Sub(a.Last) > quiet {
			a.Wrong = 0
		}
		l.count(a, l.PerAddress)
		return nil
	})
	if fault.Is(err, fault.Contended) {
		return nil // many count at once, so that one more or less makes no difference
	}
	return err
}

// Right forgets the wrong passwords of a user, who has given the right one, or a new one.
func (l *Lockout) Right(ctx context.Context, username string) error {
	return l.Store.ClearAttempt(ctx, userKey(username))
}

// The keys are short, whatever the name is that somebody has typed.
func userKey(name string) string       { return "user/" + digest(strings.ToLower(name)) }
func addressKey(address string) string { return "address/" + address }
