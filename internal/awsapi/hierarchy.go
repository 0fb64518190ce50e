package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

type groupEntry = engine.Entry[directory.Group]

func (a *API) describeHierarchyStructure(_ context.Context, in *wire.DescribeUserHierarchyStructureRequest) (*wire.DescribeUserHierarchyStructureResponse, error) {
	h, err := a.opts.Engine.Hierarchy(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	var out wire.HierarchyStructure
	for n, at := range []**wire.HierarchyLevel{&out.LevelOne, &out.LevelTwo, &out.LevelThree, &out.LevelFour, &out.LevelFive} {
		if n < len(h.Levels) {
			l, id := h.Levels[n], directory.LevelID(n)
			arnOf := i.Of(arn.HierarchyLevel, id)
			*at = &wire.HierarchyLevel{Id: &id, Arn: &arnOf, Name: &l.Name, LastModifiedTime: wire.Time(l.Modified), LastModifiedRegion: &i.Region}
		}
	}
	return &wire.DescribeUserHierarchyStructureResponse{HierarchyStructure: &out}, nil
}

func (a *API) updateHierarchyStructure(ctx context.Context, in *wire.UpdateUserHierarchyStructureRequest) (*none, error) {
	s := in.HierarchyStructure
	var names [directory.MaxLevels]string
	for i, l := range []*wire.HierarchyLevelUpdate{s.LevelOne, s.LevelTwo, s.LevelThree, s.LevelFour, s.LevelFive} {
		if l == nil {
			continue
		}
		names[i] = *l.Name
	}
	return &none{}, a.opts.Engine.SetHierarchy(ctx, *in.InstanceId, names)
}

func (a *API) createHierarchyGroup(ctx context.Context, in *wire.CreateUserHierarchyGroupRequest) (*wire.CreateUserHierarchyGroupResponse, error) {
	if err := notEmpty("ParentGroupId", in.ParentGroupId); err != nil {
		return nil, err
	}
	g, err := a.opts.Engine.CreateHierarchyGroup(ctx, *in.InstanceId, directory.Group{
		Name: *in.Name, Parent: wire.Value(in.ParentGroupId), Tags: in.Tags,
	})
	return &wire.CreateUserHierarchyGroupResponse{HierarchyGroupId: &g.ID, HierarchyGroupArn: &g.ARN}, err
}

func (a *API) describeHierarchyGroup(_ context.Context, in *wire.DescribeUserHierarchyGroupRequest) (*wire.DescribeUserHierarchyGroupResponse, error) {
	g, err := a.opts.Engine.HierarchyGroup(*in.InstanceId, *in.HierarchyGroupId)
	if err != nil {
		return nil, err
	}
	out := a.hierarchyGroup(*in.InstanceId, g)
	return &wire.DescribeUserHierarchyGroupResponse{HierarchyGroup: &out}, nil
}

func (a *API) hierarchyGroup(instance string, g groupEntry) wire.HierarchyGroup {
	region := a.region(instance)
	out := wire.HierarchyGroup{
		Id: &g.ID, Arn: &g.ARN, Name: &g.Name, LevelId: wire.String(a.levelID(instance, g)), HierarchyPath: &wire.HierarchyPath{},
		Tags: g.Value.Tags, LastModifiedTime: wire.Time(g.Modified), LastModifiedRegion: &region,
	}
	p := out.HierarchyPath
	at := []**wire.HierarchyGroupSummary{&p.LevelOne, &p.LevelTwo, &p.LevelThree, &p.LevelFour, &p.LevelFive}
	for n, above := range a.opts.Engine.HierarchyPath(instance, g.ID) {
		summary := groupSummary(above, region)
		*at[n] = &summary
	}
	return out
}

// levelID is the id of the level that a group is on.
func (a *API) levelID(instance string, g groupEntry) string {
	h, err := a.opts.Engine.Hierarchy(instance)
	if err != nil || g.Value.Level > len(h.Levels) {
		return ""
	}
	return directory.LevelID(g.Value.Level - 1)
}

func groupSummary(g groupEntry, region string) wire.HierarchyGroupSummary {
	return wire.HierarchyGroupSummary{
		Id: &g.ID, Arn: &g.ARN, Name: &g.Name, LastModifiedTime: wire.Time(g.Modified), LastModifiedRegion: &region,
	}
}

func (a *API) listHierarchyGroups(_ context.Context, in *wire.ListUserHierarchyGroupsRequest) (*wire.ListUserHierarchyGroupsResponse, error) {
	all, err := a.opts.Engine.HierarchyGroups(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(g groupEntry) string { return g.Name }, "hierarchy groups",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.HierarchyGroupSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, g := range list {
		out[i] = groupSummary(g, region)
	}
	return &wire.ListUserHierarchyGroupsResponse{UserHierarchyGroupSummaryList: out, NextToken: next}, err
}

// groupFields are what SearchUserHierarchyGroups can ask for.
func (a *API) groupFields(instance string) []field[groupEntry] {
	return []field[groupEntry]{
		text("name", func(g groupEntry) string { return g.Name }),
		text("parentId", func(g groupEntry) string { return g.Value.Parent }),
		text("levelId", func(g groupEntry) string { return a.levelID(instance, g) }),
		text("resourceID", func(g groupEntry) string { return g.ID }),
	}
}

func (a *API) searchHierarchyGroups(_ context.Context, in *wire.SearchUserHierarchyGroupsRequest) (*wire.SearchUserHierarchyGroupsResponse, error) {
	fields := a.groupFields(*in.InstanceId)
	wanted, err := criteria(in.SearchCriteria, func(c wire.UserHierarchyGroupSearchCriteria) node[wire.UserHierarchyGroupSearchCriteria, groupEntry] {
		return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, fields))
	})
	if err != nil {
		return nil, err
	}
	tagged, err := attributeFilter(wire.Value(in.SearchFilter).AttributeFilter, func(g groupEntry) map[string]string { return g.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.HierarchyGroups(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(g groupEntry) string { return g.ID }, "hierarchy groups found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.HierarchyGroup, len(got.items))
	for i, g := range got.items {
		out[i] = a.hierarchyGroup(*in.InstanceId, g)
	}
	return &wire.SearchUserHierarchyGroupsResponse{UserHierarchyGroups: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateHierarchyGroupName(ctx context.Context, in *wire.UpdateUserHierarchyGroupNameRequest) (*none, error) {
	return &none{}, a.opts.Engine.RenameHierarchyGroup(ctx, *in.InstanceId, *in.HierarchyGroupId, *in.Name)
}

func (a *API) deleteHierarchyGroup(ctx context.Context, in *wire.DeleteUserHierarchyGroupRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteHierarchyGroup(ctx, *in.InstanceId, *in.HierarchyGroupId)
}
