package dispatch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// What an answer tells is bounded.
const (
	agentsTold = 100
	queuesTold = 100
	// tasksRead bounds the tasks of one queue of which the one that comes closest to an agent is looked for.
	tasksRead = 1000
)

// TaskWhy says why a task is not with an agent.
type TaskWhy struct {
	Contact  string        `json:"contactId"`
	State    contact.State `json:"state"`
	Summary  string        `json:"summary"`
	Queue    string        `json:"queueId,omitempty"`
	Enqueued time.Time     `json:"enqueued,omitzero"`
	Step     *StepWhy      `json:"step,omitempty"` // of its routing criteria, while one is active
	// NoProfile says that no routing profile has the queue: nobody can get the task.
	NoProfile bool `json:"noRoutingProfile,omitempty"`
	// Agents are those who could be meant, by name: their routing profile has the queue, it is their own, or the criteria
	// name them.
	Agents  []AgentWhy `json:"agents"`
	LeftOut int        `json:"agentsLeftOut,omitempty"`
	// Obstacles counts those who could be meant by what keeps the task from them.
	Obstacles map[routing.Obstacle]int `json:"obstacles,omitempty"`
}

// StepWhy is the step of routing criteria that is active, and when it makes way for the next.
type StepWhy struct {
	Number  int       `json:"number"` // from 1
	Of      int       `json:"of"`
	Expires time.Time `json:"expires,omitzero"` // the zero time: never
}

// AgentWhy says what keeps a task from an agent.
type AgentWhy struct {
	User     string           `json:"userId"`
	Name     string           `json:"username"`
	Obstacle routing.Obstacle `json:"obstacle,omitempty"` // empty: nothing does
	Missed   int              `json:"missed,omitempty"`   // tasks that they have missed and not cleared
	Summary  string           `json:"summary"`
	Until    time.Time        `json:"until,omitzero"` // when the obstacle passes by itself
}

// IdleWhy says why an agent has no more tasks than they have.
type IdleWhy struct {
	User    string     `json:"userId"`
	Name    string     `json:"username"`
	Summary string     `json:"summary"`
	Missed  int        `json:"missed,omitempty"` // tasks that they have missed and not cleared
	Queues  []QueueWhy `json:"queues"`           // in which something waits, by id; at most 100
	LeftOut int        `json:"queuesLeftOut,omitempty"`
}

// QueueWhy says what keeps what waits in a queue from an agent: the task that comes closest to them, among the 1,000 that
// have waited longest.
type QueueWhy struct {
	Queue    string           `json:"queueId"`
	Waiting  int              `json:"waiting"`
	Contact  string           `json:"contactId"`
	Obstacle routing.Obstacle `json:"obstacle,omitempty"`
	Summary  string           `json:"summary"`
	Until    time.Time        `json:"until,omitzero"`
}

var summaries = map[routing.Obstacle]string{
	routing.ObstacleStatus:     "their status is not routable",
	routing.ObstacleNextStatus: "they have chosen another status, which begins when they have finished",
	routing.ObstacleSlots:      "they have as many tasks in hand as their routing profile allows",
	routing.ObstacleMissed:     "they have missed tasks that are not cleared",
	routing.ObstaclePermission: "their security profiles lack the permission " + directory.BasicAgentAccess,
	routing.ObstacleProfile:    "their routing profile does not have the queue",
	routing.ObstacleManual:     "their routing profile has the queue for picking by hand only",
	routing.ObstacleDelay:      "the task has not waited as long as the delay of their routing profile",
	routing.ObstacleCriteria:   "they do not meet the active step of the routing criteria",
	routing.ObstacleDeclined:   "they have just declined the task",
	"":                         "nothing keeps it from them: it is about to be offered, or others come first",
}

// strength orders obstacles by how close they let a task come.
var strength = []routing.Obstacle{
	"", routing.ObstacleDeclined, routing.ObstacleCriteria, routing.ObstacleDelay, routing.ObstacleManual, routing.ObstacleProfile,
}

