package awsapi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) createHoursOverride(ctx context.Context, in *wire.CreateHoursOfOperationOverrideRequest) (*wire.CreateHoursOfOperationOverrideResponse, error) {
	o := hours.Override{
		Name: *in.Name, Description: wire.Value(in.Description),
		Type: cmp.Or(hours.OverrideType(wire.Value(in.OverrideType)), hours.Standard),
	}
	var err error
	if o.Periods, err = overridePeriods(in.Config); err != nil {
		return nil, err
	}
	if o.From, err = hours.ParseDate(*in.EffectiveFrom); err != nil {
		return nil, fault.In("EffectiveFrom", err)
	}
	if o.Till, err = hours.ParseDate(*in.EffectiveTill); err != nil {
		return nil, fault.In("EffectiveTill", err)
	}
	if o.Recurrence, err = recurrence(in.RecurrenceConfig); err != nil {
		return nil, err
	}
	id, err := a.opts.Engine.CreateOverride(ctx, *in.InstanceId, *in.HoursOfOperationId, o)
	return &wire.CreateHoursOfOperationOverrideResponse{HoursOfOperationOverrideId: &id}, err
}

// overridePeriods reads the hours of an override. None are an empty list, unless the list is nil.
// It fails with [fault.Invalid] for a time that is absent.
func overridePeriods(config []wire.HoursOfOperationOverrideConfig) ([]hours.Period, error) {
	if config == nil {
		return nil, nil
	}
	all := make([]hours.Period, len(config))
	for i, c := range config {
		switch {
		case c.StartTime == nil:
			return nil, fault.New(fault.Invalid, "%s.StartTime is required", element("Config", i))
		case c.EndTime == nil:
			return nil, fault.New(fault.Invalid, "%s.EndTime is required", element("Config", i))
		}
		all[i] = hours.Period{
			Day:   string(wire.Value(c.Day)),
			Start: minuteOf(*c.StartTime.Hours, *c.StartTime.Minutes), End: minuteOf(*c.EndTime.Hours, *c.EndTime.Minutes),
		}
	}
	return all, nil
}

// recurrence reads how an override recurs; nil: it does not. It fails with [fault.Invalid] for a list of more than
// one number, and for a 0 where days are counted.
func recurrence(c *wire.RecurrenceConfig) (*hours.Recurrence, error) {
	if c == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	p := c.RecurrencePattern
	r := &hours.Recurrence{Frequency: hours.Frequency(*p.Frequency), Interval: int(*p.Interval)}
	month := 0
	for _, list := range []struct {
		member string
		values []int64
		into   *int
	}{{"ByMonth", p.ByMonth, &month}, {"ByMonthDay", p.ByMonthDay, &r.MonthDay}, {"ByWeekdayOccurrence", p.ByWeekdayOccurrence, &r.Occurrence}} {
		path := "RecurrenceConfig.RecurrencePattern." + list.member
		switch {
		case len(list.values) > 1:
			return nil, fault.New(fault.Invalid, "%s must have one value, not %d", path, len(list.values))
		case len(list.values) == 1 && list.values[0] == 0:
			return nil, fault.New(fault.Invalid, "%s: 0 is no day", path)
		case len(list.values) == 1:
			*list.into = int(list.values[0])
		}
	}
	r.Month = time.Month(month)
	return r, nil
}

func (a *API) describeHoursOverride(_ context.Context, in *wire.DescribeHoursOfOperationOverrideRequest) (*wire.DescribeHoursOfOperationOverrideResponse, error) {
	h, o, err := a.opts.Engine.Override(*in.InstanceId, *in.HoursOfOperationId, *in.HoursOfOperationOverrideId)
	if err != nil {
		return nil, err
	}
	out := describeOverride(h, o)
	return &wire.DescribeHoursOfOperationOverrideResponse{HoursOfOperationOverride: &out}, nil
}

