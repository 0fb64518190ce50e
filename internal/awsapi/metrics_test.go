package awsapi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

type metricInput = connect.GetCurrentMetricDataInput

func metrics(names ...types.CurrentMetricName) []types.CurrentMetric {
	var all []types.CurrentMetric
	for _, n := range names {
		all = append(all, types.CurrentMetric{Name: n})
	}
	return all
}

// current asks for real-time metrics: of the stock queue, unless the request says otherwise.
func (x *trial) current(in metricInput) (*connect.GetCurrentMetricDataOutput, error) {
	in.InstanceId = &x.InstanceID
	if in.Filters == nil {
		in.Filters = &types.Filters{Queues: []string{x.QueueID}}
	}
	return x.sdk.GetCurrentMetricData(x.ctx, &in)
}

// numbers are the values of an answer, a line a row: its dimensions, then name and value.
func (x *trial) numbers(in metricInput) string {
	x.t.Helper()
	out, err := x.current(in)
	x.ok(err)
	var rows []string
	for _, r := range out.MetricResults {
		d, parts := r.Dimensions, []string{}
		if d.Queue != nil {
			parts = append(parts, "queue="+*d.Queue.Id)
		}
		if d.RoutingProfile != nil {
			parts = append(parts, "profile")
		}
		if d.AgentStatus != nil {
			parts = append(parts, "status="+aws.ToString(d.AgentStatus.Id))
		}
		if d.Channel != "" {
			parts = append(parts, string(d.Channel))
		}
		for _, c := range r.Collections {
			value := "-"
			if c.Value != nil {
				value = fmt.Sprint(*c.Value)
			}
			parts = append(parts, string(c.Metric.Name)+"="+value)
		}
		rows = append(rows, strings.Join(parts, " "))
	}
	return strings.Join(rows, "\n")
}

