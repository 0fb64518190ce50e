package desk

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// expire lets the life of a task run out, and the session with it, so that the agent signs in again.
func (w *world) expire(id string) {
	w.t.Helper()
	c, _, err := w.engine.Contact(w.t.Context(), instance, id)
	if err == nil {
		err = w.store.SetOffset(w.t.Context(), w.store.Offset()+c.Expires.Sub(w.engine.Now())+time.Second)
	}
	if err == nil {
		err = w.engine.Fire(w.t.Context(), instance, engine.Timer{Kind: engine.TimerExpiry, Contact: id})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.signIn()
}

// move transfers a task to the queue, as somebody else does who uses the API.
func (w *world) move(id string) {
	w.t.Helper()
	_, err := w.engine.Transfer(w.t.Context(), instance, engine.TransferTask{
		Contact: id, Flow: idOf(arn.Flow, "Default queue transfer"), Queue: w.stock.Queue,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stopTask(id string) {
	w.t.Helper()
	if err := w.engine.Stop(w.t.Context(), instance, id); err != nil {
		w.t.Fatal(err)
	}
}

func TestOutcomeTellsWhyATaskIsGone(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*world, string)
		want object
	}{
		{"stopped", (*world).stopTask, object{"state": "ended", "reason": "API", "transferred": false, "queue": "BasicQueue", "agent": nil, "self": false}},
		{"expired", (*world).expire, object{"state": "ended", "reason": "EXPIRED", "transferred": false, "queue": "BasicQueue", "agent": nil, "self": false}},
		{"moved", (*world).move, object{"state": "queued", "reason": "OTHER", "transferred": true, "queue": "BasicQueue", "agent": nil, "self": false}},
		{"paused", func(w *world, id string) {
			if err := w.engine.Pause(w.t.Context(), instance, engine.Pausing{Contact: id}); err != nil {
				w.t.Fatal(err)
			}
		}, object{"state": "paused", "reason": nil, "transferred": false, "queue": "BasicQueue", "agent": nil, "self": false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := signedIn(t)
			w.available()
			id := w.ring()
			tt.do(w, id)
			w.wantContacts()
			status, got := w.own("GetContactOutcome", object{"contactId": id})
			tt.want["contactId"] = id
			if diff := cmp.Diff(tt.want, got); status != http.StatusOK || diff != "" {
				t.Errorf("%d (-want +got):\n%s", status, diff)
			}
		})
	}
}

func TestOutcomeIsForTheAgentOfTheTaskOnly(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.stopTask(id)
	w.hire("bob", "Agent")
	for _, tt := range []struct {
		contact, want string
		status        int
	}{{id, "ResourceNotFoundException", 400}, {"", "ValidationException", 400}, {"unknown", "ResourceNotFoundException", 400}} {
		if status, out := w.own("GetContactOutcome", object{"contactId": tt.contact}); status != tt.status || out["__type"] != tt.want {
			t.Errorf("contact %q: %d %v, want %s", tt.contact, status, out, tt.want)
		}
	}
}

// beyondOf is what the snapshot tells of the agent's only task beyond what Amazon Connect does.
func (w *world) beyondOf() object {
	w.t.Helper()
	all := w.must("GetAgentSnapshot", object{})["snapshot"].(object)["contacts"].([]any)
	if len(all) != 1 {
		w.t.Fatalf("%d contacts, want 1", len(all))
	}
	return all[0].(object)["tasklane"].(object)
}

func TestSnapshotTellsTheTimesOfATaskAndWhyItEnded(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	rings := w.beyondOf()
	now := float64(w.engine.Now().UnixMilli()) / 1000
	if until := rings["ringsUntil"].(float64); until <= now || until > now+31 {
		t.Errorf("rings until %f, want within 30 s of %f", until, now)
	}
	if rings["expires"].(float64) <= now || rings["created"].(float64) > now || rings["accepted"] != nil || rings["endReason"] != nil {
		t.Errorf("while it rings: %v", rings)
	}
	w.must("AcceptContact", object{"contactId": id})
	if in := w.beyondOf(); in["ringsUntil"] != nil || in["accepted"].(float64) < now-1 || in["expires"] != rings["expires"] {
		t.Errorf("in work: %v", in)
	}
	w.stopTask(id)
	if over := w.beyondOf(); over["endReason"] != "API" || over["transferred"] != false || over["expires"] != nil || over["accepted"] == nil {
		t.Errorf("stopped: %v", over)
	}
	w.must("ClearContact", object{"contactId": id})
	id = w.ring()
	w.must("AcceptContact", object{"contactId": id})
	w.move(id)
	if over := w.beyondOf(); over["endReason"] != "OTHER" || over["transferred"] != true {
		t.Errorf("moved: %v", over)
	}
}

func TestSnapshotTellsFromWhomATaskCame(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	if in := w.beyondOf(); in["from"] != nil {
		t.Errorf("a new task is from %v, want nobody", in["from"])
	}
	w.move(id)
	before, _, err := w.engine.Contact(t.Context(), instance, id)
	if err != nil {
		t.Fatal(err)
	}
	w.must("ClearContact", object{"contactId": id})
	w.offer(before.Next)
	if in := w.beyondOf(); in["from"] != "Alex Agent" {
		t.Errorf("the transferred task is from %v, want Alex Agent", in["from"])
	}
}

func TestStatusesAreInDisplayOrder(t *testing.T) {
	w := signedIn(t)
	for name, order := range map[string]int{"Training": 3, "Break": 30, "Admin": 0, "Lunch": 4, "Aside": 30} {
		if _, err := w.engine.CreateAgentStatus(t.Context(), instance, agent.Status{Name: name, Type: agent.Custom, DisplayOrder: order}); err != nil {
			t.Fatal(err)
		}
	}
	var names []any
	for token := any(nil); ; {
		out := w.must("GetAgentStates", object{"maxResults": 2, "nextToken": token})
		for _, s := range out["states"].([]any) {
			names = append(names, s.(object)["name"])
		}
		if token = out["nextToken"]; token == nil {
			break
		}
	}
	if diff := cmp.Diff([]any{"Available", "Offline", "Training", "Lunch", "Aside", "Break", "Admin"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEndpointDetailsTellWhoIsThere(t *testing.T) {
	w := signedIn(t)
	w.available()
	w.must("AcceptContact", object{"contactId": w.ring()})
	w.must("PutAgentState", object{"state": object{"agentStateARN": w.state("Offline")}, "enqueueNextState": true})
	own := w.connect("Me", routing.Destination{Type: routing.QuickConnectUser, Target: w.stock.Agent, Flow: idOf(arn.Flow, "Default agent transfer")})
	note := "Ask first"
	if err := w.engine.RenameQuickConnect(t.Context(), instance, own, nil, &note); err != nil {
		t.Fatal(err)
	}
	status, out := w.own("GetEndpointDetails", object{})
	if status != http.StatusOK {
		t.Fatalf("GetEndpointDetails: %d %v", status, out)
	}
	told := map[any]object{}
	for _, e := range out["endpoints"].([]any) {
		told[e.(object)["endpointARN"]] = e.(object)
	}
	me := told[own]
	who, _ := me["agent"].(object)
	if me["description"] != note || who["name"] != "Alex Agent" || who["status"] != "Available" || who["type"] != "routable" ||
		who["next"] != "Offline" || who["tasks"] != 1.0 || who["since"].(float64) == 0 {
		t.Errorf("of an agent: %v", me)
	}
	if queue := told[w.arnOf(w.stock.QueueConnect)]; queue == nil || queue["agent"] != nil {
		t.Errorf("of a queue: %v", queue)
	}
}

// raw makes a call with a body as it is.
func (w *world) raw(operation, body string) (*http.Response, string) {
	w.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/api", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", target+operation)
	r.Header.Set("X-Amz-Bearer", w.token)
	return w.do(r)
}

func TestReferencesTravelInTheirOrder(t *testing.T) {
	w := signedIn(t)
	w.available()
	to := w.arnOf(w.stock.QueueConnect)
	body := `{"name":"n","endpoint":{"endpointARN":"` + to + `"},"references":{"Zone":{"type":"STRING","value":"1"},"Area":{"type":"STRING","value":"2"}}}`
	res, text := w.raw("CreateTaskContact", body)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", res.Status, text)
	}
	id := decode(t, []byte(text))["contactId"].(string)
	w.offer(id)
	res, text = w.raw("GetAgentSnapshot", "{}")
	zone, area := strings.Index(text, `"Zone":{`), strings.Index(text, `"Area":{`)
	if res.StatusCode != http.StatusOK || zone < 0 || area < zone {
		t.Errorf("references are in another order than given:\n%s", text)
	}
}
