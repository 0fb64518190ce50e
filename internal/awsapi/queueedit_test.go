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
	"github.com/google/go-cmp/cmp"
)

// makeQueue makes a queue: unless the request says otherwise it has the hours of the stock queue.
func (x *trial) makeQueue(in connect.CreateQueueInput) string {
	x.t.Helper()
	in.InstanceId = &x.InstanceID
	if in.HoursOfOperationId == nil {
		in.HoursOfOperationId = x.describeQueue(x.QueueID).HoursOfOperationId
	}
	out, err := x.sdk.CreateQueue(x.ctx, &in)
	x.ok(err)
	return *out.QueueId
}

func (x *trial) describeQueue(id string) *types.Queue {
	x.t.Helper()
	out, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &id})
	x.ok(err)
	return out.Queue
}

// queueText puts a queue in one line.
func queueText(q *types.Queue) string {
	most := "any"
	if q.MaxContacts != nil {
		most = fmt.Sprint(*q.MaxContacts)
	}
	return fmt.Sprintf("%s %q %s %s", *q.Name, aws.ToString(q.Description), q.Status, most)
}

func (x *trial) renameQueue(id string, name, description *string) error {
	_, err := x.sdk.UpdateQueueName(x.ctx, &connect.UpdateQueueNameInput{InstanceId: &x.InstanceID, QueueId: &id, Name: name, Description: description})
	return err
}

func (x *trial) setStatus(id string, status types.QueueStatus) error {
	_, err := x.sdk.UpdateQueueStatus(x.ctx, &connect.UpdateQueueStatusInput{InstanceId: &x.InstanceID, QueueId: &id, Status: status})
	return err
}

func (x *trial) setCap(id string, most *int32) error {
	_, err := x.sdk.UpdateQueueMaxContacts(x.ctx, &connect.UpdateQueueMaxContactsInput{InstanceId: &x.InstanceID, QueueId: &id, MaxContacts: most})
	return err
}

func (x *trial) setHours(id, hours string) error {
	_, err := x.sdk.UpdateQueueHoursOfOperation(x.ctx, &connect.UpdateQueueHoursOfOperationInput{InstanceId: &x.InstanceID, QueueId: &id, HoursOfOperationId: &hours})
	return err
}

func (x *trial) deleteQueue(id string) error {
	_, err := x.sdk.DeleteQueue(x.ctx, &connect.DeleteQueueInput{InstanceId: &x.InstanceID, QueueId: &id})
	return err
}

func TestQueueIsChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.makeQueue(connect.CreateQueueInput{Name: aws.String("Claims"), Description: aws.String("of cars"), MaxContacts: aws.Int32(7), Tags: map[string]string{"team": "a"}})
	night := x.hours("Night")
	steps := []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, `Claims "of cars" ENABLED 7`},
		{func() error { return x.renameQueue(id, aws.String("Refunds"), nil) }, `Refunds "of cars" ENABLED 7`},
		{func() error { return x.renameQueue(id, nil, aws.String("of bikes")) }, `Refunds "of bikes" ENABLED 7`},
		{func() error { return x.setStatus(id, types.QueueStatusDisabled) }, `Refunds "of bikes" DISABLED 7`},
		{func() error { return x.setStatus(id, types.QueueStatusDisabled) }, `Refunds "of bikes" DISABLED 7`},
		{func() error { return x.setStatus(id, types.QueueStatusEnabled) }, `Refunds "of bikes" ENABLED 7`},
		{func() error { return x.setCap(id, aws.Int32(0)) }, `Refunds "of bikes" ENABLED 0`},
		{func() error { return x.setCap(id, nil) }, `Refunds "of bikes" ENABLED any`},
		{func() error { return x.setHours(id, x.InstanceARN+"/operating-hours/"+night) }, `Refunds "of bikes" ENABLED any`},
	}
	for _, step := range steps {
		x.ok(step.do())
		if got := queueText(x.describeQueue(id)); got != step.want {
			t.Errorf("the queue is %s, want %s", got, step.want)
		}
	}
	got := x.describeQueue(id)
	if *got.HoursOfOperationId != night || got.Tags["team"] != "a" {
		t.Errorf("the queue has hours %s and tags %v", *got.HoursOfOperationId, got.Tags)
	}
	x.refused(x.renameQueue(id, nil, nil), invalidRequest, 400, "Name", "Description")
	x.refused(x.renameQueue(id, aws.String("BasicQueue"), nil), duplicate, 409, "BasicQueue")
	x.refused(x.setHours(id, unknown), notFound, 404, unknown)
	x.refused(x.setCap(id, aws.Int32(-1)), invalidParameter, 400, "MaxContacts")
	x.refused(x.setStatus(id, "PAUSED"), invalidParameter, 400, "Status")
	for _, none := range []string{unknown, x.Agent.UserID} { // the agent's own queue can be described, not changed
		x.refused(x.renameQueue(none, aws.String("n"), nil), notFound, 404, none)
		x.refused(x.setStatus(none, types.QueueStatusDisabled), notFound, 404, none)
		x.refused(x.setCap(none, nil), notFound, 404, none)
		x.refused(x.setHours(none, night), notFound, 404, none)
		x.refused(x.deleteQueue(none), notFound, 404, none)
	}
}

