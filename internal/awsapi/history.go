package awsapi

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) getMetricDataV2(ctx context.Context, in *wire.GetMetricDataV2Request) (*wire.GetMetricDataV2Response, error) {
	h, err := history(in)
	if err != nil {
		return nil, err
	}
	rows, err := a.opts.Engine.HistoricalMetrics(ctx, *in.ResourceArn, h)
	if err != nil {
		return nil, err
	}
	list, next, err := page(rows, engine.HistoryRow.Key, "metric history", in.NextToken, in.MaxResults, maxMetricRows, a.opts.Engine.Now())
	out := make([]wire.MetricResultV2, len(list))
	for i, r := range list {
		out[i] = metricResult(r, h, in.Metrics)
	}
	return &wire.GetMetricDataV2Response{MetricResults: out, NextToken: next}, err
}

// history is what a request asks for.
func history(in *wire.GetMetricDataV2Request) (h engine.History, err error) {
	if !strings.HasPrefix(*in.ResourceArn, "arn:") {
		return h, fault.New(fault.Invalid, "ResourceArn must be the ARN of an instance")
	}
	if h.Span, err = span(in); err != nil {
		return h, err
	}
	if h.Filters, err = historyFilters(in.Filters); err != nil {
		return h, err
	}
	for _, g := range in.Groupings {
		d, err := dimension("Groupings", g)
		if err != nil {
			return h, err
		}
		if slices.Contains(h.By, d) {
			return h, fault.New(fault.Invalid, "Groupings: %s is there twice", g)
		}
		h.By = append(h.By, d)
	}
	for _, m := range in.Metrics {
		w, err := wantedMetric(m)
		if err != nil {
			return h, fault.In("Metrics", err)
		}
		h.Metrics = append(h.Metrics, w)
	}
	if len(h.Metrics) == 0 {
		return h, fault.New(fault.Invalid, "Metrics: specify at least one metric")
	}
	return h, nil
}

func span(in *wire.GetMetricDataV2Request) (metric.Span, error) {
	interval := wire.Value(in.Interval)
	s := metric.Span{
		Start: in.StartTime.Time, End: in.EndTime.Time, Zone: time.UTC,
		Period: metric.Period(cmp.Or(wire.Value(interval.IntervalPeriod), wire.IntervalPeriodTotal)),
	}
	if name := wire.Value(interval.TimeZone); name != "" {
		if _, err := hours.NewZone(name); err != nil {
			return s, fault.In("Interval", err)
		}
		var err error
		if s.Zone, err = time.LoadLocation(name); err != nil {
			return s, err
		}
	}
	return s, nil
}

// maxFilterValues bounds the values of all filters together, those of CHANNEL left out.
const maxFilterValues = 100

func historyFilters(filters []wire.FilterV2) (map[engine.Dimension][]string, error) {
	found, values := map[engine.Dimension][]string{}, 0
	for _, f := range filters {
		if f.StringCondition != nil {
			return nil, fault.New(fault.Unsupported, "Filters: StringCondition is not supported by this version of Tasklane")
		}
		d, err := dimension("Filters", wire.Value(f.FilterKey))
		if err != nil {
			return nil, err
		}
		if len(f.FilterValues) == 0 || found[d] != nil {
			return nil, fault.New(fault.Invalid, "Filters: %s must be there once, with values", d)
		}
		if found[d] = f.FilterValues; d != engine.DimensionChannel {
			values += len(f.FilterValues)
		}
	}
	if values > maxFilterValues {
		return nil, fault.New(fault.Invalid, "Filters have %d values, of at most %d", values, maxFilterValues)
	}
	for _, d := range append(engine.HierarchyDimensions[:], engine.DimensionQueue, engine.DimensionProfile, engine.DimensionAgent) {
		if found[d] != nil {
			return found, nil
		}
	}
	return nil, fault.New(fault.Invalid, "Filters: specify at least one of QUEUE, ROUTING_PROFILE, AGENT and AGENT_HIERARCHY_LEVEL_ONE to FIVE")
}

