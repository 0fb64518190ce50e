package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// Desk is all that is on an agent's desk.
type Desk struct {
	User    Entry[directory.User]
	Profile Entry[routing.Profile]
	Status  Entry[agent.Status]
	Next    Entry[agent.Status] // the status that waits; zero: none
	Agent   *agent.Agent        // never nil
	Tasks   []DeskTask          // as the agent's legs
}

// DeskTask is one task in an agent's hands.
type DeskTask struct {
	agent.Leg
	Task       *contact.Contact
	Attributes map[string]string    // only from [Engine.Desk]
	Queue      Entry[routing.Queue] // zero when the task was never queued
	// From is the agent who had the task before it was transferred; zero when nobody had. Only from [Engine.Desk].
	From Entry[directory.User]
}

// Desk returns what is on a user's desk. It fails with [fault.NotFound].
func (e *Engine) Desk(ctx context.Context, instance, user string) (Desk, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Desk{}, err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return Desk{}, err
	}
	a, err := e.store.Agent(ctx, t.ID, u.ID)
	if err != nil {
		return Desk{}, err
	}
	d, err := e.desk(ctx, t, u, a)
	if err != nil {
		return Desk{}, err
	}
	for i := range d.Tasks {
		chain, err := e.store.Chain(ctx, t.ID, d.Tasks[i].Task.Chain())
		if Undecodable(err) {
			chain, err = &contact.Chain{}, nil
		}
		if err != nil {
			return Desk{}, err
		}
		d.Tasks[i].Attributes = chain.Attributes
		if d.Tasks[i].From, err = e.cameFrom(ctx, t, d.Tasks[i].Task); err != nil {
			return Desk{}, err
		}
	}
	return d, nil
}

// cameFrom is the agent who had a contact before it was transferred; zero for one that was not, or that nobody had, or
// of whom nothing is left.
func (e *Engine) cameFrom(ctx context.Context, t *tenant, c *contact.Contact) (from Entry[directory.User], err error) {
	if c.Method != contact.MethodTransfer {
		return from, nil
	}
	before, err := e.store.Contact(ctx, t.ID, c.Previous)
	if err == nil && before.Agent != "" {
		from, err = find[directory.User](t, arn.User, before.Agent)
	}
	if fault.Is(err, fault.NotFound) || Undecodable(err) {
		return from, nil
	}
	return from, err
}

// Agents returns the presence of all users who ever chose a status. It fails with [fault.NotFound].
func (e *Engine) Agents(ctx context.Context, instance string) ([]*agent.Agent, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return e.store.Agents(ctx, t.ID)
}

