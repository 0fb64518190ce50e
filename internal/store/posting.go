package store

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
)

// posting is a part of an index: entries of contacts in the order of their ids, or of a moment.
type posting struct {
	terms  []string         // entries of table term, or
	column string           // the index of this column of contact:
	values []string         // queues or agents, or
	during engine.TimeRange // a moment
}

// moment reports whether the entries are in the order of a moment.
func (p posting) moment() bool { return p.column != "" && p.values == nil }

// single reports whether all entries are in one order.
func (p posting) single() bool { return p.moment() || len(p.terms)+len(p.values) <= 1 }

// entries appends the query of the ids of the posting, within the bounds of a search.
func (p posting) entries(q *query, s *search) {
	if p.terms != nil {
		q.add("SELECT ")
		if len(p.terms) > 1 { // of which a contact may have several
			q.add("DISTINCT ")
		}
		q.add("contact_id AS id FROM term WHERE instance_id = ").arg(s.instance)
		q.add(" AND term IN ").list(p.terms)
		q.add(" AND contact_id >= ").arg(s.low).add(" AND contact_id <= ").arg(s.high)
		return
	}
	q.add("SELECT id FROM contact WHERE instance_id = ").arg(s.instance)
	p.bounds(q, s, "")
}

// bounds appends the conditions that make a part of an index of contact out of the whole.
func (p posting) bounds(q *query, s *search, alias string) {
	id := alias + "id"
	switch {
	case p.moment():
		from, to := micro(p.during)
		q.add(" AND " + alias + p.column + " >= ").arg(from).add(" AND " + alias + p.column + " < ").arg(to)
		id += " || ''" // not the index of ids, but that of the moment
	case p.column == "agent_id":
		q.add(" AND " + alias + "connected_at IS NOT NULL AND " + alias + "agent_id IN ").list(p.values)
	case p.column != "":
		q.add(" AND " + alias + p.column + " IN ").list(p.values)
	}
	q.add(" AND " + id + " >= ").arg(s.low).add(" AND " + id + " <= ").arg(s.high)
}

// size counts the entries, up to a limit.
func (p posting) size(ctx context.Context, s *search, limit int) (int, error) {
	q := &query{}
	q.add("SELECT count(*) FROM (")
	p.entries(q, s)
	q.add(" LIMIT ").arg(limit).add(") AS entries")
	return s.store.number(ctx, q)
}
