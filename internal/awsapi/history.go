package awsapi

import (
	"cmp"
	"context"
	"maps"
	"math"
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
	names := make([]metric.Name, len(h.Metrics))
	for i, w := range h.Metrics {
		names[i] = w.Name
	}
	if err := uncounted(ctx, h.Metrics, names); err != nil {
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
		d := metric.Dimension(g)
		if err := metric.CheckDimension(d); err != nil {
			return h, fault.In("Groupings", err)
		}
		if slices.Contains(h.By, d) {
			return h, fault.New(fault.Invalid, "Groupings: %s is there twice", g)
		}
		h.By = append(h.By, d)
	}
	if err := checkMetrics(in.Metrics); err != nil {
		return h, err
	}
	filters := slices.Sorted(maps.Keys(h.Filters))
	for _, m := range in.Metrics {
		w, err := wantedMetric(m, h.By, filters)
		if err != nil {
			return h, err
		}
		h.Metrics = append(h.Metrics, w)
	}
	return h, nil
}

const (
	maxMetricIDs     = 20 // metrics named by MetricId in one request
	maxServiceLevels = 20 // SERVICE_LEVEL metrics in one request
)

// checkMetrics looks at the metrics of a request together.
func checkMetrics(metrics []wire.MetricV2) error {
	ids, levels := 0, 0
	for _, m := range metrics {
		if m.MetricId != nil {
			ids++
		}
		if wire.Value(m.Name) == "SERVICE_LEVEL" {
			levels++
		}
	}
	switch {
	case len(metrics) == 0:
		return fault.New(fault.Invalid, "Metrics: specify at least one metric")
	case ids > maxMetricIDs:
		return fault.New(fault.Invalid, "Metrics: %d metrics are named by MetricId, of at most %d", ids, maxMetricIDs)
	case levels > maxServiceLevels:
		return fault.New(fault.Invalid, "Metrics: SERVICE_LEVEL is there %d times, of at most %d", levels, maxServiceLevels)
	}
	return nil
}

