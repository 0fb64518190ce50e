package desk

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// at is a time of the example, in milliseconds.
func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

const (
	exampleInstance = "arn:aws:connect:us-east-1:123456789012:instance/6f0a7c1e-2b54-4f0d-9a51-0c9d3f6f1a11"
	exampleUser     = "0a1b2c3d-0000-4000-8000-0000000000aa"
	exampleTask     = "b8a5d3a6-7d0e-4c1b-9d67-3e1a8f2c4d01"
	exampleCall     = "e1f7a2b4-0c8d-4a7e-8f10-9b6c5d4e3f02"
)

// exampleDesk is the desk that testdata/snapshot.json tells of.
func exampleDesk() engine.Desk {
	available := engine.Entry[agent.Status]{
		Resource: engine.Resource{Kind: arn.AgentStatus, Name: "Available"},
		ARN:      exampleInstance + "/agent-state/0d3c52c4-6e0a-4e0a-8b7c-5a3e0b7f0001",
	}
	refunds := engine.Entry[routing.Queue]{
		Resource: engine.Resource{Kind: arn.Queue, Name: "Refunds"},
		ARN:      exampleInstance + "/queue/4a1f6c0e-8f7a-4b83-a9a6-6a8f0c2e0010",
	}
	return engine.Desk{
		User:   engine.Entry[directory.User]{Resource: engine.Resource{Kind: arn.User, ID: exampleUser}},
		Status: available,
		Agent:  &agent.Agent{ID: exampleUser, Type: agent.Routable, StatusSince: at(1795429201512)},
		Tasks: []engine.DeskTask{{
			Leg:   agent.Leg{Contact: exampleTask, State: agent.Connected, Since: at(1795429260040)},
			Queue: refunds,
			Task: &contact.Contact{
				ID: exampleTask, Association: exampleTask, Method: contact.MethodAPI, Enqueued: at(1795429250101),
				Name: "Refund for order A-1009", Description: "Customer returned both items.",
				References: contact.References{
					"Order":  {Type: contact.ReferenceURL, Value: "https://shop.example/orders/A-1009"},
					"Amount": {Type: contact.ReferenceNumber, Value: "42.50"},
				},
			},
			Attributes: map[string]string{"orderId": "A-1009"},
		}, {
			Leg:   agent.Leg{Contact: exampleCall, State: agent.Connecting, Since: at(1795429300777)},
			Queue: refunds,
			Task: &contact.Contact{
				ID: exampleCall, Association: exampleCall, Related: exampleTask, Method: contact.MethodAPI,
				Enqueued: at(1795429299020), Name: "Call the carrier back",
			},
		}},
	}
}

// example reads testdata/snapshot.json: the example of streams.md §3.4, but for templates and transfers, which
// tasks do not have yet, and for the ids of the connections.
func example(t *testing.T) object {
	t.Helper()
	text, err := os.ReadFile("testdata/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

func decode(t testing.TB, text []byte) (out object) {
	t.Helper()
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// told is a desk as it travels.
func told(t *testing.T, d engine.Desk) object {
	t.Helper()
	text, err := json.Marshal(view(d, at(1795429300801)))
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, text)
}

func TestSnapshotIsThatOfTheExample(t *testing.T) {
	if diff := cmp.Diff(example(t), told(t, exampleDesk())); diff != "" {
		t.Errorf("the snapshot is not the example (-want +got):\n%s", diff)
	}
}

func TestSnapshotTellsEachStateOfATask(t *testing.T) {
	for state, want := range map[agent.LegState][2]string{
		agent.Connecting: {"connecting", "connecting"},
		agent.Connected:  {"connected", "connected"},
		agent.Ended:      {"ended", "disconnected"},
		agent.Missed:     {"missed", "disconnected"},
		agent.Rejected:   {"rejected", "rejected"},
	} {
		d, golden := exampleDesk(), example(t)
		d.Tasks[0].State = state
		c := golden["contacts"].([]any)[0].(object)
		c["state"].(object)["type"] = want[0]
		c["connections"].([]any)[0].(object)["state"].(object)["type"] = want[1]
		if diff := cmp.Diff(golden, told(t, d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

func TestSnapshotTellsTheStatusAndTheOneThatWaits(t *testing.T) {
	for status, want := range map[agent.StatusType]string{
		agent.Routable: "routable", agent.Custom: "not_routable", agent.Offline: "offline",
	} {
		d, golden := exampleDesk(), example(t)
		d.Tasks, golden["contacts"] = nil, []any{}
		d.Agent.Type, d.Agent.Next, d.Agent.NextType = status, "lunch", agent.Custom
		d.Next = engine.Entry[agent.Status]{Resource: engine.Resource{Name: "Lunch"}, ARN: exampleInstance + "/agent-state/lunch"}
		golden["state"].(object)["type"] = want
		golden["nextState"] = object{
			"agentStateARN": d.Next.ARN, "type": "not_routable", "name": "Lunch", "startTimestamp": nil,
		}
		if diff := cmp.Diff(golden, told(t, d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", status, diff)
		}
	}
}

func TestSnapshotTellsOfAnAgentsQueueAndOfNone(t *testing.T) {
	own := exampleInstance + "/queue/agent/" + exampleUser
	for _, tt := range []struct {
		queue engine.Entry[routing.Queue]
		want  any
	}{
		{engine.Entry[routing.Queue]{Resource: engine.Resource{Kind: arn.AgentQueue, ID: exampleUser}, ARN: own}, object{"queueARN": own, "name": nil}},
		{engine.Entry[routing.Queue]{}, nil},
	} {
		d, golden := exampleDesk(), example(t)
		d.Tasks[0].Queue, d.Tasks[0].Task.Enqueued = tt.queue, time.Time{}
		c := golden["contacts"].([]any)[0].(object)
		c["queue"], c["queueTimestamp"] = tt.want, nil
		if diff := cmp.Diff(golden, told(t, d)); diff != "" {
			t.Errorf("queue %v (-want +got):\n%s", tt.want, diff)
		}
	}
}

func TestSnapshotTellsOfAChainAndASchedule(t *testing.T) {
	d, golden := exampleDesk(), example(t)
	d.Tasks[0].Task.Initial, d.Tasks[0].Task.ScheduledFor = exampleCall, at(1795429250000)
	c := golden["contacts"].([]any)[0].(object)
	c["initialContactId"] = exampleCall
	c["channelContext"].(object)["scheduledTime"] = 1795429250.0
	if diff := cmp.Diff(golden, told(t, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTaskTellsWhetherAFlowRunsOnIt(t *testing.T) {
	for external, want := range map[bool]string{false: contact.SubtypeTask, true: contact.SubtypeExternalTask} {
		told := task(exampleUser, engine.DeskTask{Task: &contact.Contact{External: external}})
		want := object{contact.SegmentSubtype: object{"ValueString": want}}
		if diff := cmp.Diff(want, told["segmentAttributes"]); diff != "" {
			t.Errorf("external %t: segmentAttributes (-want +got):\n%s", external, diff)
		}
	}
}
