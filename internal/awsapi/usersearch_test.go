package awsapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

type (
	userCriteria = types.UserSearchCriteria
	userFilter   = types.UserSearchFilter
)

func userIs(field string, how types.StringComparisonType, value string) *userCriteria {
	return &userCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
}

func underGroup(id string, how types.HierarchyGroupMatchType) *types.HierarchyGroupCondition {
	return &types.HierarchyGroupCondition{Value: &id, HierarchyGroupMatchType: how}
}

func skills(c ...types.Condition) *userCriteria {
	return &userCriteria{ListCondition: &types.ListCondition{TargetListType: types.TargetListTypeProficiencies, Conditions: c}}
}

func skillIs(field, value string) types.Condition {
	return types.Condition{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeExact, Value: &value}}
}

// levelIs compares the level of a proficiency; a bound of 0 is absent.
func levelIs(how types.NumberComparisonType, least, most int32) types.Condition {
	c := &types.NumberCondition{FieldName: aws.String("ProficiencyLevel"), ComparisonType: how}
	if least != 0 {
		c.MinValue = &least
	}
	if most != 0 {
		c.MaxValue = &most
	}
	return types.Condition{NumberCondition: c}
}

// searchStage has users "amy", "ben" and "cat" besides admin and agent.
type searchStage struct {
	*trial

	profile, north, berlin string
}

func newSearchStage(t *testing.T) *searchStage {
	t.Helper()
	s := &searchStage{trial: newTrial(t)}
	s.profile = s.trial.profile(connect.CreateRoutingProfileInput{Name: aws.String("P")})
	s.ok(s.levels("Region", "Site"))
	s.north = s.group("North", "")
	s.berlin = s.group("Berlin", s.north)
	s.predefine("language", "German", "French")
	for name, in := range map[string]struct {
		first, last, group, team string
		skills                   []types.UserProficiency
	}{
		"amy": {"Amy", "Adler", s.north, "a", []types.UserProficiency{skill("language", "German", 5), skill("language", "French", 2)}},
		"ben": {"Ben", "Adler", s.berlin, "b", []types.UserProficiency{skill("language", "German", 3)}},
		"cat": {"Cat", "Cole", "", "a", nil},
	} {
		u := s.Hire(name, func(c *connect.CreateUserInput) {
			c.IdentityInfo = &types.UserIdentityInfo{FirstName: &in.first, LastName: &in.last}
			c.RoutingProfileId, c.Tags = &s.profile, map[string]string{"team": in.team, "staff": "yes"}
			if in.group != "" {
				c.HierarchyGroupId = &in.group
			}
			c.AfterContactWorkConfigs = []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, 60)}
		})
		if in.skills != nil {
			s.ok(s.addSkills(u.UserID, in.skills...))
		}
	}
	return s
}

