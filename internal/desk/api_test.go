package desk

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

func TestWork(t *testing.T) {
	w := signedIn(t)
	w.wantContacts()
	w.available()
	id := w.ring()
	w.wantContacts("connecting/connecting")
	w.must("AcceptContact", object{"contactId": id})
	w.must("AcceptContact", object{"contactId": id}) // two tabs
	w.wantContacts("connected/connected")
	if status, out := w.cti("ClearContact", object{"contactId": id}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("ClearContact of a live task: %d %v", status, out)
	}
	if status, out := w.cti("DestroyConnection", object{"contactId": id, "connectionId": "any"}); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Errorf("DestroyConnection of another connection: %d %v", status, out)
	}
	w.wantContacts("connected/connected")
	w.hangUp(id)
	w.wantContacts("ended/disconnected")
	w.must("CompleteContact", object{"contactId": id})
	w.wantContacts()

	id = w.ring()
	w.must("RejectContact", object{"contactId": id})
	w.wantContacts("rejected/rejected")
	w.must("ClearContact", object{"contactId": id})

	if err := w.store.SetOffset(t.Context(), w.store.Offset()+2*time.Second); err != nil { // so long it stays away
		t.Fatal(err)
	}
	if err := w.engine.Offer(t.Context(), instance, engine.Offering{Contact: id, Agent: w.stock.Agent}); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Fire(t.Context(), instance, engine.Timer{Kind: engine.TimerOffer, Contact: id, Stamp: 2}); err != nil {
		t.Fatal(err)
	}
	w.wantContacts("missed/disconnected")
	w.must("ClearContact", object{"contactId": id})
	w.wantContacts()
}

func TestNextState(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	offline := object{"state": object{"agentStateARN": w.state("Offline")}}
	if status, out := w.cti("PutAgentState", offline); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("Offline with a task in hand, at once: %d %v", status, out)
	}
	offline["enqueueNextState"] = true
	w.must("PutAgentState", offline)
	s := w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	if s["state"].(object)["type"] != "routable" || s["nextState"].(object)["name"] != "Offline" {
		t.Errorf("state %v, next %v; want Available and then Offline", s["state"], s["nextState"])
	}
	w.available() // takes it back
	if s := w.must("GetAgentSnapshot", object{})["snapshot"].(object); s["nextState"] != nil {
		t.Errorf("after Available: next %v, want none", s["nextState"])
	}
	w.must("PutAgentState", offline)
	w.hangUp(id)
	w.must("ClearContact", object{"contactId": id})
	s = w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	if s["state"].(object)["type"] != "offline" || s["nextState"] != nil {
		t.Errorf("state %v, next %v; want Offline", s["state"], s["nextState"])
	}
}

func TestSnapshotHasWhatTheLibraryReads(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	s := w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	c := s["contacts"].([]any)[0].(object)
	for path, want := range map[string]any{
		"contactId": id, "initialContactId": id, "type": "task", "name": "Refund", "description": "Both items",
		"initiationMethod": "api", "attributes.orderId.value": "A-1009", "references.Amount.type": "NUMBER",
		"references.Amount.value": "42.50", "queue.name": "BasicQueue", "relatedContactId": nil,
		"channelContext.scheduledTime": 0.0, "segmentAttributes.connect:Subtype.ValueString": "connect:Task",
	} {
		var at any = c
		for part := range strings.SplitSeq(path, ".") {
			at = at.(object)[part]
		}
		if at != want {
			t.Errorf("%s = %v, want %v", path, at, want)
		}
	}
	for _, name := range []string{"state", "agentAvailabilityState", "snapshotTimestamp", "nextState"} {
		if _, ok := s[name]; !ok {
			t.Errorf("the snapshot has no %s", name)
		}
	}
	configuration := w.must("GetAgentConfiguration", object{})["configuration"].(object)
	profile := configuration["routingProfile"].(object)
	if configuration["name"] != "Alex Agent" || profile["channelConcurrencyMap"].(object)["TASK"] != 10.0 {
		t.Errorf("configuration = %v", configuration)
	}
	if profile["routingProfileARN"] == "" || configuration["agentARN"] == "" || configuration["softphoneEnabled"] != false {
		t.Errorf("configuration = %v", configuration)
	}
	queues := w.must("GetRoutingProfileQueues", object{})["queues"].([]any)
	if own := queues[len(queues)-1].(object)["queueARN"].(string); !strings.Contains(own, "/agent/"+w.stock.Agent) {
		t.Errorf("the agent's own queue is %s", own)
	}
	if p := w.must("GetAgentPermissions", object{})["permissions"].([]any); len(p) != 2 || p[0] != directory.BasicAgentAccess || p[1] != directory.SelfAssignContacts {
		t.Errorf("permissions = %v", p)
	}
}

func TestOnlyAgentsWork(t *testing.T) {
	w := open(t)
	w.hire("quinn", "QualityAnalyst")
	for _, operation := range []string{"GetAgentSnapshot", "PutAgentState", "CreateTransport", "SendClientLogs"} {
		if status, out := w.cti(operation, object{"transportType": "web_socket"}); status != 403 || out["__type"] != "AccessDeniedException" {
			t.Errorf("%s without BasicAgentAccess: %d %v, want 403", operation, status, out)
		}
	}
}

