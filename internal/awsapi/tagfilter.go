package awsapi

import (
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// tagFilter makes the test of a search's tag filter; none, or one without members, wants everything. Case counts.
// It fails with [fault.Unusable] unless the filter has exactly one member, and with [fault.Invalid] for a condition
// without a key.
func tagFilter[T any](f *wire.ControlPlaneTagFilter, tags func(T) map[string]string) (wanted[T], error) {
	anyOf, err := tagLists("SearchFilter.TagFilter", f)
	if anyOf == nil || err != nil {
		return every[T], err
	}
	return func(item T) bool {
		has := tags(item)
		return slices.ContainsFunc(anyOf, func(all []wire.TagCondition) bool { return hasTags(has, all) })
	}, nil
}

// tagLists are the lists of conditions that a filter at a path means, of which all of one must hold; nil when the
// filter wants everything. It fails as [tagFilter] does.
func tagLists(path string, f *wire.ControlPlaneTagFilter) ([][]wire.TagCondition, error) {
	if f == nil {
		return nil, nil
	}
	var members []string
	var anyOf [][]wire.TagCondition // all of one of these lists
	if len(f.AndConditions) > 0 {
		members, anyOf = append(members, "AndConditions"), [][]wire.TagCondition{f.AndConditions}
	}
	if len(f.OrConditions) > 0 {
		members, anyOf = append(members, "OrConditions"), f.OrConditions
	}
	if f.TagCondition != nil {
		members, anyOf = append(members, "TagCondition"), [][]wire.TagCondition{{*f.TagCondition}}
	}
	switch len(members) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, notOne(path, members)
	}
	for _, all := range anyOf {
		if len(all) == 0 {
			return nil, fault.New(fault.Unusable, "%s.%s: a list of conditions is empty", path, members[0])
		}
		if slices.ContainsFunc(all, func(c wire.TagCondition) bool { return c.TagKey == nil }) {
			return nil, fault.New(fault.Invalid, "%s.%s: TagKey is required", path, members[0])
		}
	}
	return anyOf, nil
}

// hasTags reports whether tags fulfil all conditions. One without a value asks for the key only.
func hasTags(tags map[string]string, all []wire.TagCondition) bool {
	return !slices.ContainsFunc(all, func(c wire.TagCondition) bool {
		value, ok := tags[*c.TagKey]
		return !ok || c.TagValue != nil && *c.TagValue != value
	})
}
