package awsapi_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
)

// exception is a row of an override's hours, from one hour to another; day may be empty.
func exception(day types.OverrideDays, from, to int32) types.HoursOfOperationOverrideConfig {
	return types.HoursOfOperationOverrideConfig{Day: day, StartTime: at(from), EndTime: at(to)}
}

func at(hour int32) *types.OverrideTimeSlice {
	return &types.OverrideTimeSlice{Hours: &hour, Minutes: aws.Int32(0)}
}

// tryOverride makes an override of hours: unless the request says otherwise it is named "n", closes 24 December
// 2024, and has no hours.
func (x *trial) tryOverride(of string, in connect.CreateHoursOfOperationOverrideInput) (string, error) {
	in.InstanceId, in.HoursOfOperationId = &x.InstanceID, &of
	if in.Name == nil {
		in.Name = aws.String("n")
	}
	if in.EffectiveFrom == nil {
		in.EffectiveFrom = aws.String("2024-12-24")
	}
	if in.EffectiveTill == nil {
		in.EffectiveTill = aws.String("2024-12-24")
	}
	if in.Config == nil {
		in.Config = []types.HoursOfOperationOverrideConfig{}
	}
	out, err := x.sdk.CreateHoursOfOperationOverride(x.ctx, &in)
	if err != nil {
		return "", err
	}
	return *out.HoursOfOperationOverrideId, nil
}

func (x *trial) override(of string, in connect.CreateHoursOfOperationOverrideInput) string {
	x.t.Helper()
	id, err := x.tryOverride(of, in)
	x.ok(err)
	return id
}

// overrideText puts an override in one line.
func overrideText(o *types.HoursOfOperationOverride) string {
	line := fmt.Sprintf("%s %q %s %s..%s", *o.Name, aws.ToString(o.Description), o.OverrideType, *o.EffectiveFrom, *o.EffectiveTill)
	for _, c := range o.Config {
		line += fmt.Sprintf(" [%s] %d-%d", c.Day, *c.StartTime.Hours, *c.EndTime.Hours)
	}
	if o.RecurrenceConfig != nil {
		p := o.RecurrenceConfig.RecurrencePattern
		line += fmt.Sprintf(" %s/%d %v %v %v", p.Frequency, *p.Interval, p.ByMonth, p.ByMonthDay, p.ByWeekdayOccurrence)
	}
	return line
}

func (x *trial) wantOverride(of, id, want string) {
	x.t.Helper()
	out, err := x.sdk.DescribeHoursOfOperationOverride(x.ctx, &connect.DescribeHoursOfOperationOverrideInput{
		InstanceId: &x.InstanceID, HoursOfOperationId: &of, HoursOfOperationOverrideId: &id,
	})
	x.ok(err)
	o := out.HoursOfOperationOverride
	if got := overrideText(o); got != want {
		x.t.Errorf("the override is %s, want %s", got, want)
	}
	if *o.HoursOfOperationOverrideId != id || *o.HoursOfOperationId != of || *o.HoursOfOperationArn != x.InstanceARN+"/operating-hours/"+of {
		x.t.Errorf("the override is %s of %s, %s", *o.HoursOfOperationOverrideId, *o.HoursOfOperationId, *o.HoursOfOperationArn)
	}
}

func recurs(p types.RecurrencePattern) *types.RecurrenceConfig {
	if p.Interval == nil {
		p.Interval = aws.Int32(1)
	}
	return &types.RecurrenceConfig{RecurrencePattern: &p}
}

func TestOverridesAreKeptAndChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	of := x.hours("Office")
	id := x.override(of, connect.CreateHoursOfOperationOverrideInput{
		Name: aws.String("Eve"), Description: aws.String("short"), Config: []types.HoursOfOperationOverrideConfig{exception(types.OverrideDaysTuesday, 9, 12)},
	})
	x.wantOverride(of, id, `Eve "short" STANDARD 2024-12-24..2024-12-24 [TUESDAY] 9-12`)
	thanks := x.override(of, connect.CreateHoursOfOperationOverrideInput{
		Name: aws.String("Thanks"), OverrideType: types.OverrideTypeClosed, EffectiveTill: aws.String("2030-01-01"),
		Config: []types.HoursOfOperationOverrideConfig{exception(types.OverrideDaysThursday, 0, 0)},
		RecurrenceConfig: recurs(types.RecurrencePattern{
			Frequency: types.RecurrenceFrequencyYearly, ByMonth: []int32{11}, ByWeekdayOccurrence: []int32{4},
		}),
	})
	x.wantOverride(of, thanks, `Thanks "" CLOSED 2024-12-24..2030-01-01 [THURSDAY] 0-0 YEARLY/1 [11] [] [4]`)
	update := func(in connect.UpdateHoursOfOperationOverrideInput) error {
		in.InstanceId, in.HoursOfOperationId, in.HoursOfOperationOverrideId = &x.InstanceID, &of, &id
		_, err := x.sdk.UpdateHoursOfOperationOverride(x.ctx, &in)
		return err
	}
	for _, step := range []struct {
		in   connect.UpdateHoursOfOperationOverrideInput
		want string
	}{
		{connect.UpdateHoursOfOperationOverrideInput{}, `Eve "short" STANDARD 2024-12-24..2024-12-24 [TUESDAY] 9-12`},
		{connect.UpdateHoursOfOperationOverrideInput{Name: aws.String("Eves"), Description: aws.String("longer"), EffectiveFrom: aws.String("2024-12-20")}, `Eves "longer" STANDARD 2024-12-20..2024-12-24 [TUESDAY] 9-12`},
		{connect.UpdateHoursOfOperationOverrideInput{EffectiveTill: aws.String("2025-12-24"), OverrideType: types.OverrideTypeOpen, RecurrenceConfig: recurs(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, ByMonthDay: []int32{-1}})}, `Eves "longer" OPEN 2024-12-20..2025-12-24 [TUESDAY] 9-12 MONTHLY/1 [] [-1] []`},
		{connect.UpdateHoursOfOperationOverrideInput{Config: []types.HoursOfOperationOverrideConfig{exception("", 1, 2)}}, `Eves "longer" OPEN 2024-12-20..2025-12-24 [] 1-2 MONTHLY/1 [] [-1] []`},
		{connect.UpdateHoursOfOperationOverrideInput{Config: []types.HoursOfOperationOverrideConfig{}}, `Eves "longer" OPEN 2024-12-20..2025-12-24 MONTHLY/1 [] [-1] []`},
	} {
		x.ok(update(step.in))
		x.wantOverride(of, id, step.want)
	}
	x.refused(update(connect.UpdateHoursOfOperationOverrideInput{Name: aws.String("Thanks")}), duplicate, 409, "Thanks")
	x.refused(update(connect.UpdateHoursOfOperationOverrideInput{EffectiveTill: aws.String("2024-12-19")}), invalidParameter, 400, "EffectiveTill")
	x.refused(update(connect.UpdateHoursOfOperationOverrideInput{EffectiveFrom: aws.String("2024-02-30")}), invalidParameter, 400, "EffectiveFrom")
	x.wantOverride(of, id, `Eves "longer" OPEN 2024-12-20..2025-12-24 MONTHLY/1 [] [-1] []`)
	x.override(x.hours("Shop"), connect.CreateHoursOfOperationOverrideInput{Name: aws.String("Eves")}) // the name is free in other hours

	var listed []string
	pages := connect.NewListHoursOfOperationOverridesPaginator(x.sdk, &connect.ListHoursOfOperationOverridesInput{InstanceId: &x.InstanceID, HoursOfOperationId: &of, MaxResults: aws.Int32(1)})
	for _, out := range pagesOf(t, pages) {
		if out.LastModifiedTime == nil || *out.LastModifiedRegion != x.Region {
			t.Errorf("a page was modified %v in %v", out.LastModifiedTime, out.LastModifiedRegion)
		}
		for _, o := range out.HoursOfOperationOverrideList {
			listed = append(listed, *o.Name)
		}
	}
	if diff := cmp.Diff([]string{"Eves", "Thanks"}, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	_, err := x.sdk.DeleteHoursOfOperationOverride(x.ctx, &connect.DeleteHoursOfOperationOverrideInput{InstanceId: &x.InstanceID, HoursOfOperationId: &of, HoursOfOperationOverrideId: &id})
	x.ok(err)
	x.refused(update(connect.UpdateHoursOfOperationOverrideInput{}), notFound, 404, id)
	x.wantOverride(of, thanks, `Thanks "" CLOSED 2024-12-24..2030-01-01 [THURSDAY] 0-0 YEARLY/1 [11] [] [4]`)
}

func TestOverridesThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	of := x.hours("Office")
	x.override(of, connect.CreateHoursOfOperationOverrideInput{Name: aws.String("Taken")})
	half := exception(types.OverrideDaysMonday, 1, 2)
	half.EndTime = nil
	other := exception(types.OverrideDaysMonday, 1, 2)
	other.StartTime = nil
	recurring := func(p types.RecurrencePattern) connect.CreateHoursOfOperationOverrideInput {
		return connect.CreateHoursOfOperationOverrideInput{OverrideType: types.OverrideTypeOpen, RecurrenceConfig: recurs(p)}
	}
	config := func(c types.HoursOfOperationOverrideConfig) connect.CreateHoursOfOperationOverrideInput {
		return connect.CreateHoursOfOperationOverrideInput{Config: []types.HoursOfOperationOverrideConfig{c}}
	}
	tests := []struct {
		name   string
		in     connect.CreateHoursOfOperationOverrideInput
		kind   string
		status int
		says   string
	}{
		{"a name that is taken", connect.CreateHoursOfOperationOverrideInput{Name: aws.String("Taken")}, duplicate, 409, "Taken"},
		{"no date", connect.CreateHoursOfOperationOverrideInput{EffectiveFrom: aws.String("2023-02-29")}, invalidParameter, 400, "EffectiveFrom"},
		{"no date at the end", connect.CreateHoursOfOperationOverrideInput{EffectiveTill: aws.String("2023-02-29")}, invalidParameter, 400, "EffectiveTill"},
		{"the end first", connect.CreateHoursOfOperationOverrideInput{EffectiveTill: aws.String("2024-12-23")}, invalidParameter, 400, "EffectiveTill"},
		{"no end of a row", config(half), invalidParameter, 400, "Config[0].EndTime"},
		{"no start of a row", config(other), invalidParameter, 400, "Config[0].StartTime"},
		{"an hour too late", config(exception("", 1, 24)), invalidParameter, 400, "EndTime.Hours"},
		{"every seventh week", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyWeekly, Interval: aws.Int32(7)}), invalidParameter, 400, "Interval"},
		{"two months", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyYearly, ByMonth: []int32{1, 2}}), invalidParameter, 400, "ByMonth must have one"},
		{"the 0th", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, ByMonthDay: []int32{0}}), invalidParameter, 400, "ByMonthDay: 0"},
		{"the 32nd", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, ByMonthDay: []int32{32}}), invalidParameter, 400, "ByMonthDay"},
		{"both days", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, ByMonthDay: []int32{1}, ByWeekdayOccurrence: []int32{1}}), invalidParameter, 400, "at most one"},
		{"a month of a week", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyWeekly, ByMonth: []int32{1}}), invalidParameter, 400, "ByMonth"},
		{"the second of no day", recurring(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, ByWeekdayOccurrence: []int32{2}}), invalidParameter, 400, "Config"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := x.in(t)
			_, err := x.tryOverride(of, tt.in)
			x.refused(err, tt.kind, tt.status, tt.says)
		})
	}
}

func TestEffectiveHours(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	parent := x.hours("Holidays")
	x.override(parent, connect.CreateHoursOfOperationOverrideInput{
		Name: aws.String("Christmas"), OverrideType: types.OverrideTypeClosed, EffectiveFrom: aws.String("2020-12-25"), EffectiveTill: aws.String("2030-12-31"),
		RecurrenceConfig: recurs(types.RecurrencePattern{Frequency: types.RecurrenceFrequencyYearly}),
	})
	of, err := x.tryHours(connect.CreateHoursOfOperationInput{
		Name: aws.String("Office"), Config: []types.HoursOfOperationConfig{
			slot(types.HoursOfOperationDaysMonday, 22, 6), slot(types.HoursOfOperationDaysTuesday, 8, 0), slot(types.HoursOfOperationDaysWednesday, 8, 17),
		},
		ParentHoursOfOperationConfigs: []types.ParentHoursOfOperationConfig{{HoursOfOperationId: &parent}},
	})
	x.ok(err)
	x.override(of, connect.CreateHoursOfOperationOverrideInput{Name: aws.String("Eve"), Config: []types.HoursOfOperationOverrideConfig{exception("", 9, 12)}})
	effective := func(from, to string) (*connect.GetEffectiveHoursOfOperationsOutput, error) {
		return x.sdk.GetEffectiveHoursOfOperations(x.ctx, &connect.GetEffectiveHoursOfOperationsInput{
			InstanceId: &x.InstanceID, HoursOfOperationId: &of, FromDate: &from, ToDate: &to,
		})
	}
	out, err := effective("2024-12-16", "2024-12-25")
	x.ok(err)
	span := func(from, to *types.OverrideTimeSlice) string {
		return fmt.Sprintf(" %d:%02d-%d:%02d", *from.Hours, *from.Minutes, *to.Hours, *to.Minutes)
	}
	var got []string
	for _, d := range out.EffectiveHoursOfOperationList {
		line := *d.Date
		for _, h := range d.OperationalHours {
			line += span(h.Start, h.End)
		}
		got = append(got, line)
	}
	for _, d := range out.EffectiveOverrideHoursList {
		for _, h := range d.OverrideHours {
			got = append(got, *d.Date+" "+*h.OverrideName+" "+string(h.OperationalStatus)+span(h.Start, h.End))
		}
	}
	want := []string{
		"2024-12-16 22:30-0:00", "2024-12-17 0:00-6:00 8:30-0:00", "2024-12-18 8:30-17:00", "2024-12-19", "2024-12-20", "2024-12-21", "2024-12-22",
		"2024-12-23 22:30-0:00", "2024-12-24 9:00-12:00", "2024-12-25",
		"2024-12-24 Eve OPEN 9:00-12:00", "2024-12-25 Christmas CLOSED 0:00-0:00",
	}
	if diff := cmp.Diff(want, got); diff != "" || *out.TimeZone != "Europe/Berlin" {
		t.Errorf("effective hours in %s (-want +got):\n%s", *out.TimeZone, diff)
	}
	_, err = effective("2024-12-25", "2024-12-24")
	x.refused(err, invalidParameter, 400, "toDate")
	_, err = effective("2024-01-01", "2025-01-01")
	x.refused(err, invalidParameter, 400, "366")
	_, err = effective("2024-02-30", "2024-12-24")
	x.refused(err, invalidParameter, 400, "fromDate")
	_, err = effective("2024-02-29", "2024-02-30")
	x.refused(err, invalidParameter, 400, "toDate")
}