// WhyTask says why a task is not with an agent. It fails with [fault.NotFound].
func (d *Dispatcher) WhyTask(ctx context.Context, instance, id string) (TaskWhy, error) {
	e := d.opts.Engine
	c, _, err := e.Contact(ctx, instance, id)
	if err != nil {
		return TaskWhy{}, err
	}
	out := TaskWhy{Contact: c.ID, State: c.State, Agents: []AgentWhy{}}
	if c.State != contact.Queued {
		out.Summary = fmt.Sprintf("The task does not wait in a queue: it is %s", c.State)
		return out, nil
	}
	out.Queue, out.Enqueued, out.Obstacles = c.Queue, c.Enqueued, map[routing.Obstacle]int{}
	if i := c.Criteria.Active(); i >= 0 {
		out.Step = &StepWhy{Number: i + 1, Of: len(c.Criteria.Steps), Expires: c.Criteria.Steps[i].Expires}
	}
	candidates, err := d.candidates(ctx, instance)
	if err != nil {
		return TaskWhy{}, err
	}
	for _, who := range candidates {
		if !who.meant(c) {
			continue
		}
		w := who.why(c, e.Now())
		out.Obstacles[w.Obstacle]++
		if len(out.Agents) == agentsTold {
			out.LeftOut++
		} else {
			out.Agents = append(out.Agents, w)
		}
	}
	if out.NoProfile, err = d.unserved(instance, c.Queue); err != nil {
		return TaskWhy{}, err
	}
	out.Summary = out.summary()
	return out, nil
}

// summary says in one sentence why a task waits.
func (w TaskWhy) summary() string {
	meant := len(w.Agents) + w.LeftOut
	switch {
	case w.NoProfile:
		return "The task waits for ever: no routing profile has this queue"
	case meant == 0:
		return "The task waits: no agent has a routing profile with this queue"
	case w.Obstacles[""] > 0:
		return fmt.Sprintf("The task waits: nothing keeps it from %d of %d agents who could be meant", w.Obstacles[""], meant)
	}
	causes := make([]string, 0, len(w.Obstacles))
	for _, o := range slices.Sorted(maps.Keys(w.Obstacles)) {
		causes = append(causes, fmt.Sprintf("of %d %s", w.Obstacles[o], summaries[o]))
	}
	return fmt.Sprintf("The task waits for one of %d agents who could be meant: %s", meant, strings.Join(causes, "; "))
}

// unserved reports whether a queue is nobody's own, and no routing profile has it, to be offered from or to be picked from.
func (d *Dispatcher) unserved(instance, queue string) (bool, error) {
	if _, err := d.opts.Engine.User(instance, queue); err == nil {
		return false, nil
	}
	profiles, err := d.opts.Engine.RoutingProfiles(instance)
	return err == nil && !slices.ContainsFunc(profiles, func(p engine.Entry[routing.Profile]) bool { return has(p.Value, queue) }), err
}

// has reports whether a profile has a queue, to be offered from or to be picked from.
func has(p *routing.Profile, queue string) bool {
	return slices.Contains(p.Manual, queue) ||
		slices.ContainsFunc(p.Queues, func(q routing.ProfileQueue) bool { return q.Queue == queue })
}

// WhyAgent says why an agent, who is named by their id, their ARN or their user name, has no more tasks than they have.
// Every node can tell: it asks the database, not the owner. It fails with [fault.NotFound].
func (d *Dispatcher) WhyAgent(ctx context.Context, instance, user string) (IdleWhy, error) {
	u, err := d.opts.Engine.User(instance, user)
	if err != nil {
		if u, err = d.opts.Engine.UserNamed(instance, user); err != nil {
			return IdleWhy{}, err
		}
	}
	a, err := d.agents(ctx, instance)
	if err != nil {
		return IdleWhy{}, err
	}
	who, err := d.candidate(instance, u, a[u.ID])
	if err != nil {
		return IdleWhy{}, err
	}
	waiting, err := d.opts.Engine.WaitingByQueue(ctx, instance, u.ID)
	if err != nil {
		return IdleWhy{}, err
	}
	out := IdleWhy{User: u.ID, Name: u.Name, Missed: who.missed(), Queues: []QueueWhy{}}
	for _, queue := range slices.Sorted(maps.Keys(waiting)) {
		if len(out.Queues) == queuesTold {
			out.LeftOut++
			continue
		}
		q, err := d.whyQueue(ctx, instance, who, queue)
		if err != nil {
			return IdleWhy{}, err
		}
		if q.Waiting = waiting[queue].Count; q.Contact != "" { // else what waited has just gone
			out.Queues = append(out.Queues, q)
		}
	}
	out.Summary = fmt.Sprintf("Something waits in %d queues", len(out.Queues)+out.LeftOut)
	if out.Missed > 0 {
		out.Summary += "; " + missedSummary(out.Missed)
	}
	return out, nil
}

