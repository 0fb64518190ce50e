package awsapi_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

func TestStopInEveryState(t *testing.T) {
	t.Parallel()
	s := newStates(t)
	s.each(func(x *trial, state, id string) {
		err := x.tryStop(id)
		switch state {
		case stateOver, stateAfterWork:
			x.refused(err, contactGone, 410, id)
			return
		case stateConnected, statePausedWithAgent:
			x.ok(err)
			x.wantOnDesk(s.desk, id, "ended")
			if c := x.Describe(id); c.AgentInfo.AfterContactWorkStartTimestamp == nil || c.AgentInfo.AfterContactWorkEndTimestamp != nil {
				x.t.Errorf("after-contact work from %v to %v", c.AgentInfo.AfterContactWorkStartTimestamp, c.AgentInfo.AfterContactWorkEndTimestamp)
			}
		default:
			x.ok(err)
			x.wantOnDesk(s.desk, id, "")
		}
		x.wantReason(id, "API")
		x.refused(x.tryStop(id), contactGone, 410, id)
	})
	s.refused(s.tryStop(unknown), contactGone, 410, unknown)
	id := s.begin()
	_, err := s.sdk.StopContact(s.ctx, &connect.StopContactInput{ // whose reason is for outbound campaigns
		InstanceId: &s.InstanceID, ContactId: &id, DisconnectReason: &types.DisconnectReason{Code: aws.String("DISCARDED")},
	})
	s.ok(err)
	s.wantReason(id, "API")
}

func TestTaskExpiresToTheSecond(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	week := 7 * 24 * time.Hour
	worked := x.begin()
	desk.Accept(worked)
	pausedThere := x.begin()
	desk.Accept(pausedThere)
	x.ok(x.pause(pausedThere))
	x.SetStatus(x.Agent.UserID, "Offline")
	waits, paused := x.begin(), x.begin()
	x.ok(x.pause(paused)) // the clock goes on
	at := x.Now().Truncate(time.Second).Add(6 * 24 * time.Hour)
	later := x.start(startInput{ScheduledTime: &at})
	long := x.start(startInput{SegmentAttributes: living(129_600)})
	minute := x.start(startInput{SegmentAttributes: living(1)})
	first, last := *x.Describe(worked).InitiationTimestamp, *x.Describe(paused).InitiationTimestamp

	expired := func(id string, after time.Duration) {
		t.Helper()
		c := x.wantReason(id, "EXPIRED")
		from := c.InitiationTimestamp
		if c.ScheduledTimestamp != nil {
			from = c.ScheduledTimestamp
		}
		if !near(c.DisconnectTimestamp, from.Add(after)) || expiry(c) != from.Add(after).Format(expiryForm) {
			t.Errorf("expired at %v, as announced for %s; want %v after %v", c.DisconnectTimestamp, expiry(c), after, from)
		}
	}
	x.AdvanceTo(first.Add(week - 5*time.Second))
	expired(minute, time.Minute)
	for _, id := range []string{worked, pausedThere, waits, paused, later, long} {
		x.wantReason(id, "")
	}
	x.AdvanceTo(last.Add(week + time.Second))
	for _, id := range []string{worked, pausedThere, waits, paused} {
		expired(id, week)
	}
	for _, id := range []string{worked, pausedThere} { // who has them, has after-contact work
		if c := x.Describe(id); c.AgentInfo == nil || c.AgentInfo.AfterContactWorkStartTimestamp == nil || c.AgentInfo.AfterContactWorkEndTimestamp != nil {
			t.Errorf("AgentInfo = %+v, want after-contact work under way", c.AgentInfo)
		}
	}
	x.AdvanceTo(at.Add(week - 5*time.Second))
	if c := x.wantReason(later, ""); !near(c.ConnectedToSystemTimestamp, at) { // 6 days ahead, to the second
		t.Errorf("the scheduled task started at %v, want %v", c.ConnectedToSystemTimestamp, at)
	}
	x.AdvanceTo(at.Add(week + time.Second))
	expired(later, week)
	ninety := x.Describe(long).InitiationTimestamp.AddDate(0, 0, 90)
	x.AdvanceTo(ninety.Add(-5 * time.Second))
	x.wantReason(long, "")
	x.AdvanceTo(ninety.Add(time.Second))
	expired(long, 90*24*time.Hour)
}

