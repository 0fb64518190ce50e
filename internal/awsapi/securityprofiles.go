package awsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

type securityEntry = engine.Entry[directory.SecurityProfile]

// hierarchyRestrictable are the resources that can be restricted by hierarchy: "Following are acceptable ResourceNames:
// User" (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateSecurityProfile.html).
const hierarchyRestrictable = "User"

// restrictable fails with [fault.Invalid] for a resource that cannot be restricted by hierarchy, and with
// [fault.Unsupported] for access to data tables, which there are none of.
func restrictable(byHierarchy []string, granular *wire.GranularAccessControlConfiguration) error {
	for i, name := range byHierarchy {
		if name != hierarchyRestrictable {
			return fault.New(fault.Invalid, "%s must be %s", element("HierarchyRestrictedResources", i), hierarchyRestrictable)
		}
	}
	return refuse(given{"GranularAccessControlConfiguration", granular != nil})
}

func applicationsOf(list []wire.Application) []directory.Application {
	if list == nil {
		return nil
	}
	all := make([]directory.Application, len(list))
	for i, a := range list {
		all[i] = directory.Application{Namespace: wire.Value(a.Namespace), Permissions: a.ApplicationPermissions, Type: string(wire.Value(a.Type))}
	}
	return all
}

func flowModulesOf(list []wire.FlowModule) []directory.FlowModule {
	if list == nil {
		return nil
	}
	all := make([]directory.FlowModule, len(list))
	for i, m := range list {
		all[i] = directory.FlowModule{ID: wire.Value(m.FlowModuleId), Type: string(wire.Value(m.Type))}
	}
	return all
}

func (a *API) createSecurityProfile(ctx context.Context, in *wire.CreateSecurityProfileRequest) (*wire.CreateSecurityProfileResponse, error) {
	if err := restrictable(in.HierarchyRestrictedResources, in.GranularAccessControlConfiguration); err != nil {
		return nil, err
	}
	p, err := a.opts.Engine.CreateSecurityProfile(ctx, *in.InstanceId, directory.SecurityProfile{
		Name: *in.SecurityProfileName, Description: wire.Value(in.Description), Permissions: in.Permissions, Tags: in.Tags,
		Access: directory.Access{
			Tags: in.AllowedAccessControlTags, TagRestricted: in.TagRestrictedResources,
			Group: wire.Value(in.AllowedAccessControlHierarchyGroupId), HierarchyRestricted: in.HierarchyRestrictedResources,
			Applications: applicationsOf(in.Applications), FlowModules: flowModulesOf(in.AllowedFlowModules),
		},
	})
	return &wire.CreateSecurityProfileResponse{SecurityProfileId: &p.ID, SecurityProfileArn: &p.ARN}, err
}

func (a *API) describeSecurityProfile(_ context.Context, in *wire.DescribeSecurityProfileRequest) (*wire.DescribeSecurityProfileResponse, error) {
	p, err := a.opts.Engine.SecurityProfile(*in.InstanceId, *in.SecurityProfileId)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	access := p.Value.Access
	return &wire.DescribeSecurityProfileResponse{SecurityProfile: &wire.SecurityProfile{
		Id: &p.ID, Arn: &p.ARN, SecurityProfileName: &p.Name, Description: wire.String(p.Value.Description), Tags: p.Value.Tags,
		OrganizationResourceId: &i.ID, AllowedAccessControlTags: access.Tags, TagRestrictedResources: access.TagRestricted,
		AllowedAccessControlHierarchyGroupId: wire.String(access.Group), HierarchyRestrictedResources: access.HierarchyRestricted,
		LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &i.Region,
	}}, nil
}

