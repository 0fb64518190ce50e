package awsapi

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/wire"
)

// getMetricData tells historical metrics of queues by the names and in the units of the first operation for them
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetMetricData.html). They are counted as those of
// GetMetricDataV2 are.
func (a *API) getMetricData(ctx context.Context, in *wire.GetMetricDataRequest) (*wire.GetMetricDataResponse, error) {
	h, echo, err := a.metricData(in)
	if err != nil {
		return nil, err
	}
	names := make([]wire.HistoricalMetricName, len(echo))
	for i, m := range echo {
		names[i] = *m.Name
	}
	if err := uncounted(ctx, h.Metrics, names); err != nil {
		return nil, err
	}
	rows, err := a.opts.Engine.HistoricalMetrics(ctx, *in.InstanceId, h)
	if err != nil {
		return nil, err
	}
	list, next, err := page(rows, engine.HistoryRow.Key, "metric data", in.NextToken, in.MaxResults, maxMetricRows, a.opts.Engine.Now())
	out := make([]wire.HistoricalMetricResult, len(list))
	for i, r := range list {
		out[i] = dataResult(r, h, echo)
	}
	return &wire.GetMetricDataResponse{MetricResults: out, NextToken: next}, err
}

// metricData is what a request asks for, and its metrics as they are told again.
func (a *API) metricData(in *wire.GetMetricDataRequest) (h engine.History, echo []wire.HistoricalMetric, err error) {
	if h.Span, err = metric.DataSpan(in.StartTime.Time, in.EndTime.Time, a.opts.Engine.Now()); err != nil {
		return h, nil, err
	}
	if h.Filters, err = dataFilters(wire.Value(in.Filters)); err != nil {
		return h, nil, err
	}
	for _, g := range in.Groupings {
		d := metric.Dimension(g)
		if d != metric.DimensionQueue && d != metric.DimensionChannel || slices.Contains(h.By, d) {
			return h, nil, fault.New(fault.Invalid, "Groupings: QUEUE and CHANNEL are valid, once each")
		}
		h.By = append(h.By, d)
	}
	if len(in.HistoricalMetrics) == 0 {
		return h, nil, fault.New(fault.Invalid, "HistoricalMetrics: specify at least one metric")
	}
	levels := 0
	for _, m := range in.HistoricalMetrics {
		w, told, err := dataMetric(m)
		if err != nil {
			return h, nil, fault.In("HistoricalMetrics", err)
		}
		if wire.Value(m.Name) == wire.HistoricalMetricNameServiceLevel {
			levels++
		}
		h.Metrics, echo = append(h.Metrics, w), append(echo, told)
	}
	if levels > maxServiceLevels {
		return h, nil, fault.New(fault.Invalid, "HistoricalMetrics: SERVICE_LEVEL is there %d times, of at most %d", levels, maxServiceLevels)
	}
	return h, echo, nil
}

func dataFilters(f wire.Filters) (map[metric.Dimension][]string, error) {
	for _, other := range []given{
		{"RoutingProfiles", len(f.RoutingProfiles) > 0},
		{"RoutingStepExpressions", len(f.RoutingStepExpressions) > 0},
		{"AgentStatuses", len(f.AgentStatuses) > 0},
		{"Subtypes", len(f.Subtypes) > 0},
		{"ValidationTestTypes", len(f.ValidationTestTypes) > 0},
	} {
		if other.is {
			return nil, fault.New(fault.Invalid, "Filters: %s is no filter of GetMetricData, Queues and Channels are", other.member)
		}
	}
	if len(f.Queues) == 0 {
		return nil, fault.New(fault.Invalid, "Filters: specify at least one of Queues")
	}
	filters := map[metric.Dimension][]string{metric.DimensionQueue: f.Queues}
	for _, c := range f.Channels {
		filters[metric.DimensionChannel] = append(filters[metric.DimensionChannel], string(c))
	}
	return filters, nil
}

// dataMetric finds a metric, and adds the unit and the statistic that it has.
func dataMetric(m wire.HistoricalMetric) (metric.Wanted, wire.HistoricalMetric, error) {
	name := wire.Value(m.Name)
	d, err := metric.FindData(metric.Name(name), metric.Unit(wire.Value(m.Unit)), metric.Statistic(wire.Value(m.Statistic)))
	if err != nil {
		return metric.Wanted{}, m, err
	}
	unit, statistic := wire.Unit(d.Unit), wire.Statistic(d.Statistic)
	m.Unit, m.Statistic = &unit, &statistic
	if name != wire.HistoricalMetricNameServiceLevel {
		return d.Wanted(metric.Threshold{}), m, nil
	}
	if m.Threshold == nil || m.Threshold.Comparison == nil {
		return metric.Wanted{}, m, fault.New(fault.Invalid, "SERVICE_LEVEL requires Threshold, with a Comparison")
	}
	v := wire.Value(m.Threshold.ThresholdValue)
	if v < 1 || v > maxThreshold || v != math.Trunc(v) {
		return metric.Wanted{}, m, fault.New(fault.Invalid, "ThresholdValue must be a whole number from 1 to %d", maxThreshold)
	}
	return d.Wanted(metric.Threshold{Within: time.Duration(v) * time.Second}), m, nil
}

func dataResult(r engine.HistoryRow, h engine.History, metrics []wire.HistoricalMetric) wire.HistoricalMetricResult {
	out := wire.HistoricalMetricResult{Dimensions: &wire.Dimensions{}}
	for i, d := range h.By {
		if d == metric.DimensionQueue {
			out.Dimensions.Queue = &wire.QueueReference{Id: &r.Values[i], Arn: &r.ARNs[i]}
			continue
		}
		channel := wire.Channel(r.Values[i])
		out.Dimensions.Channel = &channel
	}
	for i, w := range h.Metrics {
		data := wire.HistoricalMetricData{Metric: &metrics[i]}
		if v, known := r.Tallies[i].Value(w.Name); known {
			data.Value = &v
		}
		out.Collections = append(out.Collections, data)
	}
	return out
}
