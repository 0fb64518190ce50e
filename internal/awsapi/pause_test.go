package awsapi_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

func TestPauseInEveryState(t *testing.T) {
	t.Parallel()
	s := newStates(t)
	onDesk := map[string]string{stateConnected: "paused"} // a task that rings is withdrawn
	s.each(func(x *trial, state, id string) {
		before := x.Describe(id)
		err := x.pause(id)
		switch state {
		case stateInFlow, stateQueued, stateRinging, stateConnected:
			x.ok(err)
			c := x.wantReason(id, "")
			if aws.ToInt32(c.TotalPauseCount) != 1 || c.LastPausedTimestamp == nil {
				x.t.Errorf("paused %v times, last at %v; want once", c.TotalPauseCount, c.LastPausedTimestamp)
			}
			x.wantOnDesk(s.desk, id, onDesk[state])
			x.refused(x.pause(id), conflict, 409, id, "PAUSED")
		default:
			x.refused(err, conflict, 409, id)
			if c := x.Describe(id); aws.ToInt32(c.TotalPauseCount) != aws.ToInt32(before.TotalPauseCount) {
				x.t.Errorf("a refused pause was counted: %v", c.TotalPauseCount)
			}
		}
	})
}

func TestResumeInEveryState(t *testing.T) {
	t.Parallel()
	s := newStates(t)
	for _, c := range contacts(t, s.Server) { // which has no word for paused tasks
		if *c.ContactId == s.ids[statePausedWithAgent] && c.AgentContactState != types.ContactStateConnected {
			t.Errorf("GetCurrentUserData tells a paused task as %s, want CONNECTED", c.AgentContactState)
		}
	}
	s.each(func(x *trial, state, id string) {
		err := x.resume(id)
		switch state {
		case statePausedInQueue:
			x.ok(err)
			x.refused(x.resume(id), conflict, 409, "not paused")
		case statePausedWithAgent:
			x.ok(err)
			x.wantOnDesk(s.desk, id, "connected")
		default:
			x.refused(err, conflict, 409, id, "not paused")
		}
		if c := x.Describe(id); (c.LastResumedTimestamp != nil) != (err == nil) {
			x.t.Errorf("LastResumedTimestamp = %v after %v", c.LastResumedTimestamp, err)
		}
	})
}

func TestPausedTaskWaitsOutsideItsQueue(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	paused, resumed := x.begin(), x.begin()
	x.ok(x.pause(paused))
	x.ok(x.pause(resumed))
	x.ok(x.resume(resumed)) // and no flow puts it back
	x.SetStatus(x.Agent.UserID, "Available")
	desk := x.SignIn(x.Agent)
	desk.Accept(x.begin()) // one that came later
	x.wantOnDesk(desk, paused, "")
	x.wantOnDesk(desk, resumed, "")
	back := x.marked("back", types.ContactFlowTypeContactFlow, x.QueueID)
	enqueued := *x.Describe(paused).QueueInfo.EnqueueTimestamp
	x.Advance(time.Minute)
	x.ok(x.resume(paused, back))
	desk.Accept(paused)
	x.wantAttribute("ran", "back", paused)
	if again := x.Describe(paused).QueueInfo.EnqueueTimestamp; again.Sub(enqueued) < time.Minute {
		t.Errorf("enqueued at %v, and again at %v", enqueued, again)
	}
	x.stop(resumed)
	if c := x.wantReason(resumed, "API"); aws.ToInt32(c.TotalPauseCount) != 1 {
		t.Errorf("paused %v times, want once", c.TotalPauseCount)
	}
}

func TestFlowsOfPauseAndResume(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	note := x.publish("note", types.ContactFlowTypeContactFlow, script(mark("ran", "note"), `EndFlowExecution {}`))
	end := x.publish("end", types.ContactFlowTypeContactFlow, script(mark("ran", "end")))
	arn := x.InstanceARN + "/contact-flow/" + note
	noted := x.begin()
	x.ok(x.pause(noted, arn))
	x.wantAttribute("ran", "note", noted)
	x.wantReason(noted, "")
	x.refused(x.pause(noted), conflict, 409) // it is still paused
	x.setAttribute(noted, "ran", "")
	x.ok(x.resume(noted, note))
	x.wantAttribute("ran", "note", noted)
	x.wantReason(noted, "")

	atPause, atResume := x.begin(), x.begin()
	x.ok(x.pause(atPause, end))
	x.ok(x.pause(atResume))
	x.ok(x.resume(atResume, end))
	x.wantReason(atPause, "CONTACT_FLOW_DISCONNECT")
	x.wantReason(atResume, "CONTACT_FLOW_DISCONNECT")
	x.stop(noted)

	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	held := x.begin()
	desk.Accept(held)
	x.ok(x.pause(held, note))
	x.wantOnDesk(desk, held, "paused")
	x.ok(x.resume(held, end))
	x.wantReason(held, "CONTACT_FLOW_DISCONNECT")
	x.wantOnDesk(desk, held, "ended")

	id := x.begin()
	for flow, want := range x.unusableFlows() {
		x.refused(x.pause(id, flow), want.kind, want.status, "ContactFlowId", want.says)
	}
	x.ok(x.pause(id))
	x.refused(x.resume(id, unknown), notFound, 404, "ContactFlowId", "flow "+unknown)
	x.refused(x.pause(unknown), notFound, 404, "contact "+unknown)
	x.refused(x.resume(unknown), notFound, 404, "contact "+unknown)
}

func TestEleventhPause(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.begin()
	for range 10 {
		x.ok(x.pause(id))
		x.ok(x.resume(id))
	}
	x.refused(x.pause(id), limitExceeded, 429, id, "10")
	if c := x.Describe(id); *c.TotalPauseCount != 10 {
		t.Errorf("TotalPauseCount = %d, want 10", *c.TotalPauseCount)
	}
	x = newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"pauses": 1} })
	id = x.begin()
	x.ok(x.pause(id))
	x.ok(x.resume(id))
	x.refused(x.pause(id), limitExceeded, 429, id)
}

// TestAgentPausesAsManyAsTheyHaveSlots has the stock routing profile, which has 10 slots for tasks.
func TestAgentPausesAsManyAsTheyHaveSlots(t *testing.T) {
	t.Parallel()
	const slots = 10
	x := newTrial(t)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	var paused [slots]string
	for i := range paused {
		paused[i] = x.begin()
		desk.Accept(paused[i])
		x.ok(x.pause(paused[i]))
	}
	var more [slots]string
	for i := range more { // paused tasks free their slots
		more[i] = x.begin()
		desk.Accept(more[i])
	}
	x.refused(x.pause(more[0]), limitExceeded, 429, x.Agent.UserID, "10")
	x.wantOnDesk(desk, more[0], "connected")
	waits := x.begin()
	x.ok(x.resume(paused[0])) // is always allowed
	x.wantOnDesk(desk, paused[0], "connected")
	x.ok(x.pause(more[0])) // there is room for one paused task again, but not for one more in hand
	x.wantOnDesk(desk, waits, "")
	desk.End(more[1])
	x.wantOnDesk(desk, waits, "")
	desk.Clear(more[1])
	desk.Ringing(waits)
	status, out := desk.Call("PauseContact", map[string]any{"contactId": more[2]})
	if status != 400 || out["__type"] != "QuotaExceededException" {
		t.Errorf("from the panel: %d %v, want 400 QuotaExceededException", status, out)
	}
}
