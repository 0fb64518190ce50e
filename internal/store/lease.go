package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Writing a lease compares the epoch: a holder renews its own with the epoch it has, and whoever takes over
// from another raises it by one. Of two who try at once, one affects no row.
var putLease = &target{guarded: true, text: `
	INSERT INTO lease (instance_id, holder, epoch, expires_at)
	VALUES ($1, $2, $3, $4)
	ON CONFLICT (instance_id) DO UPDATE SET
	  holder = excluded.holder, epoch = excluded.epoch, expires_at = excluded.expires_at
	WHERE lease.epoch = excluded.epoch - 1 OR (lease.epoch = excluded.epoch AND lease.holder = excluded.holder)`}

// Lease takes or renews the ownership of an instance for ttl. It tells the epoch, which grows with every
// change of owner, and whether holder is the owner now. Somebody else's lease is taken once it has expired;
// on SQLite at once, for there the process that has the database open is the only one.
func (s *Store) Lease(ctx context.Context, instance, holder string, ttl time.Duration) (epoch int64, mine bool, err error) {
	var owner string
	var expires int64
	err = s.row(ctx, `SELECT holder, epoch, expires_at FROM lease WHERE instance_id = $1`, instance).
		Scan(&owner, &epoch, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("read lease of %s: %w", instance, err)
	}
	now := s.Now()
	if owner != holder {
		if owner != "" && now.Before(fromMicros(expires)) && s.engine != sqliteName {
			return epoch, false, nil
		}
		epoch++
	}
	err = s.put(ctx, putLease, instance, holder, epoch, micros(now.Add(ttl)))
	if errors.Is(err, errLost) {
		return epoch, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("write lease of %s: %w", instance, err)
	}
	return epoch, true, nil
}

// releaseLease ends the lease of a holder, if it is still theirs.
var releaseLease = &target{text: `
	UPDATE lease SET expires_at = 0 WHERE (instance_id, holder) IN (VALUES ($1, $2))`}

// Release gives an instance up: whoever asks next becomes its owner. It does nothing when holder is not the owner.
func (s *Store) Release(ctx context.Context, instance, holder string) error {
	if err := s.put(ctx, releaseLease, instance, holder); err != nil {
		return fmt.Errorf("release lease of %s: %w", instance, err)
	}
	return nil
}
