package awsapi_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
)

func (x *trial) tag(resource string, tags map[string]string) error {
	_, err := x.sdk.TagResource(x.ctx, &connect.TagResourceInput{ResourceArn: &resource, Tags: tags})
	return err
}

func (x *trial) untag(resource string, keys ...string) error {
	_, err := x.sdk.UntagResource(x.ctx, &connect.UntagResourceInput{ResourceArn: &resource, TagKeys: keys})
	return err
}

func (x *trial) tagsOf(resource string) (map[string]string, error) {
	out, err := x.sdk.ListTagsForResource(x.ctx, &connect.ListTagsForResourceInput{ResourceArn: &resource})
	return valueOf(out).Tags, err
}

// Of every kind of resource the tags can be changed, and its own operation tells them.
func TestResourcesAreTagged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region"))
	module := x.newModule(moduleInput{Name: aws.String("m"), Tags: map[string]string{"made": "with"}})
	u := x.user(x.Agent.UserID)
	group := x.group("North", "")
	for kind, r := range map[string]struct {
		id   string
		told func(id string) map[string]string // nil: no operation of its own tells them
	}{
		"queue":       {x.QueueID, func(id string) map[string]string { return x.describeQueue(id).Tags }},
		"agent":       {x.Agent.UserID, func(id string) map[string]string { return x.user(id).Tags }},
		"agent-state": {x.statusNamed("Offline"), func(id string) map[string]string { return x.describeStatus(id).Tags }},
		"routing-profile": {*u.RoutingProfileId, func(id string) map[string]string {
			return x.describeProfile(id).Tags
		}},
		"security-profile":     {u.SecurityProfileIds[0], func(id string) map[string]string { return x.describeSecurity(id).Tags }},
		"operating-hours":      {*x.describeQueue(x.QueueID).HoursOfOperationId, nil},
		"contact-flow":         {x.FlowID, func(id string) map[string]string { return x.flow(id).Tags }},
		"flow-module":          {module, nil},
		"transfer-destination": {x.QuickConnectIDs.Queue, nil},
		"agent-group":          {group, func(id string) map[string]string { return x.describeGroup(id).Tags }},
		"task-template":        {x.TemplateID, nil},
	} {
		resource := x.InstanceARN + "/" + kind + "/" + r.id
		had, err := x.tagsOf(resource)
		x.ok(err)
		x.ok(x.tag(resource, map[string]string{"team": "a", "site": "<x>"}))
		x.ok(x.tag(resource, map[string]string{"team": "b"}))
		got, err := x.tagsOf(resource)
		x.ok(err)
		if got["team"] != "b" || got["site"] != "<x>" || len(got) != len(had)+2 {
			t.Errorf("%s has tags %v", kind, got)
		}
		if r.told != nil && !cmp.Equal(r.told(r.id), got) {
			t.Errorf("%s tells tags %v, want %v", kind, r.told(r.id), got)
		}
		x.ok(x.untag(resource, "site", unknown))
		x.ok(x.untag(resource, "team"))
		if got, err = x.tagsOf(resource); err != nil || !cmp.Equal(got, had) && len(got)+len(had) > 0 {
			t.Errorf("%s has tags %v, %v; want %v", kind, got, err, had)
		}
	}
	x.begin() // the flow runs as before
}

