package awsapi_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// The states that a task can be in, as the tests call them.
const (
	stateScheduled       = "scheduled"
	stateInFlow          = "in its flow"
	stateQueued          = "queued"
	stateRinging         = "ringing"
	stateConnected       = "connected"
	statePausedInQueue   = "paused in its queue"
	statePausedWithAgent = "paused with an agent"
	stateAfterWork       = "in after-contact work"
	stateOver            = "over"
)

// states has a task in every state, and the agent who has some of them.
type states struct {
	*trial

	desk *servertest.Desk
	ids  map[string]string // by state
	flow string            // puts a task into a queue that no agent serves
}

// newStates starts a server with a task in every state.
func newStates(t *testing.T) *states {
	t.Helper()
	x := newTrial(t, func(c *server.Config) { c.OfferTimeout = time.Hour })
	s := &states{trial: x, desk: x.SignIn(x.Agent), flow: x.marked("aside", types.ContactFlowTypeContactFlow, x.queue("aside"))}
	waiting := func() string { return x.start(startInput{ContactFlowId: &s.flow}) }
	x.SetStatus(x.Agent.UserID, "Available")
	s.ids = map[string]string{
		stateScheduled: x.start(startInput{ScheduledTime: aws.Time(x.Now().AddDate(0, 0, 1))}),
		stateInFlow:    x.create(connect.CreateContactInput{}), stateQueued: waiting(), statePausedInQueue: waiting(), stateOver: waiting(),
		stateConnected: s.taken(), statePausedWithAgent: s.taken(), stateAfterWork: s.taken(), stateRinging: x.begin(),
	}
	s.desk.Ringing(s.ids[stateRinging])
	x.ok(x.pause(s.ids[statePausedInQueue]))
	x.ok(x.pause(s.ids[statePausedWithAgent]))
	s.desk.End(s.ids[stateAfterWork])
	x.stop(s.ids[stateOver])
	return s
}

// taken is a task that the agent has accepted.
func (s *states) taken() string {
	s.t.Helper()
	id := s.begin()
	s.desk.Accept(id)
	return id
}

// each runs a subtest for each state.
func (s *states) each(fn func(x *trial, state, id string)) {
	for state, id := range s.ids {
		s.t.Run(state, func(t *testing.T) { fn(s.in(t), state, id) })
	}
}

func (x *trial) pause(id string, flow ...string) error {
	in := &connect.PauseContactInput{InstanceId: &x.InstanceID, ContactId: &id}
	if len(flow) > 0 {
		in.ContactFlowId = &flow[0]
	}
	_, err := x.sdk.PauseContact(x.ctx, in)
	return err
}

func (x *trial) resume(id string, flow ...string) error {
	in := &connect.ResumeContactInput{InstanceId: &x.InstanceID, ContactId: &id}
	if len(flow) > 0 {
		in.ContactFlowId = &flow[0]
	}
	_, err := x.sdk.ResumeContact(x.ctx, in)
	return err
}

// tryCreate makes a contact: unless the request says otherwise it is a task.
func (x *trial) tryCreate(in connect.CreateContactInput) (*connect.CreateContactOutput, error) {
	in.InstanceId = &x.InstanceID
	if in.Channel == "" {
		in.Channel = types.ChannelTask
	}
	if in.InitiationMethod == "" {
		in.InitiationMethod = types.ContactInitiationMethodApi
	}
	return x.sdk.CreateContact(x.ctx, &in)
}

func (x *trial) create(in connect.CreateContactInput) string {
	x.t.Helper()
	out, err := x.tryCreate(in)
	x.ok(err)
	return *out.ContactId
}

// wantReason compares why a contact was disconnected; empty: it was not.
func (x *trial) wantReason(id, want string) *types.Contact {
	x.t.Helper()
	c := x.Describe(id)
	if got := aws.ToString(c.DisconnectReason); got != want || (c.DisconnectTimestamp != nil) != (want != "") {
		x.t.Errorf("contact %s was disconnected at %v with reason %q, want %q", id, c.DisconnectTimestamp, got, want)
	}
	return c
}

// wantOnDesk compares the state of a task as its agent sees it; empty: it is not there.
func (x *trial) wantOnDesk(d *servertest.Desk, id, want string) {
	x.t.Helper()
	if got := d.State(id); got != want {
		x.t.Errorf("on the desk contact %s is %q, want %q", id, got, want)
	}
}

// unusableFlows are ids of flows that no operation can run on a task, with what each is answered.
func (x *trial) unusableFlows() map[string]struct {
	kind   string
	status int
	says   string
} {
	x.t.Helper()
	draft, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(script(enqueue()...)), Status: types.ContactFlowStatusSaved,
	})
	x.ok(err)
	inQueue := x.publish("in queue", types.ContactFlowTypeCustomerQueue, script(`EndFlowExecution {}`))
	return map[string]struct {
		kind   string
		status int
		says   string
	}{
		unknown:              {notFound, 404, "flow " + unknown},
		*draft.ContactFlowId: {invalidRequest, 400, "not published"},
		inQueue:              {invalidRequest, 400, "CUSTOMER_QUEUE"},
	}
}
