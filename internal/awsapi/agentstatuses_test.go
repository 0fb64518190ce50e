package awsapi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
)

func (x *trial) makeStatus(in connect.CreateAgentStatusInput) string {
	x.t.Helper()
	in.InstanceId = &x.InstanceID
	if in.State == "" {
		in.State = types.AgentStatusStateEnabled
	}
	out, err := x.sdk.CreateAgentStatus(x.ctx, &in)
	x.ok(err)
	return *out.AgentStatusId
}

func (x *trial) describeStatus(id string) *types.AgentStatus {
	x.t.Helper()
	out, err := x.sdk.DescribeAgentStatus(x.ctx, &connect.DescribeAgentStatusInput{InstanceId: &x.InstanceID, AgentStatusId: &id})
	x.ok(err)
	return out.AgentStatus
}

// statusNamed is the id of an agent status.
func (x *trial) statusNamed(name string) string {
	x.t.Helper()
	out, err := x.sdk.ListAgentStatuses(x.ctx, &connect.ListAgentStatusesInput{InstanceId: &x.InstanceID})
	x.ok(err)
	for _, s := range out.AgentStatusSummaryList {
		if *s.Name == name {
			return *s.Id
		}
	}
	x.t.Fatalf("no agent status is named %s", name)
	return ""
}

// statusText puts an agent status in one line.
func statusText(s *types.AgentStatus) string {
	return fmt.Sprintf("%s %q %s %s %d", *s.Name, aws.ToString(s.Description), s.Type, s.State, aws.ToInt32(s.DisplayOrder))
}

func TestAgentStatusIsChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.makeStatus(connect.CreateAgentStatusInput{
		Name: aws.String("Lunch"), Description: aws.String("at noon"), DisplayOrder: aws.Int32(7), Tags: map[string]string{"team": "a"},
	})
	update := func(in connect.UpdateAgentStatusInput) error {
		in.InstanceId = &x.InstanceID
		if in.AgentStatusId == nil {
			in.AgentStatusId = &id
		}
		_, err := x.sdk.UpdateAgentStatus(x.ctx, &in)
		return err
	}
	for _, step := range []struct {
		in   connect.UpdateAgentStatusInput
		want string
	}{
		{connect.UpdateAgentStatusInput{}, `Lunch "at noon" CUSTOM ENABLED 7`},
		{connect.UpdateAgentStatusInput{Name: aws.String("Meal")}, `Meal "at noon" CUSTOM ENABLED 7`},
		{connect.UpdateAgentStatusInput{Description: aws.String(""), DisplayOrder: aws.Int32(50)}, `Meal "" CUSTOM ENABLED 50`},
		{connect.UpdateAgentStatusInput{State: types.AgentStatusStateDisabled}, `Meal "" CUSTOM DISABLED 50`},
		{connect.UpdateAgentStatusInput{ResetOrderNumber: true}, `Meal "" CUSTOM DISABLED 0`},
		{connect.UpdateAgentStatusInput{State: types.AgentStatusStateEnabled}, `Meal "" CUSTOM ENABLED 0`},
	} {
		x.ok(update(step.in))
		if got := statusText(x.describeStatus(id)); got != step.want {
			t.Errorf("the status is %s, want %s", got, step.want)
		}
	}
	got := x.describeStatus(x.InstanceARN + "/agent-state/" + id)
	if *got.AgentStatusId != id || *got.AgentStatusARN != x.InstanceARN+"/agent-state/"+id || got.Tags["team"] != "a" ||
		got.LastModifiedTime == nil || *got.LastModifiedRegion != x.Region {
		t.Errorf("the status is %+v", got)
	}
	available := x.statusNamed("Available")
	x.ok(update(connect.UpdateAgentStatusInput{AgentStatusId: &available, Name: aws.String("Ready")}))
	if got := statusText(x.describeStatus(available)); got != `Ready "" ROUTABLE ENABLED 1` {
		t.Errorf("the stock status is %s", got)
	}
	x.refused(update(connect.UpdateAgentStatusInput{AgentStatusId: &available, State: types.AgentStatusStateDisabled}), invalidRequest, 400, "ROUTABLE")
	x.refused(update(connect.UpdateAgentStatusInput{Name: aws.String("Offline")}), duplicate, 409, "Offline")
	x.refused(update(connect.UpdateAgentStatusInput{DisplayOrder: aws.Int32(51)}), invalidParameter, 400, "DisplayOrder")
	x.refused(update(connect.UpdateAgentStatusInput{DisplayOrder: aws.Int32(5), ResetOrderNumber: true}), invalidRequest, 400, "ResetOrderNumber")
	x.refused(update(connect.UpdateAgentStatusInput{AgentStatusId: aws.String(unknown)}), notFound, 404, unknown)
	_, err := x.sdk.DescribeAgentStatus(x.ctx, &connect.DescribeAgentStatusInput{InstanceId: &x.InstanceID, AgentStatusId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
}

func TestDisabledStatusIsNotChosen(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.makeStatus(connect.CreateAgentStatusInput{Name: aws.String("Lunch")})
	x.SetStatus(x.Agent.UserID, "Lunch")
	_, err := x.sdk.UpdateAgentStatus(x.ctx, &connect.UpdateAgentStatusInput{InstanceId: &x.InstanceID, AgentStatusId: &id, State: types.AgentStatusStateDisabled})
	x.ok(err)
	out, err := x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{
		InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{Agents: []string{x.Agent.UserID}},
	})
	x.ok(err)
	if len(out.UserDataList) != 1 || *out.UserDataList[0].Status.StatusName != "Lunch" {
		t.Errorf("who has the status is %+v, want them in it still", out.UserDataList)
	}
	_, err = x.sdk.PutUserStatus(x.ctx, &connect.PutUserStatusInput{InstanceId: &x.InstanceID, UserId: &x.Admin.UserID, AgentStatusId: &id})
	x.refused(err, invalidParameter, 400, "disabled")
}

func TestAgentStatusesAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for i, name := range []string{"Lunch", "Lunch late", "Training"} {
		in := connect.CreateAgentStatusInput{
			Name: &name, Description: aws.String("number " + fmt.Sprint(i)), DisplayOrder: aws.Int32(int32(i + 10)),
			Tags: map[string]string{"team": []string{"a", "b"}[i%2], "site": "x"},
		}
		if i == 2 {
			in.State = types.AgentStatusStateDisabled
		}
		x.makeStatus(in)
	}
	is := func(field, value string) *types.AgentStatusSearchCriteria {
		return &types.AgentStatusSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeStartsWith, Value: &value}}
	}
	tag := func(key, value string) types.TagCondition { return types.TagCondition{TagKey: &key, TagValue: &value} }
	attributes := func(f types.ControlPlaneAttributeFilter) *types.AgentStatusSearchFilter {
		return &types.AgentStatusSearchFilter{AttributeFilter: &f}
	}
	all := func(c ...types.TagCondition) *types.CommonAttributeAndCondition {
		return &types.CommonAttributeAndCondition{TagConditions: c}
	}
	for _, tt := range []struct {
		name     string
		criteria *types.AgentStatusSearchCriteria
		filter   *types.AgentStatusSearchFilter
		want     []string
	}{
		{"all", nil, nil, []string{"Available", "Lunch", "Lunch late", "Offline", "Training"}},
		{"without members", nil, attributes(types.ControlPlaneAttributeFilter{}), []string{"Available", "Lunch", "Lunch late", "Offline", "Training"}},
		{"by name", is("name", "lunch"), nil, []string{"Lunch", "Lunch late"}},
		{"by description", is("description", "number 2"), nil, []string{"Training"}},
		{"by state", is("state", "DISABLED"), nil, []string{"Training"}},
		{"by type", is("type", "ROUTABLE"), nil, []string{"Available"}},
		{"by order", is("displayOrder", "11"), nil, []string{"Lunch late"}},
		{"by id", is("resourceID", x.statusNamed("Offline")), nil, []string{"Offline"}},
		{"by tag", nil, attributes(types.ControlPlaneAttributeFilter{TagCondition: new(tag("team", "a"))}), []string{"Lunch", "Training"}},
		{"by all tags", nil, attributes(types.ControlPlaneAttributeFilter{AndCondition: all(tag("team", "b"), tag("site", "x"))}), []string{"Lunch late"}},
		{"by any tags", is("name", "t"), attributes(types.ControlPlaneAttributeFilter{
			OrConditions: []types.CommonAttributeAndCondition{*all(tag("team", "b")), *all(tag("team", "a"), tag("site", "x"))},
		}), []string{"Training"}},
	} {
		var names []string
		pages := connect.NewSearchAgentStatusesPaginator(x.sdk, &connect.SearchAgentStatusesInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(2),
		})
		for _, out := range pagesOf(t, pages) {
			for _, s := range out.AgentStatuses {
				names = append(names, *s.Name)
				if *out.ApproximateTotalCount != int64(len(tt.want)) {
					t.Errorf("%s: %d in all, want %d", tt.name, *out.ApproximateTotalCount, len(tt.want))
				}
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	for _, wrong := range []struct {
		filter *types.AgentStatusSearchFilter
		kind   string
		says   string
	}{
		{attributes(types.ControlPlaneAttributeFilter{TagCondition: new(tag("a", "b")), AndCondition: all(tag("a", "b"))}), invalidRequest, "AndCondition and TagCondition"},
		{attributes(types.ControlPlaneAttributeFilter{AndCondition: all()}), invalidRequest, "SearchFilter.AttributeFilter.AndCondition"},
		{attributes(types.ControlPlaneAttributeFilter{TagCondition: &types.TagCondition{}}), invalidParameter, "TagKey"},
	} {
		_, err := x.sdk.SearchAgentStatuses(x.ctx, &connect.SearchAgentStatusesInput{InstanceId: &x.InstanceID, SearchFilter: wrong.filter})
		x.refused(err, wrong.kind, 400, wrong.says)
	}
	_, err := x.sdk.SearchAgentStatuses(x.ctx, &connect.SearchAgentStatusesInput{InstanceId: &x.InstanceID, SearchCriteria: is("colour", "red")})
	x.refused(err, invalidParameter, 400, "colour")
}