func TestQueuesAreSearched(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for i, name := range []string{"Claims EU", "Claims US", "Refunds"} {
		x.makeQueue(connect.CreateQueueInput{
			Name: &name, Description: aws.String("number " + fmt.Sprint(i)), Tags: map[string]string{"team": []string{"a", "b"}[i%2]}, MaxContacts: aws.Int32(3),
		})
	}
	is := func(field, value string) *types.QueueSearchCriteria {
		return &types.QueueSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: types.StringComparisonTypeStartsWith, Value: &value}}
	}
	standard := types.QueueSearchCriteria{QueueTypeCondition: types.SearchableQueueTypeStandard}
	team := &types.QueueSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team"), TagValue: aws.String("a")}}}
	for _, tt := range []struct {
		name     string
		criteria *types.QueueSearchCriteria
		filter   *types.QueueSearchFilter
		want     []string
	}{
		{"all", nil, nil, []string{"BasicQueue", "Claims EU", "Claims US", "Refunds"}},
		{"of the type", &standard, nil, []string{"BasicQueue", "Claims EU", "Claims US", "Refunds"}},
		{"by name", is("name", "claims"), nil, []string{"Claims EU", "Claims US"}},
		{"by description", is("description", "number 2"), nil, []string{"Refunds"}},
		{"by id", is("resourceID", x.QueueID), nil, []string{"BasicQueue"}},
		{"by tag", nil, team, []string{"Claims EU", "Refunds"}},
		{"by type and name", &types.QueueSearchCriteria{AndConditions: []types.QueueSearchCriteria{standard, *is("name", "claims")}}, team, []string{"Claims EU"}},
	} {
		var names []string
		pages := connect.NewSearchQueuesPaginator(x.sdk, &connect.SearchQueuesInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, q := range out.Queues {
				names = append(names, *q.Name)
				if q.Status != types.QueueStatusEnabled || *out.ApproximateTotalCount != int64(len(tt.want)) {
					t.Errorf("%s: %d in all, one is %+v", tt.name, *out.ApproximateTotalCount, q)
				}
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	two := standard
	two.StringCondition = is("name", "claims").StringCondition
	_, err := x.sdk.SearchQueues(x.ctx, &connect.SearchQueuesInput{InstanceId: &x.InstanceID, SearchCriteria: &two})
	x.refused(err, invalidRequest, 400, "QueueTypeCondition", "StringCondition")
}

func TestQueueInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.refused(x.deleteQueue(x.QueueID), inUse, 409, "Basic Routing Profile")

	connected := x.queue("Connected")
	quick, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{
		InstanceId: &x.InstanceID, Name: aws.String("to claims"), QuickConnectConfig: &types.QuickConnectConfig{
			QuickConnectType: types.QuickConnectTypeQueue, QueueConfig: &types.QueueQuickConnectConfig{
				QueueId: &connected, ContactFlowId: aws.String(x.marked("to a queue", types.ContactFlowTypeQueueTransfer)),
			},
		},
	})
	x.ok(err)
	x.refused(x.deleteQueue(connected), inUse, 409, "to claims")
	_, err = x.sdk.DeleteQuickConnect(x.ctx, &connect.DeleteQuickConnectInput{InstanceId: &x.InstanceID, QuickConnectId: quick.QuickConnectId})
	x.ok(err)
	x.ok(x.deleteQueue(connected))
	x.refused(x.deleteQueue(connected), notFound, 404, connected)

	waited := x.queue("Waited in")
	task := x.start(startInput{ContactFlowId: aws.String(x.marked("into it", types.ContactFlowTypeContactFlow, waited))})
	x.refused(x.deleteQueue(waited), inUse, 409, "Waited in", "contacts wait")
	x.stop(task)
	x.ok(x.deleteQueue(waited))
	if got := inQueue(x.Describe(task)); got != waited {
		t.Errorf("the task that is over was in queue %q, want %q", got, waited)
	}
	x.queue("Waited in") // the name is free again
}

