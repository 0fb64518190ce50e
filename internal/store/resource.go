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
	var all []directory.Instance
	err := s.each(ctx, func(row scanner) error {
		var i directory.Instance
		var created int64
		if err := row.Scan(&i.ID, &i.Account, &i.Region, &i.Alias, &created); err != nil {
			return err
		}
		i.Created = fromMicros(created)
		all = append(all, i)
		return nil
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
	var all []engine.Resource
	err := s.each(ctx, func(row scanner) error {
		var r engine.Resource
		var modified int64
		if err := row.Scan(&r.Kind, &r.ID, &r.Name, &r.Version, &modified, &r.Body); err != nil {
			return err
		}
		r.Modified = fromMicros(modified)
		all = append(all, r)
		return nil
	}, `
		SELECT kind, id, name, version, modified_at, body FROM resource
		WHERE instance_id = $1 AND modified_at >= $2 ORDER BY kind, id`, instance, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read resources: %w", err)
	}
	return all, nil
}

var putResource = &target{guarded: true, text: `
	INSERT INTO resource (instance_id, kind, id, name, version, modified_at, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (instance_id, kind, id) DO UPDATE SET
	  name = excluded.name, version = excluded.version, modified_at = excluded.modified_at, body = excluded.body
	WHERE resource.version = excluded.version - 1`}

// PutResource writes a configuration object that is new or has not changed since it was read.
func (t *tx) PutResource(r engine.Resource) {
	r.Version++
	r.Modified = t.now
	t.write(putResource, string(r.Kind)+"/"+r.ID, t.instance, string(r.Kind), r.ID, r.Name, r.Version,
		micros(r.Modified), string(r.Body))
	t.commit.Resources = append(t.commit.Resources, r)
}