func TestAfterContactWorkIsBounded(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	limited := func(seconds int32) func(*connect.CreateUserInput) {
		return func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone, AfterContactWorkTimeLimit: seconds}
		}
	}
	ended := func(name string, limit int32) (*servertest.Desk, string) {
		user := x.Hire(name, limited(limit))
		desk := x.SignIn(user)
		id := x.create(connect.CreateContactInput{InitiateAs: types.InitiateAsConnectedToUser, UserInfo: &types.UserInfo{UserId: &user.UserID}})
		desk.End(id)
		return desk, id
	}
	ann, bounded := ended("ann", 90)
	bob, unbounded := ended("bob", 0)
	eve, cleared := ended("eve", 90)
	from := *x.Describe(bounded).AgentInfo.AfterContactWorkStartTimestamp
	x.AdvanceTo(from.Add(80 * time.Second))
	x.wantOnDesk(ann, bounded, "ended")
	eve.Clear(cleared)
	x.AdvanceTo(from.Add(92 * time.Second))
	x.wantOnDesk(ann, bounded, "")
	if c := x.Describe(bounded); !near(c.AgentInfo.AfterContactWorkEndTimestamp, from.Add(90*time.Second)) || aws.ToInt32(c.AgentInfo.AfterContactWorkDuration) != 90 {
		t.Errorf("after-contact work from %v to %v, for %v s; want 90 s", from, c.AgentInfo.AfterContactWorkEndTimestamp, aws.ToInt32(c.AgentInfo.AfterContactWorkDuration))
	}
	if c := x.Describe(cleared); aws.ToInt32(c.AgentInfo.AfterContactWorkDuration) >= 90 {
		t.Errorf("cleared after 80 s, the task counts %d s", *c.AgentInfo.AfterContactWorkDuration)
	}
	x.Advance(11 * time.Hour) // sessions last for 12
	x.wantOnDesk(bob, unbounded, "ended")
}

// TestLifeIsTold follows one task and looks at all that DescribeContact tells of it on the way.
func TestLifeIsTold(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	desk := x.SignIn(x.Agent)
	id := x.start(startInput{Name: aws.String("Refund"), Description: aws.String("Both items"), Attributes: map[string]string{"k": "v"}})
	c := x.Describe(id)
	if c.Channel != types.ChannelTask || *c.Arn != x.InstanceARN+"/contact/"+id || *c.Name != "Refund" || *c.ContactDetails.Description != "Both items" ||
		c.Attributes["k"] != "v" || *c.ContactAssociationId != id || c.InitialContactId != nil || c.PreviousContactId != nil || c.RelatedContactId != nil ||
		*c.QueuePriority != 5 || c.ScheduledTimestamp != nil || inQueue(c) != x.QueueID || c.QueueInfo.EnqueueTimestamp == nil || c.LastUpdateTimestamp == nil {
		t.Errorf("queued: %+v", c)
	}
	if c.AgentInfo != nil || c.TotalPauseCount != nil || c.TotalPauseDurationInSeconds != nil || c.LastPausedTimestamp != nil || c.DisconnectTimestamp != nil {
		t.Errorf("queued, the task tells what has not happened: %+v", c)
	}
	x.ok(x.pause(id))
	x.Advance(30 * time.Second)
	x.ok(x.resume(id, x.marked("again", types.ContactFlowTypeContactFlow, x.QueueID)))
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(id)
	c = x.Describe(id)
	if *c.AgentInfo.Id != x.Agent.UserID || c.AgentInfo.ConnectedToAgentTimestamp == nil || aws.ToInt32(c.TotalPauseCount) != 1 || c.TotalPauseDurationInSeconds != nil {
		t.Errorf("connected: agent %+v, %v pauses of %v s", c.AgentInfo, c.TotalPauseCount, c.TotalPauseDurationInSeconds)
	}
	x.Advance(time.Minute)
	x.ok(x.pause(id))
	x.Advance(2 * time.Minute)
	x.ok(x.resume(id))
	x.Advance(time.Minute)
	x.ok(x.pause(id))
	x.Advance(5 * time.Minute)
	desk.End(id)
	x.Advance(3 * time.Minute)
	desk.Clear(id)
	c = x.wantReason(id, "AGENT_DISCONNECT")
	seconds := func(what string, got *int32, want int32) {
		t.Helper()
		if got == nil || *got != want {
			t.Errorf("%s = %v, want %d", what, aws.ToInt32(got), want)
		}
	}
	seconds("TotalPauseDurationInSeconds", c.TotalPauseDurationInSeconds, 30+2*60+5*60)
	seconds("AgentPauseDurationInSeconds", c.AgentInfo.AgentPauseDurationInSeconds, 2*60+5*60)
	seconds("AfterContactWorkDuration", c.AgentInfo.AfterContactWorkDuration, 3*60)
	if aws.ToInt32(c.TotalPauseCount) != 3 {
		t.Errorf("TotalPauseCount = %v, want 3", aws.ToInt32(c.TotalPauseCount))
	}
	order := []*time.Time{
		c.InitiationTimestamp, c.ConnectedToSystemTimestamp, c.QueueInfo.EnqueueTimestamp, c.RingStartTimestamp, c.AgentInfo.ConnectedToAgentTimestamp,
		c.LastResumedTimestamp, c.LastPausedTimestamp, c.DisconnectTimestamp, c.AgentInfo.AfterContactWorkStartTimestamp, c.AgentInfo.AfterContactWorkEndTimestamp,
	}
	for i := range order[1:] {
		if order[i] == nil || order[i+1] == nil || order[i+1].Before(*order[i]) {
			t.Errorf("times %d and %d are %v and %v", i, i+1, order[i], order[i+1])
		}
	}
	if want := "INITIATED CONNECTED_TO_SYSTEM QUEUED PAUSED RESUMED CONTACT_DATA_UPDATED QUEUED OFFERED CONNECTED_TO_AGENT PAUSED RESUMED PAUSED DISCONNECTED COMPLETED"; x.Events(id) != want {
		t.Errorf("events = %s, want %s", x.Events(id), want)
	}
}
