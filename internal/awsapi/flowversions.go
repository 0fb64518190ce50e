package awsapi

import (
	"context"
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

type versionEntry = engine.Entry[engine.Version]

// versionKey orders versions by their numbers.
func versionKey(v versionEntry) string { return fmt.Sprintf("%019d", v.Value.Number) }

// versionARN is the ARN of a flow or a module with what names one of its texts.
func versionARN(of string, number int64) *string {
	arn := fmt.Sprintf("%s:%d", of, number)
	return &arn
}

// createContactFlowVersion chooses the number itself; what else a request can say comes from another Region.
func (a *API) createContactFlowVersion(ctx context.Context, in *wire.CreateContactFlowVersionRequest) (*wire.CreateContactFlowVersionResponse, error) {
	if err := refuse(
		given{"ContactFlowVersion", in.ContactFlowVersion != nil},
		given{"LastModifiedTime", in.LastModifiedTime != nil},
		given{"LastModifiedRegion", in.LastModifiedRegion != nil},
	); err != nil {
		return nil, err
	}
	f, number, err := a.opts.Engine.CreateFlowVersion(ctx, *in.InstanceId, *in.ContactFlowId,
		wire.Value(in.Description), wire.Value(in.FlowContentSha256))
	return &wire.CreateContactFlowVersionResponse{ContactFlowArn: &f.ARN, Version: &number}, err
}

func (a *API) listContactFlowVersions(_ context.Context, in *wire.ListContactFlowVersionsRequest) (*wire.ListContactFlowVersionsResponse, error) {
	f, all, err := a.opts.Engine.FlowVersions(*in.InstanceId, *in.ContactFlowId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, versionKey, "versions of flow "+f.ID, in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.ContactFlowVersionSummary, len(list))
	for i, v := range list {
		out[i] = wire.ContactFlowVersionSummary{
			Arn: versionARN(f.ARN, v.Value.Number), Version: &v.Value.Number, VersionDescription: wire.String(v.Value.Description),
		}
	}
	return &wire.ListContactFlowVersionsResponse{ContactFlowVersionSummaryList: out, NextToken: next}, err
}

func (a *API) deleteContactFlowVersion(ctx context.Context, in *wire.DeleteContactFlowVersionRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteFlowVersion(ctx, *in.InstanceId, *in.ContactFlowId, *in.ContactFlowVersion)
}