func TestUsersAreSearched(t *testing.T) {
	t.Parallel()
	s := newSearchStage(t)
	const starts, exact, contains = types.StringComparisonTypeStartsWith, types.StringComparisonTypeExact, types.StringComparisonTypeContains
	admin := s.user(s.Admin.UserID).SecurityProfileIds[0]
	tag := func(key, value string) types.TagCondition { return types.TagCondition{TagKey: &key, TagValue: &value} }
	attributes := func(f types.ControlPlaneUserAttributeFilter) *userFilter {
		return &userFilter{UserAttributeFilter: &f}
	}
	german := skillIs("ProficiencyValue", "German")
	for _, tt := range []struct {
		name     string
		criteria *userCriteria
		filter   *userFilter
		want     string
	}{
		{"all", nil, nil, "admin agent amy ben cat"},
		{"by name", userIs("Username", starts, "a"), nil, "admin agent amy"},
		{"by first name", userIs("FirstName", exact, "ben"), nil, "ben"},
		{"by last name", userIs("LastName", contains, "dle"), nil, "amy ben"},
		{"by routing profile", userIs("RoutingProfileId", exact, s.profile), nil, "amy ben cat"},
		{"by security profile", userIs("SecurityProfileId", exact, admin), nil, "admin"},
		{"by id", userIs("resourceId", exact, s.Agent.UserID), nil, "agent"},
		{"by group", &userCriteria{HierarchyGroupCondition: underGroup(s.north, types.HierarchyGroupMatchTypeExact)}, nil, "amy"},
		{"by group and below", &userCriteria{HierarchyGroupCondition: underGroup(s.north, types.HierarchyGroupMatchTypeWithChildGroups)}, nil, "amy ben"},
		{"by lowest group", &userCriteria{HierarchyGroupCondition: underGroup(s.InstanceARN+"/agent-group/"+s.berlin, types.HierarchyGroupMatchTypeWithChildGroups)}, nil, "ben"},
		{"by skill", skills(german), nil, "amy ben"},
		{"by name of skill", skills(skillIs("proficiencyname", "LANGUAGE")), nil, "amy ben"},
		{"by one skill that is both", skills(german, skillIs("ProficiencyValue", "French")), nil, ""},
		{"by skill above", skills(german, levelIs(types.NumberComparisonTypeGreater, 4, 0)), nil, "amy"},
		{"by skill of at least", skills(german, levelIs(types.NumberComparisonTypeGreaterOrEqual, 5, 0)), nil, "amy"},
		{"by skill below", skills(german, levelIs(types.NumberComparisonTypeLesser, 0, 4)), nil, "ben"},
		{"by skill of at most", skills(levelIs(types.NumberComparisonTypeLesserOrEqual, 0, 2)), nil, "amy"},
		{"by equal skill", skills(levelIs(types.NumberComparisonTypeEqual, 5, 0)), nil, "amy"},
		{"by other skill", skills(german, levelIs(types.NumberComparisonTypeNotEqual, 5, 0)), nil, "ben"},
		{"by skill between", skills(levelIs(types.NumberComparisonTypeRange, 3, 4)), nil, "ben"},
		{"by all", &userCriteria{AndConditions: []userCriteria{*userIs("LastName", exact, "Adler"), *skills(german), {HierarchyGroupCondition: underGroup(s.berlin, types.HierarchyGroupMatchTypeExact)}}}, nil, "ben"},
		{"by any", &userCriteria{OrConditions: []userCriteria{*userIs("FirstName", exact, "cat"), *skills(skillIs("ProficiencyValue", "French"))}}, nil, "amy cat"},
		{"by tag", nil, &userFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: new(tag("team", "a"))}}, "amy cat"},
		{"by attribute: tag", nil, attributes(types.ControlPlaneUserAttributeFilter{TagCondition: new(tag("team", "b"))}), "ben"},
		{"by attribute: group", nil, attributes(types.ControlPlaneUserAttributeFilter{HierarchyGroupCondition: underGroup(s.north, types.HierarchyGroupMatchTypeWithChildGroups)}), "amy ben"},
		{"by attribute: all", nil, attributes(types.ControlPlaneUserAttributeFilter{AndCondition: &types.AttributeAndCondition{
			TagConditions: []types.TagCondition{tag("team", "a"), tag("staff", "yes")}, HierarchyGroupCondition: underGroup(s.north, types.HierarchyGroupMatchTypeExact),
		}}), "amy"},
		{"by attribute: any", userIs("LastName", exact, "Adler"), attributes(types.ControlPlaneUserAttributeFilter{OrConditions: []types.AttributeAndCondition{
			{TagConditions: []types.TagCondition{tag("team", "b")}}, {TagConditions: []types.TagCondition{tag("team", "a"), tag("staff", "no")}},
		}}), "ben"},
	} {
		var names []string
		pages := connect.NewSearchUsersPaginator(s.sdk, &connect.SearchUsersInput{
			InstanceId: &s.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(2),
		})
		for _, out := range pagesOf(t, pages) {
			for _, u := range out.Users {
				names = append(names, *u.Username)
			}
			if want := len(strings.Fields(tt.want)); *out.ApproximateTotalCount != int64(want) {
				t.Errorf("%s: %d in all, want %d", tt.name, *out.ApproximateTotalCount, want)
			}
		}
		if slices.Sort(names); strings.Join(names, " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, names, tt.want)
		}
	}
}

func TestFoundUserIsTold(t *testing.T) {
	t.Parallel()
	s := newSearchStage(t)
	out, err := s.sdk.SearchUsers(s.ctx, &connect.SearchUsersInput{InstanceId: &s.InstanceID, SearchCriteria: userIs("Username", types.StringComparisonTypeExact, "ben")})
	s.ok(err)
	if len(out.Users) != 1 {
		t.Fatalf("users %+v", out.Users)
	}
	u := out.Users[0]
	if *u.Arn != s.InstanceARN+"/agent/"+*u.Id || *u.IdentityInfo.FirstName != "Ben" || *u.IdentityInfo.LastName != "Adler" || u.Tags["team"] != "b" ||
		*u.RoutingProfileId != s.profile || *u.HierarchyGroupId != s.berlin || len(u.SecurityProfileIds) != 1 {
		t.Errorf("the user is %+v", u)
	}
	// Here, and only here, Amazon Connect tells limits in milliseconds.
	if ms := u.AfterContactWorkConfigs[0].AfterContactWorkConfig.AfterContactWorkTimeLimit; ms != 60_000 || u.PhoneConfig.AfterContactWorkTimeLimit != ms {
		t.Errorf("limit of after-contact work %d and %d, want 60000", ms, u.PhoneConfig.AfterContactWorkTimeLimit)
	}
}

