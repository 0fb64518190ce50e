package awsapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// dataText puts an answer of GetMetricData in lines: dimensions, then name and value.
func dataText(out *connect.GetMetricDataOutput) string {
	var rows []string
	for _, r := range out.MetricResults {
		var parts []string
		if q := r.Dimensions.Queue; q != nil {
			parts = append(parts, "queue="+*q.Id)
		}
		if c := r.Dimensions.Channel; c != "" {
			parts = append(parts, string(c))
		}
		for _, c := range r.Collections {
			value := "-"
			if c.Value != nil {
				value = fmt.Sprintf("%.0f", *c.Value)
			}
			parts = append(parts, string(c.Metric.Name)+"="+value)
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	return strings.Join(rows, "\n")
}

// TestMetricData has a task that was abandoned, one that an agent transferred, and the next contact, which they ended.
func TestMetricData(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	x.AdvanceTo(x.Now().Truncate(5 * time.Minute).Add(5 * time.Minute))
	start := x.Now()
	other := x.queue("other")
	abandoned := x.begin()
	x.Advance(30 * time.Second)
	x.stop(abandoned)
	first := x.begin()
	x.Advance(10 * time.Second)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(first)
	x.Advance(100 * time.Second)
	next := x.transfer(first, connect.TransferContactInput{QueueId: &x.QueueID, ContactFlowId: x.stock("Default queue transfer")})
	desk.Accept(next)
	x.Advance(40 * time.Second)
	desk.End(next)
	desk.Clear(first)
	desk.Clear(next)
	x.AdvanceTo(start.Add(5 * time.Minute))
	end := x.Now()

	ask := func(change func(*connect.GetMetricDataInput)) (*connect.GetMetricDataOutput, error) {
		in := &connect.GetMetricDataInput{
			InstanceId: &x.InstanceID, StartTime: &start, EndTime: &end, Filters: &types.Filters{Queues: []string{x.QueueID, other}},
		}
		change(in)
		return x.sdk.GetMetricData(x.ctx, in)
	}
	all := func(in *connect.GetMetricDataInput) {
		for _, name := range types.HistoricalMetricName("").Values() {
			m := types.HistoricalMetric{Name: name}
			if name == types.HistoricalMetricNameServiceLevel {
				m.Threshold = &types.Threshold{Comparison: types.ComparisonLt, ThresholdValue: aws.Float64(20)}
			}
			in.HistoricalMetrics = append(in.HistoricalMetrics, m)
		}
	}
	out, err := ask(all)
	x.ok(err)
	const want = "CONTACTS_QUEUED=3 CONTACTS_HANDLED=2 CONTACTS_ABANDONED=1 CONTACTS_CONSULTED=0 CONTACTS_AGENT_HUNG_UP_FIRST=1 " +
		"CONTACTS_HANDLED_INCOMING=1 CONTACTS_HANDLED_OUTBOUND=0 CONTACTS_HOLD_ABANDONS=0 CONTACTS_TRANSFERRED_IN=1 CONTACTS_TRANSFERRED_OUT=1 " +
		"CONTACTS_TRANSFERRED_IN_FROM_QUEUE=0 CONTACTS_TRANSFERRED_OUT_FROM_QUEUE=0 CONTACTS_MISSED=- CALLBACK_CONTACTS_HANDLED=0 API_CONTACTS_HANDLED=1 " +
		"OCCUPANCY=- HANDLE_TIME=90 AFTER_CONTACT_WORK_TIME=20 QUEUED_TIME=30 ABANDON_TIME=30 QUEUE_ANSWER_TIME=5 HOLD_TIME=0 INTERACTION_TIME=70 " +
		"INTERACTION_AND_HOLD_TIME=70 SERVICE_LEVEL=67"
	if got := dataText(out); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if m := out.MetricResults[0].Collections[0].Metric; m.Unit != types.UnitCount || m.Statistic != types.StatisticSum {
		t.Errorf("CONTACTS_QUEUED is told in %s, %s", m.Unit, m.Statistic)
	}
	queued := []types.HistoricalMetric{{Name: types.HistoricalMetricNameContactsQueued, Unit: types.UnitCount, Statistic: types.StatisticSum}}
	out, err = ask(func(in *connect.GetMetricDataInput) {
		in.HistoricalMetrics, in.Groupings = queued, []types.Grouping{types.GroupingQueue, types.GroupingChannel}
		in.Filters.Channels = []types.Channel{types.ChannelTask}
	})
	x.ok(err)
	if got, want := dataText(out), "queue="+x.QueueID+" TASK CONTACTS_QUEUED=3"; got != want {
		t.Errorf("by queue and channel: %s, want %s", got, want)
	}

	part := start.Add(time.Second)
	early := end.Add(-24*time.Hour - 5*time.Minute)
	full := end.Add(-24 * time.Hour)
	for name, tt := range map[string]struct {
		change func(*connect.GetMetricDataInput)
		kind   string
		says   string
	}{
		"part of 5 minutes": {func(in *connect.GetMetricDataInput) { in.StartTime = &part }, invalidParameter, "multiple of 5 minutes"},
		"too early":         {func(in *connect.GetMetricDataInput) { in.StartTime = &early }, invalidParameter, "24 hours ago"},
		"24 hours":          {func(in *connect.GetMetricDataInput) { in.StartTime = &full }, invalidParameter, "less than 24 hours"},
		"the end first":     {func(in *connect.GetMetricDataInput) { in.StartTime, in.EndTime = &end, &start }, invalidParameter, "before EndTime"},
		"no metric":         {func(in *connect.GetMetricDataInput) { in.HistoricalMetrics = []types.HistoricalMetric{} }, invalidParameter, "at least one metric"},
		"another unit":      {func(in *connect.GetMetricDataInput) { in.HistoricalMetrics[0].Unit = types.UnitSeconds }, invalidParameter, "Unit of CONTACTS_QUEUED must be COUNT"},
		"another statistic": {func(in *connect.GetMetricDataInput) { in.HistoricalMetrics[0].Statistic = types.StatisticMax }, invalidParameter, "must be SUM"},
		"no threshold": {func(in *connect.GetMetricDataInput) {
			in.HistoricalMetrics = []types.HistoricalMetric{{Name: types.HistoricalMetricNameServiceLevel}}
		}, invalidParameter, "Threshold"},
		"21 service levels": {func(in *connect.GetMetricDataInput) {
			all(in)
			in.HistoricalMetrics = many(21, in.HistoricalMetrics[len(in.HistoricalMetrics)-1])
		}, invalidParameter, "of at most 20"},
		"no queue":         {func(in *connect.GetMetricDataInput) { in.Filters = &types.Filters{} }, invalidParameter, "Queues"},
		"routing profiles": {func(in *connect.GetMetricDataInput) { in.Filters.RoutingProfiles = []string{unknown} }, invalidParameter, "RoutingProfiles"},
		"unknown queue":    {func(in *connect.GetMetricDataInput) { in.Filters.Queues = []string{unknown} }, notFound, unknown},
		"grouping":         {func(in *connect.GetMetricDataInput) { in.Groupings = []types.Grouping{types.GroupingRoutingProfile} }, invalidParameter, "Groupings"},
		"nothing counted": {func(in *connect.GetMetricDataInput) {
			in.HistoricalMetrics = []types.HistoricalMetric{{Name: types.HistoricalMetricNameOccupancy}}
		}, invalidRequest, "does not count: OCCUPANCY"},
	} {
		t.Run(name, func(t *testing.T) {
			x := x.in(t)
			_, err := ask(func(in *connect.GetMetricDataInput) {
				in.HistoricalMetrics = []types.HistoricalMetric{queued[0]}
				tt.change(in)
			})
			status := 400
			if tt.kind == notFound {
				status = 404
			}
			x.refused(err, tt.kind, status, tt.says)
		})
	}
}
