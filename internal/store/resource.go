package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// Instances reads all instances, oldest first.
func (s *Store) Instances(ctx context.Context) ([]directory.Instance, error) {
	all, err := collect(ctx, s, func(row scanner) (i directory.Instance, err error) {
		var created int64
		err = row.Scan(&i.ID, &i.Account, &i.Region, &i.Alias, &created)
		i.Created = fromMicros(created)
		return i, err
	}, `SELECT id, account, region, alias, created_at FROM instance ORDER BY created_at, id`)
	if err != nil {
		return nil, fmt.Errorf("read instances: %w", err)
	}
	return all, nil
}

var putInstance = &target{guarded: true, text: `
	INSERT INTO instance (id, account, region, alias, created_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (id) DO NOTHING`}

// PutInstance writes a new instance.
func (t *tx) PutInstance(i directory.Instance) {
	t.write(putInstance, i.ID, i.ID, i.Account, i.Region, i.Alias, micros(i.Created))
}

// Resources reads the configuration of an instance that was modified at a time or later.
func (s *Store) Resources(ctx context.Context, instance string, since time.Time) ([]engine.Resource, error) {
	all, err := collect(ctx, s, func(row scanner) (r engine.Resource, err error) {
		var modified int64
		err = row.Scan(&r.Kind, &r.ID, &r.Name, &r.Version, &modified, &r.Body)
		r.Modified = fromMicros(modified)
		return r, err
	}, `
		SELECT kind, id, name, version, modified_at, body FROM resource
		WHERE instance_id = $1 AND modified_at >= $2 ORDER BY kind, id`, instance, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	return all, nil
}

var putResource = &target{guarded: true, contended: true, text: `
	INSERT INTO resource (instance_id, kind, id, name, version, modified_at, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (instance_id, kind, id) DO UPDATE SET
	  name = excluded.name, version = excluded.version, modified_at = excluded.modified_at, body = excluded.body
	WHERE resource.version = excluded.version - 1`}

// holdResource affects the row only if it is there: putResource would bring back one that was deleted meanwhile.
var holdResource = &target{guarded: true, text: `
	UPDATE resource SET version = version WHERE (instance_id, kind, id) IN (VALUES ($1, $2, $3))`}

// hold has the command lose when the object that it has read is no longer there.
func (t *tx) hold(r engine.Resource) {
	if r.Version > 0 {
		t.write(holdResource, string(r.Kind)+"/"+r.ID, t.instance, string(r.Kind), r.ID)
	}
}

// Deleted reads which configuration of an instance was deleted at a time or later.
func (s *Store) Deleted(ctx context.Context, instance string, since time.Time) ([]engine.Resource, error) {
	all, err := collect(ctx, s, func(row scanner) (r engine.Resource, err error) {
		err = row.Scan(&r.Kind, &r.ID)
		return r, err
	}, `SELECT kind, id FROM tombstone WHERE instance_id = $1 AND deleted_at >= $2`, instance, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read deleted resources: %w", err)
	}
	return all, nil
}

var deleteResource = &target{text: `
	DELETE FROM resource WHERE (instance_id, kind, id) IN (VALUES ($1, $2, $3))`}

var putTombstone = &target{text: `
	INSERT INTO tombstone (instance_id, kind, id, deleted_at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (instance_id, kind, id) DO UPDATE SET deleted_at = excluded.deleted_at`}

// DeleteResource removes a configuration object that has not changed since it was read: writing it once more is
// the guard.
func (t *tx) DeleteResource(r engine.Resource) {
	t.hold(r)
	t.keep(r)
	key := string(r.Kind) + "/" + r.ID
	t.write(putResource, key, t.instance, string(r.Kind), r.ID, r.Name, r.Version+1, micros(t.Now()), string(r.Body))
	t.write(deleteResource, key, t.instance, string(r.Kind), r.ID)
	t.write(putTombstone, key, t.instance, string(r.Kind), r.ID, micros(t.Now()))
	t.commit.Deleted = append(t.commit.Deleted, r)
}

// PutResource writes a configuration object that is new or has not changed since it was read.
func (t *tx) PutResource(r engine.Resource) {
	t.hold(r)
	t.keep(r)
	r.Version++
	r.Modified = t.Now()
	t.write(putResource, string(r.Kind)+"/"+r.ID, t.instance, string(r.Kind), r.ID, r.Name, r.Version,
		micros(r.Modified), string(r.Body))
	t.commit.Resources = append(t.commit.Resources, r)
}