// uncounted tells the caller which of the metrics have no value because they are not counted here
// (docs/divergences.md), by the names that they have in the request. It fails with [fault.Unsupported] when none of them
// is counted.
func uncounted[N ~string](ctx context.Context, metrics []metric.Wanted, names []N) error {
	var missing []string
	counted := false
	for i, w := range metrics {
		if metric.Counted(w.Name) {
			counted = true
		} else if name := string(names[i]); !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	text := "Metrics that this version of Tasklane does not count: " + strings.Join(missing, ", ")
	if !counted {
		return fault.New(fault.Unsupported, "%s", text)
	}
	remark(ctx, text)
	return nil
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

func historyFilters(filters []wire.FilterV2) (map[metric.Dimension][]string, error) {
	found, values, authorized := map[metric.Dimension][]string{}, 0, false
	for _, f := range filters {
		if f.StringCondition != nil {
			return nil, fault.New(fault.Unsupported, "Filters: StringCondition is not supported by this version of Tasklane")
		}
		d := metric.Dimension(wire.Value(f.FilterKey))
		if err := metric.CheckDimension(d); err != nil {
			return nil, fault.In("Filters", err)
		}
		if len(f.FilterValues) == 0 || found[d] != nil {
			return nil, fault.New(fault.Invalid, "Filters: %s must be there once, with values", d)
		}
		if err := checkChannels(d, f.FilterValues); err != nil {
			return nil, err
		}
		if found[d] = f.FilterValues; d != metric.DimensionChannel {
			values += len(f.FilterValues)
		}
		authorized = authorized || d.OfResource()
	}
	if values > maxFilterValues {
		return nil, fault.New(fault.Invalid, "Filters have %d values, of at most %d", values, maxFilterValues)
	}
	if !authorized {
		return nil, fault.New(fault.Invalid, "Filters: specify at least one of QUEUE, ROUTING_PROFILE, AGENT and AGENT_HIERARCHY_LEVEL_ONE to FIVE")
	}
	return found, nil
}

var channels = []wire.Channel{wire.ChannelVoice, wire.ChannelChat, wire.ChannelTask, wire.ChannelEmail}

func checkChannels(d metric.Dimension, values []string) error {
	if d != metric.DimensionChannel {
		return nil
	}
	for _, v := range values {
		if !slices.Contains(channels, wire.Channel(v)) {
			return fault.New(fault.Invalid, "Filters: %q is no value of CHANNEL: VOICE, CHAT, TASK or EMAIL", v)
		}
	}
	return nil
}

// wantedMetric is a metric that a request names, by its name or by its ARN, and by what all of them are grouped and
// filtered.
func wantedMetric(m wire.MetricV2, groupings, filters []metric.Dimension) (w metric.Wanted, err error) {
	if (m.Name == nil) == (m.MetricId == nil) {
		return w, fault.New(fault.Invalid, "Metrics: specify exactly one of Name and MetricId")
	}
	w.Name = metric.Name(wire.Value(m.Name))
	if m.MetricId != nil {
		_, own, ok := strings.Cut(*m.MetricId, metricARN)
		if !ok {
			return w, fault.New(fault.NotFound, "Metrics: metric %s does not exist", *m.MetricId)
		}
		w.Name = metric.Name(own)
	}
	t, err := threshold(m.Threshold)
	if err != nil {
		return w, fault.In("Metrics", err)
	}
	if t != nil {
		w.Threshold = *t
	}
	own, err := metricFilterKeys(m.MetricFilters)
	if err != nil {
		return w, fault.In("Metrics", err)
	}
	w.Only = metricFilter(m.MetricFilters)
	return w, metric.CheckHistory(w.Name, t, groupings, filters, own)
}

// maxThreshold is 7 days.
const maxThreshold = 604_800

func threshold(list []wire.ThresholdV2) (*metric.Threshold, error) {
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	v, comparison := wire.Value(list[0].ThresholdValue), wire.Value(list[0].Comparison)
	if v < 1 || v > maxThreshold || v != math.Trunc(v) {
		return nil, fault.New(fault.Invalid, "ThresholdValue must be a whole number from 1 to %d", maxThreshold)
	}
	if comparison != "LT" && comparison != "LTE" {
		return nil, fault.New(fault.Invalid, "Comparison must be LT or LTE")
	}
	return &metric.Threshold{Within: time.Duration(v) * time.Second, Inclusive: comparison == "LTE"}, nil
}

// methods are the values of the metric filter INITIATION_METHOD that the reference has somewhere, in capital letters.
var methods = []string{
	"INBOUND", "INCOMING", "OUTBOUND", "TRANSFER", "CALLBACK", "API", "QUEUE_TRANSFER", "DISCONNECT", "EXTERNAL_OUTBOUND",
	"MONITOR", "WEBRTC_API", "AGENT_REPLY", "FLOW", "CALLBACK_CUSTOMER_FIRST_DIALED",
}

// metricFilterKeys are the keys of a metric's own filters.
func metricFilterKeys(filters []wire.MetricFilterV2) ([]metric.Dimension, error) {
	var keys []metric.Dimension
	for _, f := range filters {
		key := metric.Dimension(wire.Value(f.MetricFilterKey))
		if err := metric.CheckDimension(key); err != nil {
			return nil, fault.In("MetricFilterKey", err)
		}
		if len(f.MetricFilterValues) == 0 {
			return nil, fault.New(fault.Invalid, "MetricFilterValues of %s are required", key)
		}
		for _, v := range f.MetricFilterValues {
			if key == metric.DimensionMethod && !slices.Contains(methods, strings.ToUpper(v)) {
				return nil, fault.New(fault.Invalid, "MetricFilterValues: %q is no %s", v, key)
			}
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// metricFilter makes the test for tasks that the filters of a metric mean; nil: all.
func metricFilter(filters []wire.MetricFilterV2) func(*contact.Contact) bool {
	if len(filters) == 0 {
		return nil
	}
	return func(c *contact.Contact) bool {
		for _, f := range filters {
			value := string(c.Method)
			if metric.Dimension(*f.MetricFilterKey) == metric.DimensionReason {
				value = string(c.Reason)
			}
			is := func(v string) bool { return strings.EqualFold(v, value) }
			if slices.ContainsFunc(f.MetricFilterValues, is) == wire.Value(f.Negate) {
				return false
			}
		}
		return true
	}
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
