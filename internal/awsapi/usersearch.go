package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// userFields are what SearchUsers can ask for.
var userFields = []field[userEntry]{
	text("Username", func(u userEntry) string { return u.Name }),
	text("FirstName", func(u userEntry) string { return u.Value.FirstName }),
	text("LastName", func(u userEntry) string { return u.Value.LastName }),
	text("RoutingProfileId", func(u userEntry) string { return u.Value.RoutingProfile }),
	{"SecurityProfileId", func(u userEntry) []string { return u.Value.SecurityProfiles }},
	text("resourceId", func(u userEntry) string { return u.ID }),
}

func (a *API) searchUsers(_ context.Context, in *wire.SearchUsersRequest) (*wire.SearchUsersResponse, error) {
	member := a.inGroup(*in.InstanceId)
	wanted, err := criteria(in.SearchCriteria, func(c wire.UserSearchCriteria) node[wire.UserSearchCriteria, userEntry] {
		return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, userFields), proficiencyCondition(c.ListCondition),
			condition[userEntry]{"HierarchyGroupCondition", c.HierarchyGroupCondition != nil, func(path string) (wanted[userEntry], error) {
				return member(path, c.HierarchyGroupCondition)
			}})
	})
	if err != nil {
		return nil, err
	}
	filtered, err := userFilter(in.SearchFilter, member)
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.Users(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(u userEntry) string { return u.ID }, "users found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, filtered)
	out := make([]wire.UserSearchSummary, len(got.items))
	for i, u := range got.items {
		out[i] = userFound(u)
	}
	return &wire.SearchUsersResponse{Users: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

// userFound tells limits of after-contact work in milliseconds, as Amazon Connect does
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchUsers.html).
func userFound(u userEntry) wire.UserSearchSummary {
	v, set := u.Value, tellSettings(u.Value, time.Millisecond)
	return wire.UserSearchSummary{
		Id: &u.ID, Arn: &u.ARN, Username: &u.Name, RoutingProfileId: &v.RoutingProfile, SecurityProfileIds: v.SecurityProfiles,
		HierarchyGroupId: wire.String(v.HierarchyGroup), Tags: v.Tags, DirectoryUserId: directoryID(u),
		IdentityInfo: &wire.UserIdentityInfoLite{FirstName: wire.String(v.FirstName), LastName: wire.String(v.LastName)},
		PhoneConfig:  set.phone, AutoAcceptConfigs: set.accept, AfterContactWorkConfigs: set.work, PhoneNumberConfigs: set.phones,
		PersistentConnectionConfigs: set.persistent, VoiceEnhancementConfigs: set.enhance,
	}
}

// userFilter makes the test of a filter of users.
// It fails with [fault.Denied] when it has both members: "combination of both is not supported and such request will
// throw AccessDeniedException" (https://docs.aws.amazon.com/connect/latest/APIReference/API_UserSearchFilter.html), and as
// each of them does.
func userFilter(f *wire.UserSearchFilter, in groupTest[userEntry]) (wanted[userEntry], error) {
	filter := wire.Value(f)
	if filter.TagFilter != nil && filter.UserAttributeFilter != nil {
		return nil, fault.New(fault.Denied, "SearchFilter must not have both TagFilter and UserAttributeFilter")
	}
	tags := func(u userEntry) map[string]string { return u.Value.Tags }
	if filter.UserAttributeFilter != nil {
		return userAttributes("SearchFilter.UserAttributeFilter", filter.UserAttributeFilter, tags, in)
	}
	return tagFilter(filter.TagFilter, tags)
}

// inGroup makes the tests of hierarchy groups in an instance. They fail with [fault.Invalid] for an absent member and
// with [fault.NotFound] for an unknown group.
func (a *API) inGroup(instance string) groupTest[userEntry] {
	return func(path string, c *wire.HierarchyGroupCondition) (wanted[userEntry], error) {
		switch {
		case c.Value == nil:
			return nil, fault.New(fault.Invalid, "%s.Value is required", path)
		case c.HierarchyGroupMatchType == nil:
			return nil, fault.New(fault.Invalid, "%s.HierarchyGroupMatchType is required", path)
		}
		group, err := a.opts.Engine.HierarchyGroup(instance, *c.Value)
		if err != nil {
			return nil, err
		}
		if *c.HierarchyGroupMatchType == wire.HierarchyGroupMatchTypeExact {
			return func(u userEntry) bool { return u.Value.HierarchyGroup == group.ID }, nil
		}
		return func(u userEntry) bool {
			return slices.ContainsFunc(a.opts.Engine.HierarchyPath(instance, u.Value.HierarchyGroup), func(g groupEntry) bool { return g.ID == group.ID })
		}, nil
	}
}

type proficiency = directory.Proficiency

// proficiencyFields are what the text of a condition of proficiencies can ask for: by the names that the reference has
// with StringCondition, and by those that it has with Condition
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_Condition.html).
var proficiencyFields = []field[proficiency]{
	text("name", func(p proficiency) string { return p.Name }),
	text("value", func(p proficiency) string { return p.Value }),
	text("ProficiencyName", func(p proficiency) string { return p.Name }),
	text("ProficiencyValue", func(p proficiency) string { return p.Value }),
}

