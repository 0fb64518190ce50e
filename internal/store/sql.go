package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"github.com/tasklane/tasklane/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// prepared returns the statement for a text, prepared once for the whole pool.
func (s *Store) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.stmts.Load(text); ok {
		return st.(*sql.Stmt), nil
	}
	st, err := s.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if first, loaded := s.stmts.LoadOrStore(text, st); loaded {
		_ = st.Close() //nolint:sqlclosecheck // somebody else prepared it meanwhile
		return first.(*sql.Stmt), nil
	}
	return st, nil
}

// scanner is a row, or the error of the query for it.
type scanner interface{ Scan(dest ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// row reads one row. The error, [sql.ErrNoRows] among them, comes from Scan.
func (s *Store) row(ctx context.Context, text string, args ...any) scanner {
	ctx, read := s.bound(ctx)
	st, err := s.prepared(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return failed{read.end(err)}
	}
	return singleRow{st.QueryRowContext(ctx, args...), read}
}

// each reads rows and calls fn for each of them.
func (s *Store) each(ctx context.Context, fn func(scanner) error, text string, args ...any) error {
	ctx, read := s.bound(ctx)
	st, err := s.prepared(ctx, text) //nolint:sqlclosecheck // it is kept
	if err != nil {
		return read.end(err)
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return read.end(err)
	}
	return read.end(read.drain(rows, fn))
}

// drain calls fn for each row and closes the rows.
func (r *boundedRead) drain(rows *sql.Rows, fn func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		r.progress()
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ids reads rows of one id.
func (s *Store) ids(ctx context.Context, text string, args ...any) ([]string, error) {
	return collect(ctx, s, func(row scanner) (id string, err error) {
		err = row.Scan(&id)
		return id, err
	}, text, args...)
}

// collect reads what scan makes of each row.
func collect[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	var all []T
	err := s.each(ctx, func(row scanner) error {
		v, err := scan(row)
		all = append(all, v)
		return err
	}, text, args...)
	return all, err
}

// put writes one row outside of any command, durably.
func (s *Store) put(ctx context.Context, to *target, args ...any) error {
	tx := &tx{ctx: ctx, store: s}
	tx.write(to, "", args...)
	return s.commit(ctx, tx)
}

// missing is the fault for a row that is not there.
func missing(what, id string) error {
	return fault.New(fault.NotFound, "%s %s does not exist", what, id)
}

// null turns an empty string into SQL NULL.
func null(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
