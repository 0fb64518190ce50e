package routing

import (
	"slices"
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
	ObstacleMissed     Obstacle = "MISSED"      // they have not cleared a task that they missed
	ObstacleSlots      Obstacle = "SLOTS"       // they have as many tasks in hand as they may
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
	case !a.Ready(): // before the slots, some of which missed tasks take
		return ObstacleMissed
	case a.Occupied() >= c.Profile.Slots:
		return ObstacleSlots
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

// Unserved counts what waits in each queue that no profile has. Queues of agents are among them.
func (b *Board) Unserved() map[string]int {
	tasks := map[string]int{}
	for id, l := range b.lines {
		if l.busy() && len(l.served) == 0 {
			l.each(func(lane *lane) { tasks[id] += lane.trees[0].Len() })
		}
	}
	return tasks
}

func (l *line) busy() bool { return len(l.lanes)+len(l.preferred) > 0 }
