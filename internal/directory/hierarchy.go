package directory

import (
	"strconv"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// MaxLevels is how many levels a hierarchy can have.
const MaxLevels = 5

// Hierarchy is how the groups of users stand one below the other: its levels, the topmost first.
type Hierarchy struct {
	Levels []Level `json:"levels"`
}

// Level is one level of the hierarchy, such as Region or Team. A level is known by its place; see [LevelID].
type Level struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Modified time.Time `json:"modified"`
}

// Group is a group of users on a level of the hierarchy, below a group of the level above.
type Group struct {
	ID     string            `json:"-"`
	Name   string            `json:"-"`
	Parent string            `json:"parent,omitempty"` // empty: on the first level
	Level  int               `json:"level"`            // 1 is the topmost
	Tags   map[string]string `json:"tags,omitempty"`
}

// LevelID is the id of the level at a place, of which the first is 0: "1" to "5", as in Amazon Connect, where the id ends
// the ARN of the level.
func LevelID(place int) string { return strconv.Itoa(place + 1) }

// Rename gives the hierarchy these levels, the topmost first; an empty name is a level that there is not.
// It fails with [fault.Invalid] for a level below one that there is not, for a name that two have, and as [CheckName]
// does.
func (h Hierarchy) Rename(names [MaxLevels]string, now time.Time) (Hierarchy, error) {
	next := Hierarchy{Levels: []Level{}}
	taken := map[string]bool{}
	for i, name := range names {
		if name == "" {
			continue
		}
		switch {
		case len(next.Levels) < i:
			return h, fault.New(fault.Invalid, "HierarchyStructure: there is level %d, but not level %d", i+1, i)
		case taken[name]:
			return h, fault.New(fault.Invalid, "HierarchyStructure: two levels are named %q", name)
		}
		if err := CheckName(name); err != nil {
			return h, fault.In("HierarchyStructure", err)
		}
		taken[name] = true
		next.Levels = append(next.Levels, h.level(i, name, now))
	}
	return next, nil
}

// level is the level at a place with a name: the one that is there, if it has that name already.
func (h Hierarchy) level(i int, name string, now time.Time) Level {
	if i >= len(h.Levels) {
		return Level{LevelID(i), name, now}
	}
	l := h.Levels[i]
	l.ID = LevelID(i)
	if l.Name != name {
		l.Name, l.Modified = name, now
	}
	return l
}
