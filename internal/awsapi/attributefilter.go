package awsapi

import (
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// attributeFilter makes the test of a filter by tags; none, or one without members, wants everything. Case counts.
// It fails as [userAttributes] does.
func attributeFilter[T any](f *wire.ControlPlaneAttributeFilter, tags func(T) map[string]string) (wanted[T], error) {
	if f == nil {
		return every[T], nil
	}
	wide := wire.ControlPlaneUserAttributeFilter{TagCondition: f.TagCondition}
	if f.AndCondition != nil {
		wide.AndCondition = &wire.AttributeAndCondition{TagConditions: f.AndCondition.TagConditions}
	}
	for _, c := range f.OrConditions {
		wide.OrConditions = append(wide.OrConditions, wire.AttributeAndCondition{TagConditions: c.TagConditions})
	}
	return userAttributes("SearchFilter.AttributeFilter", &wide, tags, nil)
}

// groupTest makes the test of a hierarchy group; what is wrong with it is named by the path.
type groupTest[T any] func(path string, c *wire.HierarchyGroupCondition) (wanted[T], error)

// userAttributes makes the test of a filter by tags and hierarchy group; none, or one without members, wants everything.
// It fails with [fault.Unusable] unless the filter has exactly one member, for a list of conditions that is empty, and
// with [fault.Invalid] for a condition without its member.
func userAttributes[T any](path string, f *wire.ControlPlaneUserAttributeFilter, tags func(T) map[string]string, group groupTest[T]) (wanted[T], error) {
	members, anyOf := attributeLists(wire.Value(f))
	switch len(members) {
	case 0:
		return every[T], nil
	case 1:
		path += "." + members[0]
	default:
		return nil, notOne(path, members)
	}
	if err := filterSize(path, anyOf); err != nil {
		return nil, err
	}
	tests := make([]wanted[T], len(anyOf))
	for i, all := range anyOf {
		var err error
		if tests[i], err = allOf(path, all, tags, group); err != nil {
			return nil, err
		}
	}
	return func(item T) bool {
		return slices.ContainsFunc(tests, func(w wanted[T]) bool { return w(item) })
	}, nil
}

// maxTagConditions and maxGroupConditions bound a filter as a whole
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_ControlPlaneUserAttributeFilter.html).
const maxTagConditions, maxGroupConditions = 25, 20

// filterSize fails with [fault.Invalid] for a filter with too many conditions.
func filterSize(path string, anyOf []wire.AttributeAndCondition) error {
	tags, groups := 0, 0
	for _, all := range anyOf {
		tags += len(all.TagConditions)
		if all.HierarchyGroupCondition != nil {
			groups++
		}
	}
	switch {
	case tags > maxTagConditions:
		return fault.New(fault.Invalid, "%s must have at most %d conditions of tags", path, maxTagConditions)
	case groups > maxGroupConditions:
		return fault.New(fault.Invalid, "%s must have at most %d conditions of hierarchy groups", path, maxGroupConditions)
	}
	return nil
}

// attributeLists names the members that a filter has, and returns the conditions of which all of one must hold.
func attributeLists(f wire.ControlPlaneUserAttributeFilter) (members []string, anyOf []wire.AttributeAndCondition) {
	if f.AndCondition != nil {
		members, anyOf = append(members, "AndCondition"), []wire.AttributeAndCondition{*f.AndCondition}
	}
	if f.HierarchyGroupCondition != nil {
		members, anyOf = append(members, "HierarchyGroupCondition"), []wire.AttributeAndCondition{{HierarchyGroupCondition: f.HierarchyGroupCondition}}
	}
	if len(f.OrConditions) > 0 {
		members, anyOf = append(members, "OrConditions"), f.OrConditions
	}
	if f.TagCondition != nil {
		members, anyOf = append(members, "TagCondition"), []wire.AttributeAndCondition{{TagConditions: []wire.TagCondition{*f.TagCondition}}}
	}
	return members, anyOf
}

func allOf[T any](path string, c wire.AttributeAndCondition, tags func(T) map[string]string, group groupTest[T]) (wanted[T], error) {
	switch {
	case len(c.TagConditions) == 0 && c.HierarchyGroupCondition == nil:
		return nil, fault.New(fault.Unusable, "%s: a list of conditions is empty", path)
	case slices.ContainsFunc(c.TagConditions, func(c wire.TagCondition) bool { return c.TagKey == nil }):
		return nil, fault.New(fault.Invalid, "%s: TagKey is required", path)
	}
	in := wanted[T](every[T])
	if c.HierarchyGroupCondition != nil {
		var err error
		if in, err = group(path+".HierarchyGroupCondition", c.HierarchyGroupCondition); err != nil {
			return nil, err
		}
	}
	return func(item T) bool { return hasTags(tags(item), c.TagConditions) && in(item) }, nil
}