func (x *trial) wantNumbers(in metricInput, want ...string) {
	x.t.Helper()
	if got := x.numbers(in); got != strings.Join(want, "\n") {
		x.t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestRealTimeMetricsFollowATask(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	about := metricInput{CurrentMetrics: metrics(
		types.CurrentMetricNameAgentsOnline, types.CurrentMetricNameAgentsStaffed, types.CurrentMetricNameAgentsAvailable,
		types.CurrentMetricNameAgentsOnContact, types.CurrentMetricNameAgentsOnCall, types.CurrentMetricNameAgentsAfterContactWork,
		types.CurrentMetricNameAgentsError, types.CurrentMetricNameAgentsNonProductive, types.CurrentMetricNameSlotsActive,
		types.CurrentMetricNameSlotsAvailable, types.CurrentMetricNameContactsInQueue, types.CurrentMetricNameOldestContactAge,
		types.CurrentMetricNameContactsScheduled,
	)}
	want := func(online, staffed, available, on, acw, wrong, npt, active, slots, waiting, ms int) {
		t.Helper()
		x.wantNumbers(about, fmt.Sprintf("AGENTS_ONLINE=%d AGENTS_STAFFED=%d AGENTS_AVAILABLE=%d AGENTS_ON_CONTACT=%d AGENTS_ON_CALL=%d "+
			"AGENTS_AFTER_CONTACT_WORK=%d AGENTS_ERROR=%d AGENTS_NON_PRODUCTIVE=%d SLOTS_ACTIVE=%d SLOTS_AVAILABLE=%d "+
			"CONTACTS_IN_QUEUE=%d OLDEST_CONTACT_AGE=%d CONTACTS_SCHEDULED=0",
			online, staffed, available, on, on, acw, wrong, npt, active, slots, waiting, ms))
	}
	want(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	x.SetStatus(x.Agent.UserID, "Available")
	want(1, 1, 1, 0, 0, 0, 0, 0, 10, 0, 0)
	desk := x.SignIn(x.Agent)
	id := x.StartTask("work me")
	desk.Accept(id)
	want(1, 1, 0, 1, 0, 0, 0, 1, 9, 0, 0)
	desk.End(id)
	want(1, 1, 0, 1, 1, 0, 0, 1, 9, 0, 0)
	desk.Clear(id)
	want(1, 1, 1, 0, 0, 0, 0, 0, 10, 0, 0)
	missed := x.StartTask("miss me")
	desk.Ringing(missed)
	want(1, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0) // what rings is not in the queue
	x.Advance(31 * time.Second)
	if got := x.numbers(metricInput{CurrentMetrics: metrics(types.CurrentMetricNameAgentsError, types.CurrentMetricNameContactsInQueue)}); got !=
		"AGENTS_ERROR=1 CONTACTS_IN_QUEUE=1" {
		t.Errorf("after a miss: %s", got)
	}
}

func TestOldestContactIsToldInMillisecondsWithoutGrouping(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	x.StartTask("waits")
	x.Advance(24 * time.Second)
	age := func(in metricInput) float64 {
		t.Helper()
		in.CurrentMetrics = []types.CurrentMetric{{Name: types.CurrentMetricNameOldestContactAge, Unit: types.UnitSeconds}}
		out, err := x.current(in)
		x.ok(err)
		if at := out.DataSnapshotTime; at.Sub(x.Now()).Abs() > time.Second || *out.ApproximateTotalCount != 1 {
			t.Errorf("DataSnapshotTime is %v, of %d rows; want %v and 1", at, *out.ApproximateTotalCount, x.Now())
		}
		return *out.MetricResults[0].Collections[0].Value
	}
	if v := age(metricInput{}); v != 24_000 {
		t.Errorf("without grouping %g, want 24000", v)
	}
	if v := age(metricInput{Groupings: []types.Grouping{types.GroupingQueue}}); v != 24 {
		t.Errorf("by queue %g, want 24", v)
	}
}

func TestRealTimeMetricsByGroups(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	other := x.makeQueue(connect.CreateQueueInput{Name: aws.String("Other")})
	user, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	profile := *user.User.RoutingProfileId
	x.StartTask("waits")
	x.StartTask("waits, too")
	both := &types.Filters{Queues: []string{other, x.InstanceARN + "/queue/" + x.QueueID}}
	waiting, online := types.CurrentMetricNameContactsInQueue, types.CurrentMetricNameAgentsOnline
	by := func(g ...types.Grouping) []types.Grouping { return g }
	x.wantNumbers(metricInput{Filters: both, CurrentMetrics: metrics(waiting)}, "CONTACTS_IN_QUEUE=2")
	x.wantNumbers(metricInput{
		Filters: both, Groupings: by(types.GroupingQueue), CurrentMetrics: metrics(waiting),
		SortCriteria: []types.CurrentMetricSortCriteria{{SortByMetric: waiting}},
	}, "queue="+x.QueueID+" CONTACTS_IN_QUEUE=2", "queue="+other+" CONTACTS_IN_QUEUE=0")
	x.wantNumbers(metricInput{
		Filters: both, Groupings: by(types.GroupingQueue), CurrentMetrics: metrics(waiting),
		SortCriteria: []types.CurrentMetricSortCriteria{{SortByMetric: waiting, SortOrder: types.SortOrderAscending}},
	}, "queue="+other+" CONTACTS_IN_QUEUE=0", "queue="+x.QueueID+" CONTACTS_IN_QUEUE=2")
	x.wantNumbers(metricInput{
		Filters:        &types.Filters{RoutingProfiles: []string{profile}, Channels: []types.Channel{types.ChannelVoice, types.ChannelTask}},
		Groupings:      by(types.GroupingRoutingProfile, types.GroupingChannel),
		CurrentMetrics: metrics(waiting, online),
	}, "profile VOICE CONTACTS_IN_QUEUE=0 AGENTS_ONLINE=0", "profile TASK CONTACTS_IN_QUEUE=2 AGENTS_ONLINE=0")
	x.wantNumbers(metricInput{
		Filters:        &types.Filters{Queues: []string{x.QueueID}, Channels: []types.Channel{types.ChannelChat}},
		CurrentMetrics: metrics(waiting),
	}, "CONTACTS_IN_QUEUE=0")
	x.SetStatus(x.Agent.UserID, "Available")
	statuses, err := x.sdk.ListAgentStatuses(x.ctx, &connect.ListAgentStatusesInput{InstanceId: &x.InstanceID})
	x.ok(err)
	for _, s := range statuses.AgentStatusSummaryList {
		if *s.Name == "Available" {
			x.wantNumbers(metricInput{
				Filters:   &types.Filters{Queues: both.Queues, AgentStatuses: []string{*s.Arn}},
				Groupings: by(types.GroupingQueue, types.GroupingAgentStatus), CurrentMetrics: metrics(online),
			}, "queue="+x.QueueID+" status="+*s.Id+" AGENTS_ONLINE=1", "queue="+other+" status="+*s.Id+" AGENTS_ONLINE=0")
		}
	}
	x.wantNumbers(metricInput{Filters: both, CurrentMetrics: []types.CurrentMetric{
		{MetricId: aws.String("arn:aws:connect:us-east-1:aws:metric/AGENTS_ONLINE")},
	}}, "=1")
}

// TestRealTimeMetricsOfAgentQueues asks for the queues that ListQueues gives of type AGENT, by id and by ARN.
func TestRealTimeMetricsOfAgentQueues(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	out, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &x.InstanceID, QueueTypes: []types.QueueType{types.QueueTypeAgent}})
	x.ok(err)
	var byARN string
	for _, q := range out.QueueSummaryList {
		if *q.Id == x.Agent.UserID {
			byARN = *q.Arn
		}
	}
	x.start(startInput{ContactFlowId: nil, QuickConnectId: &x.QuickConnectIDs.Agent}) // waits for the agent, who is offline
	x.start(startInput{})                                                             // waits in the stock queue
	_, err = x.sdk.CreateAgentStatus(x.ctx, &connect.CreateAgentStatusInput{
		InstanceId: &x.InstanceID, Name: aws.String("Lunch"), State: types.AgentStatusStateEnabled,
	})
	x.ok(err)
	x.SetStatus(x.Admin.UserID, "Lunch") // online, and offered nothing
	waiting, online, oldest := types.CurrentMetricNameContactsInQueue, types.CurrentMetricNameAgentsOnline, types.CurrentMetricNameOldestContactAge
	x.Advance(7 * time.Second)
	own := &types.Filters{Queues: []string{x.Agent.UserID}}
	x.wantNumbers(metricInput{Filters: own, CurrentMetrics: metrics(waiting, oldest, online)}, "CONTACTS_IN_QUEUE=1 OLDEST_CONTACT_AGE=7000 AGENTS_ONLINE=0")
	all := &types.Filters{Queues: []string{byARN, x.Admin.UserID, x.QueueID}}
	x.wantNumbers(metricInput{Filters: all, CurrentMetrics: metrics(waiting, online)}, "CONTACTS_IN_QUEUE=2 AGENTS_ONLINE=1")
	x.wantNumbers(metricInput{
		Filters: all, CurrentMetrics: metrics(waiting, online), Groupings: []types.Grouping{types.GroupingQueue},
		SortCriteria: []types.CurrentMetricSortCriteria{{SortByMetric: waiting}},
	},
		"queue="+x.QueueID+" CONTACTS_IN_QUEUE=1 AGENTS_ONLINE=1",
		"queue="+x.Agent.UserID+" CONTACTS_IN_QUEUE=1 AGENTS_ONLINE=0",
		"queue="+x.Admin.UserID+" CONTACTS_IN_QUEUE=0 AGENTS_ONLINE=1")
	x.wantNumbers(metricInput{
		Filters: &types.Filters{Queues: []string{x.Admin.UserID}}, CurrentMetrics: metrics(online), Groupings: []types.Grouping{types.GroupingRoutingProfile},
	}, "profile AGENTS_ONLINE=1")
	found, err := x.sdk.SearchContacts(x.ctx, &connect.SearchContactsInput{
		InstanceId: &x.InstanceID, SearchCriteria: &types.SearchCriteria{QueueIds: []string{byARN}},
		TimeRange: &types.SearchContactsTimeRange{
			Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(x.Now().Add(-time.Hour)), EndTime: aws.Time(x.Now()),
		},
	})
	x.ok(err)
	if len(found.Contacts) != 1 || *found.Contacts[0].QueueInfo.Id != x.Agent.UserID {
		t.Errorf("SearchContacts found %d contacts, want the one in the agent's queue", len(found.Contacts))
	}
	_, err = x.past(historyInput{Filters: []types.FilterV2{filter("QUEUE", byARN)}, Metrics: historical("CONTACTS_QUEUED")})
	x.refused(err, invalidParameter, 400, "agent's own queue is not supported")
}

func TestRealTimeMetricsThatAreRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	online := metrics(types.CurrentMetricNameAgentsOnline)
	queue := []string{x.QueueID}
	agentsOnline := "arn:aws:connect:us-east-1:aws:metric/AGENTS_ONLINE"
	tests := []struct {
		name   string
		in     metricInput
		kind   string
		status int
		says   string
	}{
		{"no filter", metricInput{Filters: &types.Filters{}, CurrentMetrics: online}, invalidParameter, 400, "exactly one"},
		{"unknown queue", metricInput{Filters: &types.Filters{Queues: []string{unknown}}, CurrentMetrics: online}, notFound, 404, unknown},
		{"queue of nobody", metricInput{Filters: &types.Filters{Queues: []string{x.InstanceARN + "/queue/agent/" + unknown}}, CurrentMetrics: online}, notFound, 404, unknown},
		{"eleven ids", metricInput{CurrentMetrics: slices.Repeat([]types.CurrentMetric{{MetricId: &agentsOnline}}, 11)}, invalidParameter, 400, "more than 10"},
		{"unknown metric", metricInput{CurrentMetrics: metrics("CONTACTS_LOST")}, invalidParameter, 400, "CurrentMetrics[0].Name"},
		{
			"wrong unit",
			metricInput{CurrentMetrics: []types.CurrentMetric{{Name: "AGENTS_ONLINE", Unit: types.UnitSeconds}}},
			invalidParameter, 400, "COUNT",
		},
		{
			"name and id",
			metricInput{CurrentMetrics: []types.CurrentMetric{{
				Name: "AGENTS_ONLINE", MetricId: aws.String("arn:aws:connect:us-east-1:aws:metric/AGENTS_ONLINE"),
			}}},
			invalidParameter, 400, "exactly one of Name and MetricId",
		},
		{
			"metric of one's own",
			metricInput{CurrentMetrics: []types.CurrentMetric{{MetricId: &x.InstanceID}}},
			notFound, 404, x.InstanceID,
		},
		{"channel without filter", metricInput{CurrentMetrics: online, Groupings: []types.Grouping{types.GroupingChannel}}, invalidParameter, 400, "Channels"},
		{"subtype", metricInput{CurrentMetrics: online, Groupings: []types.Grouping{types.GroupingSubtype}}, invalidRequest, 400, "SUBTYPE"},
		{
			"step expressions",
			metricInput{CurrentMetrics: online, Filters: &types.Filters{Queues: queue, RoutingStepExpressions: []string{"{}"}}},
			invalidRequest, 400, "RoutingStepExpressions",
		},
		{
			"sorted by slots",
			metricInput{CurrentMetrics: online, SortCriteria: []types.CurrentMetricSortCriteria{{SortByMetric: "SLOTS_ACTIVE"}}},
			invalidParameter, 400, "SLOTS_ACTIVE",
		},
		{"bad token", metricInput{CurrentMetrics: online, NextToken: aws.String("?")}, invalidParameter, 400, "NextToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := x.in(t)
			_, err := x.current(tt.in)
			x.refused(err, tt.kind, tt.status, tt.says)
		})
	}
}

