package store

import (
	"context"
	"strconv"
	"strings"
)

// query is a statement that is put together from pieces, each with its arguments.
type query struct {
	text strings.Builder
	args []any
}

// add appends a piece of text.
func (q *query) add(text string) *query {
	q.text.WriteString(text)
	return q
}

// arg appends a placeholder for a value.
func (q *query) arg(v any) *query {
	q.args = append(q.args, v)
	return q.add("$" + strconv.Itoa(len(q.args)))
}

// list appends placeholders for values, in parentheses.
func (q *query) list(values []string) {
	q.add("(")
	for i, v := range values {
		if i > 0 {
			q.add(", ")
		}
		q.arg(v)
	}
	q.add(")")
}

// query runs a statement that is not kept prepared, because there are many of its kind.
func (s *Store) query(ctx context.Context, q *query, fn func(scanner) error) error {
	ctx, read := s.bound(ctx)
	rows, err := s.read.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return read.end(err)
	}
	return read.end(read.drain(rows, fn))
}

// number runs a statement that gives one number.
func (s *Store) number(ctx context.Context, q *query) (int, error) {
	var n int
	err := s.query(ctx, q, func(row scanner) error { return row.Scan(&n) })
	return n, err
}
