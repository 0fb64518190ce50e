package routing

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tasklane/tasklane/internal/contact"
)

// filter is an expression of routing criteria, of which the board has one copy, and which agents meet it. The nil
// filter is met by all.
type filter struct {
	key     string
	of      *contact.Expression
	prefers bool // it names agents
	refs    int  // lanes that have it
	met     map[*skillset]bool
}

// idleFilters and idleSkillsets bound what is kept that nothing uses: it may soon be wanted again.
const (
	idleFilters   = 1024
	idleSkillsets = 16384
)

// filters are all filters, by their text.
type filters struct {
	byKey map[string]*filter
	idle  int
}

// of finds the filter of an expression, or makes it. [filters.release] must follow.
func (all *filters) of(e *contact.Expression) *filter {
	if e == nil {
		return nil
	}
	text, _ := json.Marshal(e) // of what was read from JSON
	key := string(text)
	f := all.byKey[key]
	if f == nil {
		f = &filter{key: key, of: e, prefers: e.Prefers(), met: map[*skillset]bool{}}
		all.byKey[key] = f
	} else if f.refs == 0 {
		all.idle--
	}
	f.refs++
	return f
}

func (all *filters) release(f *filter) {
	if f == nil {
		return
	}
	if f.refs--; f.refs > 0 {
		return
	}
	if all.idle++; all.idle <= idleFilters {
		return
	}
	for key, f := range all.byKey {
		if f.refs == 0 {
			delete(all.byKey, key)
		}
	}
	all.idle = 0
}

// only are the agents whom the filter names, when it asks for nothing else.
func (f *filter) only() []string {
	if f == nil || f.of.Attribute == nil {
		return nil
	}
	return f.of.Attribute.AgentIDs
}

// meets reports whether an agent meets the filter.
func (f *filter) meets(s *seat) bool {
	switch {
	case f == nil:
		return true
	case f.prefers:
		return f.of.Met(s.agent, s.skills.level)
	default:
		return f.satisfied(s.skills)
	}
}

// satisfied reports whether agents who can do these things meet the filter, which names no agents.
func (f *filter) satisfied(by *skillset) bool {
	met, known := f.met[by]
	if !known {
		met = f.of.Met("", by.level)
		f.met[by] = met
	}
	return met
}

// skillset is what some agents can do, of which the board has one copy.
type skillset struct {
	key    string
	skills []Skill
	refs   int // free agents who have it
}

// skillsets are all skill sets, by their text.
type skillsets struct {
	byKey map[string]*skillset
	idle  int
}

// of finds the skill set of an agent, or makes it. [skillsets.release] must follow.
func (all *skillsets) of(skills []Skill) *skillset {
	key := textOf(skills)
	s := all.byKey[key]
	if s == nil {
		s = &skillset{key: key, skills: skills}
		all.byKey[key] = s
	} else if s.refs == 0 {
		all.idle--
	}
	s.refs++
	return s
}

func (all *skillsets) release(s *skillset, in *filters) {
	if s.refs--; s.refs > 0 {
		return
	}
	if all.idle++; all.idle <= idleSkillsets {
		return
	}
	for key, s := range all.byKey {
		if s.refs > 0 {
			continue
		}
		delete(all.byKey, key)
		for _, f := range in.byKey {
			delete(f.met, s)
		}
	}
	all.idle = 0
}

// textOf is the same for the same skills in any order.
func textOf(skills []Skill) string {
	if len(skills) == 0 {
		return ""
	}
	texts := make([]string, len(skills))
	for i, s := range skills {
		texts[i] = strconv.Quote(s.Name) + strconv.Quote(s.Value) + strconv.FormatFloat(s.Level, 'g', -1, 64)
	}
	slices.Sort(texts)
	return strings.Join(texts, ",")
}

// level is how well something can be done.
func (s *skillset) level(name, value string) (float64, bool) {
	for _, skill := range s.skills {
		if skill.Name == name && skill.Value == value {
			return skill.Level, true
		}
	}
	return 0, false
}
