package awsapi

import (
	"cmp"
	"context"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) describeInstance(_ context.Context, in *wire.DescribeInstanceRequest) (*wire.DescribeInstanceResponse, error) {
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	s := instanceSummary(i)
	return &wire.DescribeInstanceResponse{Instance: &wire.Instance{
		Id: s.Id, Arn: s.Arn, IdentityManagementType: s.IdentityManagementType, InstanceAlias: s.InstanceAlias,
		CreatedTime: s.CreatedTime, ServiceRole: s.ServiceRole, InstanceStatus: s.InstanceStatus,
		InboundCallsEnabled: s.InboundCallsEnabled, OutboundCallsEnabled: s.OutboundCallsEnabled,
		InstanceAccessUrl: s.InstanceAccessUrl,
	}}, nil
}

// maxInstances is the largest page of ListInstances, also when a larger one is asked for: Amazon's own programs do so
// (docs/divergences.md).
const maxInstances = 10

func (a *API) listInstances(ctx context.Context, in *wire.ListInstancesRequest) (*wire.ListInstancesResponse, error) {
	var all []wire.InstanceSummary
	for _, i := range a.opts.Engine.Instances() {
		if i.Account == accountOf(ctx) {
			all = append(all, instanceSummary(i))
		}
	}
	list, next, err := page(all, func(s wire.InstanceSummary) string { return *s.Id }, "instances",
		in.NextToken, new(min(maxInstances, cmp.Or(wire.Value(in.MaxResults), maxInstances))), maxInstances, a.opts.Engine.Now())
	return &wire.ListInstancesResponse{InstanceSummaryList: list, NextToken: next}, err
}

// instanceSummary is an instance as ListInstances tells it. There are no calls, and every instance is active
// from its first moment.
func instanceSummary(i directory.Instance) wire.InstanceSummary {
	id, arnOf, alias := i.ID, i.String(), i.Alias
	role := "arn:aws:iam::" + i.Account + ":role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect"
	kind, status, no := wire.DirectoryTypeConnectManaged, wire.InstanceStatusActive, false
	return wire.InstanceSummary{
		Id: &id, Arn: &arnOf, InstanceAlias: &alias, IdentityManagementType: &kind, InstanceStatus: &status,
		CreatedTime: wire.Time(i.Created), ServiceRole: &role, InboundCallsEnabled: &no, OutboundCallsEnabled: &no,
	}
}
