package awsapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

type historyInput = connect.GetMetricDataV2Input

func filter(key string, values ...string) types.FilterV2 {
	return types.FilterV2{FilterKey: &key, FilterValues: values}
}

// past asks for historical metrics: of the stock queue and the last day, unless the request says otherwise.
func (x *trial) past(in historyInput) (*connect.GetMetricDataV2Output, error) {
	in.ResourceArn = &x.InstanceARN
	if in.StartTime == nil {
		end := x.Now()
		in.StartTime, in.EndTime = aws.Time(end.Add(-24*time.Hour)), &end
	}
	if in.Filters == nil {
		in.Filters = []types.FilterV2{filter("QUEUE", x.QueueID)}
	}
	return x.sdk.GetMetricDataV2(x.ctx, &in)
}

// historyText puts an answer in lines: dimensions, then name and value.
func historyText(out *connect.GetMetricDataV2Output) string {
	var rows []string
	for _, r := range out.MetricResults {
		var parts []string
		for _, key := range []string{"QUEUE", "CHANNEL", "AGENT", "AGENT_HIERARCHY_LEVEL_TWO", "DISCONNECT_REASON"} {
			if v, ok := r.Dimensions[key]; ok {
				parts = append(parts, key+"="+v)
			}
		}
		for _, c := range r.Collections {
			value := "-"
			if c.Value != nil {
				value = fmt.Sprintf("%.0f", *c.Value)
			}
			parts = append(parts, *c.Metric.Name+"="+value)
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	return strings.Join(rows, "\n")
}

func (x *trial) wantPast(in historyInput, want ...string) {
	x.t.Helper()
	out, err := x.past(in)
	x.ok(err)
	if got := historyText(out); got != strings.Join(want, "\n") {
		x.t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func historical(names ...string) []types.MetricV2 {
	var all []types.MetricV2
	for _, n := range names {
		all = append(all, types.MetricV2{Name: &n})
	}
	return all
}

func TestHistoricalMetricsOfTasks(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.wantPast(historyInput{Metrics: historical("CONTACTS_CREATED", "CONTACTS_HANDLED")}) // nothing was there
	abandoned := x.StartTask("abandoned")
	x.Advance(30 * time.Second)
	x.stop(abandoned)
	handled := x.StartTask("handled")
	x.Advance(10 * time.Second)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(handled)
	x.Advance(100 * time.Second)
	desk.End(handled)
	x.Advance(20 * time.Second)
	desk.Clear(handled)
	x.StartTask("rings")
	x.Advance(5 * time.Second)

	level := types.MetricV2{Name: aws.String("SERVICE_LEVEL"), Threshold: []types.ThresholdV2{{Comparison: aws.String("LT"), ThresholdValue: aws.Float64(20)}}}
	x.wantPast(historyInput{Metrics: append(historical(
		"CONTACTS_CREATED", "CONTACTS_QUEUED", "CONTACTS_QUEUED_BY_ENQUEUE", "CONTACTS_HANDLED", "CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT",
		"CONTACTS_ABANDONED", "AVG_QUEUE_ANSWER_TIME", "AVG_ABANDON_TIME", "AVG_HANDLE_TIME", "AVG_AFTER_CONTACT_WORK_TIME", "AVG_HOLD_TIME"), level)},
		"CONTACTS_CREATED=3 CONTACTS_QUEUED=2 CONTACTS_QUEUED_BY_ENQUEUE=3 CONTACTS_HANDLED=1 CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT=1 "+
			"CONTACTS_ABANDONED=1 AVG_QUEUE_ANSWER_TIME=10 AVG_ABANDON_TIME=30 AVG_HANDLE_TIME=120 AVG_AFTER_CONTACT_WORK_TIME=20 AVG_HOLD_TIME=0 SERVICE_LEVEL=50")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("QUEUE", x.QueueID), filter("CHANNEL", "TASK")}, Groupings: []string{"QUEUE", "DISCONNECT_REASON"},
		Metrics: historical("CONTACTS_QUEUED", "AVG_HANDLE_TIME"),
	},
		"QUEUE="+x.QueueID+" DISCONNECT_REASON=AGENT_DISCONNECT CONTACTS_QUEUED=1 AVG_HANDLE_TIME=120",
		"QUEUE="+x.QueueID+" DISCONNECT_REASON=API CONTACTS_QUEUED=1 AVG_HANDLE_TIME=-")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("AGENT", x.InstanceARN+"/agent/"+x.Agent.UserID)}, Groupings: []string{"AGENT"},
		Metrics: []types.MetricV2{{Name: aws.String("CONTACTS_HANDLED"), MetricFilters: []types.MetricFilterV2{
			{MetricFilterKey: aws.String("INITIATION_METHOD"), MetricFilterValues: []string{"TRANSFER"}, Negate: true},
		}}},
	}, "AGENT="+x.Agent.UserID+" CONTACTS_HANDLED=1")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("QUEUE", x.QueueID), filter("CHANNEL", "VOICE")}, Metrics: historical("CONTACTS_QUEUED"),
	})
}

