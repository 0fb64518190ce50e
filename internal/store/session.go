package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
)

// sessionColumns of a session, its parent and the activity of its family.
const sessionColumns = `s.token_hash, s.instance_id, s.user_id, s.epoch, s.origin, s.expires_at, s.parent, COALESCE(a.active_at, 0)`

func scanSession(row scanner) (session directory.Session, err error) {
	var expires, active int64
	err = row.Scan(&session.TokenHash, &session.Instance, &session.User, &session.Epoch, &session.Origin, &expires, &session.Parent, &active)
	session.Expires, session.Active = fromMicros(expires), fromMicros(active)
	return session, err
}

// Session reads a session that has not expired, nor the one that it was handed over from; ok is false when there is none.
func (s *Store) Session(ctx context.Context, tokenHash string) (session directory.Session, ok bool, err error) {
	session, err = scanSession(s.row(ctx, `
		SELECT `+sessionColumns+` FROM session s
		LEFT JOIN session p ON p.token_hash = s.parent AND p.expires_at > $1
		LEFT JOIN activity a ON a.token_hash = CASE s.parent WHEN '' THEN s.token_hash ELSE s.parent END
		WHERE s.token_hash = $2 AND s.expires_at > $1 AND (s.parent = '' OR p.token_hash IS NOT NULL)`,
		micros(s.SessionTime()), tokenHash))
	if errors.Is(err, sql.ErrNoRows) {
		return session, false, nil
	}
	if err != nil {
		return session, false, fmt.Errorf("read session: %w", err)
	}
	return session, true, nil
}

// IdleSessions reads some of the sessions that have not expired and in which nobody was active after a time, and not
// those that were handed over.
func (s *Store) IdleSessions(ctx context.Context, since time.Time, limit int) ([]directory.Session, error) {
	return s.sessions(ctx, `
		SELECT `+sessionColumns+` FROM activity a JOIN session s ON s.token_hash = a.token_hash
		WHERE a.active_at <= $1 AND s.expires_at > $2 LIMIT $3`, micros(since), micros(s.SessionTime()), limit)
}

// SessionsOf reads the sessions of a user that have not expired, but not those that were handed over.
func (s *Store) SessionsOf(ctx context.Context, instance, user string) ([]directory.Session, error) {
	return s.sessions(ctx, `
		SELECT `+sessionColumns+` FROM session s JOIN activity a ON s.token_hash = a.token_hash
		WHERE s.user_id = $1 AND s.instance_id = $2 AND s.expires_at > $3`, user, instance, micros(s.SessionTime()))
}

