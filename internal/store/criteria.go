package store

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// criterion is one thing that a search asks for.
type criterion struct {
	// holds appends the test of a contact c, which begins with AND.
	holds func(*query)
	// postings are index entries, each of which has all contacts for which the criterion holds.
	postings []posting
	// exact says that the only posting has no others.
	exact bool
}

// momentColumns are the columns of the moments that have an index.
var momentColumns = map[engine.Moment]string{
	engine.Scheduled: "scheduled_at", engine.Enqueue: "enqueued_at", engine.AgentConnect: "connected_at",
	engine.Disconnect: "disconnected_at",
}

// criteriaOf takes a search apart. The range of initiations is none of the criteria: it bounds the ids.
func criteriaOf(in engine.Search) []criterion {
	var all []criterion
	if column := momentColumns[in.During.Moment]; column != "" {
		all = append(all, criterion{
			holds:    func(q *query) { q.add(" AND "); within(q, in.During) },
			postings: []posting{{column: column, during: in.During}}, exact: true,
		})
	}
	if len(in.Agents) > 0 {
		all = append(all, criterion{
			holds: func(q *query) {
				q.add(" AND c.connected_at + 0 IS NOT NULL AND c.agent_id || '' IN ").list(in.Agents)
			},
			postings: []posting{{column: "agent_id", values: in.Agents}}, exact: true,
		})
	}
	all = append(all, pairs(in.Attributes, attributeTerm)...)
	all = append(all, pairs(in.Segments, contact.SegmentTerms)...)
	for i, groups := range in.Groups {
		all = append(all, anyTerm(groups, func(id string) string { return contact.GroupTerm(i+1, id) })...)
	}
	for _, users := range in.Preferred {
		all = append(all, preferring(users)...)
	}
	if len(in.Tags) > 0 {
		all = append(all, tagged(in.Tags)...)
	}
	if len(in.Name.Texts) > 0 {
		all = append(all, named(in.Name)...)
	}
	if len(in.Queues) > 0 {
		all = append(all, criterion{
			holds:    func(q *query) { q.add(" AND c.queue_id || '' IN ").list(in.Queues) },
			postings: []posting{{column: "queue_id", values: in.Queues}}, exact: true,
		})
	}
	all = append(all, ofChannels(in.Channels)...)
	if len(in.Methods) > 0 {
		methods := make([]string, len(in.Methods))
		for i, m := range in.Methods {
			methods[i] = string(m)
		}
		all = append(all, criterion{holds: func(q *query) { q.add(" AND c.method IN ").list(methods) }})
	}
	if len(in.Times.Of) > 0 {
		all = append(all, criterion{holds: func(q *query) { times(q, in.Times) }})
	}
	return all
}

// combine appends the tests that part appends for each of n things, combined as match says.
func combine(q *query, match engine.Match, n int, part func(int)) {
	between := " OR "
	q.add(" AND ")
	switch match {
	case engine.MatchAll, engine.MatchExact:
		between = " AND "
	case engine.MatchNone:
		q.add("NOT ")
	case engine.MatchAny:
	}
	q.add("(")
	for i := range n {
		if i > 0 {
			q.add(between)
		}
		part(i)
	}
	q.add(")")
}

// within appends the test whether a moment of c lies in a range. An expression instead of the bare column keeps the
// database from choosing the column's index where the search has chosen another.
func within(q *query, r engine.TimeRange) {
	column := momentColumns[r.Moment]
	if column == "" {
		column = "initiated_at"
	}
	from, to := micro(r)
	q.add("c." + column + " + 0 IS NOT NULL AND c." + column + " + 0 >= ").arg(from)
	q.add(" AND c." + column + " + 0 < ").arg(to)
}

// micro bounds the microseconds in a range of milliseconds: from is in it, to is not.
func micro(r engine.TimeRange) (from, to int64) {
	return r.From.Truncate(time.Millisecond).UnixMicro(), r.To.Truncate(time.Millisecond).Add(time.Millisecond).UnixMicro()
}