func TestWrongTags(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	queue := x.InstanceARN + "/queue/" + x.QueueID
	many := map[string]string{}
	for i := range 50 {
		many[fmt.Sprint("key", i)] = "v"
	}
	x.ok(x.tag(queue, many))
	for _, wrong := range []struct {
		resource string
		tags     map[string]string
		kind     string
		status   int
		says     string
	}{
		{queue, map[string]string{"one too many": "v"}, invalidRequest, 400, "51 of at most 50"},
		{queue, map[string]string{"aws:x": "v"}, invalidParameter, 400, "tags"},
		{queue, map[string]string{"x": strings.Repeat("v", 257)}, invalidParameter, 400, "tags"},
		{queue, map[string]string{}, invalidParameter, 400, "tags"},
		{x.QueueID, map[string]string{"a": "b"}, invalidParameter, 400, "resourceArn"},
		{x.InstanceARN + "/queue/" + unknown, map[string]string{"a": "b"}, notFound, 404, unknown},
		{x.InstanceARN + "/queue/agent/" + x.Agent.UserID, map[string]string{"a": "b"}, invalidRequest, 400, "agent queue"},
		{x.InstanceARN + "/contact/" + x.begin(), map[string]string{"a": "b"}, invalidRequest, 400, "contact"},
		{strings.Replace(queue, x.InstanceID, "22222222-2222-4222-8222-222222222222", 1), map[string]string{"a": "b"}, notFound, 404, "22222222"},
		{strings.Replace(queue, "000000000000", "000000000001", 1), map[string]string{"a": "b"}, notFound, 404, "000000000001"},
	} {
		x.refused(x.tag(wrong.resource, wrong.tags), wrong.kind, wrong.status, wrong.says)
		if wrong.resource == queue {
			continue
		}
		x.refused(x.untag(wrong.resource, "a"), wrong.kind, wrong.status, wrong.says)
		_, err := x.tagsOf(wrong.resource)
		x.refused(err, wrong.kind, wrong.status, wrong.says)
	}
	got, err := x.tagsOf(queue)
	if x.ok(err); !cmp.Equal(got, many) {
		t.Errorf("tags %v, want those from the beginning", got)
	}
	other := x.ClientAs("000000000002", "secret") // another account
	_, err = other.TagResource(x.ctx, &connect.TagResourceInput{ResourceArn: &queue, Tags: map[string]string{"a": "b"}})
	x.refused(err, notFound, 404, "000000000002")

	res, err := http.Get(x.URL + "/tags/" + queue) // slashes as they are, which no SDK sends
	x.ok(err)
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK || !strings.Contains(string(body), `"key49":"v"`) {
		t.Errorf("with plain slashes: %s %s", res.Status, body)
	}
}

func TestTagsAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	user, queue := x.InstanceARN+"/agent/"+x.Agent.UserID, x.InstanceARN+"/queue/"+x.QueueID
	x.ok(x.tag(user, map[string]string{"team": "claims", "site": "Berlin"}))
	x.ok(x.tag(queue, map[string]string{"team": "claims", "region": "EU"}))
	x.ok(x.tag(*x.prompts()[0].Arn, map[string]string{"sound": "short"}))
	condition := func(c types.TagSearchCondition) *types.ResourceTagsSearchCriteria {
		return &types.ResourceTagsSearchCriteria{TagSearchCondition: &c}
	}
	for _, tt := range []struct {
		name     string
		kinds    []string
		criteria *types.ResourceTagsSearchCriteria
		want     string
	}{
		{"all", nil, nil, "region=EU site=Berlin sound=short team=claims"},
		{"of users", []string{"agent"}, nil, "site=Berlin team=claims"},
		{"of queues and users", []string{"standard-queue", "agent"}, nil, "region=EU site=Berlin team=claims"},
		{"of prompts", []string{"prompt"}, nil, "sound=short"},
		{"by key", nil, condition(types.TagSearchCondition{TagKey: aws.String("t"), TagKeyComparisonType: types.StringComparisonTypeStartsWith}), "team=claims"},
		{"by value", nil, condition(types.TagSearchCondition{TagValue: aws.String("berl"), TagValueComparisonType: types.StringComparisonTypeContains}), "site=Berlin"},
		{"by both", nil, condition(types.TagSearchCondition{
			TagKey: aws.String("team"), TagKeyComparisonType: types.StringComparisonTypeExact,
			TagValue: aws.String("x"), TagValueComparisonType: types.StringComparisonTypeStartsWith,
		}), ""},
		{"by equal key", nil, condition(types.TagSearchCondition{TagKey: aws.String("region")}), "region=EU"},
	} {
		var got []string
		pages := connect.NewSearchResourceTagsPaginator(x.sdk, &connect.SearchResourceTagsInput{
			InstanceId: &x.InstanceID, ResourceTypes: tt.kinds, SearchCriteria: tt.criteria, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, p := range out.Tags {
				got = append(got, *p.Key+"="+*p.Value)
			}
		}
		if !slices.IsSorted(got) || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
	_, err := x.sdk.SearchResourceTags(x.ctx, &connect.SearchResourceTagsInput{InstanceId: &x.InstanceID, ResourceTypes: []string{"car"}})
	x.refused(err, invalidParameter, 400, "car", "standard-queue")
	_, err = x.sdk.SearchResourceTags(x.ctx, &connect.SearchResourceTagsInput{
		InstanceId: &x.InstanceID, SearchCriteria: condition(types.TagSearchCondition{TagKey: aws.String("t"), TagKeyComparisonType: types.StringComparisonTypeContains}),
	})
	x.refused(err, invalidParameter, 400, "TagSearchCondition.TagKey", "2 to 25")
	_, err = x.sdk.SearchResourceTags(x.ctx, &connect.SearchResourceTagsInput{InstanceId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
}
