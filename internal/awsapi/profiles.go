package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

type profileEntry = engine.Entry[routing.Profile]

func (a *API) createRoutingProfile(ctx context.Context, in *wire.CreateRoutingProfileRequest) (*wire.CreateRoutingProfileResponse, error) {
	if err := noVoice(in.ManualAssignmentQueueConfigs); err != nil {
		return nil, err
	}
	p, err := a.opts.Engine.CreateRoutingProfile(ctx, *in.InstanceId, routing.Profile{
		Name: *in.Name, Description: *in.Description, DefaultOutbound: *in.DefaultOutboundQueueId,
		Timer: routing.Timer(wire.Value(in.AgentAvailabilityTimer)), Tags: in.Tags,
	}, concurrencies(in.MediaConcurrencies), profileQueues(in.QueueConfigs, in.ManualAssignmentQueueConfigs))
	return &wire.CreateRoutingProfileResponse{RoutingProfileId: &p.ID, RoutingProfileArn: &p.ARN}, err
}

func concurrencies(list []wire.MediaConcurrency) []routing.Concurrency {
	all := make([]routing.Concurrency, len(list))
	for i, c := range list {
		all[i] = routing.Concurrency{
			Channel: routing.Channel(*c.Channel), Slots: agent.Slots(*c.Concurrency),
			AnyChannel: c.CrossChannelBehavior != nil && *c.CrossChannelBehavior.BehaviorType == wire.BehaviorTypeRouteAnyChannel,
		}
	}
	return all
}

func (a *API) describeRoutingProfile(_ context.Context, in *wire.DescribeRoutingProfileRequest) (*wire.DescribeRoutingProfileResponse, error) {
	p, i, err := a.profileIn(*in.InstanceId, *in.RoutingProfileId)
	if err != nil {
		return nil, err
	}
	users, err := a.usersByProfile(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	out := describeProfile(i, p, users)
	out.AgentAvailabilityTimer = availabilityTimer(p.Value.Timer)
	out.LastModifiedTime, out.LastModifiedRegion = wire.Time(p.Modified), &i.Region
	for n, c := range p.Value.Concurrencies() {
		behavior := wire.BehaviorTypeRouteCurrentChannelOnly
		if c.AnyChannel {
			behavior = wire.BehaviorTypeRouteAnyChannel
		}
		out.MediaConcurrencies[n].CrossChannelBehavior = &wire.CrossChannelBehavior{BehaviorType: &behavior}
	}
	return &wire.DescribeRoutingProfileResponse{RoutingProfile: &out}, nil
}

func availabilityTimer(t routing.Timer) *wire.AgentAvailabilityTimer {
	out := wire.AgentAvailabilityTimer(t)
	if t == "" {
		out = wire.AgentAvailabilityTimerTimeSinceLastActivity
	}
	return &out
}

// usersByProfile counts the users of each routing profile, by its id.
func (a *API) usersByProfile(instance string) (map[string]int64, error) {
	users, err := a.opts.Engine.Users(instance)
	n := map[string]int64{}
	for _, u := range users {
		n[u.Value.RoutingProfile]++
	}
	return n, err
}

// describeProfile tells what both DescribeRoutingProfile and SearchRoutingProfiles do.
func describeProfile(i arn.Instance, p profileEntry, users map[string]int64) wire.RoutingProfile {
	v, having := p.Value, users[p.ID]
	queues, manual := int64(len(distinct(v.Rows()))), int64(len(distinct(v.ManualRows())))
	out := wire.RoutingProfile{
		InstanceId: &i.ID, RoutingProfileId: &p.ID, RoutingProfileArn: &p.ARN, Name: &p.Name,
		Description: wire.String(v.Description), DefaultOutboundQueueId: &v.DefaultOutbound, IsDefault: &v.Default, Tags: v.Tags,
		NumberOfAssociatedQueues: &queues, NumberOfAssociatedManualAssignmentQueues: &manual, NumberOfAssociatedUsers: &having,
		MediaConcurrencies: []wire.MediaConcurrency{},
	}
	for _, c := range v.Concurrencies() {
		ch, slots := wire.Channel(c.Channel), int64(c.Slots)
		out.MediaConcurrencies = append(out.MediaConcurrencies, wire.MediaConcurrency{Channel: &ch, Concurrency: &slots})
	}
	return out
}

func (a *API) listRoutingProfiles(_ context.Context, in *wire.ListRoutingProfilesRequest) (*wire.ListRoutingProfilesResponse, error) {
	all, err := a.opts.Engine.RoutingProfiles(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(p profileEntry) string { return p.Name }, "routing profiles",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.RoutingProfileSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, p := range list {
		out[i] = wire.RoutingProfileSummary{
			Id: &p.ID, Arn: &p.ARN, Name: &p.Name, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
		}
	}
	return &wire.ListRoutingProfilesResponse{RoutingProfileSummaryList: out, NextToken: next}, err
}

// profileFields are what SearchRoutingProfiles can ask for.
var profileFields = []field[profileEntry]{
	{"associatedQueueIds", func(p profileEntry) []string { return distinct(p.Value.Rows()) }},
	text("name", func(p profileEntry) string { return p.Name }),
	text("description", func(p profileEntry) string { return p.Value.Description }),
	text("resourceID", func(p profileEntry) string { return p.ID }),
}

func profileNode(c wire.RoutingProfileSearchCriteria) node[wire.RoutingProfileSearchCriteria, profileEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, profileFields))
}

