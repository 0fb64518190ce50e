package desk

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/routing"
)

// connect makes a quick connect of the agent's queue, and is its ARN.
func (w *world) connect(name string, to routing.Destination) string {
	w.t.Helper()
	q, err := w.engine.CreateQuickConnect(w.t.Context(), instance, routing.QuickConnect{Name: name, Destination: to})
	if err == nil {
		err = w.engine.AssociateQuickConnects(w.t.Context(), instance, w.stock.Queue, []string{q.ID})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return q.ARN
}

// phone makes a quick connect that tasks cannot follow.
func (w *world) phone() string {
	return w.connect("Phone", routing.Destination{Type: routing.QuickConnectPhone, Phone: "+12065550100"})
}

// arnOf is the ARN of a stock quick connect.
func (w *world) arnOf(quickConnect string) string {
	w.t.Helper()
	q, err := w.engine.QuickConnect(instance, quickConnect)
	if err != nil {
		w.t.Fatal(err)
	}
	return q.ARN
}

// endpoints lists all endpoints of some queues in pages of a size, by name.
func (w *world) endpoints(size int, queues ...string) (names []string, all map[string]object, pages int) {
	w.t.Helper()
	all = map[string]object{}
	for token := any(nil); pages == 0 || token != nil; pages++ {
		out := w.must("GetEndpoints", object{"queueARNs": queues, "nextToken": token, "maxResults": size})
		for _, e := range out["endpoints"].([]any) {
			name := e.(object)["name"].(string)
			names, all[name] = append(names, name), e.(object)
		}
		token = out["nextToken"]
	}
	return names, all, pages
}

func TestEndpointsAreTheQuickConnectsOfTheQueues(t *testing.T) {
	w := signedIn(t)
	w.phone()
	queues := w.must("GetRoutingProfileQueues", object{})["queues"].([]any)
	basic, own := queues[0].(object)["queueARN"].(string), queues[1].(object)["queueARN"].(string)
	want := []string{"BasicQueue", "Phone", "agent"}
	names, all, pages := w.endpoints(2, basic, own)
	if diff := cmp.Diff(want, names); diff != "" || pages != 2 {
		t.Errorf("in %d pages, want 2 (-want +got):\n%s", pages, diff)
	}
	if names, _, _ := w.endpoints(0); !cmp.Equal(names, want) {
		t.Errorf("of all queues: %v, want %v", names, want)
	}
	if names, _, _ := w.endpoints(0, own); len(names) != 0 {
		t.Errorf("of the agent's own queue: %v, want none", names)
	}
	golden := object{
		"endpointARN": w.arnOf(w.stock.QueueConnect), "type": "queue", "name": "BasicQueue", "displayName": "BasicQueue",
		"phoneNumber": nil, "agentLogin": nil, "emailAddress": nil, "queue": object{"queueARN": basic, "name": "BasicQueue"},
	}
	if diff := cmp.Diff(golden, all["BasicQueue"]); diff != "" {
		t.Errorf("a queue (-want +got):\n%s", diff)
	}
	if e := all["agent"]; e["type"] != "agent" || e["agentLogin"] != "agent" || e["queue"] != nil {
		t.Errorf("an agent: %v", e)
	}
	if e := all["Phone"]; e["type"] != "phone_number" || e["phoneNumber"] != "+12065550100" {
		t.Errorf("a telephone: %v", e)
	}
	for _, tt := range []struct {
		members object
		want    string
	}{
		{object{"queueARNs": []string{unknown}}, "ResourceNotFoundException"},
		{object{"nextToken": "?"}, "PaginationException"},
		{object{"maxResults": -1}, "PaginationException"},
	} {
		if status, out := w.cti("GetEndpoints", tt.members); status != 400 || out["__type"] != tt.want {
			t.Errorf("%v: %d %v, want %s", tt.members, status, out, tt.want)
		}
	}
}

func TestListsComeInPages(t *testing.T) {
	w := signedIn(t)
	for operation, member := range map[string]string{
		"GetAgentStates": "states", "GetRoutingProfileQueues": "queues", "GetEndpoints": "endpoints",
	} {
		whole := w.must(operation, object{})[member].([]any)
		var got []any
		for token := any(nil); len(got) == 0 || token != nil; {
			out := w.must(operation, object{"maxResults": 1, "nextToken": token})
			got, token = append(got, out[member].([]any)...), out["nextToken"]
		}
		if diff := cmp.Diff(whole, got); diff != "" || len(got) < 2 {
			t.Errorf("%s by one (-whole +pages):\n%s", operation, diff)
		}
	}
}

func TestTransferSendsTheTaskOn(t *testing.T) {
	for _, operation := range []string{"TransferContact", "CreateAdditionalConnection"} {
		t.Run(operation, func(t *testing.T) {
			w := signedIn(t)
			w.available()
			id := w.ring()
			w.must("AcceptContact", object{"contactId": id})
			w.must(operation, object{"contactId": id, "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}})
			w.wantContacts("ended/disconnected")
			old, _, err := w.engine.Contact(t.Context(), instance, id)
			if err != nil || old.Next == "" {
				t.Fatalf("contact %v, %v; want one that goes on", old, err)
			}
			next, _, err := w.engine.Contact(t.Context(), instance, old.Next)
			if err != nil || next.State != contact.Queued || next.Target != w.stock.Queue || next.Previous != id {
				t.Errorf("the next contact: %v, %v; want it in the queue", next, err)
			}
			w.must("ClearContact", object{"contactId": id})
		})
	}
}

func TestTransferIsRefused(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	queue := object{"endpointARN": w.arnOf(w.stock.QueueConnect)}
	if status, out := w.cti("TransferContact", object{"contactId": id, "endpoint": queue}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("of a task that rings: %d %v", status, out)
	}
	w.must("AcceptContact", object{"contactId": id})
	for _, tt := range []struct {
		members object
		want    string
	}{
		{object{"endpoint": queue}, "ValidationException"},
		{object{"contactId": id}, "ValidationException"},
		{object{"contactId": id, "endpoint": object{"endpointARN": "none"}}, "BadEndpointException"},
		{object{"contactId": id, "endpoint": object{"endpointARN": w.phone()}}, "BadEndpointException"},
		{object{"contactId": unknown, "endpoint": queue}, "ResourceNotFoundException"},
	} {
		if status, out := w.cti("TransferContact", tt.members); status != 400 || out["__type"] != tt.want {
			t.Errorf("%v: %d %v, want %s", tt.members, status, out, tt.want)
		}
	}
	w.wantContacts("connected/connected")
	w.hire("bob", "Agent")
	if status, out := w.cti("TransferContact", object{"contactId": id, "endpoint": queue}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("of another agent's task: %d %v", status, out)
	}
}

func TestSnapshotTellsHowATaskCame(t *testing.T) {
	d, golden := exampleDesk(), example(t)
	d.Tasks[0].Task.Method = contact.MethodQueueTransfer
	d.Tasks[0].Task.References["Bill"] = contact.Reference{
		Type: contact.ReferenceAttachment, Value: "f", ARN: exampleInstance + "/file/f", Status: "REJECTED", StatusReason: "empty",
	}
	c := golden["contacts"].([]any)[0].(object)
	c["initiationMethod"] = "queue_transfer"
	c["references"].(object)["Bill"] = object{
		"type": "ATTACHMENT", "value": "f", "arn": exampleInstance + "/file/f", "status": "REJECTED", "statusReason": "empty",
	}
	if diff := cmp.Diff(golden, told(t, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