// whyQueue finds the task of a queue that comes closest to an agent.
func (d *Dispatcher) whyQueue(ctx context.Context, instance string, who candidate, queue string) (QueueWhy, error) {
	out := QueueWhy{Queue: queue}
	// What keeps the first task from the agent mostly keeps all of them. Only criteria and what was declined differ.
	for _, read := range []int{1, tasksRead} {
		tasks, err := d.opts.Engine.LongestWaiting(ctx, instance, queue, read)
		if err != nil {
			return out, err
		}
		for _, c := range tasks {
			w := who.why(c, d.opts.Engine.Now())
			if out.Contact == "" || slices.Index(strength, w.Obstacle) < slices.Index(strength, out.Obstacle) {
				out.Contact, out.Obstacle, out.Summary, out.Until = c.ID, w.Obstacle, w.Summary, w.Until
			}
		}
		if out.Obstacle != routing.ObstacleCriteria && out.Obstacle != routing.ObstacleDeclined {
			break
		}
	}
	return out, nil
}

// Unroutable is how many tasks wait in a standard queue that no routing profile has, to be offered from or to be picked
// from, in the instances that this node owns.
func (d *Dispatcher) Unroutable(ctx context.Context) (n int, err error) {
	for _, o := range d.active() {
		var unserved map[string]int
		if err := o.ask(ctx, func() { unserved = o.board.Unserved() }); err != nil {
			return 0, err
		}
		for queue, tasks := range unserved {
			nobody, err := d.unserved(o.instance, queue)
			if err != nil {
				return 0, err
			}
			if nobody {
				n += tasks
			}
		}
	}
	return n, nil
}

// candidate is a user who might get a task.
type candidate struct {
	user engine.Entry[directory.User]
	routing.Candidate
}

// candidates are all users, by name.
func (d *Dispatcher) candidates(ctx context.Context, instance string) ([]candidate, error) {
	users, err := d.opts.Engine.Users(instance)
	if err != nil {
		return nil, err
	}
	agents, err := d.agents(ctx, instance)
	if err != nil {
		return nil, err
	}
	all := make([]candidate, len(users))
	for i, u := range users {
		if all[i], err = d.candidate(instance, u, agents[u.ID]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(x, y candidate) int { return strings.Compare(x.user.Name, y.user.Name) })
	return all, nil
}

func (d *Dispatcher) agents(ctx context.Context, instance string) (map[string]*agent.Agent, error) {
	all, err := d.opts.Engine.Agents(ctx, instance)
	byID := make(map[string]*agent.Agent, len(all))
	for _, a := range all {
		byID[a.ID] = a
	}
	return byID, err
}

// candidate puts together what matching looks at; a is nil of a user who never chose a status.
func (d *Dispatcher) candidate(instance string, u engine.Entry[directory.User], a *agent.Agent) (candidate, error) {
	p, err := d.opts.Engine.RoutingProfile(instance, u.Value.RoutingProfile)
	if err != nil {
		return candidate{}, err
	}
	return candidate{u, routing.Candidate{
		Agent: cmp.Or(a, &agent.Agent{ID: u.ID, Type: agent.Offline}), Profile: p.Value, Skills: skills(u.Value),
		IsAgent: d.opts.Engine.May(instance, u.Value, directory.BasicAgentAccess),
	}}, nil
}

// meant reports whether the agent is one of those whom a contact could be for.
func (c candidate) meant(w *contact.Contact) bool {
	if w.Queue == c.user.ID || has(c.Profile, w.Queue) {
		return true
	}
	f := w.Filter()
	return f != nil && f.Attribute != nil && slices.Contains(f.Attribute.AgentIDs, c.user.ID)
}

func (c candidate) why(w *contact.Contact, now time.Time) AgentWhy {
	o, until := c.Obstacle(w, now)
	out := AgentWhy{User: c.user.ID, Name: c.user.Name, Obstacle: o, Missed: c.missed(), Summary: summaries[o], Until: until}
	if o == routing.ObstacleMissed {
		out.Summary = missedSummary(out.Missed)
	}
	return out
}

// missed is how many tasks the agent has missed and not cleared.
func (c candidate) missed() (n int) {
	for _, l := range c.Agent.Legs {
		if l.State == agent.Missed {
			n++
		}
	}
	return n
}

func missedSummary(n int) string {
	if n == 1 {
		return "they have missed a task that is not cleared"
	}
	return fmt.Sprintf("they have missed %d tasks that are not cleared", n)
}
