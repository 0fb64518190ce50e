package desk

import (
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// settingsTopic is the topic of what an administrator has changed of what the panel keeps beside the snapshot.
const settingsTopic = "ccp/settings"

// settings is the content of a frame of that topic. What has not changed is left out.
type settings struct {
	States []object `json:"states,omitempty"` // all that the agent can choose, as GetAgentStates tells them
	Queues []object `json:"queues,omitempty"` // all that the agent has, as GetRoutingProfileQueues tells them
	// Reload says that it concerns who the agent is or what they may do: the panel reads it anew.
	Reload bool `json:"reload,omitempty"`
}

// configured tells panels what a commit has changed of what they keep: those that it concerns, and with the change itself
// where many are concerned. It never blocks.
func (d *Desk) configured(c engine.Commit) {
	changed := slices.DeleteFunc(slices.Concat(c.Resources, c.Deleted), func(r engine.Resource) bool { return !kept[r.Kind] })
	if len(changed) == 0 {
		return
	}
	var states []object
	for _, user := range d.hub.watched(c.Instance) {
		u, err := d.engine.User(c.Instance, user)
		if err != nil {
			continue // signed out by endOfSessions
		}
		var s settings
		for _, r := range changed {
			switch {
			case d.isAbout(r, u):
				s.Reload = true
			case r.Kind == arn.AgentStatus:
				if states == nil {
					all, _ := d.statuses(c.Instance) // of an instance that is there
					states = inOrder(all)
				}
				s.States = states
			case r.Kind == arn.Queue && d.hasQueue(c.Instance, u.Value, r.ID):
				all, _ := d.queuesOf(c.Instance, u) // as said
				s.Queues = inOrder(all)
			}
		}
		if s.Reload || s.States != nil || s.Queues != nil {
			d.hub.tell(user, frame{Topic: settingsTopic, Content: s})
		}
	}
}

// kept are the kinds of configuration that panels keep something of.
var kept = map[arn.Kind]bool{
	arn.User: true, arn.RoutingProfile: true, arn.SecurityProfile: true, arn.AgentStatus: true, arn.Queue: true,
}

// isAbout reports whether configuration says who an agent is or what they may do.
func (d *Desk) isAbout(r engine.Resource, u engine.Entry[directory.User]) bool {
	switch r.Kind {
	case arn.User:
		return r.ID == u.ID
	case arn.RoutingProfile:
		return r.ID == u.Value.RoutingProfile
	case arn.SecurityProfile:
		return slices.Contains(u.Value.SecurityProfiles, r.ID)
	default:
		return false
	}
}

// hasQueue reports whether the routing profile of a user has a queue.
func (d *Desk) hasQueue(instance string, u *directory.User, queue string) bool {
	p, err := d.engine.RoutingProfile(instance, u.RoutingProfile)
	return err == nil && slices.ContainsFunc(p.Value.Queues, func(q routing.ProfileQueue) bool { return q.Queue == queue })
}

// inOrder are the items of a list in their order.
func inOrder(list []named) []object {
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.key, b.key) })
	items := make([]object, len(list))
	for i, n := range list {
		items[i] = n.item
	}
	return items
}