func TestWrongSearchesOfUsers(t *testing.T) {
	t.Parallel()
	s := newTrial(t)
	both := skillIs("ProficiencyName", "a")
	both.NumberCondition = levelIs(types.NumberComparisonTypeEqual, 1, 0).NumberCondition
	two := userIs("Username", types.StringComparisonTypeExact, "a")
	two.ListCondition = skills(skillIs("ProficiencyName", "a")).ListCondition
	tags := &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("a")}}
	colour := levelIs(types.NumberComparisonTypeEqual, 1, 0)
	colour.NumberCondition.FieldName = aws.String("colour")
	for _, wrong := range []struct {
		criteria *userCriteria
		filter   *userFilter
		kind     string
		status   int
		says     string
	}{
		{userIs("colour", types.StringComparisonTypeExact, "red"), nil, invalidParameter, 400, "Username, FirstName, LastName, RoutingProfileId, SecurityProfileId, resourceId"},
		{two, nil, invalidRequest, 400, "StringCondition and ListCondition"},
		{&userCriteria{HierarchyGroupCondition: &types.HierarchyGroupCondition{HierarchyGroupMatchType: types.HierarchyGroupMatchTypeExact}}, nil, invalidParameter, 400, "HierarchyGroupCondition.Value"},
		{&userCriteria{HierarchyGroupCondition: &types.HierarchyGroupCondition{Value: aws.String("g")}}, nil, invalidParameter, 400, "HierarchyGroupMatchType"},
		{&userCriteria{HierarchyGroupCondition: underGroup(unknown, types.HierarchyGroupMatchTypeExact)}, nil, notFound, 404, unknown},
		{&userCriteria{ListCondition: &types.ListCondition{Conditions: []types.Condition{skillIs("ProficiencyName", "a")}}}, nil, invalidParameter, 400, "TargetListType"},
		{skills(), nil, invalidRequest, 400, "ListCondition.Conditions"},
		{skills(types.Condition{}), nil, invalidRequest, 400, "Conditions[0]"},
		{skills(both), nil, invalidRequest, 400, "NumberCondition and StringCondition"},
		{skills(skillIs("colour", "red")), nil, invalidParameter, 400, "name, value, ProficiencyName, ProficiencyValue"},
		{skills(colour), nil, invalidParameter, 400, "limit"},
		{skills(levelIs(types.NumberComparisonTypeEqual, 0, 0)), nil, invalidParameter, 400, "MinValue"},
		{skills(levelIs(types.NumberComparisonTypeRange, 1, 0)), nil, invalidParameter, 400, "RANGE"},
		{skills(levelIs("", 1, 0)), nil, invalidParameter, 400, "ComparisonType"},
		{nil, &userFilter{TagFilter: tags, UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{}}, "AccessDeniedException", 403, "TagFilter and UserAttributeFilter"},
		{nil, &userFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{OrConditions: slices.Repeat([]types.AttributeAndCondition{{HierarchyGroupCondition: underGroup(unknown, types.HierarchyGroupMatchTypeExact)}}, 21)}}, invalidParameter, 400, "20"},
		{nil, &userFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{OrConditions: slices.Repeat([]types.AttributeAndCondition{{TagConditions: []types.TagCondition{{TagKey: aws.String("a")}}}}, 26)}}, invalidParameter, 400, "25"},
		{nil, &userFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{AndCondition: &types.AttributeAndCondition{}}}, invalidRequest, 400, "SearchFilter.UserAttributeFilter.AndCondition"},
		{nil, &userFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{HierarchyGroupCondition: underGroup(unknown, types.HierarchyGroupMatchTypeExact)}}, notFound, 404, unknown},
	} {
		_, err := s.sdk.SearchUsers(s.ctx, &connect.SearchUsersInput{InstanceId: &s.InstanceID, SearchCriteria: wrong.criteria, SearchFilter: wrong.filter})
		s.refused(err, wrong.kind, wrong.status, wrong.says)
	}
}
