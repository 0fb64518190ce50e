package awsapi

import (
	"context"
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

type statusEntry = engine.Entry[agent.Status]

func (a *API) createAgentStatus(ctx context.Context, in *wire.CreateAgentStatusRequest) (*wire.CreateAgentStatusResponse, error) {
	s, err := a.opts.Engine.CreateAgentStatus(ctx, *in.InstanceId, agent.Status{
		Name: *in.Name, Description: wire.Value(in.Description), DisplayOrder: int(wire.Value(in.DisplayOrder)),
		Disabled: *in.State == wire.AgentStatusStateDisabled, Tags: in.Tags,
	})
	return &wire.CreateAgentStatusResponse{AgentStatusId: &s.ID, AgentStatusARN: &s.ARN}, err
}

func (a *API) describeAgentStatus(_ context.Context, in *wire.DescribeAgentStatusRequest) (*wire.DescribeAgentStatusResponse, error) {
	s, err := a.opts.Engine.AgentStatus(*in.InstanceId, *in.AgentStatusId)
	if err != nil {
		return nil, err
	}
	out := describeStatus(s, a.region(*in.InstanceId))
	return &wire.DescribeAgentStatusResponse{AgentStatus: &out}, nil
}

func describeStatus(s statusEntry, region string) wire.AgentStatus {
	kind, state := wire.AgentStatusType(s.Value.Type), statusState(s)
	out := wire.AgentStatus{
		AgentStatusId: &s.ID, AgentStatusARN: &s.ARN, Name: &s.Name, Description: wire.String(s.Value.Description),
		Type: &kind, State: &state, Tags: s.Value.Tags, LastModifiedTime: wire.Time(s.Modified), LastModifiedRegion: &region,
	}
	if order := int64(s.Value.DisplayOrder); order > 0 {
		out.DisplayOrder = &order
	}
	return out
}

func statusState(s statusEntry) wire.AgentStatusState {
	if s.Value.Disabled {
		return wire.AgentStatusStateDisabled
	}
	return wire.AgentStatusStateEnabled
}

func (a *API) listAgentStatuses(_ context.Context, in *wire.ListAgentStatusesRequest) (*wire.ListAgentStatusesResponse, error) {
	statuses, err := a.opts.Engine.AgentStatuses(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	var all []wire.AgentStatusSummary
	for _, s := range statuses {
		kind := wire.AgentStatusType(s.Value.Type)
		if len(in.AgentStatusTypes) == 0 || slices.Contains(in.AgentStatusTypes, kind) {
			all = append(all, wire.AgentStatusSummary{
				Id: &s.ID, Arn: &s.ARN, Name: &s.Name, Type: &kind,
				LastModifiedTime: wire.Time(s.Modified), LastModifiedRegion: &region,
			})
		}
	}
	list, next, err := page(all, func(s wire.AgentStatusSummary) string { return *s.Name }, "agent statuses",
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	return &wire.ListAgentStatusesResponse{AgentStatusSummaryList: list, NextToken: next}, err
}

// statusFields are what SearchAgentStatuses can ask for.
var statusFields = []field[statusEntry]{
	text("name", func(s statusEntry) string { return s.Name }),
	text("description", func(s statusEntry) string { return s.Value.Description }),
	text("state", func(s statusEntry) string { return string(statusState(s)) }),
	text("type", func(s statusEntry) string { return string(s.Value.Type) }),
	{"displayOrder", func(s statusEntry) []string {
		if s.Value.DisplayOrder == 0 {
			return nil
		}
		return []string{strconv.Itoa(s.Value.DisplayOrder)}
	}},
	text("resourceID", func(s statusEntry) string { return s.ID }),
}

func statusNode(c wire.AgentStatusSearchCriteria) node[wire.AgentStatusSearchCriteria, statusEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, statusFields))
}

func (a *API) searchAgentStatuses(_ context.Context, in *wire.SearchAgentStatusesRequest) (*wire.SearchAgentStatusesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, statusNode)
	if err != nil {
		return nil, err
	}
	tagged, err := attributeFilter(wire.Value(in.SearchFilter).AttributeFilter, func(s statusEntry) map[string]string { return s.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.AgentStatuses(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(s statusEntry) string { return s.ID }, "agent statuses found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.AgentStatus, len(got.items))
	region := a.region(*in.InstanceId)
	for i, s := range got.items {
		out[i] = describeStatus(s, region)
	}
	return &wire.SearchAgentStatusesResponse{AgentStatuses: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateAgentStatus(ctx context.Context, in *wire.UpdateAgentStatusRequest) (*none, error) {
	u := engine.StatusUpdate{Name: in.Name, Description: in.Description, DisplayOrder: count(in.DisplayOrder)}
	if in.State != nil {
		disabled := *in.State == wire.AgentStatusStateDisabled
		u.Disabled = &disabled
	}
	if wire.Value(in.ResetOrderNumber) {
		if u.DisplayOrder != nil {
			return nil, fault.New(fault.Unusable, "Specify only one of DisplayOrder and ResetOrderNumber")
		}
		u.DisplayOrder = new(0)
	}
	return &none{}, a.opts.Engine.UpdateAgentStatus(ctx, *in.InstanceId, *in.AgentStatusId, u)
}
