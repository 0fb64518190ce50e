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

	"github.com/tasklane/tasklane/internal/server"
)

const (
	inUse = "ResourceInUseException"
)

// slot is a row of weekly hours, from one hour to another.
func slot(day types.HoursOfOperationDays, from, to int32) types.HoursOfOperationConfig {
	return types.HoursOfOperationConfig{
		Day: day, StartTime: &types.HoursOfOperationTimeSlice{Hours: &from, Minutes: aws.Int32(30)},
		EndTime: &types.HoursOfOperationTimeSlice{Hours: &to, Minutes: aws.Int32(0)},
	}
}

// hoursText puts hours in one line.
func hoursText(h *types.HoursOfOperation) string {
	line := fmt.Sprintf("%s %q %s", *h.Name, aws.ToString(h.Description), *h.TimeZone)
	for _, c := range h.Config {
		line += fmt.Sprintf(" %s %d:%02d-%d:%02d", c.Day, *c.StartTime.Hours, *c.StartTime.Minutes, *c.EndTime.Hours, *c.EndTime.Minutes)
	}
	for _, p := range h.ParentHoursOfOperations {
		line += " of " + *p.Name
	}
	return line
}

func (x *trial) tryHours(in connect.CreateHoursOfOperationInput) (string, error) {
	in.InstanceId = &x.InstanceID
	if in.TimeZone == nil {
		in.TimeZone = aws.String("Europe/Berlin")
	}
	if in.Config == nil {
		in.Config = []types.HoursOfOperationConfig{}
	}
	out, err := x.sdk.CreateHoursOfOperation(x.ctx, &in)
	if err != nil {
		return "", err
	}
	if want := x.InstanceARN + "/operating-hours/" + *out.HoursOfOperationId; *out.HoursOfOperationArn != want {
		x.t.Errorf("HoursOfOperationArn = %s, want %s", *out.HoursOfOperationArn, want)
	}
	return *out.HoursOfOperationId, nil
}

// hours makes hours of operation.
func (x *trial) hours(name string, config ...types.HoursOfOperationConfig) string {
	x.t.Helper()
	id, err := x.tryHours(connect.CreateHoursOfOperationInput{Name: &name, Config: config})
	x.ok(err)
	return id
}

func (x *trial) describeHours(id string) *types.HoursOfOperation {
	x.t.Helper()
	out, err := x.sdk.DescribeHoursOfOperation(x.ctx, &connect.DescribeHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: &id})
	x.ok(err)
	return out.HoursOfOperation
}

func (x *trial) wantHours(id, want string) {
	x.t.Helper()
	if got := hoursText(x.describeHours(id)); got != want {
		x.t.Errorf("hours are %s, want %s", got, want)
	}
}

func TestHoursAreKeptAndChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id, err := x.tryHours(connect.CreateHoursOfOperationInput{
		Name: aws.String("Office"), Description: aws.String("of Berlin"), Tags: map[string]string{"team": "a"},
		Config: []types.HoursOfOperationConfig{slot(types.HoursOfOperationDaysMonday, 8, 12), slot(types.HoursOfOperationDaysMonday, 12, 0)},
	})
	x.ok(err)
	got := x.describeHours(x.InstanceARN + "/operating-hours/" + id)
	if *got.HoursOfOperationId != id || got.Tags["team"] != "a" || got.LastModifiedTime == nil || *got.LastModifiedRegion != x.Region {
		t.Errorf("DescribeHoursOfOperation = %+v", got)
	}
	x.wantHours(id, `Office "of Berlin" Europe/Berlin MONDAY 8:30-12:00 MONDAY 12:30-0:00`)
	x.hours("Taken")
	update := func(in connect.UpdateHoursOfOperationInput) error {
		in.InstanceId, in.HoursOfOperationId = &x.InstanceID, &id
		_, err := x.sdk.UpdateHoursOfOperation(x.ctx, &in)
		return err
	}
	for _, step := range []struct {
		in   connect.UpdateHoursOfOperationInput
		want string
	}{
		{connect.UpdateHoursOfOperationInput{}, `Office "of Berlin" Europe/Berlin MONDAY 8:30-12:00 MONDAY 12:30-0:00`},
		{connect.UpdateHoursOfOperationInput{Name: aws.String("Shop")}, `Shop "of Berlin" Europe/Berlin MONDAY 8:30-12:00 MONDAY 12:30-0:00`},
		{connect.UpdateHoursOfOperationInput{Description: aws.String("")}, `Shop "" Europe/Berlin MONDAY 8:30-12:00 MONDAY 12:30-0:00`},
		{connect.UpdateHoursOfOperationInput{TimeZone: aws.String("EST5EDT")}, `Shop "" EST5EDT MONDAY 8:30-12:00 MONDAY 12:30-0:00`},
		{connect.UpdateHoursOfOperationInput{Config: []types.HoursOfOperationConfig{slot(types.HoursOfOperationDaysFriday, 1, 2)}}, `Shop "" EST5EDT FRIDAY 1:30-2:00`},
		{connect.UpdateHoursOfOperationInput{Config: []types.HoursOfOperationConfig{}}, `Shop "" EST5EDT`},
	} {
		x.ok(update(step.in))
		x.wantHours(id, step.want)
	}
	x.refused(update(connect.UpdateHoursOfOperationInput{Name: aws.String("Taken")}), duplicate, 409, "Taken")
	x.refused(update(connect.UpdateHoursOfOperationInput{TimeZone: aws.String("Mars/Olympus")}), invalidParameter, 400, "TimeZone", "Mars/Olympus")
	x.wantHours(id, `Shop "" EST5EDT`)
	x.hours("Office") // the name is free again
}

func TestHoursThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.hours("Taken")
	parent := x.hours("Parent")
	child, err := x.tryHours(connect.CreateHoursOfOperationInput{
		Name: aws.String("Child"), ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: &parent}},
	})
	x.ok(err)
	x.wantHours(child, `Child "" Europe/Berlin of Parent`)
	late := slot(types.HoursOfOperationDaysMonday, 8, 24)
	tests := []struct {
		name   string
		in     connect.CreateHoursOfOperationInput
		kind   string
		status int
		says   string
	}{
		{"a zone nobody knows", connect.CreateHoursOfOperationInput{TimeZone: aws.String("Europe/Bielefeld")}, invalidParameter, 400, "TimeZone"},
		{"the server's own zone", connect.CreateHoursOfOperationInput{TimeZone: aws.String("Local")}, invalidParameter, 400, "TimeZone"},
		{"a day without a 24th hour", connect.CreateHoursOfOperationInput{Config: []types.HoursOfOperationConfig{late}}, invalidParameter, 400, "EndTime.Hours"},
		{"an unknown day", connect.CreateHoursOfOperationInput{Config: []types.HoursOfOperationConfig{slot("HOLIDAY", 1, 2)}}, invalidParameter, 400, "Day"},
		{"too many rows", connect.CreateHoursOfOperationInput{Config: slices.Repeat([]types.HoursOfOperationConfig{slot(types.HoursOfOperationDaysMonday, 1, 2)}, 101)}, invalidParameter, 400, "Config"},
		{"a name that is taken", connect.CreateHoursOfOperationInput{Name: aws.String("Taken")}, duplicate, 409, "Taken"},
		{"an unknown parent", connect.CreateHoursOfOperationInput{ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: aws.String(unknown)}}}, notFound, 404, "ParentHoursOfOperationConfigs"},
		{"a parent without id", connect.CreateHoursOfOperationInput{ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{}}}, invalidParameter, 400, "ParentHoursOfOperationConfigs[0].HoursOfOperationId"},
		{"a child as parent", connect.CreateHoursOfOperationInput{ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: &child}}}, invalidParameter, 400, child},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.in.Name == nil {
				tt.in.Name = aws.String("new")
			}
			x := x.in(t)
			_, err := x.tryHours(tt.in)
			x.refused(err, tt.kind, tt.status, tt.says)
		})
	}
}

func TestHoursHaveAQuota(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"hours-of-operation": 2, "overrides-per-hours": 1} })
	id := x.hours("second")
	_, err := x.tryHours(connect.CreateHoursOfOperationInput{Name: aws.String("third")})
	x.refused(err, quotaExceeded, 402, "2")
	x.override(id, connect.CreateHoursOfOperationOverrideInput{Name: aws.String("one")})
	_, err = x.tryOverride(id, connect.CreateHoursOfOperationOverrideInput{Name: aws.String("two")})
	x.refused(err, limitExceeded, 429, "1")
}

func TestHoursAreListedAndSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for i, name := range []string{"Shop EU", "Shop US", "Claims"} {
		_, err := x.tryHours(connect.CreateHoursOfOperationInput{
			Name: &name, Description: aws.String("number " + fmt.Sprint(i)), Tags: map[string]string{"team": []string{"a", "b"}[i%2]},
			TimeZone: aws.String([]string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}[i]),
		})
		x.ok(err)
	}
	var listed []string
	pages := connect.NewListHoursOfOperationsPaginator(x.sdk, &connect.ListHoursOfOperationsInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(t, pages) {
		for _, h := range out.HoursOfOperationSummaryList {
			listed = append(listed, *h.Name)
			if !strings.HasSuffix(*h.Arn, "/operating-hours/"+*h.Id) || h.LastModifiedTime == nil || *h.LastModifiedRegion != x.Region {
				t.Errorf("summary of %s: %+v", *h.Name, h)
			}
		}
	}
	if diff := cmp.Diff([]string{"Basic Hours", "Claims", "Shop EU", "Shop US"}, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	is := func(field, value string) *types.HoursOfOperationSearchCriteria {
		return &types.HoursOfOperationSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeStartsWith, Value: &value}}
	}
	team := &types.HoursOfOperationSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team"), TagValue: aws.String("a")}}}
	for _, tt := range []struct {
		name     string
		criteria *types.HoursOfOperationSearchCriteria
		filter   *types.HoursOfOperationSearchFilter
		want     []string
	}{
		{"all", nil, nil, []string{"Basic Hours", "Claims", "Shop EU", "Shop US"}},
		{"by name", is("name", "shop"), nil, []string{"Shop EU", "Shop US"}},
		{"by description", is("description", "number 2"), nil, []string{"Claims"}},
		{"by time zone", is("timezone", "america/"), nil, []string{"Shop US"}},
		{"by name and tag", is("name", "shop"), team, []string{"Shop EU"}},
		{"one of two", &types.HoursOfOperationSearchCriteria{OrConditions: []types.HoursOfOperationSearchCriteria{*is("name", "claims"), *is("timezone", "europe")}}, nil, []string{"Claims", "Shop EU"}},
		{"both of two", &types.HoursOfOperationSearchCriteria{AndConditions: []types.HoursOfOperationSearchCriteria{*is("name", "shop"), *is("timezone", "europe")}}, nil, []string{"Shop EU"}},
	} {
		var names []string
		pages := connect.NewSearchHoursOfOperationsPaginator(x.sdk, &connect.SearchHoursOfOperationsInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, h := range out.HoursOfOperations {
				names = append(names, *h.Name)
				if h.TimeZone == nil || *out.ApproximateTotalCount != int64(len(tt.want)) {
					t.Errorf("%s: %d in all, one is %+v", tt.name, *out.ApproximateTotalCount, h)
				}
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	_, err := x.sdk.SearchHoursOfOperations(x.ctx, &connect.SearchHoursOfOperationsInput{InstanceId: &x.InstanceID, SearchCriteria: is("day", "MONDAY")})
	x.refused(err, invalidParameter, 400, `"day"`)
}

func TestHoursInUseAreNotDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	used, parent, child := x.hours("Used"), x.hours("Parent"), ""
	_, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{InstanceId: &x.InstanceID, Name: aws.String("Claims"), HoursOfOperationId: &used})
	x.ok(err)
	child, err = x.tryHours(connect.CreateHoursOfOperationInput{
		Name: aws.String("Child"), ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: &parent}},
	})
	x.ok(err)
	remove := func(id string) error {
		_, err := x.sdk.DeleteHoursOfOperation(x.ctx, &connect.DeleteHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: &id})
		return err
	}
	// The operation does not declare ResourceInUseException.
	x.refused(remove(used), invalidRequest, 400, "queue", "Claims")
	x.refused(remove(parent), invalidRequest, 400, "Child")
	x.wantHours(used, `Used "" Europe/Berlin`)
	x.ok(remove(child))
	x.ok(remove(parent))
	x.refused(remove(parent), notFound, 404, parent)
}

func TestUnknownHours(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	none, day, known := aws.String(unknown), aws.String("2024-12-24"), aws.String(x.hours("Known"))
	for what, call := range map[string]func() error{
		"describe": func() error {
			_, err := x.sdk.DescribeHoursOfOperation(x.ctx, &connect.DescribeHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: none})
			return err
		},
		"update": func() error {
			_, err := x.sdk.UpdateHoursOfOperation(x.ctx, &connect.UpdateHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: none})
			return err
		},
		"effective": func() error {
			_, err := x.sdk.GetEffectiveHoursOfOperations(x.ctx, &connect.GetEffectiveHoursOfOperationsInput{InstanceId: &x.InstanceID, HoursOfOperationId: none, FromDate: day, ToDate: day})
			return err
		},
		"list overrides": func() error {
			_, err := x.sdk.ListHoursOfOperationOverrides(x.ctx, &connect.ListHoursOfOperationOverridesInput{InstanceId: &x.InstanceID, HoursOfOperationId: none})
			return err
		},
		"create an override": func() error {
			_, err := x.tryOverride(*none, connect.CreateHoursOfOperationOverrideInput{})
			return err
		},
		"describe an override": func() error {
			_, err := x.sdk.DescribeHoursOfOperationOverride(x.ctx, &connect.DescribeHoursOfOperationOverrideInput{InstanceId: &x.InstanceID, HoursOfOperationId: known, HoursOfOperationOverrideId: none})
			return err
		},
		"update an override": func() error {
			_, err := x.sdk.UpdateHoursOfOperationOverride(x.ctx, &connect.UpdateHoursOfOperationOverrideInput{InstanceId: &x.InstanceID, HoursOfOperationId: known, HoursOfOperationOverrideId: none})
			return err
		},
		"delete an override": func() error {
			_, err := x.sdk.DeleteHoursOfOperationOverride(x.ctx, &connect.DeleteHoursOfOperationOverrideInput{InstanceId: &x.InstanceID, HoursOfOperationId: known, HoursOfOperationOverrideId: none})
			return err
		},
		"a queue": func() error {
			_, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{InstanceId: &x.InstanceID, Name: aws.String("q"), HoursOfOperationId: none})
			return err
		},
	} {
		x.t.Log(what)
		x.refused(call(), notFound, 404, unknown)
	}
}
