package awsapi_test

import (
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// tryTransfer transfers a task; unless the request says otherwise, with the sample flow.
func (x *trial) tryTransfer(id string, in connect.TransferContactInput) (*connect.TransferContactOutput, error) {
	in.InstanceId, in.ContactId = &x.InstanceID, &id
	if in.ContactFlowId == nil {
		in.ContactFlowId = &x.FlowID
	}
	return x.sdk.TransferContact(x.ctx, &in)
}

func (x *trial) transfer(id string, in connect.TransferContactInput) string {
	x.t.Helper()
	out, err := x.tryTransfer(id, in)
	x.ok(err)
	if want := x.InstanceARN + "/contact/" + *out.ContactId; *out.ContactArn != want {
		x.t.Errorf("ContactArn = %s, want %s", *out.ContactArn, want)
	}
	return *out.ContactId
}

// stock is the id of a flow of a new instance.
func (x *trial) stock(name string) *string {
	x.t.Helper()
	out, err := x.sdk.ListContactFlows(x.ctx, &connect.ListContactFlowsInput{InstanceId: &x.InstanceID})
	x.ok(err)
	for _, f := range out.ContactFlowSummaryList {
		if *f.Name == name {
			return f.Id
		}
	}
	x.t.Fatalf("no flow is named %s", name)
	return nil
}

func TestTransferInEveryState(t *testing.T) {
	t.Parallel()
	s := newStates(t)
	s.each(func(x *trial, state, id string) {
		before := x.Describe(id)
		out, err := x.tryTransfer(id, connect.TransferContactInput{ContactFlowId: &s.flow})
		switch state {
		case stateScheduled, stateAfterWork, stateOver:
			x.refused(err, invalidRequest, 400, id)
			x.wantReason(id, aws.ToString(before.DisconnectReason))
			return
		}
		x.ok(err)
		x.wantReason(id, "OTHER")
		c := x.wantReason(*out.ContactId, "")
		if *c.PreviousContactId != id || *c.InitialContactId != id || c.InitiationMethod != types.ContactInitiationMethodTransfer || c.AgentInfo != nil {
			x.t.Errorf("the next contact follows %s, began with %s, by %s, agent %v", *c.PreviousContactId, *c.InitialContactId, c.InitiationMethod, c.AgentInfo)
		}
		x.wantOnDesk(s.desk, id, map[string]string{stateConnected: "ended", statePausedWithAgent: "ended"}[state])
		x.wantOnDesk(s.desk, *out.ContactId, "")
	})
}

func TestTransferGoesWhereItIsSent(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	queue := x.queue("second line")
	toQueue, toAgent := x.stock("Default queue transfer"), x.stock("Default agent transfer")
	for name, tt := range map[string]struct {
		in   connect.TransferContactInput
		want string
	}{
		"queue":               {connect.TransferContactInput{QueueId: &queue, ContactFlowId: toQueue}, queue},
		"queue by ARN":        {connect.TransferContactInput{QueueId: aws.String(x.InstanceARN + "/queue/" + queue), ContactFlowId: toQueue}, queue},
		"user":                {connect.TransferContactInput{UserId: &x.Admin.UserID, ContactFlowId: toAgent}, x.Admin.UserID},
		"user by ARN":         {connect.TransferContactInput{UserId: aws.String(x.InstanceARN + "/agent/" + x.Admin.UserID), ContactFlowId: toAgent}, x.Admin.UserID},
		"where the flow says": {connect.TransferContactInput{}, x.QueueID},
		"flow over queue":     {connect.TransferContactInput{QueueId: &queue}, x.QueueID},
	} {
		id := x.transfer(x.begin(), tt.in)
		if got := inQueue(x.Describe(id)); got != tt.want {
			t.Errorf("%s: the next contact is in queue %q, want %s", name, got, tt.want)
		}
	}
	nowhere := x.transfer(x.begin(), connect.TransferContactInput{ContactFlowId: toQueue})
	x.wantReason(nowhere, "CONTACT_FLOW_DISCONNECT") // no queue is preset for this flow

	task := x.begin()
	_, err := x.tryTransfer(task, connect.TransferContactInput{QueueId: &queue, UserId: &x.Admin.UserID})
	x.refused(err, invalidRequest, 400, "QueueId", "UserId")
	for member, in := range map[string]connect.TransferContactInput{
		"QueueId": {QueueId: aws.String(unknown)}, "UserId": {UserId: aws.String(unknown)},
	} {
		_, err := x.tryTransfer(task, in)
		x.refused(err, notFound, 404, member, unknown)
	}
	full := x.queue("full")
	_, err = x.sdk.UpdateQueueMaxContacts(x.ctx, &connect.UpdateQueueMaxContactsInput{
		InstanceId: &x.InstanceID, QueueId: &full, MaxContacts: aws.Int32(0),
	})
	x.ok(err)
	_, err = x.tryTransfer(task, connect.TransferContactInput{QueueId: &full, ContactFlowId: toQueue})
	x.refused(err, invalidRequest, 400, "was not transferred", full)
	for flow, want := range x.unusableFlows() {
		_, err := x.tryTransfer(task, connect.TransferContactInput{ContactFlowId: &flow})
		x.refused(err, want.kind, want.status, "ContactFlowId", want.says)
	}
	_, err = x.tryTransfer(unknown, connect.TransferContactInput{})
	x.refused(err, notFound, 404, "contact "+unknown)
	x.wantReason(task, "") // and nothing of this has ended it
}

func TestTransferCarriesTheTaskOver(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	_, err := x.sdk.CreatePredefinedAttribute(x.ctx, &connect.CreatePredefinedAttributeInput{InstanceId: &x.InstanceID, Name: aws.String("tier"), Values: valuesOf("gold", "silver")})
	x.ok(err)
	related := x.begin()
	first := x.start(startInput{
		Name: aws.String("Refund"), Description: aws.String("Both items"), References: everyReference, RelatedContactId: &related,
		Attributes: map[string]string{"order": "1"},
		SegmentAttributes: map[string]types.SegmentAttributeValue{
			"tier": {ValueString: aws.String("gold")}, "connect:ContactExpiry": life(3 * 24 * 60),
		},
	})
	x.Advance(24 * time.Hour)
	next := x.transfer(first, connect.TransferContactInput{})
	a, b := x.Describe(first), x.Describe(next)
	if *b.Name != "Refund" || *b.Description != "Both items" || *b.RelatedContactId != related || *b.ContactAssociationId != *a.ContactAssociationId || len(x.references(next)) != len(everyReference) {
		t.Errorf("the next contact is %q, %q, related to %s, of tree %s, with references %v", *b.Name, *b.Description, *b.RelatedContactId, *b.ContactAssociationId, x.references(next))
	}
	if got, want := expiry(b), expiry(a); got != want || want != a.InitiationTimestamp.AddDate(0, 0, 3).Format(expiryForm) {
		t.Errorf("the next contact expires at %s, the first at %s; want three days after its start", got, want)
	}
	x.setAttribute(next, "order", "2")
	x.wantAttribute("order", "2", first, next)
	x.ok(x.update(next, connect.UpdateContactInput{SegmentAttributes: map[string]types.SegmentAttributeValue{"tier": {ValueString: aws.String("silver")}}}))
	for id, want := range map[string]string{first: "gold", next: "silver"} {
		if got := x.Describe(id).SegmentAttributes["tier"].ValueString; aws.ToString(got) != want {
			t.Errorf("tier of %s = %v, want %s", id, aws.ToString(got), want)
		}
	}
	x.AdvanceTo(a.InitiationTimestamp.AddDate(0, 0, 3).Add(time.Second))
	if c := x.wantReason(next, "EXPIRED"); !near(c.DisconnectTimestamp, a.InitiationTimestamp.AddDate(0, 0, 3)) {
		t.Errorf("expired at %v", c.DisconnectTimestamp)
	}

	template := x.template("refunds")
	made := x.start(startInput{TaskTemplateId: &template})
	if c := x.Describe(x.transfer(made, connect.TransferContactInput{})); c.TaskTemplateInfo == nil || *c.TaskTemplateInfo.Name != "refunds" {
		t.Errorf("TaskTemplateInfo = %v", c.TaskTemplateInfo)
	}
}

func TestTwelfthTransfer(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.begin()
	for range 11 {
		id = x.transfer(id, connect.TransferContactInput{})
	}
	_, err := x.tryTransfer(id, connect.TransferContactInput{})
	x.refused(err, quotaExceeded, 402, "11")
	x.wantReason(id, "")
	for range 12 { // transfers do not count among the linked tasks
		x.follow(id)
	}
	_, err = x.try(startInput{PreviousContactId: &id})
	x.refused(err, quotaExceeded, 402, "12")

	full := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 1} })
	last := full.transfer(full.begin(), connect.TransferContactInput{}) // takes the place of the first
	_, err = full.try(startInput{})
	full.refused(err, quotaExceeded, 402, "active tasks")
	full.stop(last)
	full.begin()
}

