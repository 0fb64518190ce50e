package routing

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/btree"

	"github.com/tasklane/tasklane/internal/contact"
)

// Waiting is a task in a queue.
type Waiting struct {
	Contact  string
	Queue    string // of an agent's own queue the agent
	Priority contact.Priority
	Rank     time.Time
	Enqueued time.Time
	Filter   *contact.Expression // which agents it is for; nil: any
}

// Seat is an agent who can take at least one more task.
type Seat struct {
	Agent   string
	Profile string
	Idle    time.Time
	Skills  []Skill
	Holds   []string // tasks the agent must not be offered now: those they hold a leg of, or have just declined
}

// Skill is a proficiency of an agent.
type Skill struct {
	Name  string
	Value string
	Level float64
}

// Offer is a pair the board has made.
type Offer struct {
	Contact string
	Agent   string
}

// Board holds what waits and who is free, and pairs them. It keeps these laws:
//
//   - the agent who has been available longest goes first, among those for whom something waits;
//   - they get what waits in their own queue before anything else, whatever their profile serves, and nobody else
//     gets it;
//   - otherwise they get the task of the best profile priority. Among tasks that are equal in this, also across
//     queues, the best contact priority goes first, then the oldest, then the smallest id;
//   - a task is invisible to a profile until it has waited as long as the profile's delay for its queue, and to an
//     agent who does not meet its filter or must not be offered it; what comes behind it is not held up;
//   - as long as somebody can take something that waits, [Board.Next] finds a pair.
//
// The tasks of a queue are in lanes, one for each filter, so that an agent is compared with filters and not with
// tasks. A free agent is eager until the board has found that nothing waits for them; then only a lane can make them
// eager again into which something comes that may be for them. So the work for an offer does not grow with what
// waits, nor with who is free.
//
// A board is owned by one goroutine.
type Board struct {
	now      int64 // microseconds
	profiles map[string]*profile
	lines    map[string]*line
	tasks    map[string]*task
	seats    map[string]*seat
	eager    *btree.BTreeG[*seat]  // those for whom something may wait
	fresh    []*lane               // lanes into which something has come
	maturing *btree.BTreeG[*delay] // those for which a task will mature, soonest first
	filters  filters
	skills   skillsets
	nodes    *btree.FreeListG[*task] // shared by all trees of tasks
}

const degree = 32 // of the trees: nodes of 32 to 63 entries

// NewBoard returns an empty board.
func NewBoard() *Board {
	return &Board{
		profiles: map[string]*profile{},
		lines:    map[string]*line{},
		tasks:    map[string]*task{},
		seats:    map[string]*seat{},
		eager:    btree.NewG(degree, longer),
		maturing: btree.NewG(degree, sooner),
		filters:  filters{byKey: map[string]*filter{}},
		skills:   skillsets{byKey: map[string]*skillset{}},
		nodes:    btree.NewFreeListG[*task](1024),
	}
}

// task is a task on the board. There may be millions.
type task struct {
	contact        string
	lane           *lane
	priority       contact.Priority
	rank, enqueued int64 // microseconds
}

// before orders tasks of equal profile priority. It looks at ids, which are elsewhere in memory, only when it must.
func before(x, y *task) bool {
	switch {
	case x.priority != y.priority:
		return x.priority < y.priority
	case x.rank != y.rank:
		return x.rank < y.rank
	default:
		return x.contact < y.contact
	}
}

// Wait puts a task on the board, or moves it to another place.
func (b *Board) Wait(w Waiting) {
	b.Leave(w.Contact)
	t := &task{contact: w.Contact, priority: w.Priority, rank: w.Rank.UnixMicro(), enqueued: w.Enqueued.UnixMicro()}
	t.lane = b.line(w.Queue).lane(b, w.Filter)
	b.tasks[w.Contact] = t
	b.enter(t)
}

// Leave takes a task off the board.
func (b *Board) Leave(contact string) {
	if t := b.tasks[contact]; t != nil {
		b.leave(t)
	}
}

// Sit puts an agent on the board, or changes what is known of them.
func (b *Board) Sit(s Seat) {
	b.Stand(s.Agent)
	p := b.profile(s.Profile)
	next := &seat{agent: s.Agent, idle: s.Idle.UnixMicro(), profile: p, skills: b.skills.of(s.Skills), holds: s.Holds}
	b.seats[s.Agent] = next
	p.seat(next)
	b.wake(next)
}

// Stand takes an agent off the board.
func (b *Board) Stand(agent string) {
	if s := b.seats[agent]; s != nil {
		b.stand(s)
	}
}

func (b *Board) stand(s *seat) {
	delete(b.seats, s.agent)
	s.profile.unseat(s)
	b.skills.release(s.skills, &b.filters)
	b.park(s)
}

// Advance moves the board's clock: tasks mature.
func (b *Board) Advance(now time.Time) {
	b.now = max(b.now, now.UnixMicro())
	for {
		d, ok := b.maturing.Min()
		if !ok || d.due > b.now {
			return
		}
		b.mature(d)
	}
}

// Matures is when the next task will have waited as long as a delay; false: none will by itself.
func (b *Board) Matures() (time.Time, bool) {
	d, ok := b.maturing.Min()
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMicro(d.due).UTC(), true
}

// Empty reports whether nothing waits.
func (b *Board) Empty() bool { return len(b.tasks) == 0 }

