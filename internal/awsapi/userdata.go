package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

// maxUserData is the largest page of GetCurrentUserData, and the one it gives when none is asked for.
const maxUserData = 100

func (a *API) getCurrentUserData(ctx context.Context, in *wire.GetCurrentUserDataRequest) (*wire.GetCurrentUserDataResponse, error) {
	f := in.Filters
	filter := engine.DeskFilter{Queues: f.Queues, Profiles: f.RoutingProfiles, Users: f.Agents, Groups: f.UserHierarchyGroups}
	if f.ContactFilter != nil {
		for _, s := range f.ContactFilter.ContactStates {
			filter.States = append(filter.States, agent.LegState(s))
			if s == wire.ContactStateConnected {
				filter.States = append(filter.States, agent.Paused)
			}
		}
	}
	desks, err := a.opts.Engine.Desks(ctx, *in.InstanceId, filter)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	total := int64(len(desks))
	list, next, err := page(desks, func(d engine.Desk) string { return d.User.Name }, "user data",
		in.NextToken, in.MaxResults, maxUserData, a.opts.Engine.Now())
	out := make([]wire.UserData, len(list))
	for n, d := range list {
		out[n] = userData(i.Instance, d)
		out[n].HierarchyPath = a.pathReference(i.ID, d.User.Value.HierarchyGroup)
	}
	return &wire.GetCurrentUserDataResponse{UserDataList: out, NextToken: next, ApproximateTotalCount: &total}, err
}

// pathReference names the hierarchy groups of a user; nil when they are in none.
func (a *API) pathReference(instance, group string) *wire.HierarchyPathReference {
	var p wire.HierarchyPathReference
	path := a.opts.Engine.HierarchyPath(instance, group)
	if len(path) == 0 {
		return nil
	}
	at := []**wire.HierarchyGroupSummaryReference{&p.LevelOne, &p.LevelTwo, &p.LevelThree, &p.LevelFour, &p.LevelFive}
	for n, g := range path {
		*at[n] = &wire.HierarchyGroupSummaryReference{Id: &g.ID, Arn: &g.ARN}
	}
	return &p
}

// contactState is the state of a task in an agent's hands. The API has no word for one that is paused.
func contactState(s agent.LegState) wire.ContactState {
	if s == agent.Paused {
		return wire.ContactStateConnected
	}
	return wire.ContactState(s)
}

// queueReference names the queue that a task has waited in; nil when it never did.
func queueReference(q engine.Entry[routing.Queue]) *wire.QueueReference {
	if q.ID == "" {
		return nil
	}
	return &wire.QueueReference{Id: &q.ID, Arn: &q.ARN}
}

// userData is a desk as GetCurrentUserData tells it.
func userData(i arn.Instance, d engine.Desk) wire.UserData {
	statusARN := i.Of(arn.AgentStatus, d.Status.ID)
	out := wire.UserData{
		User:           &wire.UserReference{Id: &d.User.ID, Arn: &d.User.ARN},
		RoutingProfile: &wire.RoutingProfileReference{Id: &d.Profile.ID, Arn: &d.Profile.ARN},
		Status: &wire.AgentStatusReference{
			StatusStartTimestamp: wire.Time(d.Agent.StatusSince), StatusArn: &statusARN, StatusName: &d.Status.Name,
		},
		NextStatus: wire.String(d.Next.Name),
		Contacts:   []wire.AgentContactReference{},
	}
	for _, t := range d.Tasks {
		channel, method := wire.ChannelTask, wire.ContactInitiationMethod(t.Task.Method)
		state := contactState(t.State)
		out.Contacts = append(out.Contacts, wire.AgentContactReference{
			ContactId: &t.Contact, Channel: &channel, InitiationMethod: &method, AgentContactState: &state,
			StateStartTimestamp: wire.Time(t.Since), ConnectedToAgentTimestamp: wire.Time(t.Task.ConnectedToAgent),
			Queue: queueReference(t.Queue),
		})
	}
	task, slots := wire.ChannelTask, d.Profile.Value.Slots
	if slots == 0 {
		return out // the profile's agents take no tasks
	}
	out.MaxSlotsByChannel = map[wire.Channel]int64{task: int64(slots)}
	out.ActiveSlotsByChannel = map[wire.Channel]int64{task: int64(metric.Active(d.Agent))}
	out.AvailableSlotsByChannel = map[wire.Channel]int64{task: int64(metric.Open(d.Agent, slots))}
	return out
}
