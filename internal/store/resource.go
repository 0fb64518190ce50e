package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

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

// resource reads one configuration object as it is stored.
func (s *Store) resource(ctx context.Context, r engine.Row) (found engine.Resource, err error) {
	kind, id, _ := strings.Cut(r.Key, "/")
	err = s.row(ctx, `
		SELECT kind, id, name, version, body FROM resource WHERE instance_id = $1 AND kind = $2 AND id = $3`,
		r.Instance, kind, id).Scan(&found.Kind, &found.ID, &found.Name, &found.Version, &found.Body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return found, missing("resource", r.Key)
	case err != nil:
		return found, fmt.Errorf("read %s: %w", r, scanFailed(r.Table, r.Key, err))
	}
	return found, nil
}

// resourceKey is the key of the row of a configuration object; see [engine.Row].
func resourceKey(r engine.Resource) string { return string(r.Kind) + "/" + r.ID }

// checkResource fails with an [engine.UndecodableError] for a configuration object that cannot be decoded.
func checkResource(r engine.Resource) error {
	if err := r.Check(); err != nil {
		return undecodable(engine.ResourceTable, resourceKey(r), err)
	}
	return nil
}

// AllResources reads the configuration of all instances that was modified at a time or later, by instance.
func (s *Store) AllResources(ctx context.Context, since time.Time) (map[string][]engine.Resource, error) {
	all := map[string][]engine.Resource{}
	err := s.each(ctx, func(row scanner) error {
		var r engine.Resource
		var instance string
		var modified int64
		err := row.Scan(&instance, &r.Kind, &r.ID, &r.Name, &r.Version, &modified, &r.Body)
		r.Modified = fromMicros(modified)
		all[instance] = append(all[instance], r)
		return err
	}, `SELECT instance_id, kind, id, name, version, modified_at, body FROM resource WHERE modified_at >= $1`, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	return all, nil
}

// AllDeleted reads which configuration of all instances was deleted at a time or later, by instance.
func (s *Store) AllDeleted(ctx context.Context, since time.Time) (map[string][]engine.Resource, error) {
	all := map[string][]engine.Resource{}
	err := s.each(ctx, func(row scanner) error {
		var r engine.Resource
		var instance string
		err := row.Scan(&instance, &r.Kind, &r.ID)
		all[instance] = append(all[instance], r)
		return err
	}, `SELECT instance_id, kind, id FROM tombstone WHERE deleted_at >= $1`, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read deleted resources: %w", err)
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
		t.write(holdResource, resourceKey(r), t.instance, string(r.Kind), r.ID)
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
	t.configured()
	t.hold(r)
	t.keep(r)
	key := resourceKey(r)
	t.write(putResource, key, t.instance, string(r.Kind), r.ID, r.Name, r.Version+1, micros(t.Now()), string(r.Body))
	t.write(deleteResource, key, t.instance, string(r.Kind), r.ID)
	t.write(putTombstone, key, t.instance, string(r.Kind), r.ID, micros(t.Now()))
	t.commit.Deleted = append(t.commit.Deleted, r)
}

// PutResource writes a configuration object that is new or has not changed since it was read.
func (t *tx) PutResource(r engine.Resource) {
	t.configured()
	t.hold(r)
	t.keep(r)
	r.Version++
	r.Modified = t.Now()
	t.write(putResource, resourceKey(r), t.instance, string(r.Kind), r.ID, r.Name, r.Version,
		micros(r.Modified), string(r.Body))
	t.commit.Resources = append(t.commit.Resources, r)
}