// Every row is told once, whatever changes between two pages.
func TestRealTimeMetricsInPages(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	queues := []string{x.QueueID}
	for i := range 6 {
		queues = append(queues, x.makeQueue(connect.CreateQueueInput{Name: aws.String(fmt.Sprint("Queue ", i))}))
	}
	in := metricInput{
		Filters: &types.Filters{Queues: queues}, Groupings: []types.Grouping{types.GroupingQueue},
		CurrentMetrics: metrics(types.CurrentMetricNameContactsInQueue), MaxResults: aws.Int32(3),
		SortCriteria: []types.CurrentMetricSortCriteria{{SortByMetric: types.CurrentMetricNameContactsInQueue}},
	}
	told := map[string]int{}
	for page := 0; ; page++ {
		out, err := x.current(in)
		x.ok(err)
		for _, r := range out.MetricResults {
			told[*r.Dimensions.Queue.Id]++
		}
		if want := int64(len(queues)); *out.ApproximateTotalCount != want {
			t.Errorf("ApproximateTotalCount = %d, want %d", *out.ApproximateTotalCount, want)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
		if page == 0 {
			x.StartTask("the order is another one now")
			other := in
			other.Groupings = nil
			_, err := x.current(other)
			x.refused(err, invalidRequest, 400, "NextToken")
		}
	}
	for _, q := range queues {
		if told[q] != 1 {
			t.Errorf("queue %s was told %d times", q, told[q])
		}
	}
	in.NextToken = nil
	out, err := x.current(in)
	x.ok(err)
	x.Advance(6 * time.Minute)
	in.NextToken = out.NextToken
	_, err = x.current(in)
	x.refused(err, invalidParameter, 400, "NextToken")
}

func TestContactMetrics(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	tell := func(id string, names ...types.ContactMetricName) (*connect.GetContactMetricsOutput, error) {
		in := &connect.GetContactMetricsInput{InstanceId: &x.InstanceARN, ContactId: &id}
		for _, n := range names {
			in.Metrics = append(in.Metrics, types.ContactMetricInfo{Name: n})
		}
		return x.sdk.GetContactMetrics(context.Background(), in)
	}
	number := func(v types.ContactMetricValue) float64 { return v.(*types.ContactMetricValueMemberNumber).Value }
	first, second, urgent := x.StartTask("first"), x.StartTask("second"), x.StartTask("urgent")
	x.ok(routing(x.Server, urgent, priority(1)))
	for id, want := range map[string]float64{urgent: 1, first: 2, second: 3} {
		out, err := tell(id, types.ContactMetricNamePositionInQueue, types.ContactMetricNameEstimatedWaitTime)
		x.ok(err)
		if len(out.MetricResults) != 1 || number(out.MetricResults[0].Value) != want {
			t.Errorf("%s: %v, want position %g and no estimate, for nobody answers", *x.Describe(id).Name, out.MetricResults, want)
		}
		if *out.Id != id || *out.Arn != x.InstanceARN+"/contact/"+id {
			t.Errorf("Id %s, Arn %s of %s", *out.Id, *out.Arn, id)
		}
	}
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(urgent)
	_, err := tell(urgent, types.ContactMetricNamePositionInQueue)
	x.refused(err, invalidRequest, 400, urgent)
	_, err = tell(unknown, types.ContactMetricNamePositionInQueue)
	x.refused(err, notFound, 404, unknown)
	x.SetStatus(x.Agent.UserID, "Offline")
	x.Advance(31 * time.Second) // what rings comes back
	x.Eventually("the first does not wait", func() bool {
		_, err := tell(first, types.ContactMetricNamePositionInQueue)
		return err == nil
	})
	out, err := tell(x.InstanceARN+"/contact/"+first, types.ContactMetricNameEstimatedWaitTime)
	x.ok(err)
	if v := number(out.MetricResults[0].Value); v != 1800 {
		t.Errorf("estimated wait of the first: %g s, want 1800: one was answered in half an hour", v)
	}
	x.wantNumbers(metricInput{
		Filters:        &types.Filters{Queues: []string{x.QueueID}, Channels: []types.Channel{types.ChannelTask}},
		Groupings:      []types.Grouping{types.GroupingQueue, types.GroupingChannel},
		CurrentMetrics: metrics(types.CurrentMetricNameEstimatedWaitTime),
	}, "queue="+x.QueueID+" TASK ESTIMATED_WAIT_TIME=5400") // for one that comes now, behind two
}
