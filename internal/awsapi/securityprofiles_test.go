package awsapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

func (x *trial) describeSecurity(id string) *types.SecurityProfile {
	x.t.Helper()
	out, err := x.sdk.DescribeSecurityProfile(x.ctx, &connect.DescribeSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
	x.ok(err)
	return out.SecurityProfile
}

func (x *trial) trySecurity(in connect.CreateSecurityProfileInput) (string, error) {
	in.InstanceId = &x.InstanceID
	if in.SecurityProfileName == nil {
		in.SecurityProfileName = aws.String("S")
	}
	out, err := x.sdk.CreateSecurityProfile(x.ctx, &in)
	return aws.ToString(valueOf(out).SecurityProfileId), err
}

// permissions are what a security profile gives, in one line.
func (x *trial) permissions(id string) string {
	x.t.Helper()
	var all []string
	pages := connect.NewListSecurityProfilePermissionsPaginator(x.sdk, &connect.ListSecurityProfilePermissionsInput{
		InstanceId: &x.InstanceID, SecurityProfileId: &id, MaxResults: aws.Int32(1),
	})
	for _, out := range pagesOf(x.t, pages) {
		all = append(all, out.Permissions...)
		if out.LastModifiedTime == nil || *out.LastModifiedRegion != x.Region {
			x.t.Errorf("permissions %+v", out)
		}
	}
	return strings.Join(all, " ")
}

func TestSecurityProfileIsChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id, err := x.trySecurity(connect.CreateSecurityProfileInput{
		SecurityProfileName: aws.String("Back office"), Description: aws.String("claims"), Tags: map[string]string{"team": "a"},
		Permissions: []string{"Users.View", "BasicAgentAccess", "Users.View"},
	})
	x.ok(err)
	s := x.describeSecurity(x.InstanceARN + "/security-profile/" + id)
	if *s.Id != id || *s.Arn != x.InstanceARN+"/security-profile/"+id || *s.SecurityProfileName != "Back office" || *s.Description != "claims" ||
		s.Tags["team"] != "a" || s.LastModifiedTime == nil || *s.LastModifiedRegion != x.Region {
		t.Errorf("the profile is %+v", s)
	}
	if got := x.permissions(id); got != "BasicAgentAccess Users.View" {
		t.Errorf("permissions %s", got)
	}
	update := func(in connect.UpdateSecurityProfileInput) error {
		in.InstanceId = &x.InstanceID
		if in.SecurityProfileId == nil {
			in.SecurityProfileId = &id
		}
		_, err := x.sdk.UpdateSecurityProfile(x.ctx, &in)
		return err
	}
	x.ok(update(connect.UpdateSecurityProfileInput{Description: aws.String("all")}))
	if got := *x.describeSecurity(id).Description + x.permissions(id); got != "allBasicAgentAccess Users.View" {
		t.Errorf("with another description: %s", got)
	}
	x.ok(update(connect.UpdateSecurityProfileInput{Permissions: []string{"Queues.View"}}))
	if got := *x.describeSecurity(id).Description + x.permissions(id); got != "allQueues.View" {
		t.Errorf("with another permission: %s", got)
	}
	x.ok(update(connect.UpdateSecurityProfileInput{Permissions: []string{}}))
	if got := x.permissions(id); got != "" {
		t.Errorf("without permissions: %s", got)
	}
	x.refused(update(connect.UpdateSecurityProfileInput{SecurityProfileId: aws.String(unknown)}), notFound, 404, unknown)
	_, err = x.sdk.DescribeSecurityProfile(x.ctx, &connect.DescribeSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.ListSecurityProfilePermissions(x.ctx, &connect.ListSecurityProfilePermissionsInput{InstanceId: &x.InstanceID, SecurityProfileId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
}

func TestWrongSecurityProfiles(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"security-profiles": 5} })
	for _, tt := range []struct {
		in     connect.CreateSecurityProfileInput
		kind   string
		status int
		says   string
	}{
		{connect.CreateSecurityProfileInput{SecurityProfileName: aws.String("Admin")}, duplicate, 409, "Admin"},
		{connect.CreateSecurityProfileInput{SecurityProfileName: aws.String("a/b")}, invalidParameter, 400, "SecurityProfileName"},
		{connect.CreateSecurityProfileInput{HierarchyRestrictedResources: []string{"User", "Queue"}}, invalidParameter, 400, "HierarchyRestrictedResources[1]"},
		{connect.CreateSecurityProfileInput{AllowedAccessControlHierarchyGroupId: aws.String(unknown)}, notFound, 404, unknown},
		{connect.CreateSecurityProfileInput{GranularAccessControlConfiguration: &types.GranularAccessControlConfiguration{}}, invalidRequest, 400, "GranularAccessControlConfiguration"},
		{connect.CreateSecurityProfileInput{}, "", 0, ""},
		{connect.CreateSecurityProfileInput{SecurityProfileName: aws.String("T")}, limitExceeded, 429, "security profile"},
	} {
		_, err := x.trySecurity(tt.in)
		x.answered(err, tt.kind, tt.status, tt.says)
	}
}

func TestSecurityProfileInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	remove := func(id string) error {
		_, err := x.sdk.DeleteSecurityProfile(x.ctx, &connect.DeleteSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
		return err
	}
	id, err := x.trySecurity(connect.CreateSecurityProfileInput{})
	x.ok(err)
	ann := x.Hire("ann", func(in *connect.CreateUserInput) { in.SecurityProfileIds = append(in.SecurityProfileIds, id) })
	x.refused(remove(id), inUse, 409, `"ann"`)
	x.ok(x.deleteUser(ann.UserID))
	x.ok(remove(id))
	x.refused(remove(id), notFound, 404, id)
}

// Who loses the permission to be an agent is not let into the panel any more.
func TestPermissionIsTakenAway(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id, err := x.trySecurity(connect.CreateSecurityProfileInput{Permissions: []string{"BasicAgentAccess"}})
	x.ok(err)
	desk := x.SignIn(x.Hire("ann", func(in *connect.CreateUserInput) { in.SecurityProfileIds = []string{id} }))
	if status, out := desk.Call("GetAgentSnapshot", map[string]any{}); status != 200 {
		t.Fatalf("GetAgentSnapshot: %d %v", status, out)
	}
	_, err = x.sdk.UpdateSecurityProfile(x.ctx, &connect.UpdateSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: &id, Permissions: []string{"Users.View"}})
	x.ok(err)
	if status, _ := desk.Call("GetAgentSnapshot", map[string]any{}); status != 403 {
		t.Errorf("without the permission the panel is answered with %d", status)
	}
}

func TestSecurityProfilesAreFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	_, err := x.trySecurity(connect.CreateSecurityProfileInput{SecurityProfileName: aws.String("Agent at night"), Description: aws.String("dark"), Tags: map[string]string{"team": "a"}})
	x.ok(err)
	var listed []string
	lists := connect.NewListSecurityProfilesPaginator(x.sdk, &connect.ListSecurityProfilesInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(2)})
	for _, out := range pagesOf(t, lists) {
		for _, s := range out.SecurityProfileSummaryList {
			listed = append(listed, *s.Name)
		}
	}
	if got := fmt.Sprint(listed); got != "[Admin Agent Agent at night CallCenterManager QualityAnalyst]" {
		t.Errorf("listed %s", got)
	}
	is := func(field, value string) *types.SecurityProfileSearchCriteria {
		return &types.SecurityProfileSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeStartsWith, Value: &value}}
	}
	team := &types.SecurityProfilesSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team")}}}
	for _, tt := range []struct {
		name     string
		criteria *types.SecurityProfileSearchCriteria
		filter   *types.SecurityProfilesSearchFilter
		want     string
	}{
		{"by name", is("name", "agent"), nil, "[Agent Agent at night]"},
		{"by tag", nil, team, "[Agent at night]"},
	} {
		var got []string
		pages := connect.NewSearchSecurityProfilesPaginator(x.sdk, &connect.SearchSecurityProfilesInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, s := range out.SecurityProfiles {
				got = append(got, *s.SecurityProfileName)
			}
		}
		if slices.Sort(got); fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
	_, err = x.sdk.SearchSecurityProfiles(x.ctx, &connect.SearchSecurityProfilesInput{InstanceId: &x.InstanceID, SearchCriteria: is("description", "dark")})
	x.refused(err, invalidParameter, 400, "description")
}
