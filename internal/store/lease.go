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

// standing is when a lease ends: at its own time or, if that is later, when its holder is taken for dead.
const standing = `CASE WHEN n.expires_at > l.expires_at THEN n.expires_at ELSE l.expires_at END`

// Lease takes or renews the ownership of an instance for ttl. It tells the epoch, which grows with every
// change of owner, and whether holder is the owner now. Somebody else's lease is taken once it has expired;
// on SQLite at once, for there the process that has the database open is the only one.
func (s *Store) Lease(ctx context.Context, instance, holder string, ttl time.Duration) (epoch int64, mine bool, err error) {
	var owner string
	var expires int64
	err = s.row(ctx, `
		SELECT l.holder, l.epoch, `+standing+` FROM lease l LEFT JOIN node n ON n.id = l.holder
		WHERE l.instance_id = $1`, instance).Scan(&owner, &epoch, &expires)
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

// Leases reads who holds the lease of each instance now; of one whose lease has expired, or that never had one, nobody.
func (s *Store) Leases(ctx context.Context) (map[string]string, error) {
	holders := map[string]string{}
	err := s.each(ctx, func(row scanner) error {
		var instance, holder string
		err := row.Scan(&instance, &holder)
		holders[instance] = holder
		return err
	}, `
		SELECT l.instance_id, l.holder FROM lease l LEFT JOIN node n ON n.id = l.holder
		WHERE `+standing+` > $1`, micros(s.Now()))
	if err != nil {
		return nil, fmt.Errorf("read leases: %w", err)
	}
	return holders, nil
}

var putNode = &target{text: `
	INSERT INTO node (id, expires_at) VALUES ($1, $2)
	ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`}

// Renew renews all leases of a holder for ttl: those of others, and those that others have taken, stay as they are.
func (s *Store) Renew(ctx context.Context, holder string, ttl time.Duration) error {
	if err := s.put(ctx, putNode, holder, micros(s.Now().Add(ttl))); err != nil {
		return fmt.Errorf("renew the leases of %s: %w", holder, err)
	}
	return nil
}

var (
	// releaseLeases ends the leases of a holder that are still theirs.
	releaseLeases = &target{text: `UPDATE lease SET expires_at = 0 WHERE holder IN (VALUES ($1))`}
	clearNode     = &target{text: `DELETE FROM node WHERE id IN (VALUES ($1))`}
)

// Release gives all instances of a holder up: whoever asks next becomes their owner.
func (s *Store) Release(ctx context.Context, holder string) error {
	tx := &tx{ctx: ctx, store: s}
	tx.write(releaseLeases, "", holder)
	tx.write(clearNode, "", holder)
	if err := s.commit(ctx, tx); err != nil {
		return fmt.Errorf("release the leases of %s: %w", holder, err)
	}
	return nil
}