func TestTransferTokens(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	first, other := x.begin(), x.begin()
	in := connect.TransferContactInput{ClientToken: aws.String("token")}
	var ids [4]string
	var running sync.WaitGroup
	for i := range ids {
		running.Go(func() {
			if out, err := x.tryTransfer(first, in); err != nil {
				t.Error(err)
			} else {
				ids[i] = *out.ContactId
			}
		})
	}
	running.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one token made %v", ids)
		}
	}
	_, err := x.tryTransfer(other, in)
	x.refused(err, reused, 409, "ClientToken")
	in.QueueId = &x.QueueID
	_, err = x.tryTransfer(first, in)
	x.refused(err, reused, 409, "ClientToken")
	x.wantReason(other, "")
	x.start(startInput{ClientToken: aws.String("token")}) // is a token of another operation
}

// TestTransferByAgentKeepsTheAge has a task transferred that an agent worked, and one that waited; and a third one
// that is older than neither would be, were it new.
func TestTransferByAgentKeepsTheAge(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	worked := x.begin()
	desk.Accept(worked)
	x.SetStatus(x.Agent.UserID, "Offline") // waits while the task is in hand: nothing rings meanwhile
	x.Advance(time.Minute)
	waited := x.begin()
	x.Advance(time.Minute)
	between := x.begin()
	toQueue := connect.TransferContactInput{QueueId: &x.QueueID, ContactFlowId: x.stock("Default queue transfer")}
	x.Advance(time.Minute)
	worked, waited = x.transfer(worked, toQueue), x.transfer(waited, toQueue)
	desk = x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	for _, id := range []string{worked, between, waited} {
		desk.Ringing(id)
	}
	first, second, third := x.Describe(worked), x.Describe(between), x.Describe(waited)
	if first.RingStartTimestamp.After(*second.RingStartTimestamp) || second.RingStartTimestamp.After(*third.RingStartTimestamp) {
		t.Errorf("rang at %v, %v, %v; want first the one that an agent had, last the one that was transferred out of its queue",
			first.RingStartTimestamp, second.RingStartTimestamp, third.RingStartTimestamp)
	}
}
