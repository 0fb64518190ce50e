package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
)

// GatherMost has searches walk where they would gather, or the other way round.
func (s *Store) GatherMost(n int) { s.gatherMost = n }

// Lock writes a row as a command does, but does not commit: it waits, as a server that is stopped between the two. The
// function that it returns tells how that ended.
func (s *Store) Lock(ctx context.Context, text string, args ...any) (commit func() error, err error) {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if _, err := tx.ExecContext(ctx, text, args...); err != nil {
		return nil, errors.Join(err, tx.Rollback(), conn.Close())
	}
	return func() error { return errors.Join(tx.Commit(), conn.Close()) }, nil
}

// Explain tells how SQLite runs a search for contacts: each step of the statements that it sends.
func (s *Store) Explain(ctx context.Context, instance string, in engine.Search, after *engine.Place) ([]string, error) {
	r := s.search(instance, in, after)
	p, err := r.plan(ctx)
	if err != nil {
		return nil, err
	}
	count := &query{}
	count.add("SELECT count(*)")
	r.tables(count, r.look(p), lookMost)
	statements := []*query{r.page(p, 101), count}
	for _, c := range r.criteria {
		for _, posting := range c.postings {
			entries := &query{}
			posting.entries(entries, r)
			statements = append(statements, entries)
		}
	}
	var steps []string
	for _, q := range statements {
		rows, err := s.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q.text.String(), q.args...)
		if err != nil {
			return nil, fmt.Errorf("%w in %s", err, q.text.String())
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return nil, err
			}
			steps = append(steps, detail)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}
