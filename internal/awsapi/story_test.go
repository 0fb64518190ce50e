package awsapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

func contacts(t *testing.T, s *servertest.Server) []types.AgentContactReference {
	t.Helper()
	out, err := s.Client().GetCurrentUserData(context.Background(), &connect.GetCurrentUserDataInput{
		InstanceId: &s.InstanceID, Filters: &types.UserDataFilters{Agents: []string{s.Agent.UserID}},
	})
	if err != nil {
		t.Fatalf("GetCurrentUserData: %v", err)
	}
	if len(out.UserDataList) == 0 {
		return nil
	}
	return out.UserDataList[0].Contacts
}

func TestTaskIsOfferedToTheAvailableAgent(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := s.StartTask("Call back")
	if q := s.Describe(id).QueueInfo; q == nil || *q.Id != s.QueueID {
		t.Fatalf("the task is not in BasicQueue: %v", q)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	s.Eventually("the task does not ring", func() bool {
		c := contacts(t, s)
		return len(c) == 1 && *c[0].ContactId == id && c[0].AgentContactState == types.ContactStateConnecting
	})
	if s.Describe(id).RingStartTimestamp == nil {
		t.Error("a task that rings has no RingStartTimestamp")
	}
	s.Advance(31 * time.Second)
	c := contacts(t, s)
	if len(c) != 1 || c[0].AgentContactState != types.ContactStateMissed {
		t.Errorf("after 31 s the agent has %v, want the task missed", c)
	}
	_, err := s.Client().StopContact(context.Background(), &connect.StopContactInput{InstanceId: &s.InstanceID, ContactId: &id})
	if err != nil {
		t.Fatalf("StopContact: %v", err)
	}
	if got := aws.ToString(s.Describe(id).DisconnectReason); got != "API" {
		t.Errorf("DisconnectReason = %q, want API", got)
	}
}

func TestScheduledTaskStartsToTheSecond(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	clock := s.Post("/_tasklane/clock", `{"advanceSeconds":0}`)
	at := time.UnixMilli(int64(clock["now"].(float64) * 1000)).Add(6*24*time.Hour - time.Minute).Truncate(time.Second)
	out, err := s.Client().StartTaskContact(context.Background(), &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("Later"), ScheduledTime: &at,
	})
	if err != nil {
		t.Fatalf("StartTaskContact: %v", err)
	}
	s.Advance(6*24*time.Hour - 2*time.Minute)
	if c := s.Describe(*out.ContactId); c.ConnectedToSystemTimestamp != nil {
		t.Error("the task has started before its time")
	}
	s.Advance(2 * time.Minute)
	c := s.Describe(*out.ContactId)
	if c.ConnectedToSystemTimestamp == nil || !c.ConnectedToSystemTimestamp.Truncate(time.Second).Equal(at) || c.QueueInfo == nil {
		t.Errorf("the task started at %v and is in queue %v, want %v and BasicQueue", c.ConnectedToSystemTimestamp, c.QueueInfo, at)
	}
	s.Advance(7 * 24 * time.Hour)
	if got := aws.ToString(s.Describe(*out.ContactId).DisconnectReason); got != "EXPIRED" {
		t.Errorf("after 7 days more: DisconnectReason = %q, want EXPIRED", got)
	}
}
