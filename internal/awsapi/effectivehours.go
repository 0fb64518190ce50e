package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/wire"
)

// getEffectiveHours tells every date that is asked for, and the overrides of those that have any.
func (a *API) getEffectiveHours(_ context.Context, in *wire.GetEffectiveHoursOfOperationsRequest) (*wire.GetEffectiveHoursOfOperationsResponse, error) {
	from, err := hours.ParseDate(*in.FromDate)
	if err != nil {
		return nil, fault.In("fromDate", err)
	}
	to, err := hours.ParseDate(*in.ToDate)
	if err != nil {
		return nil, fault.In("toDate", err)
	}
	h, days, err := a.opts.Engine.EffectiveHours(*in.InstanceId, *in.HoursOfOperationId, from, to)
	if err != nil {
		return nil, err
	}
	zone := h.TimeZone.String()
	out := &wire.GetEffectiveHoursOfOperationsResponse{TimeZone: &zone, EffectiveOverrideHoursList: []wire.EffectiveOverrideHours{}}
	for _, d := range days {
		date := d.Date.String()
		out.EffectiveHoursOfOperationList = append(out.EffectiveHoursOfOperationList,
			wire.EffectiveHoursOfOperations{Date: &date, OperationalHours: operationalHours(d.Open)})
		if len(d.Overrides) > 0 {
			out.EffectiveOverrideHoursList = append(out.EffectiveOverrideHoursList,
				wire.EffectiveOverrideHours{Date: &date, OverrideHours: overrideHours(d.Overrides)})
		}
	}
	return out, nil
}

func operationalHours(open []hours.Span) []wire.OperationalHour {
	out := make([]wire.OperationalHour, len(open))
	for i, s := range open {
		out[i] = wire.OperationalHour{Start: overrideSlice(s.Start), End: overrideSlice(s.End)}
	}
	return out
}

func overrideHours(spans []hours.OverrideSpan) []wire.OverrideHour {
	out := make([]wire.OverrideHour, len(spans))
	for i, s := range spans {
		status := wire.OperationalStatusOpen
		if s.Closes {
			status = wire.OperationalStatusClosed
		}
		out[i] = wire.OverrideHour{Start: overrideSlice(s.Start), End: overrideSlice(s.End), OverrideName: &s.Name, OperationalStatus: &status}
	}
	return out
}
