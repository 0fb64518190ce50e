package awsapi

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/wire"
)

type flowEntry = engine.Entry[engine.Flow]

// createContactFlow publishes the flow unless it is told to save it only.
func (a *API) createContactFlow(ctx context.Context, in *wire.CreateContactFlowRequest) (*wire.CreateContactFlowResponse, error) {
	publish := wire.Value(in.Status) != wire.ContactFlowStatusSaved
	f, err := a.opts.Engine.CreateFlow(ctx, *in.InstanceId, engine.Flow{
		Name: *in.Name, Type: flow.Type(*in.Type), Description: wire.Value(in.Description), Saved: *in.Content, Tags: in.Tags,
	}, publish)
	sum := flow.Sum(*in.Content)
	return &wire.CreateContactFlowResponse{ContactFlowId: &f.ID, ContactFlowArn: &f.ARN, FlowContentSha256: &sum}, err
}

func (a *API) updateContactFlowContent(ctx context.Context, in *wire.UpdateContactFlowContentRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateFlowContent(ctx, *in.InstanceId, *in.ContactFlowId, *in.Content)
}

func (a *API) updateContactFlowMetadata(ctx context.Context, in *wire.UpdateContactFlowMetadataRequest) (*none, error) {
	m := engine.Metadata{Name: in.Name, Description: in.Description}
	if in.ContactFlowState != nil {
		archived := *in.ContactFlowState == wire.ContactFlowStateArchived
		m.Archived = &archived
	}
	return &none{}, a.opts.Engine.UpdateFlow(ctx, *in.InstanceId, *in.ContactFlowId, m)
}

func (a *API) updateContactFlowName(ctx context.Context, in *wire.UpdateContactFlowNameRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateFlow(ctx, *in.InstanceId, *in.ContactFlowId, engine.Metadata{Name: in.Name, Description: in.Description})
}

func (a *API) deleteContactFlow(ctx context.Context, in *wire.DeleteContactFlowRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteFlow(ctx, *in.InstanceId, *in.ContactFlowId)
}

func (a *API) describeContactFlow(_ context.Context, in *wire.DescribeContactFlowRequest) (*wire.DescribeContactFlowResponse, error) {
	f, err := a.opts.Engine.Flow(*in.InstanceId, *in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	out := describeFlow(f, a.region(*in.InstanceId))
	return &wire.DescribeContactFlowResponse{ContactFlow: &out}, nil
}

// describeFlow tells a flow with one of its texts.
func describeFlow(f engine.Text[engine.Flow], region string) wire.ContactFlow {
	kind, state, status := wire.ContactFlowType(f.Value.Type), flowState(f.Entry), wire.ContactFlowStatusPublished
	if f.Draft {
		status = wire.ContactFlowStatusSaved
	}
	sum := flow.Sum(f.Content)
	out := wire.ContactFlow{
		Id: &f.ID, Arn: &f.ARN, Name: &f.Name, Type: &kind, State: &state, Status: &status,
		Description: wire.String(f.Value.Description), Content: &f.Content, FlowContentSha256: &sum, Tags: f.Value.Tags,
		LastModifiedTime: wire.Time(f.Modified), LastModifiedRegion: &region,
	}
	if v := f.Numbered; v != nil {
		out.Version, out.VersionDescription = &v.Value.Number, wire.String(v.Value.Description)
		out.LastModifiedTime = wire.Time(v.Modified)
	}
	return out
}

func flowState(f flowEntry) wire.ContactFlowState {
	if f.Value.Archived {
		return wire.ContactFlowStateArchived
	}
	return wire.ContactFlowStateActive
}

// flowStatus is that of a flow as a whole: whether it was ever published.
func flowStatus(f flowEntry) wire.ContactFlowStatus {
	if f.Value.Published == "" {
		return wire.ContactFlowStatusSaved
	}
	return wire.ContactFlowStatusPublished
}

func (a *API) listContactFlows(_ context.Context, in *wire.ListContactFlowsRequest) (*wire.ListContactFlowsResponse, error) {
	flows, err := a.opts.Engine.Flows(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []wire.ContactFlowSummary
	for _, f := range flows {
		kind, state, status := wire.ContactFlowType(f.Value.Type), flowState(f), flowStatus(f)
		if len(in.ContactFlowTypes) > 0 && !slices.Contains(in.ContactFlowTypes, kind) {
			continue
		}
		all = append(all, wire.ContactFlowSummary{
			Id: &f.ID, Arn: &f.ARN, Name: &f.Name, ContactFlowType: &kind, ContactFlowState: &state, ContactFlowStatus: &status,
		})
	}
	list, next, err := page(all, func(s wire.ContactFlowSummary) string { return *s.Name }, "flows",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	return &wire.ListContactFlowsResponse{ContactFlowSummaryList: list, NextToken: next}, err
}
