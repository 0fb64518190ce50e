package awsapi_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// Rules of contacts that stand in the text of the reference only; others are in TestBounds and TestAnswers.

func TestContactReferencesAreOnePage(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.start(startInput{References: map[string]types.Reference{"note": {Type: types.ReferenceTypeString, Value: aws.String("n")}}})
	in := &connect.ListContactReferencesInput{
		InstanceId: &x.InstanceID, ContactId: &id, ReferenceTypes: []types.ReferenceType{types.ReferenceTypeString},
	}
	out, err := x.sdk.ListContactReferences(x.ctx, in)
	x.ok(err)
	if len(out.ReferenceSummaryList) != 1 || out.NextToken != nil {
		t.Errorf("%d references and NextToken %v, want 1 and none", len(out.ReferenceSummaryList), out.NextToken)
	}
	in.NextToken = aws.String("more")
	_, err = x.sdk.ListContactReferences(x.ctx, in)
	x.refused(err, invalidParameter, 400, "NextToken")
}

// TestAttributeStaysWithAnEmptyValue is as captured contact records have it ("Acct_Code":"").
func TestAttributeStaysWithAnEmptyValue(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	id := x.start(startInput{Attributes: map[string]string{"k": "v", "other": "w"}})
	update := func(attributes map[string]string) {
		t.Helper()
		_, err := x.sdk.UpdateContactAttributes(x.ctx, &connect.UpdateContactAttributesInput{
			InstanceId: &x.InstanceID, InitialContactId: &id, Attributes: attributes,
		})
		x.ok(err)
	}
	update(map[string]string{"k": ""})
	out, err := x.sdk.GetContactAttributes(x.ctx, &connect.GetContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: &id})
	x.ok(err)
	if v, has := out.Attributes["k"]; !has || v != "" || out.Attributes["other"] != "w" {
		t.Errorf("attributes %v, want k with an empty value, and other", out.Attributes)
	}
	update(map[string]string{"k": "", "other": "w"}) // as they are: nothing happens
	if got, want := x.Events(id), "INITIATED CONNECTED_TO_SYSTEM QUEUED CONTACT_DATA_UPDATED"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
}

// TestContactThatIsNotThere: StopContact has an exception of its own for a contact that does not exist.
func TestContactThatIsNotThere(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	_, err := x.sdk.StopContact(x.ctx, &connect.StopContactInput{InstanceId: &x.InstanceID, ContactId: aws.String(unknown)})
	x.refused(err, contactGone, 410, unknown)
	_, err = x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &x.InstanceID, ContactId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.StopContact(x.ctx, &connect.StopContactInput{InstanceId: aws.String(unknown), ContactId: aws.String(unknown)})
	x.refused(err, notFound, 404, "Instance")
	_, err = x.sdk.StopContact(x.ctx, &connect.StopContactInput{InstanceId: &x.InstanceID, ContactId: aws.String("abc")})
	x.refused(err, invalidParameter, 400, "abc")
}

// TestAfterContactWorkAndPausesAreWholeSeconds has a task paused and worked for times that are exact.
func TestAfterContactWorkAndPausesAreWholeSeconds(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	id := x.start(startInput{})
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(id)
	x.ok(x.pause(id))
	x.Advance(1500 * time.Millisecond)
	_, err := x.sdk.ResumeContact(x.ctx, &connect.ResumeContactInput{InstanceId: &x.InstanceID, ContactId: &id})
	x.ok(err)
	desk.End(id)
	x.Advance(2700 * time.Millisecond)
	desk.Clear(id)
	c := x.Describe(id)
	if pause, after := aws.ToInt32(c.AgentInfo.AgentPauseDurationInSeconds), aws.ToInt32(c.AgentInfo.AfterContactWorkDuration); pause != 1 || after != 2 {
		t.Errorf("paused for %d s, after-contact work %d s, want 1 and 2", pause, after)
	}
	if got := aws.ToInt64(c.QueuePriority); got != 5 {
		t.Errorf("QueuePriority = %d, want 5", got)
	}
}

// TestTwelveTasksNameOnePreviousContact, and any number one related contact.
func TestTwelveTasksNameOnePreviousContact(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	first := x.start(startInput{})
	for range 12 {
		x.start(startInput{PreviousContactId: &first})
	}
	_, err := x.try(startInput{PreviousContactId: &first})
	x.refused(err, quotaExceeded, 402)
	for range 13 {
		x.start(startInput{RelatedContactId: &first})
	}
}
