package awsapi

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// createInstance makes an instance in the account of the caller. Who is signed in acts in their own instance only.
func (a *API) createInstance(ctx context.Context, in *wire.CreateInstanceRequest) (*wire.CreateInstanceResponse, error) {
	if instanceOf(ctx) != "" {
		return nil, fault.New(fault.Denied, "Users cannot make instances: an access key can")
	}
	made, err := a.opts.Engine.CreateInstance(ctx, engine.NewInstance{
		Region: a.opts.Region, Account: accountOf(ctx), Alias: wire.Value(in.InstanceAlias),
		Identity: directory.Identity(*in.IdentityManagementType), Directory: wire.Value(in.DirectoryId),
		Inbound: *in.InboundCallsEnabled, Outbound: *in.OutboundCallsEnabled, Tags: in.Tags, Token: wire.Value(in.ClientToken),
	})
	if err != nil {
		return nil, err
	}
	of := made.String()
	return &wire.CreateInstanceResponse{Id: &made.ID, Arn: &of}, nil
}

// deleteInstance deletes an instance at once. It ignores ClientToken: who repeats it is told that the instance is gone.
func (a *API) deleteInstance(ctx context.Context, in *wire.DeleteInstanceRequest) (*none, error) {
	if instanceOf(ctx) != "" {
		return nil, fault.New(fault.Denied, "Users cannot delete instances: an access key can")
	}
	return &none{}, a.opts.Engine.DeleteInstance(ctx, *in.InstanceId)
}

func (a *API) describeInstance(_ context.Context, in *wire.DescribeInstanceRequest) (*wire.DescribeInstanceResponse, error) {
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	s, settings, err := a.instanceSummary(i)
	if err != nil {
		return nil, err
	}
	return &wire.DescribeInstanceResponse{Instance: &wire.Instance{
		Id: s.Id, Arn: s.Arn, IdentityManagementType: s.IdentityManagementType, InstanceAlias: s.InstanceAlias,
		CreatedTime: s.CreatedTime, ServiceRole: s.ServiceRole, InstanceStatus: s.InstanceStatus,
		InboundCallsEnabled: s.InboundCallsEnabled, OutboundCallsEnabled: s.OutboundCallsEnabled,
		InstanceAccessUrl: s.InstanceAccessUrl, Tags: settings.Tags,
	}}, nil
}

// maxInstances is the largest page of ListInstances, also when a larger one is asked for: Amazon's own programs do so
// (docs/divergences.md).
const maxInstances = 10

func (a *API) listInstances(ctx context.Context, in *wire.ListInstancesRequest) (*wire.ListInstancesResponse, error) {
	var mine []directory.Instance
	for _, i := range a.opts.Engine.Instances() {
		if seen(ctx, i) {
			mine = append(mine, i)
		}
	}
	list, next, err := page(mine, instanceKey, "instances",
		in.NextToken, new(min(maxInstances, cmp.Or(wire.Value(in.MaxResults), maxInstances))), maxInstances, a.opts.Engine.Now())
	if err != nil {
		return nil, err
	}
	out := []wire.InstanceSummary{}
	for _, i := range list {
		s, _, err := a.instanceSummary(i)
		if fault.Is(err, fault.NotFound) {
			continue // it has just been deleted
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return &wire.ListInstancesResponse{InstanceSummaryList: out, NextToken: next}, nil
}

// instanceKey is by what instances are in order: as they were made.
func instanceKey(i directory.Instance) string {
	return fmt.Sprintf("%020d/%s", i.Created.UnixMicro(), i.ID)
}

// instanceSummary is an instance as ListInstances tells it, and its settings. Every instance is active from its first
// moment. It fails with [fault.NotFound].
func (a *API) instanceSummary(i directory.Instance) (wire.InstanceSummary, directory.Settings, error) {
	settings, err := a.opts.Engine.Settings(i.ID)
	id, arnOf := i.ID, i.String()
	role := "arn:aws:iam::" + i.Account + ":role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect"
	kind, status := wire.DirectoryType(cmp.Or(settings.Identity, directory.ManagedHere)), wire.InstanceStatusActive
	inbound, outbound := settings.Attribute(directory.InboundCalls), settings.Attribute(directory.OutboundCalls)
	access := a.opts.BaseURL + "/ccp-v2/?instance=" + url.QueryEscape(cmp.Or(i.Alias, i.ID))
	s := wire.InstanceSummary{
		Id: &id, Arn: &arnOf, IdentityManagementType: &kind, InstanceStatus: &status, CreatedTime: wire.Time(i.Created),
		ServiceRole: &role, InboundCallsEnabled: &inbound, OutboundCallsEnabled: &outbound, InstanceAccessUrl: &access,
	}
	if i.Alias != "" {
		s.InstanceAlias = &i.Alias
	}
	return s, settings, err
}
