package awsapi

import (
	"cmp"
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// flowFields are what SearchContactFlows can ask for.
var flowFields = []field[flowEntry]{
	text("name", func(f flowEntry) string { return f.Name }),
	text("description", func(f flowEntry) string { return f.Value.Description }),
	text("resourceID", func(f flowEntry) string { return f.ID }),
}

// equal is the condition that a member has a value.
func equal[T any, V comparable](member string, want *V, value func(T) V) condition[T] {
	return condition[T]{member, want != nil, func(string) (wanted[T], error) {
		return func(item T) bool { return value(item) == *want }, nil
	}}
}

func flowType(f flowEntry) wire.ContactFlowType { return wire.ContactFlowType(f.Value.Type) }

func flowNode(c wire.ContactFlowSearchCriteria) node[wire.ContactFlowSearchCriteria, flowEntry] {
	return nodeOf(c.AndConditions, c.OrConditions,
		stringCondition(c.StringCondition, flowFields),
		equal("TypeCondition", c.TypeCondition, flowType),
		equal("StateCondition", c.StateCondition, flowState),
		equal("StatusCondition", c.StatusCondition, flowStatus),
	)
}

// searchContactFlows tells flows whole, with what is published or else the draft.
func (a *API) searchContactFlows(_ context.Context, in *wire.SearchContactFlowsRequest) (*wire.SearchContactFlowsResponse, error) {
	wanted, err := criteria(in.SearchCriteria, flowNode)
	if err != nil {
		return nil, err
	}
	filter := wire.Value(in.SearchFilter)
	tagged, err := tagFilter(filter.TagFilter, func(f flowEntry) map[string]string { return f.Value.Tags })
	if err != nil {
		return nil, err
	}
	like, err := flowAttributes(filter.FlowAttributeFilter)
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.Flows(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(f flowEntry) string { return f.ID }, "flows found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged, like)
	out := make([]wire.ContactFlow, len(got.items))
	region := a.region(*in.InstanceId)
	for i, f := range got.items {
		out[i] = describeFlow(engine.Text[engine.Flow]{
			Entry: f, Content: cmp.Or(f.Value.Published, f.Value.Saved), Draft: f.Value.Published == "",
		}, region)
	}
	return &wire.SearchContactFlowsResponse{ContactFlows: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

// allAttributes are conditions of which all must hold.
type allAttributes = wire.ContactFlowAttributeAndCondition

// flowAttributes makes the test of a filter by type and tags; none, or one without members, wants everything.
// It fails with [fault.Unusable] unless the filter has exactly one member, and with [fault.Invalid] for a condition
// without its member.
func flowAttributes(f *wire.ContactFlowAttributeFilter) (wanted[flowEntry], error) {
	const path = "SearchFilter.FlowAttributeFilter"
	members, anyOf := flowAttributeLists(wire.Value(f))
	switch len(members) {
	case 0:
		return every[flowEntry], nil
	case 1:
	default:
		return nil, notOne(path, members)
	}
	for _, all := range anyOf {
		if err := checkFlowAttributes(path+"."+members[0], all); err != nil {
			return nil, err
		}
	}
	return func(f flowEntry) bool {
		return slices.ContainsFunc(anyOf, func(all allAttributes) bool { return hasAttributes(f, all) })
	}, nil
}

// flowAttributeLists names the members that a filter has, and returns the lists that the last of them means.
func flowAttributeLists(f wire.ContactFlowAttributeFilter) (members []string, anyOf []allAttributes) {
	if c := f.TagCondition; c != nil {
		members, anyOf = append(members, "TagCondition"), []allAttributes{{TagConditions: []wire.TagCondition{*c}}}
	}
	if c := f.ContactFlowTypeCondition; c != nil {
		members, anyOf = append(members, "ContactFlowTypeCondition"), []allAttributes{{ContactFlowTypeCondition: c}}
	}
	if c := f.AndCondition; c != nil {
		members, anyOf = append(members, "AndCondition"), []allAttributes{*c}
	}
	if len(f.OrConditions) > 0 {
		members, anyOf = append(members, "OrConditions"), f.OrConditions
	}
	return members, anyOf
}

// checkFlowAttributes fails with [fault.Unusable] for a condition that asks for nothing, and with [fault.Invalid] for
// one without its member.
func checkFlowAttributes(path string, all allAttributes) error {
	switch {
	case all.ContactFlowTypeCondition == nil && len(all.TagConditions) == 0:
		return fault.New(fault.Unusable, "%s: a list of conditions is empty", path)
	case all.ContactFlowTypeCondition != nil && all.ContactFlowTypeCondition.ContactFlowType == nil:
		return fault.New(fault.Invalid, "%s: ContactFlowType is required", path)
	case slices.ContainsFunc(all.TagConditions, func(c wire.TagCondition) bool { return c.TagKey == nil }):
		return fault.New(fault.Invalid, "%s: TagKey is required", path)
	}
	return nil
}

// hasAttributes reports whether a flow fulfils all of some conditions.
func hasAttributes(f flowEntry, all allAttributes) bool {
	c := all.ContactFlowTypeCondition
	return (c == nil || *c.ContactFlowType == flowType(f)) && hasTags(f.Value.Tags, all.TagConditions)
}
