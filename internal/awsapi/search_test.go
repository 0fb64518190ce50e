package awsapi

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// thing is what these tests search.
type thing struct {
	id, name string
	skills   []string
	tags     map[string]string
}

type thingCriteria = wire.QuickConnectSearchCriteria

var thingFields = []field[thing]{
	text("name", func(t thing) string { return t.name }),
	text("resourceID", func(t thing) string { return t.id }),
	{"skills", func(t thing) []string { return t.skills }},
}

func thingNode(c thingCriteria) node[thingCriteria, thing] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, thingFields))
}

func is(name string, kind wire.StringComparisonType, value string) thingCriteria {
	return thingCriteria{StringCondition: &wire.StringCondition{FieldName: &name, ComparisonType: &kind, Value: &value}}
}

func and(all ...thingCriteria) thingCriteria { return thingCriteria{AndConditions: all} }
func or(some ...thingCriteria) thingCriteria { return thingCriteria{OrConditions: some} }
func deep(n int, c thingCriteria) thingCriteria {
	for range n {
		c = and(c)
	}
	return c
}

const (
	exact    = wire.StringComparisonTypeExact
	starts   = wire.StringComparisonTypeStartsWith
	contains = wire.StringComparisonTypeContains
)

// wantChosen compares the ids of those things that are wanted.
func wantChosen(t *testing.T, things []thing, w wanted[thing], want string) {
	t.Helper()
	got := ""
	for _, x := range things {
		if w(x) {
			got += x.id
		}
	}
	if got != want {
		t.Errorf("chosen: %s, want %s", got, want)
	}
}

func TestCriteriaChoose(t *testing.T) {
	t.Parallel()
	things := []thing{
		{id: "1", name: "Refunds", skills: []string{"French", "Claims"}}, {id: "2", name: "refunds EU"}, {id: "3", name: "Claims"}, {id: "4"},
	}
	tests := []struct {
		name string
		give *thingCriteria
		want string // ids
	}{
		{"none", nil, "1234"},
		{"no member", &thingCriteria{}, "1234"},
		{"empty lists", &thingCriteria{AndConditions: []thingCriteria{}, OrConditions: []thingCriteria{}}, "1234"},
		{"exact", new(is("name", exact, "refunds")), "1"},
		{"exact and empty", new(is("name", exact, "")), "4"},
		{"beginning", new(is("name", starts, "REF")), "12"},
		{"empty beginning", new(is("name", starts, "")), "1234"},
		{"part", new(is("name", contains, "s e")), "2"},
		{"field in another case", new(is("ResourceId", exact, "3")), "3"},
		{"one of several values", new(is("skills", exact, "claims")), "1"},
		{"all", new(and(is("name", starts, "r"), is("name", contains, "EU"))), "2"},
		{"any", new(or(is("name", exact, "claims"), is("resourceID", exact, "1"))), "13"},
		{"all of any", new(and(or(is("resourceID", exact, "1"), is("resourceID", exact, "2")), is("name", contains, "eu"))), "2"},
		{"nested as deep as may be", new(deep(maxDepth-1, is("resourceID", exact, "4"))), "4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := criteria(tt.give, thingNode)
			if err != nil {
				t.Fatal(err)
			}
			wantChosen(t, things, w, tt.want)
		})
	}
}

func TestCriteriaAreRefused(t *testing.T) {
	t.Parallel()
	name, value := "name", "x"
	kind := exact
	both := is("name", exact, "x")
	both.OrConditions = []thingCriteria{is("name", exact, "y")}
	tests := []struct {
		name string
		give thingCriteria
		kind fault.Kind
		says string
	}{
		{"two members", both, fault.Unusable, "SearchCriteria must have exactly one member, not OrConditions and StringCondition"},
		{"two members below", or(is("name", exact, "x"), both), fault.Unusable, "SearchCriteria.OrConditions[1] must have exactly one"},
		{"an empty node below", and(thingCriteria{}), fault.Unusable, "SearchCriteria.AndConditions[0] must have a member"},
		{"too deep", deep(maxDepth, both), fault.Unusable, "nested 5 deep at most"},
		{"unknown field", is("colour", exact, "x"), fault.Invalid, `SearchCriteria.StringCondition.FieldName: "colour" cannot be searched; name, resourceID, skills can`},
		{"unknown field below", and(is("name", exact, "x"), or(is("colour", exact, "x"))), fault.Invalid, "AndConditions[1].OrConditions[0].StringCondition.FieldName"},
		{"too short", is("name", contains, "x"), fault.Invalid, "SearchCriteria.StringCondition.Value must have 2 to 25"},
		{"too short though it has two bytes", is("name", contains, "é"), fault.Invalid, "2 to 25"},
		{"too long", is("name", contains, strings.Repeat("x", 26)), fault.Invalid, "2 to 25"},
		{"no field", thingCriteria{StringCondition: &wire.StringCondition{ComparisonType: &kind, Value: &value}}, fault.Invalid, "FieldName is required"},
		{"no comparison", thingCriteria{StringCondition: &wire.StringCondition{FieldName: &name, Value: &value}}, fault.Invalid, "ComparisonType is required"},
		{"no value", thingCriteria{StringCondition: &wire.StringCondition{FieldName: &name, ComparisonType: &kind}}, fault.Invalid, "Value is required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := criteria(&tt.give, thingNode)
			if !fault.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("criteria = %v, want a fault that says %s", err, tt.says)
			}
		})
	}
}