// describeOverride tells Config also when it is empty.
func describeOverride(h hoursEntry, o hours.Override) wire.HoursOfOperationOverride {
	from, till, kind := o.From.String(), o.Till.String(), wire.OverrideType(o.Type)
	out := wire.HoursOfOperationOverride{
		HoursOfOperationOverrideId: &o.ID, HoursOfOperationId: &h.ID, HoursOfOperationArn: &h.ARN,
		Name: &o.Name, Description: wire.String(o.Description), OverrideType: &kind, EffectiveFrom: &from, EffectiveTill: &till,
		Config: make([]wire.HoursOfOperationOverrideConfig, len(o.Periods)), RecurrenceConfig: recurrenceConfig(o.Recurrence),
	}
	for i, p := range o.Periods {
		out.Config[i] = wire.HoursOfOperationOverrideConfig{
			Day: wire.String(wire.OverrideDays(p.Day)), StartTime: overrideSlice(p.Start), EndTime: overrideSlice(p.End),
		}
	}
	return out
}

// recurrenceConfig is recurrence the other way round.
func recurrenceConfig(r *hours.Recurrence) *wire.RecurrenceConfig {
	if r == nil {
		return nil
	}
	given := func(n int) []int64 {
		if n == 0 {
			return nil
		}
		return []int64{int64(n)}
	}
	frequency, interval := wire.RecurrenceFrequency(r.Frequency), int64(r.Interval)
	return &wire.RecurrenceConfig{RecurrencePattern: &wire.RecurrencePattern{
		Frequency: &frequency, Interval: &interval,
		ByMonth: given(int(r.Month)), ByMonthDay: given(r.MonthDay), ByWeekdayOccurrence: given(r.Occurrence),
	}}
}

func overrideSlice(minute int) *wire.OverrideTimeSlice {
	hour, past := clockOf(minute)
	return &wire.OverrideTimeSlice{Hours: &hour, Minutes: &past}
}

// maxOverrides is the largest page of ListHoursOfOperationOverrides, and the one it gives when none is asked for.
const maxOverrides = 100

// listHoursOverrides lists the overrides by name. Its time is that of the last change to the hours or an override.
func (a *API) listHoursOverrides(_ context.Context, in *wire.ListHoursOfOperationOverridesRequest) (*wire.ListHoursOfOperationOverridesResponse, error) {
	h, err := a.opts.Engine.Hours(*in.InstanceId, *in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	all := slices.SortedFunc(slices.Values(h.Value.Overrides), func(x, y hours.Override) int { return strings.Compare(x.Name, y.Name) })
	list, next, err := page(all, func(o hours.Override) string { return o.Name }, "overrides of hours of operation "+h.ID,
		in.NextToken, in.MaxResults, maxOverrides, a.opts.Engine.Now())
	out := make([]wire.HoursOfOperationOverride, len(list))
	region := a.region(*in.InstanceId)
	for i, o := range list {
		out[i] = describeOverride(h, o)
	}
	return &wire.ListHoursOfOperationOverridesResponse{
		HoursOfOperationOverrideList: out, NextToken: next, LastModifiedTime: wire.Time(h.Modified), LastModifiedRegion: &region,
	}, err
}

func (a *API) updateHoursOverride(ctx context.Context, in *wire.UpdateHoursOfOperationOverrideRequest) (*none, error) {
	u := engine.OverrideUpdate{Name: in.Name, Description: in.Description}
	if in.OverrideType != nil {
		kind := hours.OverrideType(*in.OverrideType)
		u.Type = &kind
	}
	var err error
	if u.From, err = optionalDate("EffectiveFrom", in.EffectiveFrom); err != nil {
		return nil, err
	}
	if u.Till, err = optionalDate("EffectiveTill", in.EffectiveTill); err != nil {
		return nil, err
	}
	if u.Recurrence, err = recurrence(in.RecurrenceConfig); err != nil {
		return nil, err
	}
	if u.Periods, err = overridePeriods(in.Config); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateOverride(ctx, *in.InstanceId, *in.HoursOfOperationId, *in.HoursOfOperationOverrideId, u)
}

// optionalDate reads a date that may be absent. It fails with [fault.Invalid].
func optionalDate(member string, text *string) (*hours.Date, error) {
	if text == nil {
		return nil, nil //nolint:nilnil // it is absent
	}
	d, err := hours.ParseDate(*text)
	return &d, fault.In(member, err)
}

func (a *API) deleteHoursOverride(ctx context.Context, in *wire.DeleteHoursOfOperationOverrideRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteOverride(ctx, *in.InstanceId, *in.HoursOfOperationId, *in.HoursOfOperationOverrideId)
}
