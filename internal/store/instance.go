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

func scanInstance(row scanner) (i directory.Instance, err error) {
	var created int64
	err = row.Scan(&i.ID, &i.Account, &i.Region, &i.Alias, &created)
	i.Created = fromMicros(created)
	if i.Alias == i.ID {
		i.Alias = ""
	}
	return i, err
}

// Instances reads all instances, oldest first.
func (s *Store) Instances(ctx context.Context) ([]directory.Instance, error) {
	all, err := collect(ctx, s, scanInstance, `SELECT id, account, region, alias, created_at FROM instance ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("read instances: %w", err)
	}
	return all, nil
}

// Instance reads an instance; ok is false when there is none.
func (s *Store) Instance(ctx context.Context, id string) (i directory.Instance, ok bool, err error) {
	return s.instance(ctx, `SELECT id, account, region, alias, created_at FROM instance WHERE id = $1`, id)
}

// InstanceNamed reads the instance that has an alias, in whatever case; ok is false when there is none.
func (s *Store) InstanceNamed(ctx context.Context, alias string) (i directory.Instance, ok bool, err error) {
	return s.instance(ctx, `
		SELECT id, account, region, alias, created_at FROM instance WHERE lower(alias) = lower($1) AND alias <> id
		ORDER BY created_at, id LIMIT 1`, alias)
}

func (s *Store) instance(ctx context.Context, text string, args ...any) (i directory.Instance, ok bool, err error) {
	i, err = scanInstance(s.row(ctx, text, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return directory.Instance{}, false, nil
	}
	if err != nil {
		return directory.Instance{}, false, fmt.Errorf("read instance: %w", err)
	}
	return i, true, nil
}

var putInstance = &target{guarded: true, text: `
	INSERT INTO instance (id, account, region, alias, created_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (id) DO NOTHING`}

// PutInstance writes a new instance. One without an alias is stored with its id in the place of it, as aliases are
// unique.
func (t *tx) PutInstance(i directory.Instance) {
	alias := i.Alias
	if alias == "" {
		alias = i.ID
	}
	t.write(putInstance, i.ID, i.ID, i.Account, i.Region, alias, micros(i.Created))
	t.commit.Created = &i
}

var (
	// Of two who delete an instance, one affects no row.
	dropInstance = &target{guarded: true, text: `DELETE FROM instance WHERE id IN (VALUES ($1))`}

	putDeletedInstance = &target{text: `
		INSERT INTO deleted_instance (id, deleted_at) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET deleted_at = excluded.deleted_at`}
	clearDeletedInstance = &target{text: `DELETE FROM deleted_instance WHERE id IN (VALUES ($1))`}
)

// DeleteInstance removes the instance of the command; what is in it follows by [Store.Discard]. A request of the
// account that made it with an idempotency token makes another one when it is repeated.
func (t *tx) DeleteInstance(i directory.Instance) {
	t.write(dropInstance, "", t.instance)
	t.write(putDeletedInstance, "", t.instance, micros(t.Now()))
	made, err := t.store.ids(t.ctx, `SELECT token FROM token WHERE instance_id = $1 AND operation = $2 AND result = $3`,
		i.Account, engine.CreateInstanceToken, t.instance)
	if err != nil {
		t.fail(fmt.Errorf("read the token of an instance: %w", err))
	}
	for _, token := range made {
		t.write(clearToken, token, i.Account, engine.CreateInstanceToken, token)
	}
	t.commit.Gone = true
}

// DeletedInstances reads the instances that were deleted and of which something may be left, with the time of that.
func (s *Store) DeletedInstances(ctx context.Context) (map[string]time.Time, error) {
	all := map[string]time.Time{}
	err := s.each(ctx, func(row scanner) error {
		var id string
		var at int64
		err := row.Scan(&id, &at)
		all[id] = fromMicros(at)
		return err
	}, `SELECT id, deleted_at FROM deleted_instance`)
	if err != nil {
		return nil, fmt.Errorf("read deleted instances: %w", err)
	}
	return all, nil
}

// ForgetInstance forgets that an instance was deleted, once nothing of it is left.
func (s *Store) ForgetInstance(ctx context.Context, instance string) error {
	return s.put(ctx, clearDeletedInstance, instance)
}

// contents are the tables that have rows of instances, how to find out whether there is one, and the statement that
// removes up to 500 of them, so that it never holds up the commands for long.
var contents = []struct {
	any string
	to  *target
}{
	{`SELECT instance_id FROM timer WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM timer WHERE (instance_id, id) IN (
		  SELECT instance_id, id FROM timer WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM session WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM session WHERE token_hash IN (
		  SELECT token_hash FROM session WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM contact WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM contact WHERE (instance_id, id) IN (
		  SELECT instance_id, id FROM contact WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM chain WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM chain WHERE (instance_id, id) IN (
		  SELECT instance_id, id FROM chain WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM term WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM term WHERE (instance_id, term, contact_id) IN (
		  SELECT instance_id, term, contact_id FROM term WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM event WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM event WHERE (instance_id, contact_id, seq) IN (
		  SELECT instance_id, contact_id, seq FROM event WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM agent WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM agent WHERE (instance_id, id) IN (
		  SELECT instance_id, id FROM agent WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM file WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM file WHERE (instance_id, id) IN (
		  SELECT instance_id, id FROM file WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM token WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM token WHERE (instance_id, operation, token) IN (
		  SELECT instance_id, operation, token FROM token WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM resource_version WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM resource_version WHERE (instance_id, kind, id, version) IN (
		  SELECT instance_id, kind, id, version FROM resource_version WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM tombstone WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM tombstone WHERE (instance_id, kind, id) IN (
		  SELECT instance_id, kind, id FROM tombstone WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM resource WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM resource WHERE (instance_id, kind, id) IN (
		  SELECT instance_id, kind, id FROM resource WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM quarantine WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM quarantine WHERE (instance_id, table_name, row_key) IN (
		  SELECT instance_id, table_name, row_key FROM quarantine WHERE instance_id IN (VALUES ($1)) LIMIT 500)`}},
	{`SELECT instance_id FROM generation WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM generation WHERE instance_id IN (VALUES ($1))`}},
	{`SELECT instance_id FROM lease WHERE instance_id = $1 LIMIT 1`, &target{text: `
		DELETE FROM lease WHERE instance_id IN (VALUES ($1))`}},
}

// discarding are the statements of contents.
func discarding() (all []*target) {
	for _, c := range contents {
		all = append(all, c.to)
	}
	return all
}

// Discard removes some of what a deleted instance has left, and reports whether there was anything.
func (s *Store) Discard(ctx context.Context, instance string) (bool, error) {
	for _, c := range contents {
		found, err := s.ids(ctx, c.any, instance)
		if err != nil {
			return false, fmt.Errorf("look for what is left of instance %s: %w", instance, err)
		}
		if len(found) == 0 {
			continue
		}
		if err := s.put(ctx, c.to, instance); err != nil {
			return false, fmt.Errorf("remove what is left of instance %s: %w", instance, err)
		}
		return true, nil
	}
	return false, nil
}