func (s *Store) sessions(ctx context.Context, query string, args ...any) ([]directory.Session, error) {
	all, err := collect(ctx, s, scanSession, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return all, nil
}

var putSession = &target{text: `
	INSERT INTO session (token_hash, instance_id, user_id, epoch, origin, expires_at, parent)
	VALUES ($1, $2, $3, $4, $5, $6, $7)`}

// AddSession remembers a session, and when its user was active if that is said.
func (s *Store) AddSession(ctx context.Context, session directory.Session) error {
	tx := &tx{ctx: ctx, store: s}
	tx.write(putSession, "", session.TokenHash, session.Instance, session.User, session.Epoch, string(session.Origin),
		micros(session.Expires), session.Parent)
	if !session.Active.IsZero() {
		tx.write(putActivity, session.Root(), session.Root(), micros(session.Active))
	}
	return s.commit(ctx, tx)
}

var putActivity = &target{text: `
	INSERT INTO activity (token_hash, active_at) VALUES ($1, $2)
	ON CONFLICT (token_hash) DO UPDATE SET active_at = excluded.active_at WHERE activity.active_at < excluded.active_at`}

// Active remembers that somebody was active in a session at a time.
func (s *Store) Active(ctx context.Context, session directory.Session, at time.Time) error {
	tx := &tx{ctx: ctx, store: s}
	tx.write(putActivity, session.Root(), session.Root(), micros(at))
	return s.commit(ctx, tx)
}

var (
	clearSession  = &target{text: `DELETE FROM session WHERE token_hash IN (VALUES ($1))`}
	clearActivity = &target{text: `DELETE FROM activity WHERE token_hash IN (VALUES ($1))`}
)

// EndSession forgets a session; it need not exist. Those that were handed over from it end with it.
func (s *Store) EndSession(ctx context.Context, tokenHash string) error {
	tx := &tx{ctx: ctx, store: s}
	tx.write(clearSession, "", tokenHash)
	tx.write(clearActivity, tokenHash, tokenHash)
	return s.commit(ctx, tx)
}

var clearToken = &target{text: `
	DELETE FROM token WHERE (instance_id, operation, token) IN (VALUES ($1, $2, $3))`}

// forgetAtOnce bounds what one call of Forget removes, so that it never holds up the commands for long.
const forgetAtOnce = 500

// Forgettable reads in which instances [Store.Forget] has something to do; the empty one stands for what is of none.
func (s *Store) Forgettable(ctx context.Context, before time.Time) ([]string, error) {
	since := s.keptSince(before)
	all, err := s.ids(ctx, `
		SELECT instance_id FROM token WHERE expires_at < $1
		UNION SELECT instance_id FROM contact WHERE indexed IS NULL OR indexed <> version
		UNION SELECT i.id FROM instance i WHERE EXISTS (
		  SELECT 1 FROM contact c WHERE c.instance_id = i.id AND c.id < $2 AND c.initiated_at < $3 AND c.ended_at IS NOT NULL)`,
		micros(before), contact.FirstID(since.Add(time.Millisecond)), micros(since))
	if err != nil {
		return nil, fmt.Errorf("look for what has expired: %w", err)
	}
	return append(all, ""), nil
}

// Forget removes idempotency tokens, sessions, tickets and wrong passwords that expired before a time, and contacts that
// were kept long enough by then, some of them at each call, and tells how much. It also indexes what a node of an earlier
// version has written meanwhile.
func (s *Store) Forget(ctx context.Context, instance string, before time.Time) (int, error) {
	indexed, err := s.indexSome(ctx, instance)
	if err != nil {
		return 0, err
	}
	old := &tx{ctx: ctx, store: s, instance: instance, now: s.Now()}
	err = s.each(ctx, func(row scanner) error {
		var operation, token string
		err := row.Scan(&operation, &token)
		old.writes = append(old.writes, write{to: clearToken, args: []any{instance, operation, token}})
		return err
	}, `SELECT operation, token FROM token WHERE instance_id = $1 AND expires_at < $2 LIMIT $3`,
		instance, micros(before), forgetAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read expired tokens: %w", err)
	}
	signedOut := s.inSessionTime(before)
	expired, err := s.ids(ctx, `SELECT token_hash FROM session WHERE expires_at < $1 LIMIT $2`, micros(signedOut), forgetAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read expired sessions: %w", err)
	}
	for _, hash := range expired {
		old.writes = append(old.writes, write{to: clearSession, args: []any{hash}})
	}
	orphans, err := s.ids(ctx, `
		SELECT a.token_hash FROM activity a LEFT JOIN session s ON s.token_hash = a.token_hash
		WHERE s.token_hash IS NULL LIMIT $1`, forgetAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read activity of sessions that are forgotten: %w", err)
	}
	for _, hash := range orphans {
		old.writes = append(old.writes, write{to: clearActivity, key: hash, args: []any{hash}})
	}
	if err := s.forgetTickets(ctx, old, signedOut); err != nil {
		return 0, err
	}
	if err := s.forgetAttempts(ctx, old, signedOut); err != nil {
		return 0, err
	}
	if err := s.purge(ctx, old, before); err != nil {
		return 0, err
	}
	return indexed + len(old.writes), s.commit(ctx, old)
}