func times(q *query, t engine.Times) {
	combine(q, t.Match, len(t.Of), func(i int) {
		switch c := t.Of[i]; {
		case !c.Missing:
			q.add("(")
			within(q, c.TimeRange)
			q.add(")")
		case momentColumns[c.Moment] == "": // every contact was initiated
			q.add("1 = 0")
		default:
			q.add("c." + momentColumns[c.Moment] + " + 0 IS NULL")
		}
	})
}

// hasTerm appends the test whether c has one of some terms.
func hasTerm(q *query, terms []string) {
	q.add("EXISTS (SELECT 1 FROM term WHERE instance_id = c.instance_id AND term IN ").list(terms)
	q.add(" AND contact_id = c.id)")
}

// oneOf is the criterion that a contact has one of some terms.
func oneOf(terms []string) criterion {
	return criterion{
		holds:    func(q *query) { q.add(" AND "); hasTerm(q, terms) },
		postings: []posting{{terms: terms}}, exact: true,
	}
}

func attributeTerm(key, value string) ([]string, bool) {
	return []string{contact.AttributeTerm(key, value)}, true
}

// ofChannels are the criteria that a contact is of one of some channels.
func ofChannels(channels []contact.Channel) []criterion {
	if len(channels) == 0 {
		return nil
	}
	p := engine.Pair{}
	for _, c := range channels {
		p.Values = append(p.Values, string(c))
	}
	return pairs(engine.Pairs{Of: []engine.Pair{p}, Match: engine.MatchAny}, func(_, channel string) ([]string, bool) {
		term, has := contact.ChannelTerm(contact.Channel(channel))
		return []string{term}, has
	})
}

// pairs are the criteria of attributes.
func pairs(p engine.Pairs, term func(key, value string) ([]string, bool)) []criterion {
	if len(p.Of) == 0 {
		return nil
	}
	var all []criterion
	whole := criterion{holds: func(q *query) {
		combine(q, p.Match, len(p.Of), func(i int) { has(q, p.Of[i], term) })
	}}
	var some []string
	plain := true
	for _, pair := range p.Of {
		terms, lacks := termsOf(pair, term)
		if len(lacks) > 0 {
			plain = false
			continue
		}
		some = append(some, terms...)
		all = append(all, oneOf(terms))
	}
	switch {
	case p.Match == engine.MatchNone || !plain:
		return []criterion{whole}
	case p.Match == engine.MatchAny:
		whole.postings, whole.exact = []posting{{terms: some}}, true
		return []criterion{whole}
	default:
		return all
	}
}

// termsOf are the terms of which a contact must have one, or of whose lists it must lack one as a whole.
func termsOf(p engine.Pair, term func(key, value string) ([]string, bool)) (has []string, lacks [][]string) {
	for _, v := range p.Values {
		if t, there := term(p.Key, v); there {
			has = append(has, t...)
		} else {
			lacks = append(lacks, t)
		}
	}
	return has, lacks
}

func has(q *query, p engine.Pair, term func(key, value string) ([]string, bool)) {
	terms, lacks := termsOf(p, term)
	q.add("(")
	if len(terms) > 0 {
		hasTerm(q, terms)
	}
	for i, lack := range lacks {
		if i > 0 || len(terms) > 0 {
			q.add(" OR ")
		}
		q.add("NOT ")
		hasTerm(q, lack)
	}
	q.add(")")
}

// anyTerm is the criterion that a contact has the term of one of some values; of no values there is none.
func anyTerm(values []string, term func(string) string) []criterion {
	if len(values) == 0 {
		return nil
	}
	terms := make([]string, len(values))
	for i, v := range values {
		terms[i] = term(v)
	}
	return []criterion{oneOf(terms)}
}

