package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

func scanTimer(row scanner) (t engine.Timer, err error) {
	var id string
	var due int64
	err = row.Scan(&id, &t.Kind, &t.Contact, &t.Agent, &t.Stamp, &due, &t.Failures)
	if err != nil {
		return t, scanFailed(engine.TimerTable, id, err)
	}
	t.Due = fromMicros(due)
	return t, nil
}

// DueTimers reads timers that are due, soonest first.
func (s *Store) DueTimers(ctx context.Context, instance string, at time.Time, limit int) ([]engine.Timer, error) {
	due, err := atLeast(limit, func(most int) ([]engine.Timer, int, error) {
		rows := 0
		page, err := collectOf(ctx, s, instance, func(row scanner) (engine.Timer, error) {
			rows++
			return scanTimer(row)
		}, `
			SELECT id, kind, contact_id, agent_id, stamp, COALESCE(first_due_at, due_at), failures FROM timer
			WHERE instance_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $3`, instance, micros(at), most)
		return page[:min(limit, len(page))], rows, err
	})
	if err != nil {
		return nil, fmt.Errorf("read due timers: %w", err)
	}
	return due, nil
}

// NextTimer reads when the next timer is due; the zero time when there is none.
func (s *Store) NextTimer(ctx context.Context, instance string) (time.Time, error) {
	var us int64
	err := s.row(ctx, `
		SELECT due_at FROM timer WHERE instance_id = $1 ORDER BY due_at LIMIT 1`, instance).Scan(&us)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read next timer: %w", err)
	}
	return fromMicros(us), nil
}

// NextTimers reads when the next timer of each instance is due that has one.
func (s *Store) NextTimers(ctx context.Context) (map[string]time.Time, error) {
	next, err := s.times(ctx, `
		SELECT i.id, (SELECT MIN(t.due_at) FROM timer t WHERE t.instance_id = i.id) FROM instance i`)
	if err != nil {
		return nil, fmt.Errorf("read next timers: %w", err)
	}
	return next, nil
}

// times reads rows of an instance and a time; where there is no time, the instance is left out.
func (s *Store) times(ctx context.Context, text string, args ...any) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	err := s.each(ctx, func(row scanner) error {
		var instance string
		var at sql.NullInt64
		err := row.Scan(&instance, &at)
		if at.Valid {
			all[instance] = fromMicros(at.Int64)
		}
		return err
	}, text, args...)
	return all, err
}

var putTimer = &target{text: `
	INSERT INTO timer (instance_id, id, kind, contact_id, agent_id, stamp, due_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  agent_id = excluded.agent_id, due_at = excluded.due_at, first_due_at = NULL, failures = 0`}

// SetTimer sets a timer, or sets it again.
func (t *tx) SetTimer(timer engine.Timer) {
	id := timer.ID()
	t.unwrite(clearTimer, id)
	t.write(putTimer, id, t.instance, id, string(timer.Kind), timer.Contact, timer.Agent, timer.Stamp, micros(timer.Due))
	if t.commit.Timer.IsZero() || timer.Due.Before(t.commit.Timer) {
		t.commit.Timer = timer.Due
	}
}

var (
	// holdTimer affects the row only if it is there: deferTimer would bring back one that was removed meanwhile.
	holdTimer  = &target{guarded: true, text: `UPDATE timer SET stamp = stamp WHERE (instance_id, id) IN (VALUES ($1, $2))`}
	deferTimer = &target{guarded: true, text: `
		INSERT INTO timer (instance_id, id, kind, contact_id, agent_id, stamp, due_at, failures, first_due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (instance_id, id) DO UPDATE SET
		  due_at = excluded.due_at, failures = excluded.failures, first_due_at = excluded.first_due_at
		WHERE COALESCE(timer.first_due_at, timer.due_at) = excluded.first_due_at`}
)

// DeferTimer has a timer be due later; see [engine.Store].
func (s *Store) DeferTimer(ctx context.Context, instance string, t engine.Timer, until time.Time, failures int) error {
	id := t.ID()
	tx := &tx{ctx: ctx, store: s}
	tx.write(holdTimer, id, instance, id)
	tx.write(deferTimer, id, instance, id, string(t.Kind), t.Contact, t.Agent, t.Stamp, micros(until), failures, micros(t.Due))
	if err := s.commit(ctx, tx); err != nil && !errors.Is(err, errLost) {
		return fmt.Errorf("defer timer %s: %w", id, err)
	}
	return nil
}

var clearTimer = &target{text: `DELETE FROM timer WHERE (instance_id, id) IN (VALUES ($1, $2))`}

// ClearTimer removes a timer; it need not exist.
func (t *tx) ClearTimer(id string) {
	t.unwrite(putTimer, id)
	t.write(clearTimer, id, t.instance, id)
}
