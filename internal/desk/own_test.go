package desk

import (
	"net/http"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// pickable lets the agents pick tasks out of the stock queue.
func (w *world) pickable() {
	w.t.Helper()
	rows := []routing.Row{{Channel: routing.Task, ProfileQueue: routing.ProfileQueue{Queue: w.stock.Queue}}}
	profile := idOf(arn.RoutingProfile, "Basic Routing Profile")
	if err := w.engine.AssociateProfileQueues(w.t.Context(), instance, profile, engine.ProfileQueues{Manual: rows}); err != nil {
		w.t.Fatal(err)
	}
}

// waits starts a task that waits.
func (w *world) waits(name string) string {
	w.t.Helper()
	id, err := w.engine.StartTask(w.t.Context(), instance, engine.StartTask{Flow: w.stock.Flow, Name: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// toPick are the names of the tasks that the agent may pick.
func (w *world) toPick() (names []string) {
	w.t.Helper()
	status, out := w.own("GetPickableContacts", object{})
	if status != http.StatusOK || out["truncated"] != false {
		w.t.Fatalf("GetPickableContacts: %d %v", status, out)
	}
	for _, c := range out["contacts"].([]any) {
		c := c.(object)
		if c["queue"].(object)["name"] != "BasicQueue" || c["queueTimestamp"].(float64) == 0 || c["priority"] != 5.0 {
			w.t.Errorf("%v, want its queue, its age and its priority", c)
		}
		names = append(names, c["name"].(string))
	}
	return names
}

func TestAgentPicksATask(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.waits("first")
	if names := w.toPick(); len(names) != 0 {
		t.Errorf("may pick %v, want nothing: there is no queue for that", names)
	}
	if status, out := w.own("PickContact", object{"contactId": id}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("picking out of a queue that is not for that: %d %v", status, out)
	}
	w.pickable()
	w.waits("second")
	if names := w.toPick(); len(names) != 2 || names[0] != "first" || names[1] != "second" {
		t.Errorf("may pick %v, want first and second", names)
	}
	profile := w.must("GetAgentConfiguration", object{})["configuration"].(object)["routingProfile"].(object)
	if manual := profile["manualAssignmentQueues"].([]any); len(manual) != 1 || manual[0].(object)["name"] != "BasicQueue" {
		t.Errorf("manual assignment queues are %v, want BasicQueue", manual)
	}
	if status, out := w.own("PickContact", object{"contactId": id}); status != http.StatusOK {
		t.Fatalf("PickContact: %d %v", status, out)
	}
	w.wantContacts("connecting/connecting")
	w.must("AcceptContact", object{"contactId": id})
	if names := w.toPick(); len(names) != 1 || names[0] != "second" {
		t.Errorf("may pick %v, want second", names)
	}
	if status, out := w.own("PickContact", object{"contactId": id}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("picking a task in hand: %d %v", status, out)
	}
	if status, out := w.own("PickContact", object{}); status != 400 || out["__type"] != "ValidationException" {
		t.Errorf("picking nothing: %d %v", status, out)
	}
}
