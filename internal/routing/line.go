package routing

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/btree"

	"github.com/tasklane/tasklane/internal/contact"
)

// line is a queue on the board.
type line struct {
	queue     string
	lanes     map[*filter]*lane // of the key nil: for any agent
	order     []*lane           // the same, in no order: quicker to go through
	preferred map[string]map[*lane]bool
	delays    []*delay             // that profiles have for it
	aging     *btree.BTreeG[*task] // its tasks by their age; nil without delays
	served    []service
}

// service is a profile that serves a queue; its delay is nil when there is none.
type service struct {
	profile *profile
	delay   *delay
}

// delay is a time for which a task must have waited before some profiles see it.
type delay struct {
	line  *line
	of    int64 // microseconds
	index int   // among the trees of each lane
	due   int64 // when the next task matures; 0: none does by itself
}

// sooner orders the delays for which a task will mature.
func sooner(x, y *delay) bool {
	return cmp.Or(cmp.Compare(x.due, y.due), cmp.Compare(x.line.queue, y.line.queue), cmp.Compare(x.of, y.of)) < 0
}

// younger orders tasks by when they came.
func younger(x, y *task) bool {
	if x.enqueued != y.enqueued {
		return x.enqueued < y.enqueued
	}
	return x.contact < y.contact
}

// lane holds the tasks of a queue that have the same filter.
type lane struct {
	line   *line
	filter *filter                // nil: for any agent
	trees  []*btree.BTreeG[*task] // the first has all; the others those that have waited for a delay
	index  int                    // in line.order
	taker  *seat                  // who is eager because of it
	fresh  bool                   // it is among Board.fresh
	passed bool                   // an agent was passed over who must not be offered what waits in it now
}

func (l *lane) empty() bool { return l.trees[0].Len() == 0 }

// tree is the tasks that a profile with a delay sees.
func (l *lane) tree(d *delay) *btree.BTreeG[*task] {
	if d == nil {
		return l.trees[0]
	}
	return l.trees[d.index]
}

// visible is how many tasks a profile with a delay sees.
func (l *lane) visible(d *delay) int { return l.tree(d).Len() }

// first finds the first task that an agent may be offered, who meets the filter.
func (l *lane) first(s *seat, d *delay) (first *task) {
	l.tree(d).Ascend(func(t *task) bool {
		if slices.Contains(s.holds, t.contact) {
			l.passed = true
			return true
		}
		first = t
		return false
	})
	return first
}

// first finds the first task of the queue for an agent.
func (l *line) first(s *seat, d *delay) (best *task) {
	consider := func(l *lane) {
		if t := l.first(s, d); t != nil && (best == nil || before(t, best)) {
			best = t
		}
	}
	for _, lane := range l.order {
		if lane.filter.meets(s) {
			consider(lane)
		}
	}
	for lane := range l.preferred[s.agent] {
		consider(lane)
	}
	return best
}

// lane finds the lane of a filter, or makes it.
func (l *line) lane(b *Board, e *contact.Expression) *lane {
	f := b.filters.of(e)
	if lane := l.find(f); lane != nil {
		b.filters.release(f) // the lane has it already
		return lane
	}
	made := &lane{line: l, filter: f}
	for range len(l.delays) + 1 {
		made.trees = append(made.trees, btree.NewWithFreeListG(degree, before, b.nodes))
	}
	if f.only() == nil {
		made.index = len(l.order)
		l.lanes[f], l.order = made, append(l.order, made)
		return made
	}
	for _, agent := range f.only() {
		if l.preferred[agent] == nil {
			l.preferred[agent] = map[*lane]bool{}
		}
		l.preferred[agent][made] = true
	}
	return made
}

// find finds the lane of a filter; nil: there is none.
func (l *line) find(f *filter) *lane {
	if f.only() == nil {
		return l.lanes[f]
	}
	for lane := range l.preferred[f.only()[0]] {
		if lane.filter == f {
			return lane
		}
	}
	return nil
}

// drop removes a lane that is empty.
func (l *line) drop(b *Board, gone *lane) {
	if gone.filter.only() == nil {
		delete(l.lanes, gone.filter)
		last := len(l.order) - 1
		l.order[gone.index], l.order[last].index = l.order[last], gone.index
		l.order[last] = nil
		l.order = l.order[:last]
	}
	for _, agent := range gone.filter.only() {
		if delete(l.preferred[agent], gone); len(l.preferred[agent]) == 0 {
			delete(l.preferred, agent)
		}
	}
	b.filters.release(gone.filter)
}