// dimension is what a filter or a grouping names.
func dimension(member, name string) (engine.Dimension, error) {
	d := engine.Dimension(name)
	switch d {
	case engine.DimensionQueue, engine.DimensionProfile, engine.DimensionAgent, engine.DimensionChannel,
		engine.DimensionMethod, engine.DimensionReason:
		return d, nil
	}
	if slices.Contains(engine.HierarchyDimensions[:], d) {
		return d, nil
	}
	return "", fault.New(fault.Unsupported, "%s: %s is not supported by this version of Tasklane", member, name)
}

// wantedMetric is a metric that a request names, by its name or by its ARN.
func wantedMetric(m wire.MetricV2) (w metric.Wanted, err error) {
	name := wire.Value(m.Name)
	if m.MetricId != nil {
		_, own, ok := strings.Cut(*m.MetricId, metricARN)
		if !ok || m.Name != nil {
			return w, fault.New(fault.Invalid, "specify exactly one of Name and MetricId, and a metric of Amazon Connect's own")
		}
		name = own
	}
	w.Name = metric.Name(name)
	t, err := threshold(m.Threshold)
	if err != nil {
		return w, err
	}
	if t != nil {
		w.Threshold = *t
	}
	if err := metric.CheckHistory(w.Name, t); err != nil {
		return w, err
	}
	w.Only, err = metricFilter(m.MetricFilters)
	return w, err
}

// maxThreshold is 7 days.
const maxThreshold = 604_800

func threshold(list []wire.ThresholdV2) (*metric.Threshold, error) {
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	v, comparison := wire.Value(list[0].ThresholdValue), wire.Value(list[0].Comparison)
	if v < 1 || v > maxThreshold {
		return nil, fault.New(fault.Invalid, "ThresholdValue must be from 1 to %d", maxThreshold)
	}
	if comparison != "LT" && comparison != "LTE" {
		return nil, fault.New(fault.Invalid, "Comparison must be LT or LTE")
	}
	return &metric.Threshold{Within: time.Duration(v * float64(time.Second)), Inclusive: comparison == "LTE"}, nil
}

// metricFilter makes the test for tasks that the filters of a metric mean; nil: all.
func metricFilter(filters []wire.MetricFilterV2) (func(*contact.Contact) bool, error) {
	if len(filters) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	for _, f := range filters {
		key := engine.Dimension(wire.Value(f.MetricFilterKey))
		if key != engine.DimensionMethod && key != engine.DimensionReason {
			return nil, fault.New(fault.Unsupported, "MetricFilterKey %s is not supported by this version of Tasklane", key)
		}
		if len(f.MetricFilterValues) == 0 {
			return nil, fault.New(fault.Invalid, "MetricFilterValues of %s are required", key)
		}
	}
	return func(c *contact.Contact) bool {
		for _, f := range filters {
			value := string(c.Method)
			if engine.Dimension(*f.MetricFilterKey) == engine.DimensionReason {
				value = string(c.Reason)
			}
			if slices.Contains(f.MetricFilterValues, value) == wire.Value(f.Negate) {
				return false
			}
		}
		return true
	}, nil
}

func metricResult(r engine.HistoryRow, h engine.History, metrics []wire.MetricV2) wire.MetricResultV2 {
	period := wire.IntervalPeriod(h.Span.Period)
	out := wire.MetricResultV2{
		Dimensions:     map[string]string{},
		MetricInterval: &wire.MetricInterval{Interval: &period, StartTime: wire.Time(r.From), EndTime: wire.Time(r.To)},
	}
	for i, d := range h.By {
		out.Dimensions[string(d)] = r.Values[i]
		if r.ARNs[i] != "" {
			out.Dimensions[string(d)+"_ARN"] = r.ARNs[i]
		}
	}
	for i, w := range h.Metrics {
		data := wire.MetricDataV2{Metric: &metrics[i]}
		if v, known := r.Tallies[i].Value(w.Name); known {
			data.Value = &v
		}
		out.Collections = append(out.Collections, data)
	}
	return out
}
