package desk

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// own makes a call of an operation that Amazon Connect does not have.
func (w *world) own(operation string, members any) (int, object) {
	w.t.Helper()
	body, _ := json.Marshal(members)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/api", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", ownTarget+operation)
	r.Header.Set("X-Amz-Bearer", w.token)
	res, text := w.do(r)
	var out object
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		w.t.Fatalf("%s: %s %q", operation, res.Status, text)
	}
	return res.StatusCode, out
}

// happened are the events of a history, in one word each: the type, or the type of the action.
func (w *world) happened(contactID string) (words []string, events []object) {
	w.t.Helper()
	status, out := w.own("GetContactHistory", object{"contactId": contactID})
	if status != http.StatusOK || out["truncated"] != false {
		w.t.Fatalf("GetContactHistory: %d %v", status, out)
	}
	for _, e := range out["events"].([]any) {
		e := e.(object)
		word := e["type"].(string)
		if a, ok := e["action"].(object); ok {
			word = a["type"].(string)
		}
		words, events = append(words, word), append(events, e)
	}
	return words, events
}

func TestHistoryTellsWhatHappenedToATask(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	words, events := w.happened(id)
	want := "INITIATED CONNECTED_TO_SYSTEM UpdateContactTargetQueue QUEUED TransferContactToQueue OFFERED CONNECTED_TO_AGENT"
	if got := strings.Join(words, " "); got != want {
		t.Fatalf("history is %s\nwant       %s", got, want)
	}
	if queued := events[3]; queued["queue"] != "BasicQueue" || queued["contactId"] != id || queued["timestamp"].(float64) == 0 {
		t.Errorf("queued: %v", queued)
	}
	if last := events[6]; last["agent"] != "Alex Agent" || last["self"] != true {
		t.Errorf("connected: %v, want the agent's name", last)
	}
	action := events[2]["action"].(object)
	if action["flow"] != "Sample task flow" || action["error"] != false || action["inputs"] != nil || events[2]["self"] != false {
		t.Errorf("action %v of %v, want its flow and no values", action, events[2])
	}
}

func TestHistoryReachesBackBeyondATransfer(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	w.must("TransferContact", object{"contactId": id, "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}})
	w.must("ClearContact", object{"contactId": id})
	if status, out := w.own("GetContactHistory", object{"contactId": id}); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Errorf("history of a task that is not in hand: %d %v", status, out)
	}
	old := w.made(object{"contactId": id})
	w.offer(old.Next)
	words, events := w.happened(old.Next)
	if !slices.Contains(words, "DISCONNECTED") || events[0]["contactId"] != id || events[len(events)-1]["contactId"] != old.Next {
		t.Errorf("history is %v, want that of %s and then of %s", words, id, old.Next)
	}
}

func TestHistoryIsRefused(t *testing.T) {
	w := signedIn(t)
	for want, members := range map[string]object{
		"ValidationException":       {},
		"ResourceNotFoundException": {"contactId": "00000000-0000-4000-8000-000000000000"},
	} {
		if status, out := w.own("GetContactHistory", members); status != 400 || out["__type"] != want {
			t.Errorf("%v: %d %v, want %s", members, status, out, want)
		}
	}
	if status, out := w.own("AcceptContact", object{}); status != 400 || out["__type"] != "UnknownOperationException" {
		t.Errorf("an operation of the protocol under our name: %d %v", status, out)
	}
	if status, out := w.cti("GetContactHistory", object{}); status != 400 || out["__type"] != "UnknownOperationException" {
		t.Errorf("ours under the name of the protocol: %d %v", status, out)
	}
}
