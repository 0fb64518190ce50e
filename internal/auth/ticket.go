package auth

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// TicketPath is where a browser signs in with a ticket.
const TicketPath = "/auth/sign-in"

// ticketLife is how long a ticket can be used.
const ticketLife = time.Minute

// Ticket makes a token that lets its holder do one thing for a session, once, within a minute.
func (s *Sessions) Ticket(ctx context.Context, of directory.Session, p directory.Purpose) (string, error) {
	ticket := randomToken()
	err := s.Store.AddTicket(ctx, directory.Ticket{
		Hash: digest(ticket), Purpose: p, Session: of.TokenHash, Expires: s.Now().Add(ticketLife),
	})
	return ticket, err
}

// Redeem takes a ticket and finds the session it is for; ok is false when it was used before, is too old, or is for
// another purpose, and when the session has ended.
func (s *Sessions) Redeem(ctx context.Context, ticket string, p directory.Purpose) (session directory.Session, ok bool, err error) {
	t, ok, err := s.Store.TakeTicket(ctx, digest(ticket), p)
	if err != nil || !ok {
		return session, false, err
	}
	return s.live(ctx, t.Session)
}
