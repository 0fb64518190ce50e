package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
)

// line is a flow whose actions follow one another, each written as its type, a space and its parameters; any that
// fails goes to the last, which disconnects. A wait goes on when it is over.
func line(actions ...string) string {
	var all []string
	for i, a := range actions {
		kind, parameters, _ := strings.Cut(a, " ")
		next := fmt.Sprint(i + 1)
		if i == len(actions)-1 {
			next = "end"
		}
		errors := `[{"NextAction":"end","ErrorType":"NoMatchingError"}]`
		switch kind {
		case "TransferContactToQueue":
			errors = `[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]`
		case "UpdateFlowLoggingBehavior":
			errors = "[]"
		}
		conditions := "[]"
		if kind == "Wait" {
			conditions = `[{"NextAction":"` + next + `","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]`
		}
		all = append(all, fmt.Sprintf(`{"Identifier":"%d","Type":%q,"Parameters":%s,"Transitions":{"NextAction":%q,"Errors":%s,"Conditions":%s}}`,
			i, kind, parameters, next, errors, conditions))
	}
	all = append(all, `{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`)
	return `{"Version":"2019-10-30","StartAction":"0","Actions":[` + strings.Join(all, ",") + `]}`
}

const (
	callFunction = `InvokeLambdaFunction {"LambdaFunctionARN":"arn:aws:lambda:us-east-1:000000000000:function:f","InvocationTimeLimitSeconds":"3"}`
	transfer     = `TransferContactToQueue {}`
	waitMinute   = `Wait {"TimeLimitSeconds":"60"}`
)

func (w *timed) toQueue() string {
	return fmt.Sprintf(`UpdateContactTargetQueue {"QueueId":%q}`, w.stock.Queue)
}

func (w *timed) publish(name string, of flow.Type, content string) string {
	w.Helper()
	f, err := w.engine.CreateFlow(w.Context(), instance, engine.Flow{Name: name, Type: of, Saved: content}, true)
	w.must(err)
	return f.ID
}

func (w *timed) startIn(flowID string) string {
	w.Helper()
	id, err := w.engine.StartTask(w.Context(), instance, engine.StartTask{Flow: flowID, Name: "call back"})
	w.must(err)
	return id
}

// calls gathers the calls that flows ask for.
func (w *timed) calls() *[]engine.Call {
	var all []engine.Call
	w.engine.Watch(func(c engine.Commit) { all = append(all, c.Calls...) })
	return &all
}

// ran are the actions that have run on a contact.
func (w *timed) ran(id string) string {
	w.Helper()
	events, err := w.engine.Events(w.Context(), instance, id)
	w.must(err)
	var names []string
	for _, e := range events {
		if e.Action != nil {
			names = append(names, e.Action.Identifier)
		}
	}
	return strings.Join(names, " ")
}

func (w *timed) wantRan(id, want string) {
	w.Helper()
	if got := w.ran(id); got != want {
		w.Errorf("ran %q, want %q", got, want)
	}
}

// A function whose answer was lost with the server is called again; whichever answer comes first counts, and the
// other one changes nothing.
func TestLostCallIsMadeAgainAndCountsOnce(t *testing.T) {
	t.Parallel()
	w := begin(t)
	calls := w.calls()
	id := w.startIn(w.publish("calls", flow.TypeContactFlow, line(callFunction, w.toQueue(), transfer)))
	w.want(id, contact.InFlow)
	w.pass(9 * time.Second)
	w.fire(w.due())
	if len(*calls) != 2 || (*calls)[0].Stamp != (*calls)[1].Stamp || string((*calls)[0].Event) != string((*calls)[1].Event) {
		t.Fatalf("calls %+v, want the same one twice", *calls)
	}
	for range 2 {
		w.must(w.engine.EndCall(w.Context(), (*calls)[0], []byte(`{"a":"b"}`), nil))
		w.want(id, contact.Queued)
	}
	w.wantRan(id, "0 0 1 2")
	w.pass(time.Minute)
	w.fire(w.due())
	if len(*calls) != 2 {
		t.Errorf("called %d times", len(*calls))
	}
}

