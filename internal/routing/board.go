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
}

// Seat is an agent who can take at least one more task.
type Seat struct {
	Agent   string
	Profile string
	Idle    time.Time
	Holds   []string // tasks the agent must not be offered again: those they hold a leg of
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
//   - as long as somebody can take something that waits, [Board.Next] finds a pair.
//
// A board is owned by one goroutine.
type Board struct {
	profiles map[string]*Profile
	queues   map[string]*btree.BTreeG[Waiting]
	waiting  map[string]Waiting
	seats    map[string]Seat
	free     map[string]*btree.BTreeG[Seat] // by profile
	awaited  *btree.BTreeG[Seat]            // those with something in their own queue
}

const degree = 32 // of the trees: nodes of 32 to 63 entries

// NewBoard returns an empty board.
func NewBoard() *Board {
	return &Board{
		profiles: map[string]*Profile{},
		queues:   map[string]*btree.BTreeG[Waiting]{},
		waiting:  map[string]Waiting{},
		seats:    map[string]Seat{},
		free:     map[string]*btree.BTreeG[Seat]{},
		awaited:  btree.NewG(degree, longer),
	}
}

// SetProfile tells the board of a routing profile, new or changed.
func (b *Board) SetProfile(p *Profile) {
	sorted := *p
	sorted.Queues = slices.SortedStableFunc(slices.Values(p.Queues), func(x, y ProfileQueue) int {
		return cmp.Compare(x.Priority, y.Priority)
	})
	b.profiles[p.ID] = &sorted
}

// Wait puts a task on the board, or moves it to another place.
func (b *Board) Wait(w Waiting) {
	b.Leave(w.Contact)
	q := b.queues[w.Queue]
	if q == nil {
		q = btree.NewG(degree, before)
		b.queues[w.Queue] = q
	}
	q.ReplaceOrInsert(w)
	b.waiting[w.Contact] = w
	if owner, free := b.seats[w.Queue]; free {
		b.awaited.ReplaceOrInsert(owner)
	}
}

// Leave takes a task off the board.
func (b *Board) Leave(contact string) {
	w, ok := b.waiting[contact]
	if !ok {
		return
	}
	q := b.queues[w.Queue]
	q.Delete(w)
	delete(b.waiting, contact)
	if owner, free := b.seats[w.Queue]; free && q.Len() == 0 {
		b.awaited.Delete(owner)
	}
}

// Sit puts an agent on the board, or changes what is known of them.
func (b *Board) Sit(s Seat) {
	b.Stand(s.Agent)
	f := b.free[s.Profile]
	if f == nil {
		f = btree.NewG(degree, longer)
		b.free[s.Profile] = f
	}
	f.ReplaceOrInsert(s)
	b.seats[s.Agent] = s
	if own := b.queues[s.Agent]; own != nil && own.Len() > 0 {
		b.awaited.ReplaceOrInsert(s)
	}
}

// Stand takes an agent off the board.
func (b *Board) Stand(agent string) {
	if s, ok := b.seats[agent]; ok {
		b.free[s.Profile].Delete(s)
		b.awaited.Delete(s)
		delete(b.seats, agent)
	}
}

// Next makes the next pair and takes both off the board: the agent comes back with [Board.Sit] when the offer
// is known to have been made, or not.
func (b *Board) Next() (Offer, bool) {
	if len(b.waiting) == 0 || len(b.seats) == 0 {
		return Offer{}, false
	}
	seat, task, found := b.firstAwaited()
	for id, profile := range b.profiles {
		s, w, ok := b.first(id, profile)
		if ok && (!found || longer(s, seat)) {
			seat, task, found = s, w, true
		}
	}
	if !found {
		return Offer{}, false
	}
	b.Leave(task.Contact)
	b.Stand(seat.Agent)
	return Offer{Contact: task.Contact, Agent: seat.Agent}, true
}

// firstAwaited finds the longest available agent for whom something waits in their own queue. [Board.Next] takes
// another one only when they have been available longer; so an agent's own queue comes before their profile's.
func (b *Board) firstAwaited() (seat Seat, task Waiting, found bool) {
	b.awaited.Ascend(func(s Seat) bool {
		seat = s
		task, found = head(b.queues[s.Agent], s.Holds)
		return !found
	})
	return seat, task, found
}

// first finds the longest available agent of a profile for whom something waits in its queues.
func (b *Board) first(id string, p *Profile) (seat Seat, task Waiting, found bool) {
	free := b.free[id]
	if free == nil {
		return seat, task, false
	}
	free.Ascend(func(s Seat) bool {
		seat = s
		task, found = b.pick(p, s.Holds)
		// When nothing waits for an agent who holds nothing, nothing waits for the rest of the profile.
		return !found && len(s.Holds) > 0
	})
	return seat, task, found
}

// pick finds the best task of the profile's queues that is not among those held.
func (b *Board) pick(p *Profile, holds []string) (best Waiting, found bool) {
	for i, pq := range p.Queues {
		if found && pq.Priority != p.Queues[i-1].Priority {
			break
		}
		if w, ok := head(b.queues[pq.Queue], holds); ok && (!found || before(w, best)) {
			best, found = w, true
		}
	}
	return best, found
}

// head finds the first task of a queue that is not among those held.
func head(q *btree.BTreeG[Waiting], holds []string) (first Waiting, found bool) {
	if q == nil {
		return first, false
	}
	q.Ascend(func(w Waiting) bool {
		found = !slices.Contains(holds, w.Contact)
		first = w
		return !found
	})
	return first, found
}

// before orders tasks of equal profile priority.
func before(x, y Waiting) bool { return x.Before(y) }

// longer orders agents: who has been available longest, first.
func longer(x, y Seat) bool {
	return cmp.Or(x.Idle.Compare(y.Idle), cmp.Compare(x.Agent, y.Agent)) < 0
}
