package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) createContactFlowModuleVersion(ctx context.Context, in *wire.CreateContactFlowModuleVersionRequest) (*wire.CreateContactFlowModuleVersionResponse, error) {
	m, number, err := a.opts.Engine.CreateModuleVersion(ctx, *in.InstanceId, *in.ContactFlowModuleId,
		wire.Value(in.Description), wire.Value(in.FlowModuleContentSha256))
	return &wire.CreateContactFlowModuleVersionResponse{ContactFlowModuleArn: &m.ARN, Version: &number}, err
}

func (a *API) listContactFlowModuleVersions(_ context.Context, in *wire.ListContactFlowModuleVersionsRequest) (*wire.ListContactFlowModuleVersionsResponse, error) {
	m, all, err := a.opts.Engine.ModuleVersions(*in.InstanceId, *in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, versionKey, "versions of flow module "+m.ID, in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	out := make([]wire.ContactFlowModuleVersionSummary, len(list))
	for i, v := range list {
		out[i] = wire.ContactFlowModuleVersionSummary{
			Arn: versionARN(m.ARN, v.Value.Number), Version: &v.Value.Number, VersionDescription: wire.String(v.Value.Description),
		}
	}
	return &wire.ListContactFlowModuleVersionsResponse{ContactFlowModuleVersionSummaryList: out, NextToken: next}, err
}

func (a *API) deleteContactFlowModuleVersion(ctx context.Context, in *wire.DeleteContactFlowModuleVersionRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteModuleVersion(ctx, *in.InstanceId, *in.ContactFlowModuleId, *in.ContactFlowModuleVersion)
}

func (a *API) createContactFlowModuleAlias(ctx context.Context, in *wire.CreateContactFlowModuleAliasRequest) (*wire.CreateContactFlowModuleAliasResponse, error) {
	m, id, err := a.opts.Engine.CreateAlias(ctx, *in.InstanceId, *in.ContactFlowModuleId, engine.Alias{
		Name: *in.AliasName, Number: *in.ContactFlowModuleVersion, Description: wire.Value(in.Description),
	})
	return &wire.CreateContactFlowModuleAliasResponse{ContactFlowModuleArn: &m.ARN, Id: &id}, err
}

func (a *API) describeContactFlowModuleAlias(_ context.Context, in *wire.DescribeContactFlowModuleAliasRequest) (*wire.DescribeContactFlowModuleAliasResponse, error) {
	m, alias, err := a.opts.Engine.Alias(*in.InstanceId, *in.ContactFlowModuleId, *in.AliasId)
	if err != nil {
		return nil, err
	}
	v, region := alias.Value, a.region(*in.InstanceId)
	return &wire.DescribeContactFlowModuleAliasResponse{ContactFlowModuleAlias: &wire.ContactFlowModuleAliasInfo{
		ContactFlowModuleId: &m.ID, ContactFlowModuleArn: &m.ARN, AliasId: &v.ID, Name: &v.Name, Version: &v.Number,
		Description: wire.String(v.Description), LastModifiedTime: wire.Time(alias.Modified), LastModifiedRegion: &region,
	}}, nil
}

func (a *API) listContactFlowModuleAliases(_ context.Context, in *wire.ListContactFlowModuleAliasesRequest) (*wire.ListContactFlowModuleAliasesResponse, error) {
	m, all, err := a.opts.Engine.Aliases(*in.InstanceId, *in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(e engine.Entry[engine.Alias]) string { return e.Value.Name }, "aliases of flow module "+m.ID,
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	out := make([]wire.ContactFlowModuleAliasSummary, len(list))
	for i, alias := range list {
		v, arnOf := alias.Value, m.ARN+":"+alias.Value.Name
		out[i] = wire.ContactFlowModuleAliasSummary{
			AliasId: &v.ID, AliasName: &v.Name, Arn: &arnOf, Version: &v.Number,
			AliasDescription: wire.String(v.Description), LastModifiedTime: wire.Time(alias.Modified),
		}
	}
	return &wire.ListContactFlowModuleAliasesResponse{ContactFlowModuleAliasSummaryList: out, NextToken: next}, err
}

func (a *API) updateContactFlowModuleAlias(ctx context.Context, in *wire.UpdateContactFlowModuleAliasRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateAlias(ctx, *in.InstanceId, *in.ContactFlowModuleId, *in.AliasId, engine.AliasUpdate{
		Name: in.Name, Description: in.Description, Number: in.ContactFlowModuleVersion,
	})
}

func (a *API) deleteContactFlowModuleAlias(ctx context.Context, in *wire.DeleteContactFlowModuleAliasRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteAlias(ctx, *in.InstanceId, *in.ContactFlowModuleId, *in.AliasId)
}
