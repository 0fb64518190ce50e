package awsapi

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) getCurrentMetricData(ctx context.Context, in *wire.GetCurrentMetricDataRequest) (*wire.GetCurrentMetricDataResponse, error) {
	question, echo, err := currentQuestion(in)
	if err != nil {
		return nil, err
	}
	by, descending, err := metricOrder(in.SortCriteria)
	if err != nil {
		return nil, err
	}
	asked := question
	asked.Metrics = append(slices.Clone(question.Metrics), by...)
	at, rows, err := a.opts.Engine.CurrentMetrics(ctx, *in.InstanceId, asked)
	if err != nil {
		return nil, err
	}
	engine.SortMetrics(rows, append(by, metric.AgentsOnline)[0], descending)
	total := int64(len(rows))
	rows, next, err := metricPage(rows, in, a.opts.Engine.Now())
	out := make([]wire.CurrentMetricResult, len(rows))
	for i, r := range rows {
		out[i] = wire.CurrentMetricResult{Dimensions: dimensions(r), Collections: collections(r, question.Metrics, echo)}
	}
	return &wire.GetCurrentMetricDataResponse{
		MetricResults: out, NextToken: next, DataSnapshotTime: wire.Time(at), ApproximateTotalCount: &total,
	}, err
}

// currentQuestion is what a request asks, and its metrics as they are told again.
func currentQuestion(in *wire.GetCurrentMetricDataRequest) (q metric.Question, echo []wire.CurrentMetric, err error) {
	f := wire.Value(in.Filters)
	err = refuse(
		given{"Filters.RoutingStepExpressions", len(f.RoutingStepExpressions) > 0},
		given{"Filters.Subtypes", len(f.Subtypes) > 0},
		given{"Filters.ValidationTestTypes", len(f.ValidationTestTypes) > 0},
		given{"Groupings ROUTING_STEP_EXPRESSION", slices.Contains(in.Groupings, wire.GroupingRoutingStepExpression)},
		given{"Groupings SUBTYPE", slices.Contains(in.Groupings, wire.GroupingSubtype)},
		given{"Groupings VALIDATION_TEST_TYPE", slices.Contains(in.Groupings, wire.GroupingValidationTestType)},
	)
	if err != nil {
		return q, nil, err
	}
	if err := atMost(maxStatuses, "Filters.AgentStatuses", f.AgentStatuses); err != nil {
		return q, nil, err
	}
	q = metric.Question{Queues: f.Queues, Profiles: f.RoutingProfiles, Statuses: f.AgentStatuses}
	for _, g := range in.Groupings {
		q.By = append(q.By, metric.Grouping(g))
	}
	for _, c := range f.Channels {
		if !slices.Contains(q.Channels, string(c)) {
			q.Channels = append(q.Channels, string(c))
		}
	}
	ids := 0
	for _, m := range in.CurrentMetrics {
		if m.MetricId != nil {
			ids++
		}
		if ids > maxCurrentIDs {
			return q, nil, fault.New(fault.Invalid, "CurrentMetrics: more than %d metrics are named by MetricId", maxCurrentIDs)
		}
		name, told, err := currentMetric(m)
		if err != nil {
			return q, nil, err
		}
		q.Metrics, echo = append(q.Metrics, name), append(echo, told)
	}
	return q, echo, nil
}

const (
	maxStatuses   = 50 // agent statuses of a filter
	maxCurrentIDs = 10 // metrics named by MetricId in one request
)

func atMost(n int, member string, list []string) error {
	if len(list) > n {
		return fault.New(fault.Invalid, "%s has %d entries, of at most %d", member, len(list), n)
	}
	return nil
}

// metricARN is what the ARN of a metric of Amazon Connect's own ends with, before its name.
const metricARN = ":aws:metric/"

