package awsapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/wire"
)

// createContactFlow publishes the flow unless it is told to save it only.
func (a *API) createContactFlow(ctx context.Context, in *wire.CreateContactFlowRequest) (*wire.CreateContactFlowResponse, error) {
	publish := wire.Value(in.Status) != wire.ContactFlowStatusSaved
	f, err := a.opts.Engine.CreateFlow(ctx, *in.InstanceId, engine.Flow{
		Name: *in.Name, Type: flow.Type(*in.Type), Description: wire.Value(in.Description), Saved: *in.Content, Tags: in.Tags,
	}, publish)
	sum := digest(*in.Content)
	return &wire.CreateContactFlowResponse{ContactFlowId: &f.ID, ContactFlowArn: &f.ARN, FlowContentSha256: &sum}, err
}

// digest is FlowContentSha256: of the content's bytes, as they are kept.
func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func (a *API) updateContactFlowContent(ctx context.Context, in *wire.UpdateContactFlowContentRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateFlowContent(ctx, *in.InstanceId, *in.ContactFlowId, *in.Content)
}

func (a *API) describeContactFlow(_ context.Context, in *wire.DescribeContactFlowRequest) (*wire.DescribeContactFlowResponse, error) {
	f, err := a.opts.Engine.Flow(*in.InstanceId, *in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	status := wire.ContactFlowStatusPublished
	if f.Draft {
		status = wire.ContactFlowStatusSaved
	}
	kind, state := wire.ContactFlowType(f.Value.Type), wire.ContactFlowStateActive
	sum, region := digest(f.Content), a.region(*in.InstanceId)
	return &wire.DescribeContactFlowResponse{ContactFlow: &wire.ContactFlow{
		Id: &f.ID, Arn: &f.ARN, Name: &f.Name, Type: &kind, State: &state, Status: &status,
		Description: wire.String(f.Value.Description), Content: &f.Content, FlowContentSha256: &sum, Tags: f.Value.Tags,
		LastModifiedTime: wire.Time(f.Modified), LastModifiedRegion: &region,
	}}, nil
}

func (a *API) listContactFlows(_ context.Context, in *wire.ListContactFlowsRequest) (*wire.ListContactFlowsResponse, error) {
	flows, err := a.opts.Engine.Flows(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []wire.ContactFlowSummary
	for _, f := range flows {
		kind := wire.ContactFlowType(f.Value.Type)
		if len(in.ContactFlowTypes) > 0 && !slices.Contains(in.ContactFlowTypes, kind) {
			continue
		}
		state, status := wire.ContactFlowStateActive, wire.ContactFlowStatusPublished
		if f.Value.Published == "" {
			status = wire.ContactFlowStatusSaved
		}
		all = append(all, wire.ContactFlowSummary{
			Id: &f.ID, Arn: &f.ARN, Name: &f.Name, ContactFlowType: &kind, ContactFlowState: &state, ContactFlowStatus: &status,
		})
	}
	list, next, err := page(all, func(s wire.ContactFlowSummary) string { return *s.Name }, "flows",
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	return &wire.ListContactFlowsResponse{ContactFlowSummaryList: list, NextToken: next}, err
}
