package awsapi_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// levels gives the hierarchy levels; an empty name leaves one out.
func (x *trial) levels(names ...string) error {
	var s types.HierarchyStructureUpdate
	at := []**types.HierarchyLevelUpdate{&s.LevelOne, &s.LevelTwo, &s.LevelThree, &s.LevelFour, &s.LevelFive}
	for i, name := range names {
		if name != "" {
			*at[i] = &types.HierarchyLevelUpdate{Name: &name}
		}
	}
	_, err := x.sdk.UpdateUserHierarchyStructure(x.ctx, &connect.UpdateUserHierarchyStructureInput{InstanceId: &x.InstanceID, HierarchyStructure: &s})
	return err
}

func (x *trial) structure() []*types.HierarchyLevel {
	x.t.Helper()
	out, err := x.sdk.DescribeUserHierarchyStructure(x.ctx, &connect.DescribeUserHierarchyStructureInput{InstanceId: &x.InstanceID})
	x.ok(err)
	s := out.HierarchyStructure
	return slices.DeleteFunc([]*types.HierarchyLevel{s.LevelOne, s.LevelTwo, s.LevelThree, s.LevelFour, s.LevelFive},
		func(l *types.HierarchyLevel) bool { return l == nil })
}

func (x *trial) tryGroup(name, parent string, tags map[string]string) (string, error) {
	in := connect.CreateUserHierarchyGroupInput{InstanceId: &x.InstanceID, Name: &name, Tags: tags}
	if parent != "" {
		in.ParentGroupId = &parent
	}
	out, err := x.sdk.CreateUserHierarchyGroup(x.ctx, &in)
	return aws.ToString(valueOf(out).HierarchyGroupId), err
}

func (x *trial) group(name, parent string) string {
	x.t.Helper()
	id, err := x.tryGroup(name, parent, nil)
	x.ok(err)
	return id
}

func (x *trial) describeGroup(id string) *types.HierarchyGroup {
	x.t.Helper()
	out, err := x.sdk.DescribeUserHierarchyGroup(x.ctx, &connect.DescribeUserHierarchyGroupInput{InstanceId: &x.InstanceID, HierarchyGroupId: &id})
	x.ok(err)
	return out.HierarchyGroup
}

func (x *trial) deleteGroup(id string) error {
	_, err := x.sdk.DeleteUserHierarchyGroup(x.ctx, &connect.DeleteUserHierarchyGroupInput{InstanceId: &x.InstanceID, HierarchyGroupId: &id})
	return err
}

func (x *trial) joinGroup(user string, group *string) error {
	_, err := x.sdk.UpdateUserHierarchy(x.ctx, &connect.UpdateUserHierarchyInput{InstanceId: &x.InstanceID, UserId: &user, HierarchyGroupId: group})
	return err
}

// inYork makes two hierarchy groups, one below the other, and has the agent be in the lower one.
func (x *trial) inYork() (country, city string) {
	x.t.Helper()
	x.ok(x.levels("Country", "City"))
	country = x.group("England", "")
	city = x.group("York", country)
	x.ok(x.joinGroup(x.Agent.UserID, &city))
	return country, city
}

// pathText is the names of the groups down to one.
func pathText(g *types.HierarchyGroup) string {
	var names []string
	p := g.HierarchyPath
	for _, s := range []*types.HierarchyGroupSummary{p.LevelOne, p.LevelTwo, p.LevelThree, p.LevelFour, p.LevelFive} {
		if s != nil {
			names = append(names, *s.Name)
		}
	}
	return strings.Join(names, "/")
}

