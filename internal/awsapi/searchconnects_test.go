package awsapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
)

func TestQuickConnectsAreSearched(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	for i, name := range []string{"Refunds EU", "Refunds US", "Claims"} {
		_, err := c.client.CreateQuickConnect(c.ctx, &connect.CreateQuickConnectInput{
			InstanceId: &c.InstanceID, Name: &name, Description: aws.String("number " + fmt.Sprint(i)), QuickConnectConfig: phone("+14155550100"),
			Tags: map[string]string{"team": []string{"a", "b"}[i%2]},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	is := func(field string, how types.StringComparisonType, value string) types.QuickConnectSearchCriteria {
		return types.QuickConnectSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
	}
	team := &types.QuickConnectSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team"), TagValue: aws.String("a")}}}
	refunds := is("name", types.StringComparisonTypeStartsWith, "refunds")
	tests := []struct {
		name     string
		criteria *types.QuickConnectSearchCriteria
		filter   *types.QuickConnectSearchFilter
		want     []string // sorted
	}{
		{"all", nil, nil, []string{"BasicQueue", "Claims", "Refunds EU", "Refunds US", "agent"}},
		{"by name", &refunds, nil, []string{"Refunds EU", "Refunds US"}},
		{"by tag", nil, team, []string{"Claims", "Refunds EU"}},
		{"by both", &refunds, team, []string{"Refunds EU"}},
		{"by description", new(is("description", types.StringComparisonTypeContains, "ER 1")), nil, []string{"Refunds US"}},
		{"nested", &types.QuickConnectSearchCriteria{OrConditions: []types.QuickConnectSearchCriteria{
			is("name", types.StringComparisonTypeExact, "CLAIMS"),
			{AndConditions: []types.QuickConnectSearchCriteria{refunds, is("name", types.StringComparisonTypeContains, "us")}},
		}}, nil, []string{"Claims", "Refunds US"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names, ids := []string{}, []string{}
			pages := connect.NewSearchQuickConnectsPaginator(c.client, &connect.SearchQuickConnectsInput{
				InstanceId: &c.InstanceID, MaxResults: aws.Int32(1), SearchCriteria: tt.criteria, SearchFilter: tt.filter,
			})
			for _, out := range pagesOf(t, pages) {
				if *out.ApproximateTotalCount != int64(len(tt.want)) || len(out.QuickConnects) > 1 {
					t.Errorf("a page of %d, %d in all; want 1 and %d", len(out.QuickConnects), *out.ApproximateTotalCount, len(tt.want))
				}
				for _, q := range out.QuickConnects {
					names, ids = append(names, *q.Name), append(ids, *q.QuickConnectId)
					if q.QuickConnectConfig == nil || q.QuickConnectARN == nil {
						t.Errorf("SearchQuickConnects = %+v, want it whole", q)
					}
				}
			}
			if !slices.IsSorted(ids) {
				t.Errorf("ids are not in order: %v", ids)
			}
			slices.Sort(names)
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
	wrong := is("phone", types.StringComparisonTypeExact, "+1")
	two := refunds
	two.AndConditions = []types.QuickConnectSearchCriteria{refunds}
	twoTags := &types.QuickConnectSearchFilter{TagFilter: &types.ControlPlaneTagFilter{
		TagCondition: team.TagFilter.TagCondition, AndConditions: []types.TagCondition{*team.TagFilter.TagCondition},
	}}
	search := func(in connect.SearchQuickConnectsInput) error {
		in.InstanceId = &c.InstanceID
		_, err := c.client.SearchQuickConnects(c.ctx, &in)
		return err
	}
	if err := search(connect.SearchQuickConnectsInput{SearchCriteria: &wrong}); !isA[*types.InvalidParameterException](err) || !strings.Contains(err.Error(), `"phone"`) {
		t.Errorf("unknown field: %v", err)
	}
	if err := search(connect.SearchQuickConnectsInput{SearchCriteria: &two}); !isA[*types.InvalidRequestException](err) {
		t.Errorf("two members: %v", err)
	}
	if err := search(connect.SearchQuickConnectsInput{SearchFilter: twoTags}); !isA[*types.InvalidRequestException](err) {
		t.Errorf("two members of the filter: %v", err)
	}
	if err := search(connect.SearchQuickConnectsInput{NextToken: aws.String("zzz")}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("a foreign token: %v", err)
	}
}
