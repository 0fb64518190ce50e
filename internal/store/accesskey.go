package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// keyLife is how long an access key that was read is taken without asking the database again: as long as it takes at
// most until a key that another process revokes is refused here.
const keyLife = time.Second

// keyCache remembers the active access keys that were read, by id.
type keyCache struct{ byID sync.Map }

// cachedKey is an access key as it was at a time of the machine.
type cachedKey struct {
	directory.AccessKey
	read time.Time
}

// accessKeyColumns of an access key.
const accessKeyColumns = `id, secret, account, name, status, created_at`

func scanAccessKey(row scanner) (k directory.AccessKey, err error) {
	var created int64
	err = row.Scan(&k.ID, &k.Secret, &k.Account, &k.Name, &k.Status, &created)
	k.Created = fromMicros(created)
	return k, err
}

// AccessKey reads an active access key; ok is false when there is none of that id. A key that was disabled or deleted
// elsewhere is taken for [keyLife] at most.
func (s *Store) AccessKey(ctx context.Context, id string) (key directory.AccessKey, ok bool, err error) {
	now := s.machine()
	if known, ok := s.keys.byID.Load(id); ok {
		if k := known.(cachedKey); now.Sub(k.read) < keyLife {
			return k.AccessKey, true, nil
		}
	}
	key, err = scanAccessKey(s.row(ctx, `SELECT `+accessKeyColumns+` FROM access_key WHERE id = $1 AND status = 'ACTIVE'`, id))
	if errors.Is(err, sql.ErrNoRows) {
		s.keys.byID.Delete(id)
		return directory.AccessKey{}, false, nil
	}
	if err != nil {
		return directory.AccessKey{}, false, fmt.Errorf("read access key: %w", err)
	}
	s.keys.byID.Store(id, cachedKey{key, now})
	return key, true, nil
}

// AccessKeys reads all access keys, oldest first.
func (s *Store) AccessKeys(ctx context.Context) ([]directory.AccessKey, error) {
	all, err := collect(ctx, s, scanAccessKey, `SELECT `+accessKeyColumns+` FROM access_key ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("read access keys: %w", err)
	}
	return all, nil
}

var (
	putAccessKey = &target{guarded: true, text: `
	INSERT INTO access_key (id, secret, account, name, status, created_at)
	VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`}
	disableAccessKey = &target{guarded: true, text: `UPDATE access_key SET status = 'DISABLED' WHERE id IN (VALUES ($1))`}
	enableAccessKey  = &target{guarded: true, text: `UPDATE access_key SET status = 'ACTIVE' WHERE id IN (VALUES ($1))`}
	dropAccessKey    = &target{guarded: true, text: `DELETE FROM access_key WHERE id IN (VALUES ($1))`}
)

// PutAccessKey writes a new access key.
func (t *tx) PutAccessKey(k directory.AccessKey) {
	t.write(putAccessKey, k.ID, k.ID, k.Secret, k.Account, k.Name, string(directory.KeyActive), micros(t.store.machine()))
}

// AddAccessKey makes an access key that is active from now on. Without an account it is of that of the oldest
// instance. It fails with [fault.Invalid] for a name that no key can have, and with [fault.Unusable] when the account
// is left open and there is no instance.
func (s *Store) AddAccessKey(ctx context.Context, k directory.AccessKey) error {
	if err := directory.CheckKeyName(k.Name); err != nil {
		return err
	}
	if k.Account == "" {
		all, err := s.Instances(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fault.New(fault.Unusable, "There is no instance yet: start the server once, or name the account of the key")
		}
		k.Account = all[0].Account
	}
	t := &tx{ctx: ctx, store: s}
	t.PutAccessKey(k)
	if err := s.commit(ctx, t); err != nil {
		return fmt.Errorf("write access key: %w", err)
	}
	return nil
}

// SetAccessKeyStatus disables an access key, or enables it again. It fails with [fault.NotFound], and with
// [fault.Invalid] for a status that there is not.
func (s *Store) SetAccessKeyStatus(ctx context.Context, id string, status directory.KeyStatus) error {
	switch status {
	case directory.KeyActive:
		return s.changeAccessKey(ctx, enableAccessKey, id)
	case directory.KeyDisabled:
		return s.changeAccessKey(ctx, disableAccessKey, id)
	default:
		return fault.New(fault.Invalid, "The status of an access key is %s or %s, not %q", directory.KeyActive, directory.KeyDisabled, status)
	}
}

// DeleteAccessKey removes an access key. It fails with [fault.NotFound].
func (s *Store) DeleteAccessKey(ctx context.Context, id string) error {
	return s.changeAccessKey(ctx, dropAccessKey, id)
}

func (s *Store) changeAccessKey(ctx context.Context, to *target, id string) error {
	err := s.put(ctx, to, id)
	s.keys.byID.Delete(id)
	if errors.Is(err, errLost) {
		return missing("Access key", id)
	}
	if err != nil {
		return fmt.Errorf("write access key: %w", err)
	}
	return nil
}