func TestHierarchyStructure(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	if got := x.structure(); len(got) != 0 {
		t.Errorf("a new instance has levels %v", got)
	}
	for _, step := range []string{"Region", "Region,Site", "Site,Region", "Site,Region,A,B,C", "Site"} {
		names := strings.Split(step, ",")
		x.ok(x.levels(names...))
		got := x.structure()
		if len(got) != len(names) {
			t.Fatalf("%d levels, want %s", len(got), step)
		}
		for i, l := range got {
			if *l.Name != names[i] || *l.Arn != x.InstanceARN+"/agent-group-level/"+*l.Id || l.LastModifiedTime == nil || *l.LastModifiedRegion != x.Region {
				t.Errorf("level %d is %+v, want %s", i+1, l, names[i])
			}
			if want := strconv.Itoa(i + 1); *l.Id != want || *l.Arn != x.InstanceARN+"/agent-group-level/"+want {
				t.Errorf("level %d has the id %s and the ARN %s", i+1, *l.Id, *l.Arn)
			}
		}
	}
	x.refused(x.levels("A", "", "C"), invalidParameter, 400, "level 3", "level 2")
	x.refused(x.levels("A", "A"), invalidParameter, 400, `"A"`)
	x.refused(x.levels(strings.Repeat("x", 51)), invalidParameter, 400, "LevelOne.Name", "50")
	x.refused(x.levels(" "), invalidParameter, 400, "HierarchyStructure")
	x.group("North", "")
	x.refused(x.levels(), inUse, 409, "Level 1", "North")
	if got := x.structure(); len(got) != 1 || *got[0].Name != "Site" {
		t.Errorf("after what was refused the levels are %v", got)
	}
}

func TestHierarchyGroups(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"hierarchy-groups": 4} })
	_, err := x.tryGroup("North", "", nil)
	x.refused(err, invalidRequest, 400, "level 1")
	x.ok(x.levels("Region", "Site"))
	north, err := x.tryGroup("North", "", map[string]string{"team": "a"})
	x.ok(err)
	berlin := x.group("Berlin", x.InstanceARN+"/agent-group/"+north)
	g := x.describeGroup(berlin)
	if *g.Arn != x.InstanceARN+"/agent-group/"+berlin || *g.LevelId != *x.structure()[1].Id || pathText(g) != "North/Berlin" ||
		*g.HierarchyPath.LevelOne.Id != north || g.LastModifiedTime == nil || *g.LastModifiedRegion != x.Region {
		t.Errorf("the group is %+v", g)
	}
	if g := x.describeGroup(north); g.Tags["team"] != "a" || *g.LevelId != *x.structure()[0].Id {
		t.Errorf("the group is %+v", g)
	}
	rename := func(id, name string) error {
		_, err := x.sdk.UpdateUserHierarchyGroupName(x.ctx, &connect.UpdateUserHierarchyGroupNameInput{InstanceId: &x.InstanceID, HierarchyGroupId: &id, Name: &name})
		return err
	}
	x.ok(rename(north, "South"))
	if got := pathText(x.describeGroup(berlin)); got != "South/Berlin" {
		t.Errorf("path %s, want South/Berlin", got)
	}
	x.refused(rename(north, "Berlin"), duplicate, 409, "Berlin")
	x.refused(rename(north, ""), invalidParameter, 400, "Name")
	x.refused(rename(unknown, "x"), notFound, 404, unknown)
	_, err = x.tryGroup("Room", berlin, nil)
	x.refused(err, invalidRequest, 400, "level 3")
	_, err = x.tryGroup("Berlin", "", nil)
	x.refused(err, duplicate, 409, "Berlin")
	_, err = x.tryGroup("x", unknown, nil)
	x.refused(err, notFound, 404, unknown)
	_, err = x.tryGroup(strings.Repeat("x", 101), "", nil)
	x.refused(err, invalidParameter, 400, "Name", "100")
	x.group("West", "")
	x.group("Bonn", "")
	_, err = x.tryGroup("One too many", "", nil)
	x.refused(err, limitExceeded, 429, "hierarchy group")

	x.refused(x.deleteGroup(north), inUse, 409, "Berlin")
	ann := x.Hire("ann", func(in *connect.CreateUserInput) { in.HierarchyGroupId = &berlin })
	if got := *x.user(ann.UserID).HierarchyGroupId; got != berlin {
		t.Errorf("the user is in group %s", got)
	}
	x.refused(x.deleteGroup(berlin), inUse, 409, `"ann"`)
	x.ok(x.joinGroup(ann.UserID, &north))
	x.ok(x.deleteGroup(berlin))
	x.refused(x.deleteGroup(berlin), notFound, 404, berlin)
	x.refused(x.joinGroup(ann.UserID, &berlin), notFound, 404, berlin)
	x.refused(x.joinGroup(unknown, &north), notFound, 404, unknown)
	x.ok(x.joinGroup(ann.UserID, nil))
	if got := x.user(ann.UserID).HierarchyGroupId; got != nil {
		t.Errorf("the user is in group %s, want "+unknown, *got)
	}
	x.ok(x.deleteGroup(north))
	_, err = x.sdk.DescribeUserHierarchyGroup(x.ctx, &connect.DescribeUserHierarchyGroupInput{InstanceId: &x.InstanceID, HierarchyGroupId: &north})
	x.refused(err, notFound, 404, north)
}

func TestHierarchyGroupsAreFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region", "Site"))
	north, err := x.tryGroup("North", "", map[string]string{"team": "a"})
	x.ok(err)
	x.group("Berlin", north)
	x.group("Bonn", north)
	site := *x.structure()[1].Id
	is := func(field, value string) *types.UserHierarchyGroupSearchCriteria {
		return &types.UserHierarchyGroupSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeStartsWith, Value: &value}}
	}
	team := &types.UserHierarchyGroupSearchFilter{AttributeFilter: &types.ControlPlaneAttributeFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team")}}}
	for _, tt := range []struct {
		name     string
		criteria *types.UserHierarchyGroupSearchCriteria
		filter   *types.UserHierarchyGroupSearchFilter
		want     string
	}{
		{"all", nil, nil, "North North/Berlin North/Bonn"},
		{"by name", is("name", "b"), nil, "North/Berlin North/Bonn"},
		{"by parent", is("parentId", north), nil, "North/Berlin North/Bonn"},
		{"by level", is("levelId", site), nil, "North/Berlin North/Bonn"},
		{"by id", is("resourceID", north), nil, "North"},
		{"by tag", nil, team, "North"},
	} {
		var got []string
		pages := connect.NewSearchUserHierarchyGroupsPaginator(x.sdk, &connect.SearchUserHierarchyGroupsInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, g := range out.UserHierarchyGroups {
				got = append(got, pathText(&g))
			}
		}
		if slices.Sort(got); strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
	_, err = x.sdk.SearchUserHierarchyGroups(x.ctx, &connect.SearchUserHierarchyGroupsInput{InstanceId: &x.InstanceID, SearchCriteria: is("colour", "red")})
	x.refused(err, invalidParameter, 400, "colour")
	var listed []string
	lists := connect.NewListUserHierarchyGroupsPaginator(x.sdk, &connect.ListUserHierarchyGroupsInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(2)})
	for _, out := range pagesOf(t, lists) {
		for _, g := range out.UserHierarchyGroupSummaryList {
			listed = append(listed, *g.Name)
		}
	}
	if fmt.Sprint(listed) != "[Berlin Bonn North]" {
		t.Errorf("listed %v", listed)
	}
}

// GetCurrentUserData tells the groups of a user, and finds users by one of them.
func TestUserDataOfHierarchyGroup(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region", "Site"))
	north, south := x.group("North", ""), x.group("South", "")
	berlin := x.group("Berlin", north)
	ann := x.Hire("ann", func(in *connect.CreateUserInput) { in.HierarchyGroupId = &berlin })
	x.SetStatus(ann.UserID, "Available")
	for group, want := range map[string]int{north: 1, berlin: 1, south: 0} {
		out, err := x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{UserHierarchyGroups: []string{group}}})
		x.ok(err)
		if len(out.UserDataList) != want {
			t.Errorf("%d users in a group, want %d", len(out.UserDataList), want)
		}
		for _, u := range out.UserDataList {
			if p := u.HierarchyPath; *p.LevelOne.Id != north || *p.LevelTwo.Arn != x.InstanceARN+"/agent-group/"+berlin || p.LevelThree != nil {
				t.Errorf("path %+v", p)
			}
		}
	}
	_, err := x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{UserHierarchyGroups: []string{unknown}}})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{UserHierarchyGroups: []string{north}, Queues: []string{x.QueueID}}})
	x.refused(err, invalidRequest, 400, "UserHierarchyGroups")
}
