package awsapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
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

const subtypeKey = "contact/segmentAttributes/connect:Subtype"

// own is a metric's own filter.
func own(key string, negate bool, values ...string) types.MetricFilterV2 {
	return types.MetricFilterV2{MetricFilterKey: &key, MetricFilterValues: values, Negate: negate}
}

// historyText puts an answer in lines: dimensions, then name and value.
func historyText(out *connect.GetMetricDataV2Output) string {
	var rows []string
	for _, r := range out.MetricResults {
		var parts []string
		for _, key := range []string{"QUEUE", "CHANNEL", "AGENT", "AGENT_HIERARCHY_LEVEL_TWO", subtypeKey} {
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
	x := newTrial(t, servertest.Frozen)
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
		Filters:   []types.FilterV2{filter("QUEUE", x.QueueID), filter("CHANNEL", "TASK"), filter(subtypeKey, "connect:Task")},
		Groupings: []string{"QUEUE", subtypeKey, "CHANNEL"}, Metrics: historical("CONTACTS_QUEUED", "AVG_HANDLE_TIME"),
	}, "QUEUE="+x.QueueID+" CHANNEL=TASK "+subtypeKey+"=connect:Task CONTACTS_QUEUED=2 AVG_HANDLE_TIME=120")
	x.wantPast(historyInput{Metrics: []types.MetricV2{
		{Name: aws.String("SUM_CONTACTS_DISCONNECTED"), MetricFilters: []types.MetricFilterV2{own("DISCONNECT_REASON", false, "API")}},
		{Name: aws.String("CONTACTS_HANDLED"), MetricFilters: []types.MetricFilterV2{own("DISCONNECT_REASON", false, "API")}},
		{Name: aws.String("CONTACTS_CREATED"), MetricFilters: []types.MetricFilterV2{own("INITIATION_METHOD", false, "INBOUND", "api")}},
		{Name: aws.String("CONTACTS_ABANDONED"), MetricFilters: []types.MetricFilterV2{own("INITIATION_METHOD", true, "API")}},
	}}, "SUM_CONTACTS_DISCONNECTED=1 CONTACTS_HANDLED=0 CONTACTS_CREATED=3 CONTACTS_ABANDONED=0")
	// Programs send a threshold where it is of no effect, or an empty list of them.
	x.wantPast(historyInput{Metrics: []types.MetricV2{
		{Name: aws.String("CONTACTS_QUEUED"), Threshold: level.Threshold}, {Name: aws.String("CONTACTS_HANDLED"), Threshold: []types.ThresholdV2{}},
	}}, "CONTACTS_QUEUED=2 CONTACTS_HANDLED=1")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("AGENT", x.InstanceARN+"/agent/"+x.Agent.UserID)}, Groupings: []string{"AGENT"},
		Metrics: []types.MetricV2{{Name: aws.String("CONTACTS_HANDLED"), MetricFilters: []types.MetricFilterV2{
			own("INITIATION_METHOD", true, "TRANSFER"),
		}}},
	}, "AGENT="+x.Agent.UserID+" CONTACTS_HANDLED=1")
	x.wantPast(historyInput{
		Filters: []types.FilterV2{filter("QUEUE", x.QueueID), filter("CHANNEL", "VOICE")}, Metrics: historical("CONTACTS_QUEUED"),
	})
}