// A server that owned the instance and was stopped may have read a timer that another server has fired since.
func TestTimerOfACallThatWasReadBeforeItWasMadeAgainDoesNothing(t *testing.T) {
	t.Parallel()
	w := begin(t)
	calls := w.calls()
	w.startIn(w.publish("calls", flow.TypeContactFlow, line(callFunction, transfer)))
	w.pass(9 * time.Second)
	read := w.due()
	for range 5 {
		w.fire(read)
	}
	if len(*calls) != 2 {
		t.Errorf("called %d times, want once and once again", len(*calls))
	}
	w.pass(9 * time.Second)
	w.fire(w.due())
	if len(*calls) != 3 {
		t.Errorf("called %d times: the timer of the second call is gone", len(*calls))
	}
}

func TestCallThatNeverAnswersFailsAtLast(t *testing.T) {
	t.Parallel()
	w := begin(t)
	calls := w.calls()
	id := w.startIn(w.publish("calls", flow.TypeContactFlow, line(callFunction, transfer)))
	for range 4 {
		w.pass(9 * time.Second)
		w.fire(w.due())
	}
	if len(*calls) != 3 {
		t.Errorf("called %d times, want 3", len(*calls))
	}
	w.want(id, contact.Ended)
	w.wantRan(id, "0 0 end")
	w.must(w.engine.EndCall(w.Context(), (*calls)[0], []byte(`{}`), nil)) // too late
	w.want(id, contact.Ended)
}

func TestAsynchronousCallHoldsNothingUp(t *testing.T) {
	t.Parallel()
	w := begin(t)
	calls := w.calls()
	async := strings.Replace(callFunction, "{", `{"InvocationType":"ASYNCHRONOUS",`, 1)
	id := w.startIn(w.publish("calls", flow.TypeContactFlow, line(async,
		`UpdateContactAttributes {"Attributes":{"call":"$.LambdaInvocation.InvocationId"}}`, w.toQueue(), transfer)))
	w.want(id, contact.Queued)
	_, attributes, err := w.engine.Contact(w.Context(), instance, id)
	w.must(err)
	if len(*calls) != 1 || !(*calls)[0].Async || attributes["call"] == "" {
		t.Fatalf("calls %+v, attributes %v", *calls, attributes)
	}
	w.must(w.engine.Stop(w.Context(), instance, id)) // the call outlives the task
	w.pass(9 * time.Second)
	w.fire(w.due())
	if len(*calls) != 2 {
		t.Errorf("called %d times, want twice: nobody has said that it was made", len(*calls))
	}
	w.must(w.engine.EndCall(w.Context(), (*calls)[1], nil, nil))
	w.pass(time.Minute)
	w.fire(w.due())
	if len(*calls) != 2 {
		t.Errorf("called %d times after it was made", len(*calls))
	}
}

// A wait keeps its clock while the task is paused, and the flow goes on when the task does.
func TestPausedTaskGoesOnWhenItIsResumed(t *testing.T) {
	t.Parallel()
	w := begin(t)
	id := w.startIn(w.publish("waits", flow.TypeContactFlow, line(waitMinute, w.toQueue(), transfer)))
	w.must(w.engine.Pause(w.Context(), instance, engine.Pausing{Contact: id}))
	w.pass(61 * time.Second)
	w.fire(w.due())
	w.want(id, contact.Paused)
	w.wantRan(id, "0")
	w.must(w.engine.Resume(w.Context(), instance, engine.Pausing{Contact: id}))
	w.want(id, contact.Queued)
	w.wantRan(id, "0 0 1 2")
}

func TestResumedTaskWaitsOn(t *testing.T) {
	t.Parallel()
	w := begin(t)
	id := w.startIn(w.publish("waits", flow.TypeContactFlow, line(waitMinute, w.toQueue(), transfer)))
	w.must(w.engine.Pause(w.Context(), instance, engine.Pausing{Contact: id}))
	w.must(w.engine.Resume(w.Context(), instance, engine.Pausing{Contact: id}))
	w.want(id, contact.InFlow)
	w.pass(61 * time.Second)
	w.fire(w.due())
	w.want(id, contact.Queued)
}

