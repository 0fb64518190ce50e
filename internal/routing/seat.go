package routing

import "github.com/google/btree"

// seat is a free agent on the board.
type seat struct {
	agent   string
	idle    int64 // microseconds
	profile *profile
	skills  *skillset
	holds   []string
	lanes   []*lane // because of which they are eager; some of them may have another taker by now
}

// longer orders agents: who has been available longest, first.
func longer(x, y *seat) bool {
	if x.idle != y.idle {
		return x.idle < y.idle
	}
	return x.agent < y.agent
}

// profile is a routing profile on the board, with its free agents.
type profile struct {
	rows   []row // by priority
	free   *btree.BTreeG[*seat]
	groups map[*skillset]*btree.BTreeG[*seat] // those of free who can do the same
}

// row is a queue that a profile serves; its delay is nil when there is none.
type row struct {
	line     *line
	delay    *delay
	priority int
}

func (p *profile) seat(s *seat) {
	p.free.ReplaceOrInsert(s)
	g := p.groups[s.skills]
	if g == nil {
		g = btree.NewG(degree, longer)
		p.groups[s.skills] = g
	}
	g.ReplaceOrInsert(s)
}

func (p *profile) unseat(s *seat) {
	p.free.Delete(s)
	g := p.groups[s.skills]
	if g.Delete(s); g.Len() == 0 {
		delete(p.groups, s.skills)
	}
}

// each calls fn with the free agents who meet a filter. Within a group of agents who can do the same it goes on, the
// longest available first, as long as fn wants.
func (p *profile) each(f *filter, fn func(*seat) bool) {
	switch {
	case f == nil:
		p.free.Ascend(fn)
	case f.prefers:
		p.free.Ascend(func(s *seat) bool { return !f.meets(s) || fn(s) })
	default:
		for skills, g := range p.groups {
			if f.satisfied(skills) {
				g.Ascend(fn)
			}
		}
	}
}
