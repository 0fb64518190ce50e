package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// Search compares searches with those of a plain reading of all contacts: random searches, page by page. How many
// contacts they gather rather than walk past is set by tune: so few that they walk, some, and all.
func Search(t *testing.T, s *store.Store, tune func(most int)) {
	w := newWorld(t, s, 100)
	for _, most := range []int{0, 30, 2000} {
		tune(most)
		rapid.Check(t, func(rt *rapid.T) { w.compare(t, rt, s) })
	}
}

// compare draws a search and compares what it finds.
func (w *world) compare(t *testing.T, rt *rapid.T, s *store.Store) {
	in := w.search(rt)
	var want []string
	for _, c := range w.find(in) {
		want = append(want, c.ID)
	}
	var got []string
	var after *engine.Place
	size := rapid.IntRange(1, 60).Draw(rt, "size")
	for {
		found, err := s.SearchContacts(t.Context(), instance, in, after, size)
		if err != nil {
			rt.Fatalf("SearchContacts(%+v): %v", in, err)
		}
		for _, c := range found.Contacts {
			got = append(got, c.ID)
		}
		if after = found.Next; after == nil {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		rt.Fatalf("SearchContacts(%+v) (-want +got):\n%s", in, diff)
	}
	if n, err := s.CountContacts(t.Context(), instance, in); n != len(want) || err != nil {
		rt.Fatalf("CountContacts(%+v) = %d, %v, want %d", in, n, err, len(want))
	}
}

var (
	searchMoments = []engine.Moment{engine.Initiation, engine.Scheduled, engine.Enqueue, engine.AgentConnect, engine.Disconnect}
	searchMatches = []engine.Match{engine.MatchAny, engine.MatchAll, engine.MatchExact, engine.MatchNone}
)

// search draws a search that most often finds at least one contact, which is drawn first.
func (w *world) search(t *rapid.T) engine.Search {
	d := drawing{t, w.contacts[rapid.Uint64().Draw(t, "contact")%uint64(len(w.contacts))]}
	s := engine.Search{
		During:     d.during("during"),
		By:         rapid.SampledFrom(append([]engine.Moment{engine.Initiation, engine.Expiry, engine.ByMethod}, searchMoments...)).Draw(t, "by"),
		Descending: rapid.Bool().Draw(t, "descending"),
	}
	if d.maybe("with queues") {
		s.Queues = d.among("queues", d.c.Queue, append([]string{"none"}, someQueues...))
	}
	if d.maybe("with agents") {
		s.Agents = d.among("agents", d.c.Agent, append([]string{"none"}, someAgents...))
	}
	if d.maybe("with methods") {
		s.Methods = []contact.Method{rapid.SampledFrom([]contact.Method{d.c.Method, "API", "INBOUND"}).Draw(t, "method")}
	}
	if d.maybe("with name") {
		s.Name = engine.Names{Match: d.match("name match"), Texts: d.among("texts", d.c.Name, someTexts)}
		s.Name.Texts = slices.DeleteFunc(s.Name.Texts, func(text string) bool { return len(contact.Words(text)) == 0 })
	}
	if d.maybe("with attributes") {
		s.Attributes = engine.Pairs{Match: d.match("attributes match"), Of: d.pairs("attributes", w.chains[d.c.Chain()].Attributes)}
	}
	if d.maybe("with segments") {
		s.Segments = engine.Pairs{Match: d.match("segments match"), Of: d.pairs("segments", segmentOf(d.c))}
	}
	if d.maybe("with groups") {
		s.Groups[0] = []string{"north", "south"}
		s.Groups[1] = d.among("groups", "", []string{"york", "leeds", "north"})
	}
	if d.maybe("with preferred agents") {
		for range rapid.IntRange(1, 2).Draw(t, "steps") {
			s.Preferred = append(s.Preferred, engine.Users{
				Match: d.match("preferred match"), IDs: d.among("preferred", "", append([]string{"cid", "dora"}, someAgents...)),
			})
		}
	}
	if d.maybe("with tags") {
		s.Tags = d.tags()
	}
	if d.maybe("with times") {
		s.Times = engine.Times{Match: d.match("times match")}
		for range rapid.IntRange(1, 3).Draw(t, "times") {
			s.Times.Of = append(s.Times.Of, engine.TimeCondition{TimeRange: d.during("time"), Missing: rapid.Bool().Draw(t, "missing")})
		}
	}
	return s
}

var someTexts = []string{"refund", "ORDER", "Refund order", "für", "łódź", "back a", "1009", "call back", "zzz"}

// drawing draws the parts of a search for a contact.
type drawing struct {
	t *rapid.T
	c *contact.Contact
}

// maybe is seldom true, so that few things are asked for at once.
func (d drawing) maybe(label string) bool { return rapid.Uint64().Draw(d.t, label)%7 == 6 }

func (d drawing) match(label string) engine.Match {
	return rapid.SampledFrom(searchMatches).Draw(d.t, label)
}

// among draws some of a list, and mostly the value that the contact has.
func (d drawing) among(label, has string, list []string) []string {
	some := rapid.SliceOfN(rapid.SampledFrom(list), 1, 2).Draw(d.t, label)
	if has != "" && rapid.IntRange(0, 9).Draw(d.t, label+" has") < 9 {
		some[0] = has
	}
	return some
}

func (d drawing) during(label string) engine.TimeRange {
	r := engine.TimeRange{Moment: rapid.SampledFrom(searchMoments).Draw(d.t, label+" moment")}
	if momentOf(d.c, r.Moment).IsZero() {
		r.Moment = engine.Initiation
	}
	some := rapid.SampledFrom([]time.Duration{24 * time.Hour, 24 * time.Hour, time.Minute, time.Millisecond, 0})
	at := momentOf(d.c, r.Moment).Truncate(time.Millisecond)
	r.From, r.To = at.Add(-some.Draw(d.t, label+" since")), at.Add(some.Draw(d.t, label+" until"))
	return r
}

// pairs draws attributes: mostly those that the contact has.
func (d drawing) pairs(label string, has map[string]string) []engine.Pair {
	values := append([]string{"platinum", contact.SubtypeTask, contact.SubtypeExternalTask}, someValues...)
	var all []engine.Pair
	for range rapid.IntRange(1, 3).Draw(d.t, label) {
		keys := append(slices.Sorted(maps.Keys(has)), someKeys...)
		key := rapid.SampledFrom(keys).Draw(d.t, "key")
		all = append(all, engine.Pair{Key: key, Values: d.among("values", has[key], values)})
	}
	return all
}

func (d drawing) tags() [][]engine.Tag {
	var lists [][]engine.Tag
	for range rapid.IntRange(1, 2).Draw(d.t, "lists") {
		var all []engine.Tag
		for range rapid.IntRange(1, 2).Draw(d.t, "tags") {
			keys := append(slices.Sorted(maps.Keys(d.c.Tags)), someKeys...)
			tag := engine.Tag{Key: rapid.SampledFrom(keys).Draw(d.t, "tag")}
			if rapid.Bool().Draw(d.t, "with value") {
				tag.Value = &d.among("value", d.c.Tags[tag.Key], someValues)[0]
			}
			all = append(all, tag)
		}
		lists = append(lists, all)
	}
	return lists
}

// find is the search as one would write it without a database.
func (w *world) find(in engine.Search) []*contact.Contact {
	var all []*contact.Contact
	for _, c := range w.contacts {
		if w.wanted(c, in) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *contact.Contact) int {
		order := strings.Compare(a.ID, b.ID)
		switch {
		case in.By == engine.ByMethod && a.Method != b.Method:
			order = strings.Compare(string(a.Method), string(b.Method))
		case in.By != engine.Initiation && in.By != engine.ByMethod && !momentOf(a, in.By).Equal(momentOf(b, in.By)):
			order = momentOf(a, in.By).Compare(momentOf(b, in.By))
		}
		if in.Descending {
			return -order
		}
		return order
	})
	return all
}

