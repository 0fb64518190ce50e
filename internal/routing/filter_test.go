package routing

import (
	"fmt"
	"testing"

	"github.com/tasklane/tasklane/internal/contact"
)

// Filters that no task has any more are kept for the next one up to a bound, and then all dropped; those in use stay.
func TestUnusedFiltersAreBounded(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	used := speaks("used", 1)
	b.Wait(Waiting{Contact: "c-used", Queue: "q", Filter: used})
	one := func(i int) {
		b.Wait(Waiting{Contact: "c", Queue: "q", Filter: speaks(fmt.Sprint("l", i), 1)})
		b.Leave("c")
	}
	for i := range idleFilters {
		one(i)
	}
	one(0) // once more: it is not another one
	if n := len(b.filters.byKey); n != idleFilters+1 || b.filters.idle != idleFilters {
		t.Errorf("%d filters, of which %d are unused; want %d unused and one in use", n, b.filters.idle, idleFilters)
	}
	one(idleFilters)
	if n := len(b.filters.byKey); n != 1 || b.filters.idle != 0 {
		t.Errorf("above the bound: %d filters, of which %d are unused; want the one in use", n, b.filters.idle)
	}
	one(0)
	if n := len(b.filters.byKey); n != 2 || b.filters.idle != 1 {
		t.Errorf("afterwards: %d filters, of which %d are unused; want 2 and 1", n, b.filters.idle)
	}
	b.Wait(Waiting{Contact: "c-2", Queue: "q", Filter: speaks("used", 1)})
	if n := len(b.lines["q"].lanes); n != 1 {
		t.Errorf("tasks with the same filter are in %d lanes, want 1", n)
	}
}

// Skill sets that no free agent has any more are kept up to a bound, and then all dropped with what filters know of them.
func TestUnusedSkillsetsAreBounded(t *testing.T) {
	t.Parallel()
	all, in := skillsets{byKey: map[string]*skillset{}}, filters{byKey: map[string]*filter{}}
	f := in.of(speaks("l1", 1))
	used := all.of([]Skill{{"language", "used", 1}})
	f.satisfied(used)
	one := func(i int) {
		s := all.of([]Skill{{"language", fmt.Sprint("l", i), 1}})
		if got := f.satisfied(s); got != (i == 1) {
			t.Fatalf("the filter is met by skill set %d: %t", i, got)
		}
		all.release(s, &in)
	}
	for i := range idleSkillsets {
		one(i)
	}
	one(0)
	if n := len(all.byKey); n != idleSkillsets+1 || len(f.met) != n || all.idle != idleSkillsets {
		t.Errorf("%d skill sets, of which %d are unused, and %d are known to the filter; want %d unused and one in use", n, all.idle, len(f.met), idleSkillsets)
	}
	one(idleSkillsets)
	if n := len(all.byKey); n != 1 || len(f.met) != 1 || all.idle != 0 {
		t.Errorf("above the bound: %d skill sets, of which %d are unused, and %d are known to the filter; want the one in use", n, all.idle, len(f.met))
	}
	if got := all.of([]Skill{{"language", "used", 1}}); got != used || used.refs != 2 {
		t.Errorf("the skill set in use was made anew, or has %d users; want 2", used.refs)
	}
	if all.release(used, &in); used.refs != 1 || all.idle != 0 {
		t.Errorf("given up by one of two: %d users, %d unused; want 1 and 0", used.refs, all.idle)
	}
}

func TestSkillsInAnyOrderAreOneSkillset(t *testing.T) {
	t.Parallel()
	de, fr := Skill{"language", "de", 3}, Skill{"language", "fr", 2.5}
	all := skillsets{byKey: map[string]*skillset{}}
	both := all.of([]Skill{de, fr})
	if other := all.of([]Skill{fr, de}); other != both {
		t.Error("the same skills in another order are another skill set")
	}
	for name, skills := range map[string][]Skill{
		"none": nil, "one of them": {de}, "another level": {de, {"language", "fr", 2}}, "another value": {de, {"language", "it", 2.5}},
		"another name": {de, {"langua", "gefr", 2.5}},
	} {
		if all.of(skills) == both {
			t.Errorf("%s: the same skill set", name)
		}
	}
	for value, want := range map[string]float64{"de": 3, "fr": 2.5} {
		if got, has := both.level("language", value); got != want || !has {
			t.Errorf("level of %s = %g, %t; want %g", value, got, has, want)
		}
	}
	if _, has := both.level("lang", "de"); has {
		t.Error("a skill of another name has a level")
	}
}

// Only a filter that names agents and asks for nothing else is looked up by agent.
func TestFilterOfNamedAgentsOnly(t *testing.T) {
	t.Parallel()
	all := filters{byKey: map[string]*filter{}}
	named := *prefers("ann", "bob")
	for _, tt := range []struct {
		name string
		e    *contact.Expression
		want int
	}{
		{"none", nil, 0},
		{"agents", &named, 2},
		{"a skill", speaks("de", 1), 0},
		{"agents, or a skill", &contact.Expression{Or: []contact.Expression{named, *speaks("de", 1)}}, 0},
		{"all but agents", &contact.Expression{Not: named.Attribute}, 0},
	} {
		if got := all.of(tt.e).only(); len(got) != tt.want {
			t.Errorf("%s: only %v, want %d agents", tt.name, got, tt.want)
		}
	}
}

// Tasks for the same named agents wait together; tasks for others, some of whom are the same, do not.
func TestTasksForTheSameNamedAgentsShareALane(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}})
	for _, w := range []Waiting{
		{Contact: "c-1", Filter: prefers("ann", "bob")},
		{Contact: "c-2", Filter: prefers("ann")},
		{Contact: "c-3", Filter: prefers("ann", "cal")},
		{Contact: "c-4", Filter: prefers("ann", "bob")},
	} {
		w.Queue = "q"
		b.Wait(w)
	}
	l := b.lines["q"]
	for agent, want := range map[string]int{"ann": 3, "bob": 1, "cal": 1, "dan": 0} {
		if n := len(l.preferred[agent]); n != want {
			t.Errorf("what waits for %s is in %d lanes, want %d", agent, n, want)
		}
	}
	for _, want := range []Offer{{"c-3", "cal"}, {"c-1", "bob"}, {"c-2", "ann"}, {"c-4", "bob"}} {
		b.Sit(Seat{Agent: want.Agent, Profile: "p"})
		if o, ok := b.Next(); !ok || o != want {
			t.Errorf("Next = %v, %t; want %v", o, ok, want)
		}
	}
	if len(l.preferred) != 0 || !b.Empty() {
		t.Errorf("%d agents are preferred where nothing waits", len(l.preferred))
	}
}
