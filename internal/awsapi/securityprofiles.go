package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

type securityEntry = engine.Entry[directory.SecurityProfile]

// restrictions are members of a security profile that would restrict what its users see, or open applications to them.
// None is kept: who trusts in one must hear that it does nothing.
type restrictions struct {
	group        *string
	tags         map[string]string
	tagged       []string
	below        []string
	granular     *wire.GranularAccessControlConfiguration
	applications []wire.Application
	modules      []wire.FlowModule
}

func (r restrictions) refuse() error {
	return refuse(
		given{"AllowedAccessControlHierarchyGroupId", r.group != nil},
		given{"AllowedAccessControlTags", len(r.tags) > 0},
		given{"TagRestrictedResources", len(r.tagged) > 0},
		given{"HierarchyRestrictedResources", len(r.below) > 0},
		given{"GranularAccessControlConfiguration", r.granular != nil},
		given{"Applications", len(r.applications) > 0},
		given{"AllowedFlowModules", len(r.modules) > 0},
	)
}

func (a *API) createSecurityProfile(ctx context.Context, in *wire.CreateSecurityProfileRequest) (*wire.CreateSecurityProfileResponse, error) {
	err := restrictions{
		in.AllowedAccessControlHierarchyGroupId, in.AllowedAccessControlTags, in.TagRestrictedResources,
		in.HierarchyRestrictedResources, in.GranularAccessControlConfiguration, in.Applications, in.AllowedFlowModules,
	}.refuse()
	if err != nil {
		return nil, err
	}
	p, err := a.opts.Engine.CreateSecurityProfile(ctx, *in.InstanceId, directory.SecurityProfile{
		Name: *in.SecurityProfileName, Description: wire.Value(in.Description), Permissions: in.Permissions, Tags: in.Tags,
	})
	return &wire.CreateSecurityProfileResponse{SecurityProfileId: &p.ID, SecurityProfileArn: &p.ARN}, err
}

func (a *API) describeSecurityProfile(_ context.Context, in *wire.DescribeSecurityProfileRequest) (*wire.DescribeSecurityProfileResponse, error) {
	p, err := a.opts.Engine.SecurityProfile(*in.InstanceId, *in.SecurityProfileId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	return &wire.DescribeSecurityProfileResponse{SecurityProfile: &wire.SecurityProfile{
		Id: &p.ID, Arn: &p.ARN, SecurityProfileName: &p.Name, Description: wire.String(p.Value.Description), Tags: p.Value.Tags,
		LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
	}}, nil
}

func (a *API) updateSecurityProfile(ctx context.Context, in *wire.UpdateSecurityProfileRequest) (*none, error) {
	err := restrictions{
		in.AllowedAccessControlHierarchyGroupId, in.AllowedAccessControlTags, in.TagRestrictedResources,
		in.HierarchyRestrictedResources, in.GranularAccessControlConfiguration, in.Applications, in.AllowedFlowModules,
	}.refuse()
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateSecurityProfile(ctx, *in.InstanceId, *in.SecurityProfileId, engine.SecurityProfileUpdate{
		Description: in.Description, Permissions: in.Permissions,
	})
}

func (a *API) deleteSecurityProfile(ctx context.Context, in *wire.DeleteSecurityProfileRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteSecurityProfile(ctx, *in.InstanceId, *in.SecurityProfileId)
}

func (a *API) listSecurityProfiles(_ context.Context, in *wire.ListSecurityProfilesRequest) (*wire.ListSecurityProfilesResponse, error) {
	all, err := a.opts.Engine.SecurityProfiles(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(p securityEntry) string { return p.Name }, "security profiles",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.SecurityProfileSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, p := range list {
		out[i] = wire.SecurityProfileSummary{
			Id: &p.ID, Arn: &p.ARN, Name: &p.Name, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
		}
	}
	return &wire.ListSecurityProfilesResponse{SecurityProfileSummaryList: out, NextToken: next}, err
}

func (a *API) listSecurityProfilePermissions(_ context.Context, in *wire.ListSecurityProfilePermissionsRequest) (*wire.ListSecurityProfilePermissionsResponse, error) {
	p, err := a.opts.Engine.SecurityProfile(*in.InstanceId, *in.SecurityProfileId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	list, next, err := page(p.Value.Permissions, func(s string) string { return s }, "permissions of security profile "+p.ID,
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	return &wire.ListSecurityProfilePermissionsResponse{
		Permissions: list, NextToken: next, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
	}, err
}

// securityFields are what SearchSecurityProfiles can ask for: "The currently supported value for FieldName: name"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchSecurityProfiles.html).
var securityFields = []field[securityEntry]{
	text("name", func(p securityEntry) string { return p.Name }),
}

func securityNode(c wire.SecurityProfileSearchCriteria) node[wire.SecurityProfileSearchCriteria, securityEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, securityFields))
}

func (a *API) searchSecurityProfiles(_ context.Context, in *wire.SearchSecurityProfilesRequest) (*wire.SearchSecurityProfilesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, securityNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(p securityEntry) map[string]string { return p.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.SecurityProfiles(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(p securityEntry) string { return p.ID }, "security profiles found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.SecurityProfileSearchSummary, len(got.items))
	for i, p := range got.items {
		out[i] = wire.SecurityProfileSearchSummary{
			Id: &p.ID, Arn: &p.ARN, SecurityProfileName: &p.Name, Description: wire.String(p.Value.Description), Tags: p.Value.Tags,
		}
	}
	return &wire.SearchSecurityProfilesResponse{SecurityProfiles: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}