func (a *API) updateSecurityProfile(ctx context.Context, in *wire.UpdateSecurityProfileRequest) (*none, error) {
	if err := restrictable(in.HierarchyRestrictedResources, in.GranularAccessControlConfiguration); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateSecurityProfile(ctx, *in.InstanceId, *in.SecurityProfileId, engine.SecurityProfileUpdate{
		Description: in.Description, Permissions: in.Permissions,
		Tags: in.AllowedAccessControlTags, TagRestricted: in.TagRestrictedResources, HierarchyRestricted: in.HierarchyRestrictedResources,
		Group: in.AllowedAccessControlHierarchyGroupId, Applications: applicationsOf(in.Applications), FlowModules: flowModulesOf(in.AllowedFlowModules),
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

func (a *API) listSecurityProfileApplications(_ context.Context, in *wire.ListSecurityProfileApplicationsRequest) (*wire.ListSecurityProfileApplicationsResponse, error) {
	p, err := a.opts.Engine.SecurityProfile(*in.InstanceId, *in.SecurityProfileId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	all := p.Value.Access.Applications
	list, next, err := page(places(len(all)), placeKey, "applications of security profile "+p.ID,
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	out := make([]wire.Application, len(list))
	for n, i := range list {
		out[n] = wire.Application{Namespace: wire.String(all[i].Namespace), ApplicationPermissions: all[i].Permissions}
		if kind := wire.ApplicationType(all[i].Type); kind != "" {
			out[n].Type = &kind
		}
	}
	return &wire.ListSecurityProfileApplicationsResponse{
		Applications: out, NextToken: next, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
	}, err
}

// places are the places of a list that keeps the order in which it was given.
func places(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func placeKey(i int) string { return fmt.Sprintf("%03d", i) }

func (a *API) listSecurityProfileFlowModules(_ context.Context, in *wire.ListSecurityProfileFlowModulesRequest) (*wire.ListSecurityProfileFlowModulesResponse, error) {
	p, err := a.opts.Engine.SecurityProfile(*in.InstanceId, *in.SecurityProfileId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	all := p.Value.Access.FlowModules
	list, next, err := page(places(len(all)), placeKey, "flow modules of security profile "+p.ID,
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	out := make([]wire.FlowModule, len(list))
	for n, i := range list {
		out[n] = wire.FlowModule{FlowModuleId: wire.String(all[i].ID)}
		if kind := wire.FlowModuleType(all[i].Type); kind != "" {
			out[n].Type = &kind
		}
	}
	return &wire.ListSecurityProfileFlowModulesResponse{
		AllowedFlowModules: out, NextToken: next, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
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
	i, _ := a.opts.Engine.Instance(*in.InstanceId) // is known to exist
	for n, p := range got.items {
		out[n] = wire.SecurityProfileSearchSummary{
			Id: &p.ID, OrganizationResourceId: &i.ID, Arn: &p.ARN, SecurityProfileName: &p.Name, Description: wire.String(p.Value.Description), Tags: p.Value.Tags,
		}
	}
	return &wire.SearchSecurityProfilesResponse{SecurityProfiles: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

// listEntitySecurityProfiles lists the security profiles of a user, by id. There are no AI agents.
func (a *API) listEntitySecurityProfiles(_ context.Context, in *wire.ListEntitySecurityProfilesRequest) (*wire.ListEntitySecurityProfilesResponse, error) {
	if *in.EntityType != wire.EntityTypeUser {
		if _, err := a.opts.Engine.SecurityProfiles(*in.InstanceId); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.NotFound, "EntityArn: AI agent %s does not exist", *in.EntityArn)
	}
	u, err := a.opts.Engine.User(*in.InstanceId, *in.EntityArn)
	if err != nil {
		return nil, fault.In("EntityArn", err)
	}
	list, next, err := page(slices.Sorted(slices.Values(u.Value.SecurityProfiles)), func(id string) string { return id },
		"security profiles of user "+u.ID, in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	return &wire.ListEntitySecurityProfilesResponse{
		SecurityProfiles: each(list, func(id string) wire.SecurityProfileItem { return wire.SecurityProfileItem{Id: &id} }), NextToken: next,
	}, err
}