// Presence returns the desks of users, by id, without their tasks. Users who do not exist are left out.
// It fails with [fault.NotFound] for an unknown instance.
func (e *Engine) Presence(ctx context.Context, instance string, users []string) (map[string]Desk, error) {
	t, err := e.tenant(instance)
	if err != nil || len(users) == 0 {
		return nil, err
	}
	all, err := e.store.Agents(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	agents := make(map[string]*agent.Agent, len(all))
	for _, a := range all {
		agents[a.ID] = a
	}
	desks := make(map[string]Desk, len(users))
	for _, id := range users {
		u, err := find[directory.User](t, arn.User, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if desks[u.ID], err = t.atDesk(u, agents[u.ID]); err != nil {
			return nil, err
		}
	}
	return desks, nil
}

// desk puts a desk together from the agent's presence; nil is one who never chose a status.
func (e *Engine) desk(ctx context.Context, t *tenant, u Entry[directory.User], a *agent.Agent) (Desk, error) {
	d, err := t.atDesk(u, a)
	if err != nil {
		return d, err
	}
	for _, leg := range d.Agent.Legs {
		c, err := e.store.Contact(ctx, t.ID, leg.Contact)
		if Undecodable(err) {
			continue // the others are there
		}
		if err != nil {
			return d, err
		}
		d.Tasks = append(d.Tasks, DeskTask{Leg: leg, Task: c, Queue: t.queueOf(c)})
	}
	return d, nil
}

// atDesk is a desk without its tasks.
func (t *tenant) atDesk(u Entry[directory.User], a *agent.Agent) (d Desk, err error) {
	if a == nil {
		a = &agent.Agent{ID: u.ID, Type: agent.Offline, Status: t.offline(), StatusSince: u.Modified}
	}
	d = Desk{User: u, Agent: a}
	if d.Profile, err = findOrGone[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile); err != nil {
		return d, err
	}
	if d.Status, err = findOrGone[agent.Status](t, arn.AgentStatus, a.Status); err != nil {
		return d, err
	}
	if a.Next != "" {
		d.Next, err = findOrGone[agent.Status](t, arn.AgentStatus, a.Next)
	}
	return d, err
}

// findOrGone looks up what another object refers to. Of one that does not exist only id and ARN are left.
func findOrGone[T any](t *tenant, kind arn.Kind, id string) (Entry[T], error) {
	found, err := find[T](t, kind, id)
	if fault.Is(err, fault.NotFound) {
		return Entry[T]{Resource: Resource{Kind: kind, ID: id}, ARN: t.Of(kind, id), Value: new(T)}, nil
	}
	return found, err
}

// offline is the id of the instance's status of type OFFLINE.
func (t *tenant) offline() string {
	for _, s := range all[agent.Status](t, arn.AgentStatus) {
		if s.Value.Type == agent.Offline {
			return s.ID
		}
	}
	return ""
}

// DeskFilter chooses desks. At most one of the lists may be given; ids and ARNs may be mixed.
type DeskFilter struct {
	Queues   []string
	Profiles []string
	Users    []string
	Groups   []string         // with those below them
	States   []agent.LegState // only tasks in these states, and agents who have one
}

// Desks returns the desks of agents who are signed in or have tasks in hand, by user name.
// It fails with [fault.Unusable] unless exactly one list is given, and with [fault.NotFound] for an id that
// does not exist.
func (e *Engine) Desks(ctx context.Context, instance string, f DeskFilter) ([]Desk, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	wanted, err := t.filter(f)
	if err != nil {
		return nil, err
	}
	agents, err := e.store.Agents(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var desks []Desk
	for _, a := range agents {
		u, err := find[directory.User](t, arn.User, a.ID)
		if err != nil {
			continue // the user was deleted
		}
		if !wanted(u) || a.Type == agent.Offline && len(a.Legs) == 0 {
			continue
		}
		d, err := e.desk(ctx, t, u, a)
		if err != nil {
			return nil, err
		}
		if len(f.States) > 0 {
			d.Tasks = slices.DeleteFunc(d.Tasks, func(task DeskTask) bool { return !slices.Contains(f.States, task.State) })
			if len(d.Tasks) == 0 {
				continue
			}
		}
		desks = append(desks, d)
	}
	slices.SortFunc(desks, func(a, b Desk) int { return strings.Compare(a.User.Name, b.User.Name) })
	return desks, nil
}

// filter makes the test for users that a filter means.
func (t *tenant) filter(f DeskFilter) (func(Entry[directory.User]) bool, error) {
	given := 0
	for _, list := range [][]string{f.Queues, f.Profiles, f.Users, f.Groups} {
		if len(list) > 0 {
			given++
		}
	}
	if given != 1 {
		return nil, fault.New(fault.Unusable, "Filters: specify exactly one of Queues, RoutingProfiles, Agents and UserHierarchyGroups")
	}
	queues := make(map[string]bool, len(f.Queues))
	for _, idOrARN := range f.Queues {
		q, err := t.queue(idOrARN)
		if err != nil {
			return nil, err
		}
		queues[q.ID] = true
	}
	profiles, err := t.resolveAll(arn.RoutingProfile, f.Profiles)
	if err != nil {
		return nil, err
	}
	users, err := t.resolveAll(arn.User, f.Users)
	if err != nil {
		return nil, err
	}
	groups, err := t.resolveAll(arn.HierarchyGroup, f.Groups)
	if err != nil {
		return nil, err
	}
	below := func(g Entry[directory.Group]) bool { return groups[g.ID] }
	return func(u Entry[directory.User]) bool {
		return len(groups) > 0 && slices.ContainsFunc(t.path(u.Value.HierarchyGroup), below) || users[u.ID] || profiles[u.Value.RoutingProfile] || len(queues) > 0 && t.serves(u, queues)
	}, nil
}

func (t *tenant) resolveAll(kind arn.Kind, list []string) (map[string]bool, error) {
	ids := make(map[string]bool, len(list))
	for _, idOrARN := range list {
		id, err := t.Resolve(kind, idOrARN)
		if err != nil {
			return nil, err
		}
		if _, ok := t.catalog.get(kind, id); !ok {
			return nil, fault.New(fault.NotFound, "%s %s does not exist", kind.Noun(), idOrARN)
		}
		ids[id] = true
	}
	return ids, nil
}

// serves reports whether a user has one of the queues: as their own, or in their routing profile.
func (t *tenant) serves(u Entry[directory.User], queues map[string]bool) bool {
	if queues[u.ID] {
		return true
	}
	p, err := find[routing.Profile](t, arn.RoutingProfile, u.Value.RoutingProfile)
	return err == nil && slices.ContainsFunc(p.Value.Queues, func(q routing.ProfileQueue) bool { return queues[q.Queue] })
}
