package awsapi

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) tagResource(ctx context.Context, in *wire.TagResourceRequest) (*none, error) {
	if err := a.visibleResource(ctx, *in.ResourceArn); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.TagResource(ctx, *in.ResourceArn, in.Tags)
}

// visibleResource reports whether the caller's account has the instance of a resource. It fails with [fault.Invalid] for
// what is no ARN, and with [fault.NotFound].
func (a *API) visibleResource(ctx context.Context, resource string) error {
	if arn.IsInstance(resource) {
		return a.visible(ctx, resource)
	}
	instance, _, _, err := arn.Split(resource)
	if err != nil {
		return fault.In("resourceArn", err)
	}
	return a.visible(ctx, instance)
}

func (a *API) untagResource(ctx context.Context, in *wire.UntagResourceRequest) (*none, error) {
	if err := a.visibleResource(ctx, *in.ResourceArn); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UntagResource(ctx, *in.ResourceArn, in.TagKeys)
}

func (a *API) listTagsForResource(ctx context.Context, in *wire.ListTagsForResourceRequest) (*wire.ListTagsForResourceResponse, error) {
	if err := a.visibleResource(ctx, *in.ResourceArn); err != nil {
		return nil, err
	}
	tags, err := a.opts.Engine.TagsOf(*in.ResourceArn)
	return &wire.ListTagsForResourceResponse{Tags: tags}, err
}

// resourceTypes are the words of SearchResourceTags for kinds
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchResourceTags.html).
var resourceTypes = map[string][]arn.Kind{
	"agent": {arn.User}, "agent-state": {arn.AgentStatus}, "routing-profile": {arn.RoutingProfile},
	"standard-queue": {arn.Queue}, "security-profile": {arn.SecurityProfile}, "operating-hours": {arn.Hours}, "prompt": {arn.Prompt},
	"contact-flow": {arn.Flow}, "flow-module": {arn.Module}, "transfer-destination": {arn.QuickConnect},
}

// kindsOf are the kinds that words mean; no words mean all of them: "this API will search from all supported resource
// types". It fails with [fault.Invalid] for an unknown word.
func kindsOf(words []string) ([]arn.Kind, error) {
	if len(words) == 0 {
		words = slices.Sorted(maps.Keys(resourceTypes))
	}
	var kinds []arn.Kind
	for _, w := range words {
		some, ok := resourceTypes[w] // "Note that lowercase and - are required"
		if !ok {
			return nil, fault.New(fault.Invalid, "ResourceTypes: %q is not known; %s are", w,
				strings.Join(slices.Sorted(maps.Keys(resourceTypes)), ", "))
		}
		kinds = append(kinds, some...)
	}
	return kinds, nil
}

// maxTags is how many tags SearchResourceTags returns for one search, over all its pages.
const maxTags = 1000

// leftOf is how many tags a search may still return after the page before, whose token this is. It fails with
// [fault.Limit] when there is none: "Maximum number (1000) of tags have been returned with current request"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchResourceTags.html).
func leftOf(pairs map[pair]bool, wanted wanted[pair], token string, now time.Time) (int64, error) {
	if token == "" {
		return maxTags, nil
	}
	c, err := readCursor(token, tagsFound, now)
	if err != nil {
		return 0, err
	}
	left := int64(maxTags)
	for p := range pairs {
		if wanted(p) && p.text() <= c.After {
			left--
		}
	}
	if left <= 0 {
		return 0, fault.New(fault.Limit, "The maximum number (%d) of tags has been returned: ask for fewer", maxTags)
	}
	return left, nil
}

// tagsFound names the list of SearchResourceTags.
const tagsFound = "tags found"

// searchResourceTags tells each pair of key and value once. It fails as [leftOf] does.
func (a *API) searchResourceTags(_ context.Context, in *wire.SearchResourceTagsRequest) (*wire.SearchResourceTagsResponse, error) {
	kinds, err := kindsOf(in.ResourceTypes)
	if err != nil {
		return nil, err
	}
	wanted, err := tagSearch(wire.Value(in.SearchCriteria).TagSearchCondition)
	if err != nil {
		return nil, err
	}
	found, err := a.opts.Engine.TagsOfKinds(*in.InstanceId, kinds)
	if err != nil {
		return nil, err
	}
	pairs := map[pair]bool{}
	for _, tags := range found {
		for k, v := range tags {
			pairs[pair{k, v}] = true
		}
	}
	now := a.opts.Engine.Now()
	left, err := leftOf(pairs, wanted, wire.Value(in.NextToken), now)
	if err != nil {
		return nil, err
	}
	size := min(left, cmp.Or(wire.Value(in.MaxResults), searchPage))
	got, err := search(slices.Collect(maps.Keys(pairs)), pair.text, tagsFound, in.NextToken, &size, now, wanted)
	out := make([]wire.TagSet, len(got.items))
	for i, p := range got.items {
		out[i] = wire.TagSet{Key: &p.key, Value: &p.value}
	}
	return &wire.SearchResourceTagsResponse{Tags: out, NextToken: got.next}, err
}

// pair is a tag.
type pair struct{ key, value string }

func (p pair) text() string { return p.key + "\x00" + p.value }

// tagSearch makes the test of a condition; what it does not ask for may be anything.
// It fails with [fault.Invalid] as [comparison] does; a text without a comparison type must be equal.
func tagSearch(c *wire.TagSearchCondition) (wanted[pair], error) {
	if c == nil {
		return every[pair], nil
	}
	key, err := tagText("TagKey", c.TagKeyComparisonType, c.TagKey)
	if err != nil {
		return nil, err
	}
	value, err := tagText("TagValue", c.TagValueComparisonType, c.TagValue)
	return func(p pair) bool { return key(p.key) && value(p.value) }, err
}

func tagText(member string, kind *wire.StringComparisonType, text *string) (wanted[string], error) {
	if kind == nil && text == nil {
		return every[string], nil
	}
	how := cmp.Or(wire.Value(kind), wire.StringComparisonTypeExact)
	return comparison("SearchCriteria.TagSearchCondition."+member, how, text)
}