func momentOf(c *contact.Contact, m engine.Moment) time.Time {
	switch m {
	case engine.Scheduled:
		return c.ScheduledFor
	case engine.Enqueue:
		return c.Enqueued
	case engine.AgentConnect:
		return c.ConnectedToAgent
	case engine.Disconnect:
		return c.Disconnected
	case engine.Expiry:
		return c.Expires
	case engine.Initiation:
		return c.Initiated
	case engine.ByMethod: // no time
	}
	panic(fmt.Sprintf("no time of %s", m))
}

func in(c *contact.Contact, r engine.TimeRange) bool {
	at := momentOf(c, r.Moment).Truncate(time.Millisecond)
	return !momentOf(c, r.Moment).IsZero() && !at.Before(r.From) && !at.After(r.To)
}

// holds combines what each of n parts gives, as match says.
func holds(match engine.Match, n int, part func(int) bool) bool {
	yes := 0
	for i := range n {
		if part(i) {
			yes++
		}
	}
	switch match {
	case engine.MatchAny:
		return yes > 0
	case engine.MatchNone:
		return yes == 0
	default:
		return yes == n
	}
}

func (w *world) wanted(c *contact.Contact, s engine.Search) bool {
	name, texts := contact.Phrase(c.Name), s.Name.Texts
	hasName := holds(s.Name.Match, len(texts), func(i int) bool { return strings.Contains(name, contact.Phrase(texts[i])) })
	if s.Name.Match == engine.MatchExact {
		hasName = slices.ContainsFunc(texts, func(text string) bool { return name == contact.Phrase(text) })
	}
	return in(c, s.During) &&
		(s.Queues == nil || slices.Contains(s.Queues, c.Queue)) &&
		(s.Agents == nil || !c.ConnectedToAgent.IsZero() && slices.Contains(s.Agents, c.Agent)) &&
		(s.Methods == nil || slices.Contains(s.Methods, c.Method)) &&
		(len(texts) == 0 || hasName) &&
		inGroups(c, s.Groups[:]) && prefers(c, s.Preferred) &&
		hasPairs(w.chains[c.Chain()].Attributes, s.Attributes) && hasPairs(segmentOf(c), s.Segments) &&
		(s.Tags == nil || slices.ContainsFunc(s.Tags, func(all []engine.Tag) bool { return hasTags(c.Tags, all) })) &&
		(s.Times.Of == nil || holds(s.Times.Match, len(s.Times.Of), func(i int) bool {
			t := s.Times.Of[i]
			if t.Missing {
				return momentOf(c, t.Moment).IsZero()
			}
			return in(c, t.TimeRange)
		}))
}

