package routing

import (
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
)

// Obstacle is what keeps a task that waits from an agent. The empty one is none.
type Obstacle string

// The obstacles, in the order in which they are looked for.
const (
	ObstacleStatus     Obstacle = "STATUS"      // their status is not routable
	ObstacleNextStatus Obstacle = "NEXT_STATUS" // another status waits until they have finished
	ObstacleSlots      Obstacle = "SLOTS"       // they have as many tasks in hand as they may
	ObstacleMissed     Obstacle = "MISSED"      // they have not cleared a task that they missed
	ObstaclePermission Obstacle = "PERMISSION"  // they are no agent
	ObstacleProfile    Obstacle = "PROFILE"     // their routing profile does not have the queue
	ObstacleManual     Obstacle = "MANUAL"      // it has the queue for picking by hand only
	ObstacleDelay      Obstacle = "DELAY"       // the task has not waited long enough for it
	ObstacleCriteria   Obstacle = "CRITERIA"    // they do not meet the routing criteria
	ObstacleDeclined   Obstacle = "DECLINED"    // they have just declined the task
)

// Candidate is an agent as matching sees them.
type Candidate struct {
	Agent   *agent.Agent
	Profile *Profile
	IsAgent bool // they have the permission
	Skills  []Skill
}

// Obstacle tells the first thing that keeps a contact that waits from an agent at a time, and when it will pass by
// itself; the zero time when it will not.
func (c Candidate) Obstacle(w *contact.Contact, now time.Time) (Obstacle, time.Time) {
	if o := c.busy(); o != "" {
		return o, time.Time{}
	}
	if w.Queue != c.Agent.ID {
		if o, until := c.unserved(w, now); o != "" {
			return o, until
		}
	}
	if f := w.Filter(); f != nil && !c.meets(f) {
		return ObstacleCriteria, c.meetsFrom(w.Criteria)
	}
	for _, d := range c.Agent.Declined {
		if d.Contact == w.ID && d.Until.After(now) {
			return ObstacleDeclined, d.Until
		}
	}
	return "", time.Time{}
}

// busy is what keeps the agent from every task.
func (c Candidate) busy() Obstacle {
	a := c.Agent
	switch {
	case a.Type != agent.Routable:
		return ObstacleStatus
	case a.Next != "":
		return ObstacleNextStatus
	case a.Occupied() >= c.Profile.Slots:
		return ObstacleSlots
	case !a.Ready():
		return ObstacleMissed
	case !c.IsAgent:
		return ObstaclePermission
	}
	return ""
}

// unserved is what keeps the profile from the contact.
func (c Candidate) unserved(w *contact.Contact, now time.Time) (Obstacle, time.Time) {
	first := time.Time{}
	for _, q := range c.Profile.Queues {
		if q.Queue != w.Queue {
			continue
		}
		if at := w.Enqueued.Add(q.Delay); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	switch {
	case first.IsZero() && slices.Contains(c.Profile.Manual, w.Queue):
		return ObstacleManual, first
	case first.IsZero():
		return ObstacleProfile, first
	case first.After(now):
		return ObstacleDelay, first
	}
	return "", time.Time{}
}

func (c Candidate) meets(e *contact.Expression) bool {
	return e.Met(c.Agent.ID, (&skillset{skills: c.Skills}).level)
}

// meetsFrom is when a step begins that the agent meets, or the last one has expired; the zero time when neither will
// happen.
func (c Candidate) meetsFrom(criteria *contact.Criteria) time.Time {
	i := criteria.Active()
	at := criteria.Steps[i].Expires
	for !at.IsZero() {
		if i++; i == len(criteria.Steps) || c.meets(&criteria.Steps[i].Expression) {
			return at
		}
		if criteria.Steps[i].Expiry == 0 {
			return time.Time{}
		}
		at = at.Add(criteria.Steps[i].Expiry)
	}
	return at
}

// Crowd is how much waits in a queue.
type Crowd struct {
	Queue string
	Tasks int
	Heads []string // first tasks of some lanes, best first
}

// Crowds tells of queues in which something waits, by id: at most so many queues, and of each the heads of at most so
// many lanes.
func (b *Board) Crowds(queues, lanes int) []Crowd {
	var all []Crowd
	for id, l := range b.lines {
		if l.busy() {
			all = append(all, Crowd{Queue: id})
		}
	}
	slices.SortFunc(all, func(x, y Crowd) int { return strings.Compare(x.Queue, y.Queue) })
	all = all[:min(len(all), queues)]
	for i := range all {
		all[i].Tasks, all[i].Heads = b.lines[all[i].Queue].crowd(lanes)
	}
	return all
}

// Unserved counts what waits in each queue that no profile has. Queues of agents are among them.
func (b *Board) Unserved() map[string]int {
	tasks := map[string]int{}
	for id, l := range b.lines {
		if l.busy() && len(l.served) == 0 {
			tasks[id], _ = l.crowd(0)
		}
	}
	return tasks
}

func (l *line) busy() bool { return len(l.lanes)+len(l.preferred) > 0 }

func (l *line) crowd(lanes int) (tasks int, heads []string) {
	var first []*task
	l.each(func(lane *lane) {
		tasks += lane.trees[0].Len()
		if t, ok := lane.trees[0].Min(); ok {
			first = append(first, t)
		}
	})
	slices.SortFunc(first, func(x, y *task) int {
		if before(x, y) {
			return -1
		}
		return 1
	})
	for _, t := range first[:min(len(first), lanes)] {
		heads = append(heads, t.contact)
	}
	return tasks, heads
}