func TestHistoricalMetricsByHierarchyGroup(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
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
	x := newTrial(t, servertest.Frozen)
	start := x.Now().Truncate(time.Hour).Add(time.Hour)
	x.AdvanceTo(start.Add(time.Minute))
	x.StartTask("one")
	x.StartTask("two")
	x.AdvanceTo(start.Add(40 * time.Minute))
	x.StartTask("three")
	x.AdvanceTo(start.Add(2 * time.Hour))
	x.wantPast(historyInput{ // in a day there are 48 half-hours, and most are empty
		StartTime: aws.Time(start.Add(-22 * time.Hour)), EndTime: aws.Time(start.Add(2 * time.Hour)), Groupings: []string{"QUEUE"},
		Metrics: historical("CONTACTS_CREATED", "AVG_HANDLE_TIME"), Interval: &types.IntervalDetails{IntervalPeriod: types.IntervalPeriodThirtyMin},
	}, slices.Concat(slices.Repeat([]string{empty(x)}, 44), []string{
		"QUEUE=" + x.QueueID + " CONTACTS_CREATED=2 AVG_HANDLE_TIME=-", "QUEUE=" + x.QueueID + " CONTACTS_CREATED=1 AVG_HANDLE_TIME=-",
		empty(x), empty(x),
	})...)
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

// empty is the row of an interval without contacts.
func empty(x *trial) string { return "QUEUE=" + x.QueueID + " CONTACTS_CREATED=0 AVG_HANDLE_TIME=-" }

// TestHistoricalMetricsThatAreNotCounted has metrics of agents beside others: they have no value, and the answer says so.
func TestHistoricalMetricsThatAreNotCounted(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	x.stop(x.StartTask("gone"))
	x.Advance(time.Second)
	x.wantPast(historyInput{Metrics: historical("AGENT_NON_RESPONSE", "CONTACTS_QUEUED", "AVG_TALK_TIME")},
		"AGENT_NON_RESPONSE=- CONTACTS_QUEUED=1 AVG_TALK_TIME=-")
	body := fmt.Sprintf(`{"ResourceArn":%q,"StartTime":%d,"EndTime":%d,"Filters":[{"FilterKey":"QUEUE","FilterValues":[%q]}],`+
		`"Metrics":[{"Name":"AGENT_NON_RESPONSE"},{"Name":"CONTACTS_QUEUED"},{"Name":"AVG_TALK_TIME"},{"Name":"AVG_TALK_TIME"}]}`,
		x.InstanceARN, x.Now().Add(-time.Hour).Unix(), x.Now().Unix(), x.QueueID)
	res, err := http.Post(x.URL+"/metrics/data", "application/json", strings.NewReader(body))
	x.ok(err)
	x.ok(res.Body.Close())
	if got, want := res.Header.Get("X-Tasklane-Remark"), "Metrics that this version of Tasklane does not count: AGENT_NON_RESPONSE, AVG_TALK_TIME"; got != want {
		t.Errorf("%s, remark %q, want %q", res.Status, got, want)
	}
	_, err = x.past(historyInput{Metrics: historical("AGENT_NON_RESPONSE", "AVG_TALK_TIME")})
	x.refused(err, invalidRequest, 400, "does not count: AGENT_NON_RESPONSE, AVG_TALK_TIME")
}

func TestHistoricalMetricsThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	some := historical("CONTACTS_QUEUED")
	now := x.Now().Truncate(time.Second)
	later := now.Add(time.Hour)
	some20 := []types.ThresholdV2{{Comparison: aws.String("LTE"), ThresholdValue: aws.Float64(20)}}
	threshold := []types.ThresholdV2{{Comparison: aws.String("GT"), ThresholdValue: aws.Float64(20)}}
	tests := []struct {
		name   string
		in     historyInput
		kind   string
		status int
		says   string
	}{
		{"unknown metric", historyInput{Metrics: historical("CONTACTS_QUEUED", "QUEUE_SIZE")}, invalidParameter, 400, `no metric "QUEUE_SIZE"`},
		{"no metric", historyInput{Metrics: []types.MetricV2{}}, invalidParameter, 400, "at least one metric"},
		{"neither name nor id", historyInput{Metrics: []types.MetricV2{{}}}, invalidParameter, 400, "exactly one of Name and MetricId"},
		{"metric of one's own", historyInput{Metrics: []types.MetricV2{{MetricId: &x.InstanceID}}}, notFound, 404, x.InstanceID},
		{"21 ids", historyInput{Metrics: slices.Repeat([]types.MetricV2{{MetricId: aws.String("arn:aws:connect:us-east-1:aws:metric/CONTACTS_QUEUED")}}, 21)}, invalidParameter, 400, "at most 20"},
		{"21 service levels", historyInput{Metrics: slices.Repeat([]types.MetricV2{{Name: aws.String("SERVICE_LEVEL"), Threshold: some20}}, 21)}, invalidParameter, 400, "SERVICE_LEVEL is there 21 times"},
		{"grouping of another metric", historyInput{Metrics: []types.MetricV2{{Name: aws.String("SERVICE_LEVEL"), Threshold: some20}}, Groupings: []string{"AGENT"}}, invalidParameter, 400, "Groupings: AGENT is not valid for metric SERVICE_LEVEL"},
		{"filter of another metric", historyInput{Metrics: historical("AGENT_OCCUPANCY")}, invalidParameter, 400, "Filters: QUEUE is not valid for metric AGENT_OCCUPANCY"},
		{"grouping of no metric", historyInput{Metrics: some, Groupings: []string{"DISCONNECT_REASON"}}, invalidParameter, 400, "DISCONNECT_REASON is not valid"},
		{"own filter of another metric", historyInput{Metrics: []types.MetricV2{{Name: aws.String("CONTACTS_QUEUED"), MetricFilters: []types.MetricFilterV2{own("INITIATION_METHOD", false, "API")}}}}, invalidParameter, 400, "MetricFilters: INITIATION_METHOD is not valid"},
		{"initiation method", historyInput{Metrics: []types.MetricV2{{Name: aws.String("CONTACTS_CREATED"), MetricFilters: []types.MetricFilterV2{own("INITIATION_METHOD", false, "POST")}}}}, invalidParameter, 400, `"POST" is no INITIATION_METHOD`},
		{"channel", historyInput{Metrics: some, Filters: []types.FilterV2{filter("QUEUE", x.QueueID), filter("CHANNEL", "FAX")}}, invalidParameter, 400, `"FAX" is no value of CHANNEL`},
		{"misspelt filter", historyInput{Metrics: some, Filters: []types.FilterV2{filter("QEUE", x.QueueID)}}, invalidParameter, 400, "QEUE"},
		{"part of a second", historyInput{Metrics: []types.MetricV2{{Name: aws.String("SERVICE_LEVEL"), Threshold: []types.ThresholdV2{{Comparison: aws.String("LT"), ThresholdValue: aws.Float64(1.5)}}}}}, invalidParameter, 400, "whole number"},
		{"35 days", historyInput{Metrics: some, StartTime: aws.Time(now.AddDate(0, 0, -35)), EndTime: &now}, invalidParameter, 400, "less than 35 days"},
		{"3 days of hours", historyInput{Metrics: some, StartTime: aws.Time(now.AddDate(0, 0, -3)), EndTime: &now, Interval: &types.IntervalDetails{IntervalPeriod: types.IntervalPeriodHour}}, invalidParameter, 400, "less than 3 days"},
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
