package awsapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// prompts are those of the instance.
func (x *trial) prompts() []types.PromptSummary {
	x.t.Helper()
	out, err := x.sdk.ListPrompts(x.ctx, &connect.ListPromptsInput{InstanceId: &x.InstanceID})
	x.ok(err)
	return out.PromptSummaryList
}

// Every instance has the prompts of a new instance of Amazon Connect, under ids of its own.
func TestStockPrompts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	y := *x
	y.Server = x.NewInstance(t, "twin")
	mine, theirs := x.prompts(), y.prompts()
	want := []string{
		"Beep.wav", "CustomerHold.wav", "CustomerQueue.wav", "Music_Jazz_MyTimetoFly_Inst.wav", "Music_Pop_ThisAndThatIsLife_Inst.wav",
		"Music_Pop_ThrowYourselfInFrontOfIt_Inst.wav", "Music_Rock_EverywhereTheSunShines_Inst.wav",
	}
	if len(mine) != len(want) || len(theirs) != len(want) {
		t.Fatalf("%d and %d prompts, want %d", len(mine), len(theirs), len(want))
	}
	for i, p := range mine {
		if *p.Name != want[i] || *p.Arn != x.InstanceARN+"/prompt/"+*p.Id || *p.LastModifiedRegion != x.Region || p.LastModifiedTime == nil {
			t.Errorf("prompt %d is %s, %s of %v in %s", i, *p.Name, *p.Arn, p.LastModifiedTime, *p.LastModifiedRegion)
		}
		for _, id := range []string{*p.Id, *p.Arn} {
			out, err := x.sdk.DescribePrompt(x.ctx, &connect.DescribePromptInput{InstanceId: &x.InstanceID, PromptId: &id})
			x.ok(err)
			d := out.Prompt
			x.sameRead("the prompt", []any{d.PromptId, d.PromptARN, d.Name, d.LastModifiedTime}, []any{p.Id, p.Arn, p.Name, p.LastModifiedTime})
		}
		_, err := x.sdk.DescribePrompt(x.ctx, &connect.DescribePromptInput{InstanceId: &y.InstanceID, PromptId: p.Id})
		x.gone(err)
	}
	var paged []string
	for _, page := range pagesOf(t, connect.NewListPromptsPaginator(x.sdk, &connect.ListPromptsInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(3)})) {
		for _, p := range page.PromptSummaryList {
			paged = append(paged, *p.Name)
		}
	}
	if !slices.Equal(paged, want) {
		t.Errorf("in pages of three: %v", paged)
	}
}

// Prompts take tags, and a reset takes those away again; making, changing and deleting prompts, and their sound, are not
// served.
func TestTagsOfPrompts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	beep := x.prompts()[0]
	tags := func() map[string]string {
		out, err := x.sdk.DescribePrompt(x.ctx, &connect.DescribePromptInput{InstanceId: &x.InstanceID, PromptId: beep.Id})
		x.ok(err)
		return out.Prompt.Tags
	}
	x.ok(x.tag(*beep.Arn, asWritten()))
	x.retag(*beep.Arn, tags)
	x.ok(x.tag(*beep.Arn, map[string]string{"team": "claims"}))
	x.Post("/_tasklane/reset", "")
	if got := tags(); len(got) != 0 || len(x.prompts()) != 7 {
		t.Errorf("after a reset: tags %v, %d prompts", got, len(x.prompts()))
	}
	x.ok(x.tag(*beep.Arn, map[string]string{"team": "sales"}))
	x.sameRead("tags after the reset", tags(), map[string]string{"team": "sales"})
	_, err := x.sdk.CreatePrompt(x.ctx, &connect.CreatePromptInput{InstanceId: &x.InstanceID, Name: new("p"), S3Uri: new("s3://bucket/key.wav")})
	x.refused(err, "NotImplementedException", 501, "CreatePrompt")
	_, err = x.sdk.DeletePrompt(x.ctx, &connect.DeletePromptInput{InstanceId: &x.InstanceID, PromptId: beep.Id})
	x.refused(err, "NotImplementedException", 501, "DeletePrompt")
	_, err = x.sdk.GetPromptFile(x.ctx, &connect.GetPromptFileInput{InstanceId: &x.InstanceID, PromptId: beep.Id})
	x.refused(err, "NotImplementedException", 501, "GetPromptFile")
}

func TestPromptsAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	all := x.prompts()
	x.ok(x.tag(*all[0].Arn, map[string]string{"team": "claims"}))
	condition := func(field string, how types.StringComparisonType, value string) *types.PromptSearchCriteria {
		return &types.PromptSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
	}
	for _, tt := range []struct {
		name     string
		criteria *types.PromptSearchCriteria
		filter   *types.PromptSearchFilter
		want     string // names in alphabetical order
	}{
		{"by name", condition("name", types.StringComparisonTypeStartsWith, "customer"), nil, "CustomerHold.wav CustomerQueue.wav"},
		{"by id", condition("resourceID", types.StringComparisonTypeExact, *all[0].Id), nil, "Beep.wav"},
		{"by description", condition("description", types.StringComparisonTypeContains, "wav"), nil, ""},
		{"by tag", nil, &types.PromptSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: new("team")}}}, "Beep.wav"},
		{"both of", &types.PromptSearchCriteria{AndConditions: []types.PromptSearchCriteria{
			*condition("name", types.StringComparisonTypeContains, "music"), *condition("name", types.StringComparisonTypeContains, "pop"),
		}}, nil, "Music_Pop_ThisAndThatIsLife_Inst.wav Music_Pop_ThrowYourselfInFrontOfIt_Inst.wav"},
	} {
		out, err := x.sdk.SearchPrompts(x.ctx, &connect.SearchPromptsInput{InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter})
		x.ok(err)
		var names []string
		for _, p := range out.Prompts {
			names = append(names, *p.Name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != tt.want || *out.ApproximateTotalCount != int64(len(names)) {
			t.Errorf("%s: %s of %d, want %s", tt.name, got, *out.ApproximateTotalCount, tt.want)
		}
	}
	_, err := x.sdk.SearchPrompts(x.ctx, &connect.SearchPromptsInput{
		InstanceId: &x.InstanceID, SearchCriteria: condition("size", types.StringComparisonTypeExact, "1"),
	})
	x.refused(err, invalidParameter, 400, "FieldName")
	_, err = x.sdk.SearchPrompts(x.ctx, &connect.SearchPromptsInput{InstanceId: new(unknown)})
	x.gone(err)
	_, err = x.sdk.ListPrompts(x.ctx, &connect.ListPromptsInput{InstanceId: new(unknown)})
	x.gone(err)
	_, err = x.sdk.DescribePrompt(x.ctx, &connect.DescribePromptInput{InstanceId: &x.InstanceID, PromptId: new(unknown)})
	x.gone(err)
}
