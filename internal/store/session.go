package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
)

// AccessKey reads an access key; ok is false when there is none of that id. Keys never change once they are
// made, so one that was read is remembered.
func (s *Store) AccessKey(ctx context.Context, id string) (key directory.AccessKey, ok bool, err error) {
	if known, ok := s.keys.Load(id); ok {
		return known.(directory.AccessKey), true, nil
	}
	key.ID = id
	err = s.row(ctx, `SELECT secret, account FROM access_key WHERE id = $1`, id).Scan(&key.Secret, &key.Account)
	if errors.Is(err, sql.ErrNoRows) {
		return key, false, nil
	}
	if err != nil {
		return key, false, fmt.Errorf("read access key: %w", err)
	}
	s.keys.Store(id, key)
	return key, true, nil
}

var putAccessKey = &target{guarded: true, text: `
	INSERT INTO access_key (id, secret, account) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`}

// PutAccessKey writes a new access key.
func (t *tx) PutAccessKey(k directory.AccessKey) {
	t.write(putAccessKey, k.ID, k.ID, k.Secret, k.Account)
}

// Session reads a session that has not expired; ok is false when there is none.
func (s *Store) Session(ctx context.Context, tokenHash string) (session directory.Session, ok bool, err error) {
	session.TokenHash = tokenHash
	var expires int64
	err = s.row(ctx, `
		SELECT instance_id, user_id, epoch, origin, expires_at FROM session WHERE token_hash = $1 AND expires_at > $2`,
		tokenHash, micros(s.Now())).Scan(&session.Instance, &session.User, &session.Epoch, &session.Origin, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return session, false, nil
	}
	if err != nil {
		return session, false, fmt.Errorf("read session: %w", err)
	}
	session.Expires = fromMicros(expires)
	return session, true, nil
}

var putSession = &target{text: `
	INSERT INTO session (token_hash, instance_id, user_id, epoch, origin, expires_at)
	VALUES ($1, $2, $3, $4, $5, $6)`}

// AddSession remembers a session.
func (s *Store) AddSession(ctx context.Context, session directory.Session) error {
	return s.put(ctx, putSession, session.TokenHash, session.Instance, session.User, session.Epoch, string(session.Origin),
		micros(session.Expires))
}

var clearSession = &target{text: `DELETE FROM session WHERE token_hash IN (VALUES ($1))`}

// EndSession forgets a session; it need not exist.
func (s *Store) EndSession(ctx context.Context, tokenHash string) error {
	return s.put(ctx, clearSession, tokenHash)
}

var clearToken = &target{text: `
	DELETE FROM token WHERE (instance_id, operation, token) IN (VALUES ($1, $2, $3))`}

// forgetAtOnce bounds what one call of Forget removes, so that it never holds up the commands for long.
const forgetAtOnce = 500

// Forget removes idempotency tokens, sessions and wrong passwords that expired before a time, and contacts that were kept long
// enough by then, some of them at each call, and tells how much. It also indexes what a node of an earlier version
// has written meanwhile.
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
	err = s.each(ctx, func(row scanner) error {
		var hash string
		err := row.Scan(&hash)
		old.writes = append(old.writes, write{to: clearSession, args: []any{hash}})
		return err
	}, `SELECT token_hash FROM session WHERE expires_at < $1 LIMIT $2`, micros(before), forgetAtOnce)
	if err != nil {
		return 0, fmt.Errorf("read expired sessions: %w", err)
	}
	if err := s.forgetAttempts(ctx, old, before); err != nil {
		return 0, err
	}
	if err := s.purge(ctx, old, before); err != nil {
		return 0, err
	}
	return indexed + len(old.writes), s.commit(ctx, old)
}