// A flow that a task began with runs to its end, whatever is published meanwhile.
func TestRunKeepsItsText(t *testing.T) {
	t.Parallel()
	w := begin(t)
	f := w.publish("waits", flow.TypeContactFlow, line(waitMinute, w.toQueue(), transfer))
	old := w.startIn(f)
	w.must(w.engine.UpdateFlowContent(w.Context(), instance, f, line(`UpdateContactData {"Name":"new"}`)))
	w.pass(61 * time.Second)
	w.fire(w.due())
	w.want(old, contact.Queued)
	w.want(w.startIn(f), contact.Ended)
}

// The whisper flow of a task runs when an agent has accepted it, and is cut off when it takes too long.
func TestWhisperFlowIsCutOff(t *testing.T) {
	t.Parallel()
	w := begin(t)
	calls := w.calls()
	whispers := line(callFunction, `UpdateContactAttributes {"Attributes":{"whispered":"$.Agent.UserName"}}`, callFunction)
	whisper := w.publish("whispers", flow.TypeAgentWhisper, strings.Replace(whispers, "DisconnectParticipant", "EndFlowExecution", 1))
	id := w.startIn(w.publish("in", flow.TypeContactFlow, line(fmt.Sprintf(`UpdateContactEventHooks {"EventHooks":{"AgentWhisper":%q}}`, whisper), w.toQueue(), transfer)))
	available := w.available()
	w.must(w.engine.SetStatus(w.Context(), instance, w.stock.Agent, available))
	w.must(w.engine.Offer(w.Context(), instance, engine.Offering{Contact: id, Agent: w.stock.Agent}))
	w.must(w.engine.Accept(w.Context(), instance, id, w.stock.Agent))
	w.want(id, contact.Connected)
	w.must(w.engine.EndCall(w.Context(), (*calls)[0], []byte(`{}`), nil))
	_, attributes, err := w.engine.Contact(w.Context(), instance, id)
	w.must(err)
	if attributes["whispered"] != "bob" {
		t.Errorf("attributes %v, want what the whisper flow has set", attributes)
	}
	w.pass(2*time.Minute + time.Second)
	for _, timer := range w.due() {
		if timer.Kind == engine.TimerCut {
			w.fire([]engine.Timer{timer})
		}
	}
	w.must(w.engine.EndCall(w.Context(), (*calls)[1], []byte(`{}`), nil))
	w.want(id, contact.Connected)
	w.wantRan(id, "0 1 2 0 0 1 2 2")
	events, err := w.engine.Events(w.Context(), instance, id)
	w.must(err)
	if last := events[len(events)-1].Action; last == nil || last.Error != "The flow has run too long" {
		t.Errorf("the last event is %+v", events[len(events)-1])
	}
}

func (w *timed) available() string {
	w.Helper()
	statuses, err := w.engine.AgentStatuses(instance)
	w.must(err)
	return statuses[0].ID // by name
}

// What is secret by its name is in no trace, and what is long is cut.
func TestTraceKeepsSecrets(t *testing.T) {
	t.Parallel()
	w := begin(t)
	id := w.startIn(w.publish("sets", flow.TypeContactFlow, line(
		`UpdateContactAttributes {"Attributes":{"apiToken":"abc","plain":"`+strings.Repeat("x", 2000)+`"}}`)))
	events, err := w.engine.Events(w.Context(), instance, id)
	w.must(err)
	for _, e := range events {
		if e.Action == nil || e.Action.Type != "UpdateContactAttributes" {
			continue
		}
		set := e.Action.Inputs["Attributes"].(map[string]any)
		if set["apiToken"] != "[redacted]" || len([]rune(set["plain"].(string))) != 1001 {
			t.Errorf("the trace tells %v", set)
		}
		return
	}
	t.Error("the action is not in the trace")
}