// levelNames all name the level: the reference has the first with NumberCondition and the second with Condition, and
// Amazon's console the third.
var levelNames = []string{"limit", "ProficiencyLimit", "ProficiencyLevel"}

// proficiencyCondition wants users with a proficiency that fulfils all conditions of a list.
// It fails with [fault.Invalid] for an absent member and a field that cannot be asked for, and with [fault.Unusable]
// for an item without exactly one member.
func proficiencyCondition(c *wire.ListCondition) condition[userEntry] {
	return condition[userEntry]{"ListCondition", c != nil, func(path string) (wanted[userEntry], error) {
		switch {
		case c.TargetListType == nil:
			return nil, fault.New(fault.Invalid, "%s.TargetListType is required", path)
		case len(c.Conditions) == 0:
			return nil, fault.New(fault.Unusable, "%s.Conditions is empty", path)
		}
		tests := make([]wanted[proficiency], len(c.Conditions))
		for i, one := range c.Conditions {
			var err error
			if tests[i], err = proficiencyTest(element(path+".Conditions", i), one); err != nil {
				return nil, err
			}
		}
		return func(u userEntry) bool {
			return slices.ContainsFunc(u.Value.Proficiencies, func(p proficiency) bool {
				return !slices.ContainsFunc(tests, func(w wanted[proficiency]) bool { return !w(p) })
			})
		}, nil
	}}
}

func proficiencyTest(path string, c wire.Condition) (wanted[proficiency], error) {
	switch {
	case c.StringCondition != nil && c.NumberCondition != nil:
		return nil, notOne(path, []string{"NumberCondition", "StringCondition"})
	case c.StringCondition != nil:
		return stringCondition(c.StringCondition, proficiencyFields).compile(path + ".StringCondition")
	case c.NumberCondition == nil:
		return nil, notOne(path, nil)
	}
	path += ".NumberCondition"
	name := wire.Value(c.NumberCondition.FieldName)
	if !slices.ContainsFunc(levelNames, func(n string) bool { return strings.EqualFold(n, name) }) {
		return nil, fault.New(fault.Invalid, "%s.FieldName: %q cannot be searched; %s can", path, name, levelNames[0])
	}
	inside, err := numberTest(path, c.NumberCondition)
	return func(p proficiency) bool { return inside(p.Level) }, err
}

// numberTest makes the test of a number. The bound of a comparison with one is MinValue or MaxValue, whichever is there.
// It fails with [fault.Invalid] for an absent member.
func numberTest(path string, c *wire.NumberCondition) (wanted[float64], error) {
	switch {
	case c.ComparisonType == nil:
		return nil, fault.New(fault.Invalid, "%s.ComparisonType is required", path)
	case c.MinValue == nil && c.MaxValue == nil:
		return nil, fault.New(fault.Invalid, "%s.MinValue is required", path)
	case *c.ComparisonType == wire.NumberComparisonTypeRange && (c.MinValue == nil || c.MaxValue == nil):
		return nil, fault.New(fault.Invalid, "%s: a RANGE has both MinValue and MaxValue", path)
	}
	bound := c.MinValue
	if bound == nil {
		bound = c.MaxValue
	}
	to, most := float64(*bound), float64(wire.Value(c.MaxValue))
	switch *c.ComparisonType {
	case wire.NumberComparisonTypeGreaterOrEqual:
		return func(n float64) bool { return n >= to }, nil
	case wire.NumberComparisonTypeGreater:
		return func(n float64) bool { return n > to }, nil
	case wire.NumberComparisonTypeLesserOrEqual:
		return func(n float64) bool { return n <= to }, nil
	case wire.NumberComparisonTypeLesser:
		return func(n float64) bool { return n < to }, nil
	case wire.NumberComparisonTypeEqual:
		return func(n float64) bool { return n == to }, nil
	case wire.NumberComparisonTypeNotEqual:
		return func(n float64) bool { return n != to }, nil
	case wire.NumberComparisonTypeRange:
		return func(n float64) bool { return n >= to && n <= most }, nil
	}
	panic(fmt.Sprintf("comparison type %q has passed the check of the request", *c.ComparisonType))
}
