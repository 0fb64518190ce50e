package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/wire"
)

type hoursEntry = engine.Entry[hours.Hours]

func (a *API) createHours(ctx context.Context, in *wire.CreateHoursOfOperationRequest) (*wire.CreateHoursOfOperationResponse, error) {
	zone, err := hours.NewZone(*in.TimeZone)
	if err != nil {
		return nil, err
	}
	var parents []string
	for i, p := range in.ParentHoursOfOperationConfigs {
		if p.HoursOfOperationId == nil {
			return nil, fault.New(fault.Invalid, "%s.HoursOfOperationId is required", element("ParentHoursOfOperationConfigs", i))
		}
		parents = append(parents, *p.HoursOfOperationId)
	}
	h, err := a.opts.Engine.CreateHours(ctx, *in.InstanceId, hours.Hours{
		Name: *in.Name, Description: wire.Value(in.Description), TimeZone: zone, Periods: periods(in.Config),
		Parents: parents, Tags: in.Tags,
	})
	return &wire.CreateHoursOfOperationResponse{HoursOfOperationId: &h.ID, HoursOfOperationArn: &h.ARN}, err
}

// periods reads weekly hours. None are an empty list, unless the list is nil.
func periods(config []wire.HoursOfOperationConfig) []hours.Period {
	if config == nil {
		return nil
	}
	all := make([]hours.Period, len(config))
	for i, c := range config {
		all[i] = hours.Period{
			Day: string(*c.Day), Start: minuteOf(*c.StartTime.Hours, *c.StartTime.Minutes), End: minuteOf(*c.EndTime.Hours, *c.EndTime.Minutes),
		}
	}
	return all
}

// minuteOf is a time of day in minutes after midnight.
func minuteOf(hour, minute int64) int { return int(60*hour + minute) }

// clockOf is minuteOf the other way round; the end of the day is midnight.
func clockOf(minute int) (hour, past int64) {
	return int64(minute / 60 % 24), int64(minute % 60)
}

func (a *API) describeHours(_ context.Context, in *wire.DescribeHoursOfOperationRequest) (*wire.DescribeHoursOfOperationResponse, error) {
	h, err := a.opts.Engine.Hours(*in.InstanceId, *in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	out := a.hoursOfOperation(*in.InstanceId, h)
	return &wire.DescribeHoursOfOperationResponse{HoursOfOperation: &out}, nil
}

// hoursOfOperation tells Config also when it is empty.
func (a *API) hoursOfOperation(instance string, h hoursEntry) wire.HoursOfOperation {
	zone, region := h.Value.TimeZone.String(), a.region(instance)
	out := wire.HoursOfOperation{
		HoursOfOperationId: &h.ID, HoursOfOperationArn: &h.ARN, Name: &h.Name, Description: wire.String(h.Value.Description),
		TimeZone: &zone, Config: make([]wire.HoursOfOperationConfig, len(h.Value.Periods)), Tags: h.Value.Tags,
		LastModifiedTime: wire.Time(h.Modified), LastModifiedRegion: &region,
	}
	for i, p := range h.Value.Periods {
		day := wire.HoursOfOperationDays(p.Day)
		out.Config[i] = wire.HoursOfOperationConfig{Day: &day, StartTime: timeSlice(p.Start), EndTime: timeSlice(p.End)}
	}
	for _, id := range h.Value.Parents {
		if p, err := a.opts.Engine.Hours(instance, id); err == nil {
			out.ParentHoursOfOperations = append(out.ParentHoursOfOperations,
				wire.HoursOfOperationsIdentifier{Id: &p.ID, Name: &p.Name, Arn: &p.ARN})
		}
	}
	return out
}

func timeSlice(minute int) *wire.HoursOfOperationTimeSlice {
	hour, past := clockOf(minute)
	return &wire.HoursOfOperationTimeSlice{Hours: &hour, Minutes: &past}
}

func (a *API) listHours(_ context.Context, in *wire.ListHoursOfOperationsRequest) (*wire.ListHoursOfOperationsResponse, error) {
	all, err := a.opts.Engine.AllHours(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(h hoursEntry) string { return h.Name }, "hours of operation",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.HoursOfOperationSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, h := range list {
		out[i] = wire.HoursOfOperationSummary{
			Id: &h.ID, Arn: &h.ARN, Name: &h.Name, LastModifiedTime: wire.Time(h.Modified), LastModifiedRegion: &region,
		}
	}
	return &wire.ListHoursOfOperationsResponse{HoursOfOperationSummaryList: out, NextToken: next}, err
}

// hoursFields are what SearchHoursOfOperations can ask for.
var hoursFields = []field[hoursEntry]{
	text("name", func(h hoursEntry) string { return h.Name }),
	text("description", func(h hoursEntry) string { return h.Value.Description }),
	text("timezone", func(h hoursEntry) string { return h.Value.TimeZone.String() }),
	text("resourceID", func(h hoursEntry) string { return h.ID }),
}

func hoursNode(c wire.HoursOfOperationSearchCriteria) node[wire.HoursOfOperationSearchCriteria, hoursEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, hoursFields))
}

func (a *API) searchHours(_ context.Context, in *wire.SearchHoursOfOperationsRequest) (*wire.SearchHoursOfOperationsResponse, error) {
	wanted, err := criteria(in.SearchCriteria, hoursNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(h hoursEntry) map[string]string { return h.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.AllHours(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(h hoursEntry) string { return h.ID }, "hours of operation found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.HoursOfOperation, len(got.items))
	for i, h := range got.items {
		out[i] = a.hoursOfOperation(*in.InstanceId, h)
	}
	return &wire.SearchHoursOfOperationsResponse{HoursOfOperations: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateHours(ctx context.Context, in *wire.UpdateHoursOfOperationRequest) (*none, error) {
	u := engine.HoursUpdate{Name: in.Name, Description: in.Description, Periods: periods(in.Config)}
	if in.TimeZone != nil {
		zone, err := hours.NewZone(*in.TimeZone)
		if err != nil {
			return nil, err
		}
		u.TimeZone = &zone
	}
	return &none{}, a.opts.Engine.UpdateHours(ctx, *in.InstanceId, *in.HoursOfOperationId, u)
}

func (a *API) deleteHours(ctx context.Context, in *wire.DeleteHoursOfOperationRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteHours(ctx, *in.InstanceId, *in.HoursOfOperationId)
}