// servedBy calls fn with the delay of each row in which a profile has the queue.
func (l *line) servedBy(p *profile, fn func(*delay)) {
	for _, r := range p.rows {
		if r.line == l {
			fn(r.delay)
		}
	}
}

// delayOf finds a delay, or makes it; the lanes follow with [Board.rebuild].
func (l *line) delayOf(d time.Duration) *delay {
	for _, known := range l.delays {
		if known.of == d.Microseconds() {
			return known
		}
	}
	made := &delay{line: l, of: d.Microseconds()}
	l.delays = append(l.delays, made)
	return made
}

// enter puts a task into the trees of its lane.
func (b *Board) enter(t *task) {
	b.show(t, nil)
	l := t.lane.line
	if l.aging != nil {
		l.aging.ReplaceOrInsert(t)
	}
	for _, d := range l.delays {
		if due := t.enqueued + d.of; due <= b.now {
			b.show(t, d)
		} else if d.due == 0 || due < d.due {
			b.await(d, due)
		}
	}
}

// show makes a task visible to the profiles with a delay.
func (b *Board) show(t *task, d *delay) {
	tree := t.lane.tree(d)
	if tree.ReplaceOrInsert(t); tree.Len() == 1 || t.lane.passed {
		b.refresh(t.lane)
	}
}

// leave takes a task out of the trees of its lane.
func (b *Board) leave(t *task) {
	delete(b.tasks, t.contact)
	lane, l := t.lane, t.lane.line
	lane.trees[0].Delete(t)
	if l.aging != nil {
		l.aging.Delete(t)
	}
	for _, d := range l.delays {
		if due := t.enqueued + d.of; due <= b.now {
			lane.tree(d).Delete(t)
		} else if due == d.due {
			b.await(d, b.nextDue(d))
		}
	}
	if lane.empty() {
		l.drop(b, lane)
	}
}

// mature makes the tasks visible that have waited for a delay by now.
func (b *Board) mature(d *delay) {
	d.line.aging.AscendGreaterOrEqual(&task{enqueued: d.due - d.of}, func(t *task) bool {
		if t.enqueued+d.of > b.now {
			return false
		}
		b.show(t, d)
		return true
	})
	b.await(d, b.nextDue(d))
}

// nextDue is when the next task will have waited for a delay; 0: none will by itself.
func (b *Board) nextDue(d *delay) (due int64) {
	d.line.aging.AscendGreaterOrEqual(&task{enqueued: b.now - d.of + 1}, func(t *task) bool {
		due = t.enqueued + d.of
		return false
	})
	return due
}

// await notes when the next task matures.
func (b *Board) await(d *delay, due int64) {
	b.maturing.Delete(d)
	if d.due = due; due != 0 {
		b.maturing.ReplaceOrInsert(d)
	}
}

// rebuild makes the trees of a queue anew when delays have come that profiles have for it, or gone.
func (b *Board) rebuild(l *line) {
	used := map[*delay]bool{}
	for _, s := range l.served {
		used[s.delay] = true
	}
	kept := l.delays[:0:0]
	for _, d := range l.delays {
		b.await(d, 0)
		if used[d] {
			d.index = len(kept) + 1
			kept = append(kept, d)
		}
	}
	l.delays, l.aging = kept, nil
	var all []*task
	l.each(func(lane *lane) {
		lane.trees[0].Ascend(func(t *task) bool {
			all = append(all, t)
			return true
		})
		lane.trees = lane.trees[:1]
		for range kept {
			lane.trees = append(lane.trees, btree.NewWithFreeListG(degree, before, b.nodes))
		}
	})
	if len(kept) > 0 {
		l.aging = btree.NewWithFreeListG(degree, younger, b.nodes)
	}
	for _, t := range all {
		b.enter(t)
	}
}

// each calls fn with every lane.
func (l *line) each(fn func(*lane)) {
	for _, lane := range l.lanes {
		fn(lane)
	}
	seen := map[*lane]bool{}
	for _, lanes := range l.preferred {
		for lane := range lanes {
			if !seen[lane] {
				seen[lane] = true
				fn(lane)
			}
		}
	}
}
