package auth

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// activityGrain is how close together signs of activity must be that the second need not be written down.
const activityGrain = time.Second

// IdleEnd is when a session ends if nobody is active in it or in its family; zero: never before it expires.
func (s *Sessions) IdleEnd(session directory.Session) time.Time {
	if s.Idle == 0 {
		return time.Time{}
	}
	active := session.Active
	if active.IsZero() { // a server of before has made it
		active = session.Expires.Add(-s.life())
	}
	return active.Add(s.Idle)
}

// Active says that the user of a session is there now, and returns the session as it then is.
func (s *Sessions) Active(ctx context.Context, session directory.Session) (directory.Session, error) {
	now := s.Now()
	if s.Idle == 0 || now.Sub(session.Active) < activityGrain {
		return session, nil
	}
	session.Active = now
	return session, s.Store.Active(ctx, session, now)
}

// idleAtOnce bounds how many idle sessions are looked at in one go.
const idleAtOnce = 100

// Idlers are sessions that have ended because nobody was active in them. They are to be forgotten with [Sessions.End].
func (s *Sessions) Idlers(ctx context.Context) ([]directory.Session, error) {
	return s.Store.IdleSessions(ctx, s.Now().Add(-s.Idle), idleAtOnce)
}

// Elsewhere reports whether the user of a session has another one that stands, and is not of its family.
func (s *Sessions) Elsewhere(ctx context.Context, session directory.Session) (bool, error) {
	all, err := s.Store.SessionsOf(ctx, session.Instance, session.User)
	for _, other := range all {
		if other.Root() != session.Root() && s.stands(other) {
			return true, nil
		}
	}
	return false, err
}
