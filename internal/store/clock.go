package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// systemTime is the clock of the machine.
func systemTime() time.Time { return time.Now() }

// Now is the server's time: that of the machine plus the offset, in UTC, in whole microseconds.
func (s *Store) Now() time.Time {
	return s.machine().Add(time.Duration(s.offset.Load())).UTC().Truncate(time.Microsecond)
}

// Offset is how far the server's clock is ahead of the machine's.
func (s *Store) Offset() time.Duration { return time.Duration(s.offset.Load()) }

// SessionTime is the time by which sessions, tickets and wrong passwords expire: that of the machine, so that a clock
// which a test moves signs nobody out.
func (s *Store) SessionTime() time.Time {
	return s.machine().Add(time.Duration(s.sessionOffset.Load())).UTC().Truncate(time.Microsecond)
}

// AdvanceSessions moves the time of sessions ahead, on this node and until it stops.
func (s *Store) AdvanceSessions(by time.Duration) { s.sessionOffset.Add(int64(by)) }

// inSessionTime is what the time of sessions is at a time of the server's clock.
func (s *Store) inSessionTime(t time.Time) time.Time {
	return t.Add(time.Duration(s.sessionOffset.Load() - s.offset.Load()))
}

var putSetting = &target{text: `
	INSERT INTO setting (name, value) VALUES ($1, $2)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value`}

const clockOffset = "clock_offset" // in nanoseconds

// SetOffset moves the server's clock, and remembers it for the next start.
func (s *Store) SetOffset(ctx context.Context, offset time.Duration) error {
	err := s.put(ctx, putSetting, clockOffset, strconv.FormatInt(int64(offset), 10))
	if errors.Is(err, errUnknown) {
		err = errors.Join(err, s.loadOffset(ctx))
	}
	if err != nil {
		return fmt.Errorf("write clock offset: %w", err)
	}
	s.offset.Store(int64(offset))
	return nil
}

func (s *Store) loadOffset(ctx context.Context) error {
	var text string
	err := s.row(ctx, `SELECT value FROM setting WHERE name = $1`, clockOffset).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read clock offset: %w", err)
	}
	offset, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("read clock offset: %w", err)
	}
	s.offset.Store(offset)
	return nil
}

// micros is how times are stored: microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// nullMicros is a time that may not have come yet.
func nullMicros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: micros(t), Valid: !t.IsZero()}
}