// preferring are the criteria that a contact's routing criteria prefer some users.
func preferring(users engine.Users) []criterion {
	p := engine.Pairs{Match: users.Match}
	for _, id := range users.IDs {
		p.Of = append(p.Of, engine.Pair{Values: []string{id}})
	}
	return pairs(p, func(_, id string) ([]string, bool) { return []string{contact.PreferredTerm(id)}, true })
}

// tagged are the criteria of tags.
func tagged(lists [][]engine.Tag) []criterion {
	term := func(t engine.Tag) string {
		if t.Value == nil {
			return contact.TagKeyTerm(t.Key)
		}
		return contact.TagTerm(t.Key, *t.Value)
	}
	var all []criterion
	if len(lists) == 1 {
		for _, t := range lists[0] {
			all = append(all, oneOf([]string{term(t)}))
		}
		return all
	}
	var first []string // of each list: who has all of a list has its first
	for _, list := range lists {
		first = append(first, term(list[0]))
	}
	return []criterion{{
		holds: func(q *query) {
			combine(q, engine.MatchAny, len(lists), func(i int) {
				for j, t := range lists[i] {
					if j > 0 {
						q.add(" AND ")
					}
					hasTerm(q, []string{term(t)})
				}
			})
		},
		postings: []posting{{terms: first}},
	}}
}

// named is the criterion of the name.
func named(n engine.Names) []criterion {
	whole := criterion{holds: func(q *query) {
		if n.Match == engine.MatchExact {
			phrases := make([]string, len(n.Texts))
			for i, text := range n.Texts {
				phrases[i] = contact.Phrase(text)
			}
			q.add(" AND c.words IN ").list(phrases)
			return
		}
		combine(q, n.Match, len(n.Texts), func(i int) {
			q.add("c.words LIKE ").arg("%" + contact.Phrase(n.Texts[i]) + "%") // words hold no wildcards
		})
	}}
	var rarest []string
	single := true
	for _, text := range n.Texts {
		words := contact.Words(text)
		single = single && len(words) == 1
		// The longest word is likely to be the rarest.
		longest := slices.MaxFunc(words, func(a, b string) int {
			return utf8.RuneCountInString(a) - utf8.RuneCountInString(b)
		})
		rarest = append(rarest, contact.WordTerm(longest))
	}
	switch n.Match {
	case engine.MatchNone:
	case engine.MatchAll:
		slices.SortFunc(rarest, func(a, b string) int { return len(b) - len(a) })
		for _, term := range rarest[:min(len(rarest), maxProbes)] {
			whole.postings = append(whole.postings, posting{terms: []string{term}})
		}
		whole.exact = single && len(rarest) == 1
	case engine.MatchAny, engine.MatchExact:
		whole.postings = []posting{{terms: rarest}}
		whole.exact = single && n.Match == engine.MatchAny
	}
	return []criterion{whole}
}

// order is how contacts are sorted.
type order struct {
	column string // that of a moment with an index, or empty
	expr   string // what is sorted by before the id; empty for the id alone
	down   bool
}

func orderOf(in engine.Search) order {
	o := order{down: in.Descending, column: momentColumns[in.By]}
	switch {
	case o.column != "":
		o.expr = "COALESCE(c." + o.column + ", 0)"
	case in.By == engine.Expiry:
		o.expr = "COALESCE(c.expires_at, 0)"
	case in.By == engine.ByMethod:
		o.expr = "COALESCE(c.method, '')"
	}
	return o
}

// direction is that of ORDER BY.
func (o order) direction() string {
	if o.down {
		return " DESC"
	}
	return ""
}

// beyond compares with the place of the last contact of the page before.
func (o order) beyond() string {
	if o.down {
		return " < "
	}
	return " > "
}

// key is what a row-wise comparison with a place needs.
func (o order) key(p *engine.Place) any {
	if strings.Contains(o.expr, "method") {
		return p.Text
	}
	return p.At
}