func TestHistoricalMetricsByHierarchyGroup(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	country, city := x.inYork()
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	for _, leaves := range []bool{false, true} {
		id := x.StartTask("handled")
		desk.Accept(id)
		desk.End(id)
		desk.Clear(id)
		if !leaves {
			x.ok(x.joinGroup(x.Agent.UserID, nil)) // what was handled before stays where it was
		}
	}
	x.Advance(time.Minute)
	handled := historical("CONTACTS_HANDLED")
	x.wantPast(historyInput{Metrics: handled}, "CONTACTS_HANDLED=2")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("AGENT_HIERARCHY_LEVEL_ONE", *x.describeGroup(country).Arn)}, Metrics: handled,
		Groupings: []string{"AGENT_HIERARCHY_LEVEL_TWO"},
	}, "AGENT_HIERARCHY_LEVEL_TWO="+city+" CONTACTS_HANDLED=1")
	x.wantPast(historyInput{Filters: []types.FilterV2{filter("AGENT_HIERARCHY_LEVEL_TWO", country)}, Metrics: handled})
}

func TestHistoricalMetricsByInterval(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	start := x.Now().Truncate(time.Hour).Add(time.Hour)
	x.AdvanceTo(start.Add(time.Minute))
	x.StartTask("one")
	x.StartTask("two")
	x.AdvanceTo(start.Add(40 * time.Minute))
	x.StartTask("three")
	x.AdvanceTo(start.Add(2 * time.Hour))
	in := historyInput{
		StartTime: &start, EndTime: aws.Time(start.Add(time.Hour)), Metrics: historical("CONTACTS_CREATED"), MaxResults: aws.Int32(1),
		Interval: &types.IntervalDetails{IntervalPeriod: types.IntervalPeriodThirtyMin, TimeZone: aws.String("Asia/Kolkata")},
	}
	var got []string
	for {
		out, err := x.past(in)
		x.ok(err)
		for _, r := range out.MetricResults {
			got = append(got, fmt.Sprintf("%s+%v=%.0f", r.MetricInterval.StartTime.Sub(start), r.MetricInterval.EndTime.Sub(*r.MetricInterval.StartTime), *r.Collections[0].Value))
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if want := "0s+30m0s=2 30m0s+30m0s=1"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestHistoricalMetricsThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	some := historical("CONTACTS_QUEUED")
	later := x.Now().Add(time.Hour)
	threshold := []types.ThresholdV2{{Comparison: aws.String("GT"), ThresholdValue: aws.Float64(20)}}
	tests := []struct {
		name   string
		in     historyInput
		kind   string
		status int
		says   string
	}{
		{"unknown metric", historyInput{Metrics: historical("AGENT_OCCUPANCY")}, invalidRequest, 400, "AGENT_OCCUPANCY"},
		{"no filter of what", historyInput{Metrics: some, Filters: []types.FilterV2{filter("CHANNEL", "TASK")}}, invalidParameter, 400, "at least one of QUEUE"},
		{"unknown filter", historyInput{Metrics: some, Filters: []types.FilterV2{filter("CAMPAIGN", "x")}}, invalidRequest, 400, "CAMPAIGN"},
		{"unknown group", historyInput{Metrics: some, Filters: []types.FilterV2{filter("AGENT_HIERARCHY_LEVEL_FIVE", unknown)}}, notFound, 404, unknown},
		{"unknown queue", historyInput{Metrics: some, Filters: []types.FilterV2{filter("QUEUE", unknown)}}, notFound, 404, unknown},
		{"unknown grouping", historyInput{Metrics: some, Groupings: []string{"FLOW_TYPE"}}, invalidRequest, 400, "FLOW_TYPE"},
		{"grouping twice", historyInput{Metrics: some, Groupings: []string{"QUEUE", "QUEUE"}}, invalidParameter, 400, "twice"},
		{"no threshold", historyInput{Metrics: historical("SERVICE_LEVEL")}, invalidParameter, 400, "Threshold"},
		{"comparison", historyInput{Metrics: []types.MetricV2{{Name: aws.String("SERVICE_LEVEL"), Threshold: threshold}}}, invalidParameter, 400, "LT or LTE"},
		{"future", historyInput{Metrics: some, StartTime: aws.Time(later.Add(-2 * time.Hour)), EndTime: &later}, invalidParameter, 400, "EndTime"},
		{"time zone", historyInput{Metrics: some, Interval: &types.IntervalDetails{TimeZone: aws.String("Mars/Base")}}, invalidParameter, 400, "Mars/Base"},
		{"metric filter", historyInput{Metrics: []types.MetricV2{{
			Name: aws.String("CONTACTS_QUEUED"), MetricFilters: []types.MetricFilterV2{{MetricFilterKey: aws.String("CASE_STATUS"), MetricFilterValues: []string{"x"}}},
		}}}, invalidRequest, 400, "CASE_STATUS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := x.in(t)
			_, err := x.past(tt.in)
			x.refused(err, tt.kind, tt.status, tt.says)
		})
	}
}