// Next makes the next pair and takes both off the board: the agent comes back with [Board.Sit] when the offer
// is known to have been made, or not.
func (b *Board) Next() (Offer, bool) {
	for {
		b.alert()
		s, ok := b.eager.Min()
		if !ok {
			return Offer{}, false
		}
		t := b.pick(s)
		if t == nil {
			b.park(s)
			continue
		}
		o := Offer{Contact: t.contact, Agent: s.agent}
		b.leave(t)
		b.stand(s)
		return o, true
	}
}

// pick finds the best task for an agent; nil: nothing waits for them.
func (b *Board) pick(s *seat) *task {
	if own := b.lines[s.agent]; own != nil {
		if t := own.first(s, nil); t != nil {
			return t
		}
	}
	var best *task
	rows := s.profile.rows
	for i, r := range rows {
		if best != nil && r.priority != rows[i-1].priority {
			break
		}
		if t := r.line.first(s, r.delay); t != nil && (best == nil || before(t, best)) {
			best = t
		}
	}
	return best
}

// alert makes an agent eager for each lane into which something has come: the one who would get it.
func (b *Board) alert() {
	for len(b.fresh) > 0 {
		last := len(b.fresh) - 1
		l := b.fresh[last]
		b.fresh[last] = nil
		b.fresh = b.fresh[:last]
		if l.fresh = false; l.empty() {
			continue
		}
		if s := b.taker(l); s != nil {
			l.taker = s
			s.lanes = append(s.lanes, l)
			b.wake(s)
		}
	}
}

// taker finds the agent who has been available longest among those for whom something waits in a lane.
func (b *Board) taker(l *lane) *seat {
	l.passed = false
	var best *seat
	consider := func(s *seat, d *delay) bool {
		if best != nil && !longer(s, best) {
			return false
		}
		if l.first(s, d) == nil {
			return true
		}
		best = s
		return false
	}
	if own := b.seats[l.line.queue]; own != nil && l.filter.meets(own) {
		consider(own, nil)
	}
	if l.filter.only() != nil {
		for _, agent := range l.filter.only() {
			if s := b.seats[agent]; s != nil {
				l.line.servedBy(s.profile, func(d *delay) { consider(s, d) })
			}
		}
		return best
	}
	for _, served := range l.line.served {
		if l.visible(served.delay) > 0 {
			served.profile.each(l.filter, func(s *seat) bool { return consider(s, served.delay) })
		}
	}
	return best
}

// wake makes an agent eager.
func (b *Board) wake(s *seat) { b.eager.ReplaceOrInsert(s) }

// park takes an agent out of those who are eager. The lanes for which they were look for another.
func (b *Board) park(s *seat) {
	b.eager.Delete(s)
	for _, l := range s.lanes {
		if l.taker == s {
			l.taker = nil
			b.refresh(l)
		}
	}
	s.lanes = nil
}

// refresh has a lane look for somebody who would get what has come into it.
func (b *Board) refresh(l *lane) {
	l.taker = nil
	if !l.fresh {
		l.fresh = true
		b.fresh = append(b.fresh, l)
	}
}

// SetProfile tells the board of a routing profile, new or changed.
func (b *Board) SetProfile(p *Profile) {
	known := b.profile(p.ID)
	lines := b.unserve(known)
	rows := slices.SortedStableFunc(slices.Values(p.Queues), func(x, y ProfileQueue) int {
		return cmp.Compare(x.Priority, y.Priority)
	})
	for _, pq := range rows {
		l := b.line(pq.Queue)
		lines[l] = true
		r := row{line: l, priority: pq.Priority}
		if pq.Delay > 0 {
			r.delay = l.delayOf(pq.Delay)
		}
		known.rows = append(known.rows, r)
		l.served = append(l.served, service{known, r.delay})
	}
	for l := range lines {
		b.rebuild(l)
	}
	known.free.Ascend(func(s *seat) bool {
		b.wake(s)
		return true
	})
}

// RemoveProfile has a routing profile serve no queue any more.
func (b *Board) RemoveProfile(id string) { b.SetProfile(&Profile{ID: id}) }

// InQueue returns the tasks that wait in a queue, by id.
func (b *Board) InQueue(id string) (tasks []string) {
	l := b.lines[id]
	if l == nil || len(l.lanes) == 0 {
		return nil
	}
	for contact, t := range b.tasks {
		if t.lane.line == l {
			tasks = append(tasks, contact)
		}
	}
	slices.Sort(tasks)
	return tasks
}

// RemoveQueue forgets a queue in which nothing waits and which no profile serves.
func (b *Board) RemoveQueue(id string) {
	if l := b.lines[id]; l != nil && len(l.lanes)+len(l.preferred)+len(l.served) == 0 {
		delete(b.lines, id)
	}
}

// unserve forgets the queues of a profile, and returns them.
func (b *Board) unserve(p *profile) map[*line]bool {
	lines := map[*line]bool{}
	for _, r := range p.rows {
		lines[r.line] = true
		r.line.served = slices.DeleteFunc(r.line.served, func(s service) bool { return s.profile == p })
	}
	p.rows = nil
	return lines
}

func (b *Board) profile(id string) *profile {
	p := b.profiles[id]
	if p == nil {
		p = &profile{groups: map[*skillset]*btree.BTreeG[*seat]{}, free: btree.NewG(degree, longer)}
		b.profiles[id] = p
	}
	return p
}

func (b *Board) line(queue string) *line {
	l := b.lines[queue]
	if l == nil {
		l = &line{queue: queue, lanes: map[*filter]*lane{}, preferred: map[string]map[*lane]bool{}}
		b.lines[queue] = l
	}
	return l
}