// truth is what the grammar means, said in another way: the set of names that a node chooses.
func truth(c thingCriteria, universe []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range universe {
		chosen := false
		switch {
		case len(c.AndConditions) > 0:
			chosen = true
			for _, sub := range c.AndConditions {
				chosen = chosen && truth(sub, universe)[s]
			}
		case len(c.OrConditions) > 0:
			for _, sub := range c.OrConditions {
				chosen = chosen || truth(sub, universe)[s]
			}
		default:
			have, want := strings.ToUpper(s), strings.ToUpper(*c.StringCondition.Value)
			at := strings.Index(have, want)
			chosen = map[wire.StringComparisonType]bool{exact: have == want, starts: at == 0, contains: at >= 0}[*c.StringCondition.ComparisonType]
		}
		set[s] = chosen
	}
	return set
}

func TestCriteriaMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abAB]{2,4}`)
	var tree func(depth int) *rapid.Generator[thingCriteria]
	tree = func(depth int) *rapid.Generator[thingCriteria] {
		return rapid.Custom(func(t *rapid.T) thingCriteria {
			kind := rapid.IntRange(0, 2).Draw(t, "kind")
			if kind == 0 || depth == maxDepth {
				how := rapid.SampledFrom([]wire.StringComparisonType{exact, starts, contains}).Draw(t, "how")
				return is("name", how, word.Draw(t, "value"))
			}
			below := rapid.SliceOfN(tree(depth+1), 1, 3).Draw(t, "below")
			if kind == 1 {
				return and(below...)
			}
			return or(below...)
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		c := tree(1).Draw(t, "criteria")
		universe := rapid.SliceOfN(word, 1, 10).Draw(t, "names")
		w, err := criteria(&c, thingNode)
		if err != nil {
			t.Fatal(err)
		}
		want := truth(c, universe)
		for _, s := range universe {
			if got := w(thing{name: s}); got != want[s] {
				t.Errorf("%q chosen: %t, want %t", s, got, want[s])
			}
		}
	})
}

func TestTagFilterChooses(t *testing.T) {
	t.Parallel()
	tag := func(pair string) wire.TagCondition {
		key, value, ok := strings.Cut(pair, "=")
		c := wire.TagCondition{TagKey: &key}
		if ok {
			c.TagValue = &value
		}
		return c
	}
	things := []thing{
		{id: "1", tags: map[string]string{"team": "a", "site": "x"}},
		{id: "2", tags: map[string]string{"team": "b"}},
		{id: "3"},
		{id: "4", tags: map[string]string{"Team": "A", "none": ""}},
	}
	tests := []struct {
		name string
		give *wire.ControlPlaneTagFilter
		want string
		kind fault.Kind
		says string
	}{
		{name: "none", want: "1234"},
		{name: "no member", give: &wire.ControlPlaneTagFilter{}, want: "1234"},
		{name: "one", give: &wire.ControlPlaneTagFilter{TagCondition: new(tag("team=a"))}, want: "1"},
		{name: "any value", give: &wire.ControlPlaneTagFilter{TagCondition: new(tag("team"))}, want: "12"},
		{name: "empty value", give: &wire.ControlPlaneTagFilter{TagCondition: new(tag("none="))}, want: "4"},
		{name: "all", give: &wire.ControlPlaneTagFilter{AndConditions: []wire.TagCondition{tag("team"), tag("site=x")}}, want: "1"},
		{name: "any of all", give: &wire.ControlPlaneTagFilter{OrConditions: [][]wire.TagCondition{{tag("team=a"), tag("site=y")}, {tag("team=b")}, {tag("Team=A")}}}, want: "24"},
		{name: "two members", give: &wire.ControlPlaneTagFilter{TagCondition: new(tag("team")), AndConditions: []wire.TagCondition{tag("team")}}, kind: fault.Unusable, says: "AndConditions and TagCondition"},
		{name: "empty list", give: &wire.ControlPlaneTagFilter{OrConditions: [][]wire.TagCondition{{tag("team")}, {}}}, kind: fault.Unusable, says: "SearchFilter.TagFilter.OrConditions"},
		{name: "no key", give: &wire.ControlPlaneTagFilter{AndConditions: []wire.TagCondition{{}}}, kind: fault.Invalid, says: "TagFilter.AndConditions: TagKey is required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, err := tagFilter(tt.give, func(x thing) map[string]string { return x.tags })
			if tt.kind != 0 {
				if !fault.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("tagFilter = %v, want a fault that says %s", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantChosen(t, things, w, tt.want)
		})
	}
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_900_000_000, 0)
	var things []thing
	for i := range 250 {
		things = append(things, thing{id: fmt.Sprintf("%03d", 249-i), name: []string{"even", "odd"}[i%2]})
	}
	id := func(x thing) string { return x.id }
	odd := func(x thing) bool { return x.name == "odd" }
	for _, size := range []int64{0, 1, 100, 500} {
		var asked *int64
		most := searchPage
		if size > 0 {
			asked, most = &size, int(size)
		}
		var got, want []string
		var token *string
		for {
			f, err := search(slices.Clone(things), id, "things", token, asked, now, every[thing], odd)
			if err != nil || *f.total != 125 || len(f.items) > most {
				t.Fatalf("page size %d: %d of %d things, %v", size, len(f.items), *f.total, err)
			}
			for _, x := range f.items {
				got = append(got, x.id)
			}
			if token = f.next; token == nil {
				break
			}
		}
		for i := range 125 {
			want = append(want, fmt.Sprintf("%03d", 2*i))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
	}
}
