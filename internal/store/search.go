package store

import (
	"context"
	"fmt"
	"math"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// A search reads contacts in one of two ways, so that it costs no more when there are more contacts:
//
//   - It walks an index that has the wanted order, and tests each contact, until the page is full. That is
//     quick when many pass the test.
//   - It gathers the entries of the smallest posting of what is asked for (a term, a queue, an agent, a range of
//     times), tests and sorts them. That is quick when they are few.
//
// Which of the two is told by counting the entries of each posting, up to gatherMost. Where no index has the order
// (that of another moment than the range is of, of the expiry or of the method) it always gathers.
const (
	// gatherMost is how many entries a search rather gathers than walks past.
	gatherMost = 2000
	// maxProbes bounds the postings of one criterion that are counted.
	maxProbes = 8
	// countMost and lookMost bound what counting costs; see [engine.Reader].
	countMost = 10_000
	lookMost  = 5_000
)

// search is a search under way.
type search struct {
	store     *Store
	instance  string
	low, high string // of the ids
	criteria  []criterion
	order     order
	after     *engine.Place
}

func (s *Store) search(instance string, in engine.Search, after *engine.Place) *search {
	r := &search{store: s, instance: instance, criteria: criteriaOf(in), order: orderOf(in), after: after}
	// Nothing happens to a contact before its initiation, so that the end of any range bounds the ids.
	r.high = contact.LastID(in.During.To)
	r.low = contact.FirstID(s.keptSince(s.Now()))
	if in.During.Moment == engine.Initiation {
		r.low = max(r.low, contact.FirstID(in.During.From))
	}
	return r
}

// ids is the posting of all contacts within the bounds.
var ids = posting{}

// plan is how a search reads.
type plan struct {
	from posting
	walk bool // the posting has the wanted order
	skip int  // index of the criterion that the posting makes hold by itself, or -1
}

// plan chooses how to read.
func (s *search) plan(ctx context.Context) (plan, error) {
	walk := s.walk()
	if walk.walk && s.covered(walk) {
		return walk, nil
	}
	best, least := plan{from: ids, skip: -1}, -1
	for i, c := range s.criteria {
		for _, p := range c.postings {
			n, err := p.size(ctx, s, s.store.gatherMost)
			if err != nil {
				return plan{}, fmt.Errorf("count index entries: %w", err)
			}
			if least < 0 || n < least {
				best, least = plan{from: p, skip: -1}, n
				if c.exact {
					best.skip = i
				}
			}
		}
	}
	if walk.walk && (least < 0 || least >= s.store.gatherMost) {
		return walk, nil
	}
	return best, nil
}

// walk is the plan that reads in the wanted order; its walk is false when there is none.
func (s *search) walk() plan {
	for i, c := range s.criteria {
		for _, p := range c.postings {
			ordered := s.order.expr == "" && !p.moment() || p.moment() && p.column == s.order.column
			if p.single() && ordered {
				if !c.exact {
					i = -1
				}
				return plan{from: p, walk: true, skip: i}
			}
		}
	}
	return plan{from: ids, walk: s.order.expr == "", skip: -1}
}

// covered reports whether nothing is asked for but what the plan's posting makes hold.
func (s *search) covered(p plan) bool {
	return len(s.criteria) == 0 || len(s.criteria) == 1 && p.skip == 0
}

// tables appends what a plan reads from, with its conditions and those of the search. Where it gathers, it looks at
// so many entries.
func (s *search) tables(q *query, p plan, look int) {
	switch {
	case p.walk && p.from.terms != nil:
		q.add(" FROM term AS t JOIN contact AS c ON c.instance_id = t.instance_id AND c.id = t.contact_id")
		q.add(" WHERE t.instance_id = ").arg(s.instance).add(" AND t.term IN ").list(p.from.terms)
		q.add(" AND t.contact_id >= ").arg(s.low).add(" AND t.contact_id <= ").arg(s.high)
	case p.walk:
		q.add(" FROM contact AS c WHERE c.instance_id = ").arg(s.instance)
		p.from.bounds(q, s, "c.")
	default:
		// The limit keeps SQLite from making one loop of the two, and then beginning with the contacts.
		q.add(" FROM (")
		p.from.entries(q, s)
		q.add(" LIMIT ").arg(look).add(") AS e JOIN contact AS c ON c.id = e.id WHERE c.instance_id = ").arg(s.instance)
	}
	for i, c := range s.criteria {
		if i != p.skip {
			c.holds(q)
		}
	}
}

// sorted appends the order of a plan, and the place after which the page begins.
func (s *search) sorted(q *query, p plan) {
	id, expr := "c.id", s.order.expr
	if p.walk && p.from.terms != nil {
		id = "t.contact_id"
	}
	if p.walk && p.from.moment() {
		expr = "c." + p.from.column
	}
	if s.after != nil && expr == "" {
		q.add(" AND " + id + s.order.beyond()).arg(s.after.ID)
	}
	if s.after != nil && expr != "" {
		q.add(" AND (" + expr + ", " + id + ")" + s.order.beyond() + "(").arg(s.order.key(s.after)).add(", ").arg(s.after.ID).add(")")
	}
	q.add(" ORDER BY ")
	if expr != "" {
		q.add(expr + s.order.direction() + ", ")
	}
	q.add(id + s.order.direction())
}

// SearchContacts reads a page of contacts; see [engine.Reader].
func (s *Store) SearchContacts(ctx context.Context, instance string, in engine.Search, after *engine.Place, limit int) (engine.Found, error) {
	r := s.search(instance, in, after)
	p, err := r.plan(ctx)
	if err != nil {
		return engine.Found{}, err
	}
	var found engine.Found
	found.Contacts, err = atLeast(limit+1, func(most int) (page []*contact.Contact, rows int, err error) {
		err = s.query(ctx, r.page(p, most), s.tolerant(instance, func(row scanner) error {
			rows++
			c, err := scanContact(row)
			if err == nil {
				page = append(page, c)
			}
			return err
		}))
		return page, rows, err
	})
	if err != nil {
		return engine.Found{}, fmt.Errorf("search contacts: %w", err)
	}
	if len(found.Contacts) > limit {
		found.Contacts = found.Contacts[:limit]
		found.Next = placeOf(found.Contacts[limit-1], in.By)
	}
	return found, nil
}

// page is the statement that reads contacts as a plan says.
func (s *search) page(p plan, limit int) *query {
	q := &query{}
	q.add("SELECT c.id, c.version, c.state, c.queue_id, c.agent_id, c.initiated_at, c.body")
	s.tables(q, p, math.MaxInt64)
	s.sorted(q, p)
	return q.add(" LIMIT ").arg(limit)
}

// placeOf is the place of a contact in an order.
func placeOf(c *contact.Contact, by engine.Moment) *engine.Place {
	p := &engine.Place{ID: c.ID}
	switch by {
	case engine.Scheduled:
		p.At = micros(c.ScheduledFor)
	case engine.Enqueue:
		p.At = micros(c.Enqueued)
	case engine.AgentConnect:
		p.At = micros(c.ConnectedToAgent)
	case engine.Disconnect:
		p.At = micros(c.Disconnected)
	case engine.Expiry:
		p.At = micros(c.Expires)
	case engine.ByMethod:
		p.Text = string(c.Method)
	case engine.Initiation: // the id tells
	}
	return p
}

// look is the plan that counts where another walks: it gathers, best what is in the range of times.
func (s *search) look(p plan) plan {
	for i, c := range s.criteria {
		if p.walk && c.postings != nil && c.postings[0].moment() {
			return plan{from: c.postings[0], skip: i}
		}
	}
	return plan{from: p.from, skip: p.skip}
}

// CountContacts counts contacts; see [engine.Reader].
func (s *Store) CountContacts(ctx context.Context, instance string, in engine.Search) (int, error) {
	r := s.search(instance, in, nil)
	p, err := r.plan(ctx)
	if err != nil {
		return 0, err
	}
	if r.covered(p) {
		return p.from.size(ctx, r, countMost)
	}
	q := &query{}
	q.add("SELECT count(*)")
	r.tables(q, r.look(p), lookMost)
	n, err := s.number(ctx, q)
	if err != nil {
		return 0, fmt.Errorf("count contacts: %w", err)
	}
	return n, nil
}
