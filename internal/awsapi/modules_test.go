package awsapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
)

// contract declares a branch.
const contract = `{"transitions":{"results":[{"name":"Refused","description":"Too late"}]}}`

type moduleInput = connect.CreateContactFlowModuleInput

// tryModule makes a module: unless the request says otherwise it is named "m", and does nothing.
func (x *trial) tryModule(in moduleInput) (*connect.CreateContactFlowModuleOutput, error) {
	in.InstanceId = &x.InstanceID
	if in.Name == nil {
		in.Name = aws.String("m")
	}
	if in.Content == nil {
		in.Content = aws.String(ending("z"))
	}
	return x.sdk.CreateContactFlowModule(x.ctx, &in)
}

func (x *trial) newModule(in moduleInput) string {
	x.t.Helper()
	out, err := x.tryModule(in)
	x.ok(err)
	return *out.Id
}

func (x *trial) tryDescribeModule(name string) (*types.ContactFlowModule, error) {
	out, err := x.sdk.DescribeContactFlowModule(x.ctx, &connect.DescribeContactFlowModuleInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &name})
	if err != nil {
		return nil, err
	}
	return out.ContactFlowModule, nil
}

// module describes a module by its id or ARN and what stands behind that.
func (x *trial) module(name string) *types.ContactFlowModule {
	x.t.Helper()
	m, err := x.tryDescribeModule(name)
	x.ok(err)
	return m
}

// wantModule compares the text that a name means.
func (x *trial) wantModule(name, content, settings string, status types.ContactFlowModuleStatus) {
	x.t.Helper()
	m := x.module(name)
	if *m.Content != content || *m.FlowModuleContentSha256 != sum(content) || aws.ToString(m.Settings) != settings || m.Status != status {
		x.t.Errorf("%s is %s with checksum %s and settings %s: %s", name, m.Status, *m.FlowModuleContentSha256, aws.ToString(m.Settings), *m.Content)
	}
}

func (x *trial) setModuleContent(name string, content, settings *string) error {
	_, err := x.sdk.UpdateContactFlowModuleContent(x.ctx, &connect.UpdateContactFlowModuleContentInput{
		InstanceId: &x.InstanceID, ContactFlowModuleId: &name, Content: content, Settings: settings,
	})
	return err
}

func (x *trial) setModule(id string, change connect.UpdateContactFlowModuleMetadataInput) error {
	change.InstanceId, change.ContactFlowModuleId = &x.InstanceID, &id
	_, err := x.sdk.UpdateContactFlowModuleMetadata(x.ctx, &change)
	return err
}

func (x *trial) deleteModule(id string) error {
	_, err := x.sdk.DeleteContactFlowModule(x.ctx, &connect.DeleteContactFlowModuleInput{InstanceId: &x.InstanceID, ContactFlowModuleId: &id})
	return err
}

// problems reports whether a module was refused for problems, the first of which says something.
func (x *trial) problems(err error, says string) {
	x.t.Helper()
	bad, ok := errors.AsType[*types.InvalidContactFlowModuleException](err)
	if !ok || len(bad.Problems) == 0 || !strings.Contains(*bad.Problems[0].Message, says) {
		x.t.Errorf("err = %v, want a problem that says %q", err, says)
	}
}

func TestModuleIsMadeAndTold(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	in := moduleInput{
		Name: aws.String("Refund"), Description: aws.String("Pays back"), Content: aws.String(ending("a")), Settings: aws.String(contract),
		Tags: map[string]string{"team": "a"}, ClientToken: aws.String("t"),
		ExternalInvocationConfiguration: &types.ExternalInvocationConfiguration{Enabled: true},
	}
	out, err := x.tryModule(in)
	x.ok(err)
	again, err := x.tryModule(in)
	if err != nil || *again.Id != *out.Id || *again.Arn != *out.Arn {
		t.Errorf("with the same token: %v, %v; want %s", again, err, *out.Id)
	}
	other := in
	other.Name = aws.String("Other")
	_, err = x.tryModule(other)
	x.refused(err, reused, 409, "ClientToken")
	in.ClientToken = aws.String("t2")
	_, err = x.tryModule(in)
	x.refused(err, duplicate, 409, "Refund")
	m := x.module(*out.Id)
	if *m.Id != *out.Id || *m.Arn != *out.Arn || !strings.HasSuffix(*m.Arn, "/flow-module/"+*m.Id) || *m.Name != "Refund" || *m.Description != "Pays back" ||
		m.State != types.ContactFlowModuleStateActive || m.Tags["team"] != "a" || m.Version != nil || !m.ExternalInvocationConfiguration.Enabled {
		t.Errorf("DescribeContactFlowModule = %+v", m)
	}
	x.wantModule(*out.Arn, ending("a"), contract, "published")
	if m := x.module(x.newModule(moduleInput{})); m.Settings != nil || m.ExternalInvocationConfiguration != nil || m.Description != nil {
		t.Errorf("the smallest module is %+v", m)
	}
}

func TestModuleIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"flow-modules": 1} })
	_, err := x.tryModule(moduleInput{Content: aws.String(`{"Version":"2019-10-30"}`)})
	x.problems(err, "Invalid contact flow format")
	_, err = x.tryModule(moduleInput{Content: aws.String(strings.Replace(ending("z"), "EndFlowExecution", "Teleport", 1))})
	x.problems(err, "Invalid Action type. Type: Teleport")
	_, err = x.tryModule(moduleInput{Settings: aws.String(`{"transitions":{"results":[{"name":"Error"}]}}`)})
	x.problems(err, "Settings.transitions.results[0].name: Error")
	_, err = x.tryModule(moduleInput{Content: aws.String(strings.Replace(ending("z"), `"Settings":{},`, "", 1))})
	x.refused(err, invalidRequest, 400, "JSON field is missing or null for field name: settings")
	_, err = x.tryModule(moduleInput{Name: aws.String(" ")})
	x.refused(err, invalidParameter, 400, "Name")
	_, err = x.tryModule(moduleInput{Content: aws.String(strings.Repeat("x", 256_001))})
	x.refused(err, invalidParameter, 400, "Content")
	x.newModule(moduleInput{})
	_, err = x.tryModule(moduleInput{Name: aws.String("one more")})
	x.refused(err, limitExceeded, 429, "flow module")
	x.refused(x.setModuleContent(unknown, aws.String(ending("z")), nil), notFound, 404, unknown)
	x.refused(x.setModule(unknown, connect.UpdateContactFlowModuleMetadataInput{}), notFound, 404, unknown)
	x.refused(x.deleteModule(unknown), notFound, 404, unknown)
	for _, unknown := range []string{unknown, unknown + ":$SAVED"} {
		_, err = x.tryDescribeModule(unknown)
		x.refused(err, notFound, 404)
	}
}

func TestModuleHasTwoTexts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	one, two, draft := ending("one"), ending("two"), `{"half":"done"}`
	id := x.newModule(moduleInput{Content: &one, Settings: aws.String(contract)})
	x.ok(x.setModuleContent(id+":$SAVED", &draft, nil))
	x.wantModule(id, one, contract, "published")
	x.wantModule(id+":$LATEST", one, contract, "published")
	x.wantModule(id+":$SAVED", draft, contract, "saved")
	x.ok(x.setModuleContent(id, nil, aws.String("{}")))
	x.wantModule(id, one, "{}", "published")
	x.ok(x.setModuleContent(*x.module(id).Arn+":$LATEST", &two, nil))
	x.wantModule(id, two, "{}", "published")
	x.wantModule(id+":$SAVED", two, "{}", "saved")
	x.problems(x.setModuleContent(id, &draft, nil), "Invalid contact flow format")
	x.problems(x.setModuleContent(id, nil, aws.String("[]")), "not a JSON object")
	x.problems(x.setModuleContent(id+":$SAVED", aws.String("draft"), nil), "not JSON")
	x.refused(x.setModuleContent(id+":1", &one, nil), invalidRequest, 400, "version")
	x.wantModule(id, two, "{}", "published")
}

func TestModuleIsRenamedArchivedAndDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id, other := x.newModule(moduleInput{Name: aws.String("b")}), x.newModule(moduleInput{Name: aws.String("a")})
	x.ok(x.setModule(id, connect.UpdateContactFlowModuleMetadataInput{Name: aws.String("c"), Description: aws.String("about"), State: types.ContactFlowModuleStateArchived}))
	if m := x.module(id); *m.Name != "c" || *m.Description != "about" || m.State != types.ContactFlowModuleStateArchived {
		t.Errorf("after the change: %+v", m)
	}
	x.refused(x.setModule(id, connect.UpdateContactFlowModuleMetadataInput{Name: aws.String("a")}), duplicate, 409, `"a"`)
	list := func(state types.ContactFlowModuleState) (names []string) {
		t.Helper()
		pages := connect.NewListContactFlowModulesPaginator(x.sdk, &connect.ListContactFlowModulesInput{InstanceId: &x.InstanceID, ContactFlowModuleState: state, MaxResults: aws.Int32(1)})
		for _, out := range pagesOf(t, pages) {
			for _, m := range out.ContactFlowModulesSummaryList {
				names = append(names, fmt.Sprint(*m.Name, " ", m.State, " ", *m.Id == id || *m.Id == other, " ", strings.HasSuffix(*m.Arn, *m.Id)))
			}
		}
		return names
	}
	active, archived := "a ACTIVE true true", "c ARCHIVED true true"
	for state, want := range map[types.ContactFlowModuleState][]string{"": {active, archived}, "ACTIVE": {active}, "ARCHIVED": {archived}} {
		if diff := cmp.Diff(want, list(state)); diff != "" {
			t.Errorf("state %q (-want +got):\n%s", state, diff)
		}
	}
	x.ok(x.deleteModule(*x.module(id).Arn))
	x.refused(x.deleteModule(id), notFound, 404, id)
	if diff := cmp.Diff([]string{active}, list("")); diff != "" {
		t.Errorf("after the deletion (-want +got):\n%s", diff)
	}
}

func TestModulesAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	type criteria = types.ContactFlowModuleSearchCriteria
	eu := x.newModule(moduleInput{Name: aws.String("Refunds EU"), Description: aws.String("first"), Tags: map[string]string{"team": "a"}})
	us := x.newModule(moduleInput{Name: aws.String("Refunds US"), Tags: map[string]string{"team": "b"}})
	x.ok(x.setModule(us, connect.UpdateContactFlowModuleMetadataInput{State: types.ContactFlowModuleStateArchived}))
	x.newModule(moduleInput{Name: aws.String("Claims"), Settings: aws.String(contract)})
	is := func(field string, how types.StringComparisonType, value string) criteria {
		return criteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
	}
	tests := []struct {
		name     string
		criteria criteria
		team     string
		want     []string // sorted
	}{
		{"all", criteria{}, "", []string{"Claims", "Refunds EU", "Refunds US"}},
		{"by name", is("name", types.StringComparisonTypeContains, "FUNDS"), "", []string{"Refunds EU", "Refunds US"}},
		{"by description", is("description", types.StringComparisonTypeExact, "first"), "", []string{"Refunds EU"}},
		{"by id", is("resourceID", types.StringComparisonTypeExact, eu), "", []string{"Refunds EU"}},
		{"by state", criteria{StateCondition: types.ContactFlowModuleStateArchived}, "", []string{"Refunds US"}},
		{"by status", criteria{StatusCondition: types.ContactFlowModuleStatusPublished}, "b", []string{"Refunds US"}},
		{"only saved", criteria{StatusCondition: types.ContactFlowModuleStatusSaved}, "", nil},
		{"by several", criteria{AndConditions: []criteria{is("name", types.StringComparisonTypeStartsWith, "r"), {StateCondition: types.ContactFlowModuleStateActive}}}, "", []string{"Refunds EU"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, in := x.in(t), &connect.SearchContactFlowModulesInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(1), SearchCriteria: &tt.criteria}
			if tt.team != "" {
				in.SearchFilter = &types.ContactFlowModuleSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team"), TagValue: &tt.team}}}
			}
			var names []string
			pages := connect.NewSearchContactFlowModulesPaginator(x.sdk, in)
			for _, out := range pagesOf(t, pages) {
				if *out.ApproximateTotalCount != int64(len(tt.want)) {
					t.Errorf("%d in all, want %d", *out.ApproximateTotalCount, len(tt.want))
				}
				for _, m := range out.ContactFlowModules {
					names = append(names, *m.Name)
					if *m.Content != ending("z") || (aws.ToString(m.Settings) == contract) != (*m.Name == "Claims") {
						t.Errorf("SearchContactFlowModules = %+v, want it whole", m)
					}
				}
			}
			slices.Sort(names)
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
	two := is("name", types.StringComparisonTypeExact, "x")
	two.StateCondition = types.ContactFlowModuleStateActive
	_, err := x.sdk.SearchContactFlowModules(x.ctx, &connect.SearchContactFlowModulesInput{InstanceId: &x.InstanceID, SearchCriteria: &two})
	x.refused(err, invalidRequest, 400, "StringCondition and StateCondition")
}