// toQueue is a flow that takes a task to a queue, and writes into its attribute branch why it could not.
func (x *trial) toQueue(name, queue string) string {
	x.t.Helper()
	note := func(id, value string) string {
		return fmt.Sprintf(`{"Identifier":%q,"Type":"UpdateContactAttributes","Parameters":{"Attributes":{"branch":%q}},
			"Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}}`, id, value)
	}
	return x.publish(name, types.ContactFlowTypeContactFlow, `{"Version":"2019-10-30","StartAction":"choose","Actions":[`+strings.Join([]string{
		fmt.Sprintf(`{"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%q},
			"Transitions":{"NextAction":"enter","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}}`, queue),
		`{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[
			{"ErrorType":"QueueAtCapacity","NextAction":"full"},{"ErrorType":"NoMatchingError","NextAction":"refused"}]}}`,
		note("full", "full"), note("refused", "refused"),
		`{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`,
	}, ",")+`]}`)
}

func TestFullQueueTakesNoMore(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	queue := x.makeQueue(connect.CreateQueueInput{Name: aws.String("Small"), MaxContacts: aws.Int32(5)})
	flow := aws.String(x.toQueue("into it", queue))
	start := func() string { return x.start(startInput{ContactFlowId: flow}) }
	transfer := func(want string) {
		t.Helper()
		out, err := x.sdk.TransferContact(x.ctx, &connect.TransferContactInput{InstanceId: &x.InstanceID, ContactId: aws.String(x.begin()), ContactFlowId: flow})
		x.ok(err)
		x.wantAttribute("branch", want, *out.ContactId)
	}
	var waiting []string
	for range 5 {
		waiting = append(waiting, start())
	}
	x.wantAttribute("branch", "", waiting...)
	x.wantAttribute("branch", "full", start())
	transfer("")     // the sixth, for which there is a buffer
	transfer("full") // but none for a seventh
	x.stop(waiting[0])
	x.wantAttribute("branch", "full", start()) // five are left
	x.stop(waiting[1])
	x.wantAttribute("branch", "", start())
	x.ok(x.setCap(queue, aws.Int32(0)))
	x.wantAttribute("branch", "full", start())
	transfer("full")
	x.ok(x.setCap(queue, nil))
	x.wantAttribute("branch", "", start(), start())
}

func TestOfferedTasksLeaveRoom(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.setCap(x.QueueID, aws.Int32(1)))
	flow := aws.String(x.toQueue("into it", x.QueueID))
	first := x.start(startInput{ContactFlowId: flow})
	x.wantAttribute("branch", "full", x.start(startInput{ContactFlowId: flow}))
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Ringing(first)
	x.wantAttribute("branch", "", first, x.start(startInput{ContactFlowId: flow}))
	// A task that is declined comes back to its queue, however full that is.
	x.ok(x.setCap(x.QueueID, aws.Int32(0)))
	if status, out := desk.Call("RejectContact", map[string]any{"contactId": first}); status != http.StatusOK {
		t.Fatalf("RejectContact: %d %v", status, out)
	}
	x.Advance(3 * time.Second)
	desk.Accept(first)
}

func TestDisabledQueueTakesNoMore(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	flow := aws.String(x.toQueue("into it", x.QueueID))
	waits := x.start(startInput{ContactFlowId: flow})
	x.ok(x.setStatus(x.QueueID, types.QueueStatusDisabled))
	x.wantAttribute("branch", "refused", x.start(startInput{ContactFlowId: flow}))
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(waits) // it is offered all the same
	x.ok(x.setStatus(x.QueueID, types.QueueStatusEnabled))
	next := x.start(startInput{ContactFlowId: flow})
	x.wantAttribute("branch", "", next)
	desk.Ringing(next)
}