func TestAnAgentHasOnlyTheirOwnTasks(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.hire("bob", "Agent")
	w.wantContacts()
	for _, operation := range []string{"AcceptContact", "RejectContact", "ClearContact"} {
		if status, out := w.cti(operation, object{"contactId": id}); status != 400 {
			t.Errorf("%s of another agent's task: %d %v, want 400", operation, status, out)
		}
	}
	if name := w.must("GetAgentConfiguration", object{})["configuration"].(object)["name"]; name != "bob" {
		t.Errorf("an agent without first and last name is called %q, want the user name", name)
	}
	w.signIn()
	w.wantContacts("connecting/connecting")
}

func TestRefusals(t *testing.T) {
	w := signedIn(t)
	for _, tt := range []struct {
		operation string
		members   object
		status    int
		kind      string
	}{
		{"AcceptContact", object{"contactId": unknown}, 400, "ResourceNotFoundException"},
		{"AcceptContact", object{}, 400, "ValidationException"},
		{"PutAgentState", object{}, 400, "ValidationException"},
		{"PutAgentState", object{"state": object{"agentStateARN": unknown}}, 400, "ResourceNotFoundException"},
		{"AcceptContact", object{"contactId": 5}, 400, "SerializationException"},
		{"CreateTransport", object{"transportType": "web_rtc"}, 400, "UnsupportedOperationException"},
		{"PauseContact", object{"contactId": unknown}, 400, "ResourceNotFoundException"},
		{"HoldConnection", object{}, 400, "InvalidContactTypeException"},
		{"NoSuchThing", object{}, 400, "UnknownOperationException"},
	} {
		if status, out := w.cti(tt.operation, tt.members); status != tt.status || out["__type"] != tt.kind || out["message"] == "" {
			t.Errorf("%s %v: %d %v, want %d %s", tt.operation, tt.members, status, out, tt.status, tt.kind)
		}
	}
}

// kinds of answers to an operation of the protocol, named by the error type if it is one.
const (
	answered   = ""
	notVoice   = "InvalidContactTypeException"
	notYet     = "UnsupportedOperationException"
	incomplete = "ValidationException"
)

// TestEveryOperationOfTheProtocolIsAnswered goes through the operations of streams.md §3.2, with no members.
func TestEveryOperationOfTheProtocolIsAnswered(t *testing.T) {
	w := signedIn(t)
	tests := map[string]string{
		"GetAgentSnapshot": answered, "GetAgentConfiguration": answered, "GetAgentPermissions": answered,
		"GetAgentStates": answered, "GetDialableCountryCodes": answered, "GetRoutingProfileQueues": answered,
		"GetEndpoints": answered, "UpdateAgentConfiguration": answered, "SendClientLogs": answered,
		"SendSoftphoneCallMetrics": answered, "SendSoftphoneCallReport": answered, "NotifyContactIssue": answered,
		"PutAgentState": incomplete, "AcceptContact": incomplete, "RejectContact": incomplete,
		"DestroyConnection": incomplete, "ClearContact": incomplete, "CompleteContact": incomplete,
		"CreateTransport": notYet, "CreateAdditionalConnection": incomplete,
		"PauseContact": incomplete, "ResumeContact": incomplete,
		"CreateTaskContact": incomplete, "TransferContact": incomplete, "GetNewAuthToken": incomplete,
		"AddNewConnection": notVoice, "CreateOutboundContact": notVoice, "HoldConnection": notVoice,
		"ResumeConnection": notVoice, "ConferenceConnections": notVoice, "ToggleActiveConnections": notVoice,
		"SendDigits": notVoice, "MuteParticipant": notVoice, "UnmuteParticipant": notVoice,
		"UpdateMonitorParticipantState": notVoice,
	}
	for operation, want := range tests {
		status, out := w.cti(operation, object{})
		kind, _ := out["__type"].(string)
		if kind != want || (status == http.StatusOK) != (want == answered) {
			t.Errorf("%s: %d %v, want %q", operation, status, out, want)
		}
	}
	for operation := range operations {
		if _, ok := tests[operation]; !ok {
			t.Errorf("%s is answered, and not in this test", operation)
		}
	}
	if got := w.must("GetDialableCountryCodes", object{})["countryCodes"]; len(got.([]any)) != 0 {
		t.Errorf("countryCodes = %v, want an empty list", got)
	}
}

func TestAnswersAreNotCachedAndHaveAnID(t *testing.T) {
	w := signedIn(t)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/connect/api", strings.NewReader("{}"))
	r.Header.Set("X-Amz-Target", target+"GetAgentStates")
	r.Header.Set("X-Amz-Bearer", w.token)
	res, text := w.do(r)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("/connect/api: %s %s", res.Status, text)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Content-Type": "application/x-amz-json-1.0"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if res.Header.Get("X-Amzn-Requestid") == "" {
		t.Error("the answer has no request id")
	}
	if res, text := w.get("/connect/auth/authorize"); res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("/connect/auth/authorize: %s %s, Cache-Control %q", res.Status, text, res.Header.Get("Cache-Control"))
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	w := signedIn(t)
	if status, out := w.cti("SendClientLogs", object{"logEvents": strings.Repeat("x", maxBody)}); status != 400 || out["__type"] != "SerializationException" {
		t.Errorf("%d bytes: %d %v, want 400", maxBody, status, out)
	}
	res, text := w.post("/login", "application/json", `{"username":"`+strings.Repeat("x", maxBody)+`"}`)
	if res.StatusCode != http.StatusBadRequest || !json.Valid([]byte(text)) {
		t.Errorf("/login with %d bytes: %s %s, want 400", maxBody, res.Status, text)
	}
}

func TestEveryKindOfFaultHasAnErrorType(t *testing.T) {
	for _, kind := range fault.Kinds() {
		if errorTypes[kind].status == 0 {
			t.Errorf("kind %d has no error type", kind)
		}
	}
}
