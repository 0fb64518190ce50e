package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

var (
	putTicket = &target{text: `
	INSERT INTO ticket (hash, purpose, session_hash, expires_at) VALUES ($1, $2, $3, $4)`}
	// takeTicket is guarded: of two who redeem a ticket at the same time one is too late.
	takeTicket  = &target{guarded: true, text: `DELETE FROM ticket WHERE hash IN (VALUES ($1))`}
	clearTicket = &target{text: `DELETE FROM ticket WHERE hash IN (VALUES ($1))`}
)

// AddTicket remembers a ticket.
func (s *Store) AddTicket(ctx context.Context, t directory.Ticket) error {
	return s.put(ctx, putTicket, t.Hash, string(t.Purpose), t.Session, micros(t.Expires))
}

// TakeTicket uses a ticket up; ok is false when there is none of that purpose, or it has expired, or somebody else has
// taken it. What is for another purpose stays.
func (s *Store) TakeTicket(ctx context.Context, hash string, p directory.Purpose) (t directory.Ticket, ok bool, err error) {
	t = directory.Ticket{Hash: hash, Purpose: p}
	var expires int64
	err = s.row(ctx, `SELECT session_hash, expires_at FROM ticket WHERE hash = $1 AND purpose = $2 AND expires_at > $3`,
		hash, string(p), micros(s.SessionTime())).Scan(&t.Session, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("read ticket: %w", err)
	}
	t.Expires = fromMicros(expires)
	if err := s.put(ctx, takeTicket, hash); err != nil {
		if errors.Is(err, errLost) {
			return t, false, nil
		}
		return t, false, fmt.Errorf("take ticket: %w", err)
	}
	return t, true, nil
}

// forgetTickets has tickets removed that expired before a time, some at each call.
func (s *Store) forgetTickets(ctx context.Context, t *tx, before time.Time) error {
	expired, err := s.ids(ctx, `SELECT hash FROM ticket WHERE expires_at < $1 LIMIT $2`, micros(before), forgetAtOnce)
	if err != nil {
		return fmt.Errorf("read expired tickets: %w", err)
	}
	for _, hash := range expired {
		t.writes = append(t.writes, write{to: clearTicket, args: []any{hash}})
	}
	return nil
}
