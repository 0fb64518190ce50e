package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Generation reads how often the configuration of an instance has been changed.
func (s *Store) Generation(ctx context.Context, instance string) (n int64, err error) {
	err = s.row(ctx, `SELECT number FROM generation WHERE instance_id = $1`, instance).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the generation of instance %s: %w", instance, err)
	}
	return n, nil
}

var (
	// claimGeneration affects the row only if nobody has changed configuration since the command read its generation.
	// Commands of one process that change the configuration of one instance take turns.
	claimGeneration = &target{guarded: true, contended: true, text: `
		INSERT INTO generation (instance_id, number) VALUES ($1, $2)
		ON CONFLICT (instance_id) DO UPDATE SET number = excluded.number WHERE generation.number = excluded.number - 1`}
	// raiseGeneration is of commands that refer to nothing.
	raiseGeneration = &target{text: `
		INSERT INTO generation (instance_id, number) VALUES ($1, $2)
		ON CONFLICT (instance_id) DO UPDATE SET number = generation.number + 1`}
)

// Generation reads the generation of the configuration; see [engine.Tx].
func (t *tx) Generation() (int64, error) {
	n, err := t.store.Generation(t.ctx, t.instance)
	if err == nil && t.generation == nil { // of several, the first counts
		t.generation = &n
	}
	return n, err
}

// configured is called when configuration is written.
func (t *tx) configured() {
	if t.generation == nil {
		t.write(raiseGeneration, t.instance, t.instance, 1)
		return
	}
	t.commit.Generation = *t.generation + 1
	t.write(claimGeneration, t.instance, t.instance, t.commit.Generation)
}