// searchRoutingProfiles tells of each profile what Amazon Connect does: its queues, but neither when it was changed
// nor how its channels and agents compete.
func (a *API) searchRoutingProfiles(_ context.Context, in *wire.SearchRoutingProfilesRequest) (*wire.SearchRoutingProfilesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, profileNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(p profileEntry) map[string]string { return p.Value.Tags })
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.RoutingProfiles(i.ID)
	if err != nil {
		return nil, err
	}
	users, err := a.usersByProfile(i.ID)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(p profileEntry) string { return p.ID }, "routing profiles found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.RoutingProfile, len(got.items))
	for n, p := range got.items {
		out[n] = describeProfile(i.Instance, p, users)
		out[n].AssociatedQueueIds, out[n].AssociatedManualAssignmentQueueIds = distinct(p.Value.Rows()), distinct(p.Value.ManualRows())
	}
	return &wire.SearchRoutingProfilesResponse{RoutingProfiles: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateRoutingProfileName(ctx context.Context, in *wire.UpdateRoutingProfileNameRequest) (*none, error) {
	if err := someName(in.Name, in.Description); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.RenameRoutingProfile(ctx, *in.InstanceId, *in.RoutingProfileId, in.Name, in.Description)
}

func (a *API) updateRoutingProfileConcurrency(ctx context.Context, in *wire.UpdateRoutingProfileConcurrencyRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetConcurrency(ctx, *in.InstanceId, *in.RoutingProfileId, concurrencies(in.MediaConcurrencies))
}

func (a *API) updateRoutingProfileOutbound(ctx context.Context, in *wire.UpdateRoutingProfileDefaultOutboundQueueRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetDefaultOutbound(ctx, *in.InstanceId, *in.RoutingProfileId, *in.DefaultOutboundQueueId)
}

func (a *API) updateRoutingProfileTimer(ctx context.Context, in *wire.UpdateRoutingProfileAgentAvailabilityTimerRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetAvailabilityTimer(ctx, *in.InstanceId, *in.RoutingProfileId, routing.Timer(*in.AgentAvailabilityTimer))
}

func (a *API) deleteRoutingProfile(ctx context.Context, in *wire.DeleteRoutingProfileRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteRoutingProfile(ctx, *in.InstanceId, *in.RoutingProfileId)
}
