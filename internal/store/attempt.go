package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// Attempt reads what is remembered of wrong passwords; without a version when nothing is.
func (s *Store) Attempt(ctx context.Context, key string) (directory.Attempt, error) {
	a := directory.Attempt{Key: key}
	var until, last int64
	err := s.row(ctx, `SELECT version, wrong, until_at, last_at FROM attempt WHERE id = $1`, key).
		Scan(&a.Version, &a.Wrong, &until, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil
	}
	if err != nil {
		return a, fmt.Errorf("read wrong passwords: %w", err)
	}
	a.Until, a.Last = fromMicros(until), fromMicros(last)
	return a, nil
}

// attemptsLast is how long wrong passwords are remembered after the last one.
const attemptsLast = 24 * time.Hour

var putAttempt = &target{guarded: true, contended: true, text: `
	INSERT INTO attempt (id, version, wrong, until_at, last_at, expires_at)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (id) DO UPDATE SET version = excluded.version, wrong = excluded.wrong,
	  until_at = excluded.until_at, last_at = excluded.last_at, expires_at = excluded.expires_at
	WHERE attempt.version = excluded.version - 1`}

// ChangeAttempt has fn change what is remembered of wrong passwords. fn may run again, and what it refuses is not
// written. It fails with [fault.Contended] when too many do it at once, and as fn does.
func (s *Store) ChangeAttempt(ctx context.Context, key string, fn func(*directory.Attempt) error) error {
	return s.Update(ctx, "", func(etx engine.Tx) error {
		t := etx.(*tx)
		a, err := s.Attempt(ctx, key)
		if err != nil {
			return err
		}
		if err := fn(&a); err != nil {
			return err
		}
		t.write(putAttempt, key, key, a.Version+1, a.Wrong, micros(a.Until), micros(a.Last), micros(a.Last.Add(attemptsLast)))
		return nil
	})
}

var clearAttempt = &target{text: `DELETE FROM attempt WHERE id IN (VALUES ($1))`}

// ClearAttempt forgets wrong passwords; there need be none.
func (s *Store) ClearAttempt(ctx context.Context, key string) error {
	return s.put(ctx, clearAttempt, key)
}

// forgetAttempts has wrong passwords removed that expired before a time, some at each call.
func (s *Store) forgetAttempts(ctx context.Context, t *tx, before time.Time) error {
	keys, err := s.ids(ctx, `SELECT id FROM attempt WHERE expires_at < $1 LIMIT $2`, micros(before), forgetAtOnce)
	if err != nil {
		return fmt.Errorf("read expired wrong passwords: %w", err)
	}
	for _, key := range keys {
		t.writes = append(t.writes, write{to: clearAttempt, args: []any{key}})
	}
	return nil
}
