package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
)

// keepVersion copies a row before it is written over or deleted. The guard of that write sees to it that the
// version is the one that was read.
var keepVersion = &target{text: `
	INSERT INTO resource_version (instance_id, kind, id, version, name, modified_at, body)
	SELECT instance_id, kind, id, version, name, modified_at, body FROM resource
	WHERE (instance_id, kind, id) IN (VALUES ($1, $2, $3))
	ON CONFLICT (instance_id, kind, id, version) DO NOTHING`}

// keep has the version that was read stay readable, when it is of a kind that keeps its versions.
func (t *tx) keep(r engine.Resource) {
	if r.Version > 0 && engine.KeepsVersions(r.Kind) {
		t.write(keepVersion, resourceKey(r), t.instance, string(r.Kind), r.ID)
	}
}

// Version reads a configuration object as it was at a version; see [engine.Reader].
func (s *Store) Version(ctx context.Context, instance string, kind arn.Kind, id string, version int64) (engine.Resource, error) {
	r := engine.Resource{Kind: kind, ID: id, Version: version}
	var modified int64
	err := s.row(ctx, `
		SELECT name, modified_at, body FROM resource
		WHERE instance_id = $1 AND kind = $2 AND id = $3 AND version = $4
		UNION ALL
		SELECT name, modified_at, body FROM resource_version
		WHERE instance_id = $1 AND kind = $2 AND id = $3 AND version = $4`,
		instance, string(kind), id, version).Scan(&r.Name, &modified, &r.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return r, missing(fmt.Sprintf("version %d of %s", version, kind.Noun()), id)
	}
	if err != nil {
		return r, fmt.Errorf("read version %d of %s %s: %w", version, kind.Noun(), id, err)
	}
	r.Modified = fromMicros(modified)
	return r, nil
}