func inGroups(c *contact.Contact, levels [][]string) bool {
	for i, groups := range levels {
		if groups != nil && (i >= len(c.Hierarchy) || !slices.Contains(groups, c.Hierarchy[i])) {
			return false
		}
	}
	return true
}

func prefers(c *contact.Contact, steps []engine.Users) bool {
	named := c.Criteria.Preferred()
	for _, s := range steps {
		if !holds(s.Match, len(s.IDs), func(i int) bool { return slices.Contains(named, s.IDs[i]) }) {
			return false
		}
	}
	return true
}

func segmentOf(c *contact.Contact) map[string]string {
	segment := map[string]string{contact.SegmentSubtype: contact.SubtypeTask}
	if c.External {
		segment[contact.SegmentSubtype] = contact.SubtypeExternalTask
	}
	maps.Copy(segment, c.Segment)
	return segment
}

func hasPairs(has map[string]string, p engine.Pairs) bool {
	return p.Of == nil || holds(p.Match, len(p.Of), func(i int) bool {
		value, ok := has[p.Of[i].Key]
		return ok && slices.ContainsFunc(p.Of[i].Values, func(v string) bool { return strings.EqualFold(v, value) })
	})
}

func hasTags(tags map[string]string, all []engine.Tag) bool {
	return !slices.ContainsFunc(all, func(t engine.Tag) bool {
		value, ok := tags[t.Key]
		return !ok || t.Value != nil && *t.Value != value
	})
}
