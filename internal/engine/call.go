package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// Call is a call of a function that a flow asks for. It is made between commits, at least once; the answer comes
// back with [Engine.EndCall].
type Call struct {
	Instance string
	Contact  string
	Stamp    int // of the wait: the answer to an earlier call is dropped

	Function string        // ARN
	Event    []byte        // JSON
	Limit    time.Duration // for all attempts together
	Async    bool          // the flow goes on without the answer
}

const (
	// callGrace is how long an answer may be late before the call is made again.
	callGrace = 5 * time.Second
	// maxCalls bounds how often a call is made again because its answer never came: the server died, say.
	maxCalls = 3
)

// suspended is what is kept of a run that waits, or of a call whose answer nobody waits for.
type suspended struct {
	State  flow.State     `json:"state,omitzero"`
	Call   *flow.Invoke   `json:"call,omitempty"`
	Calls  int            `json:"calls,omitempty"`  // how often it was made
	Again  time.Time      `json:"again,omitzero"`   // when it will be made again
	Began  time.Time      `json:"began,omitzero"`   // when the run began
	Since  time.Time      `json:"since,omitzero"`   // when this wait did
	Inputs map[string]any `json:"inputs,omitempty"` // of the action that waits, as the trace tells them
	Ready  *flow.Result   `json:"ready,omitempty"`  // what came while the contact was paused
}

func decodeSuspended(s *contact.Suspended) (suspended, error) {
	var body suspended
	d := json.NewDecoder(bytes.NewReader(s.Body))
	d.UseNumber() // of inputs
	if err := d.Decode(&body); err != nil {
		return body, fmt.Errorf("decode run %d: %w", s.Stamp, err)
	}
	return body, nil
}

func (s suspended) encode() (json.RawMessage, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode run: %w", err)
	}
	return body, nil
}

// invoke has a function called. A synchronous call suspends the run; of an asynchronous one the flow goes on at once.
func (r *flowRun) invoke(e flow.Invoke) (result flow.Result, waits bool, err error) {
	body := suspended{Call: &e, Calls: 1, Again: r.callDue(e), Began: r.began, Since: r.tx.Now()}
	if !e.Async {
		body.State, body.Inputs = r.state, r.inputs
	}
	text, err := body.encode()
	if err != nil {
		return flow.Result{}, false, err
	}
	if e.Async {
		stamp := r.c.Call(text)
		return flow.Result{Invocation: r.e.newID()}, false, r.call(e, stamp)
	}
	return flow.Result{}, true, r.call(e, r.suspend(text))
}

// call has a function called when the command is committed, and sees to it that it is called again should the answer
// not come.
func (r *flowRun) call(e flow.Invoke, stamp int) error {
	event, err := r.event(e)
	if err != nil {
		return err
	}
	r.tx.SetTimer(callTimer(r.c.ID, stamp, r.callDue(e)))
	r.tx.Call(Call{
		Instance: r.t.ID, Contact: r.c.ID, Stamp: stamp, Function: e.Function, Event: event, Limit: e.Limit, Async: e.Async,
	})
	return nil
}

// callDue is when a call that is made now has had its time.
func (r *flowRun) callDue(e flow.Invoke) time.Time { return r.tx.Now().Add(e.Limit + callGrace) }

// callAgain makes a call again whose answer never came, or gives it up. One that another server has made again since
// the timer was read keeps its time.
func (h *handling) callAgain(timer Timer) error {
	s := h.c.Waiting(timer.Stamp)
	if s == nil {
		return nil
	}
	body, err := decodeSuspended(s)
	if err != nil || body.Call == nil {
		return err
	}
	if body.Again.After(h.tx.Now()) {
		timer.Due = body.Again
		h.tx.SetTimer(timer)
		return nil
	}
	if body.Calls >= maxCalls {
		return h.answered(s, body, flow.Result{Error: flow.NoMatchingError}, errNoAnswer)
	}
	r := h.flowRun(s.Kind, body.State)
	body.Calls, body.Again = body.Calls+1, r.callDue(*body.Call)
	if s.Body, err = body.encode(); err != nil {
		return err
	}
	h.changed = true
	return r.call(*body.Call, timer.Stamp)
}

// EndCall takes the answer of a function in, or why there is none, and the flow goes on. An answer that nobody waits
// for any more is dropped.
func (e *Engine) EndCall(ctx context.Context, c Call, answer []byte, failed error) error {
	t, err := e.tenant(c.Instance)
	if err != nil {
		return err
	}
	return e.update(ctx, t, func(tx Tx, room *rooms) error {
		waits, err := tx.Contact(c.Contact)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		h := &handling{e: e, t: t, tx: tx, c: waits, room: room}
		s := h.c.Waiting(c.Stamp)
		if s == nil {
			return nil
		}
		body, err := decodeSuspended(s)
		if err != nil || body.Call == nil {
			return err
		}
		tx.ClearTimer(callTimer(c.Contact, c.Stamp, time.Time{}).ID())
		result, failed := answerOf(*body.Call, answer, failed)
		if err := h.answered(s, body, result, failed); err != nil {
			return err
		}
		return h.put()
	})
}

// errNoAnswer is why a call fails at last whose answer never came.
var errNoAnswer = errors.New("no answer came")

// answerOf is what a flow gets of an answer, and why there is none.
func answerOf(e flow.Invoke, answer []byte, failed error) (flow.Result, error) {
	var data map[string]any
	if failed == nil && !e.Async {
		data, failed = flow.ReadAnswer(answer, e.JSON)
	}
	if failed != nil {
		return flow.Result{Error: flow.NoMatchingError}, failed
	}
	return flow.Result{Data: data}, nil
}

// answered goes on with what has waited for a function.
func (h *handling) answered(s *contact.Suspended, body suspended, result flow.Result, failed error) error {
	if body.Call.Async {
		h.c.Called(s.Stamp)
		h.changed = true
		return nil
	}
	return h.resumeRun(s, body, result, failed)
}