// currentMetric finds the metric that a request names, by its name or by its ARN, and adds the unit that it has.
func currentMetric(m wire.CurrentMetric) (metric.Name, wire.CurrentMetric, error) {
	if (m.Name == nil) == (m.MetricId == nil) {
		return "", m, fault.New(fault.Invalid, "CurrentMetrics: specify exactly one of Name and MetricId")
	}
	name := metric.Name(wire.Value(m.Name))
	if m.MetricId != nil {
		_, own, ok := strings.Cut(*m.MetricId, metricARN)
		if !ok {
			return "", m, fault.New(fault.NotFound, "CurrentMetrics: metric %s does not exist", *m.MetricId)
		}
		name = metric.Name(own)
	}
	unit, err := metric.Check(name, metric.Unit(wire.Value(m.Unit)))
	told := wire.Unit(unit)
	m.Unit = &told
	return name, m, fault.In("CurrentMetrics", err)
}

// metricOrder is what the rows are sorted by; nothing means by AGENTS_ONLINE, which is always counted.
func metricOrder(criteria []wire.CurrentMetricSortCriteria) (by []metric.Name, descending bool, err error) {
	if len(criteria) == 0 {
		return nil, true, nil
	}
	c := criteria[0]
	order := cmp.Or(wire.Value(c.SortOrder), wire.SortOrderDescending)
	if c.SortByMetric == nil {
		return nil, order == wire.SortOrderDescending, nil
	}
	by = []metric.Name{metric.Name(*c.SortByMetric)}
	return by, order == wire.SortOrderDescending, metric.CheckSort(by[0])
}

func dimensions(r engine.MetricRow) *wire.Dimensions {
	d := wire.Dimensions{}
	if r.Queue.ID != "" {
		d.Queue = &wire.QueueReference{Id: &r.Queue.ID, Arn: &r.Queue.ARN}
	}
	if r.Profile.ID != "" {
		d.RoutingProfile = &wire.RoutingProfileReference{Id: &r.Profile.ID, Arn: &r.Profile.ARN}
	}
	if r.Status.ID != "" {
		d.AgentStatus = &wire.AgentStatusIdentifier{Id: &r.Status.ID, Arn: &r.Status.ARN}
	}
	if r.Channel != "" {
		c := wire.Channel(r.Channel)
		d.Channel = &c
	}
	return &d
}

// collections are the values of a row. Without a grouping the age of the oldest contact is told in milliseconds,
// whatever its unit says (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetCurrentMetricData.html).
func collections(r engine.MetricRow, metrics []metric.Name, echo []wire.CurrentMetric) []wire.CurrentMetricData {
	all := make([]wire.CurrentMetricData, len(metrics))
	for i, name := range metrics {
		all[i].Metric = &echo[i]
		v, known := r.Value(name)
		if name == metric.OldestContactAge && !r.Grouped() {
			v *= 1000
		}
		if known {
			all[i].Value = &v
		}
	}
	return all
}

func (a *API) getContactMetrics(ctx context.Context, in *wire.GetContactMetricsRequest) (*wire.GetContactMetricsResponse, error) {
	pace := slices.ContainsFunc(in.Metrics, func(m wire.ContactMetricInfo) bool {
		return *m.Name == wire.ContactMetricNameEstimatedWaitTime
	})
	line, err := a.opts.Engine.Line(ctx, *in.InstanceId, *in.ContactId, pace)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	id := line.Contact.ID
	of := i.Of(arn.Contact, id)
	out := &wire.GetContactMetricsResponse{Id: &id, Arn: &of, MetricResults: []wire.ContactMetricResult{}}
	for _, m := range in.Metrics {
		v, known := float64(line.Position), true
		if *m.Name == wire.ContactMetricNameEstimatedWaitTime {
			v, known = line.Pace.Wait(line.Position)
		}
		if known {
			out.MetricResults = append(out.MetricResults, wire.ContactMetricResult{
				Name: m.Name, Value: &wire.ContactMetricValue{Number: &v},
			})
		}
	}
	return out, nil
}
