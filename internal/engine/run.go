package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// flowRun is a flow at work on a contact, within one command.
type flowRun struct {
	*handling
	kind   contact.RunKind
	runner flow.Runner
	state  flow.State
	began  time.Time // when the run began
	since  time.Time // when the action that is settled first asked for what takes time; zero when it did not

	given  map[string]any // inputs of the action that is settled first, as the trace tells them
	inputs map[string]any // of the action whose effect is carried out

	refusal   error // why the last effect could not be carried out
	forbidden bool  // it was a call of a function that is not associated
	err       error // of a lookup
}

// dueRun is a run that what has happened calls for.
type dueRun struct {
	kind contact.RunKind
	hook flow.Hook
	flow string // id; empty: that of the hook
}

// defaultFlows are the flows that run at an event for which the contact has none, by their names.
var defaultFlows = map[flow.Hook]string{
	flow.HookCustomerQueue: flow.DefaultCustomerQueue,
	flow.HookAgentWhisper:  flow.DefaultAgentWhisper,
}

// longestRun bounds how long a run may take, all its waits together; the others are bounded by the life of the
// contact. Amazon cuts a whisper flow after 2 minutes (AG set-whisper-flow).
var longestRun = map[contact.RunKind]time.Duration{
	contact.RunWhisper: 2 * time.Minute,
	contact.RunPause:   time.Hour,
	contact.RunResume:  time.Hour,
}

func (h *handling) flowRun(kind contact.RunKind, state flow.State) *flowRun {
	r := &flowRun{handling: h, kind: kind, state: state, began: h.tx.Now()}
	r.runner = flow.Runner{
		Library: r, Scope: r,
		Limits: flow.Limits{AtOnce: h.t.quotas[QuotaFlowActionsAtOnce], Total: h.t.quotas[QuotaFlowActions]},
	}
	return r
}

// Program gives the documents that run; flowRun is the flow's library.
func (r *flowRun) Program(ref flow.Ref) *flow.Program {
	p, err := r.t.pinned(r.tx, ref)
	if err != nil && !fault.Is(err, fault.NotFound) {
		r.err = err
	}
	return p
}

// will has a flow run when the command has done what it is for.
func (h *handling) will(kind contact.RunKind, hook flow.Hook, id string) {
	h.due = append(h.due, dueRun{kind, hook, id})
}

// runDue runs the flows that what has happened calls for, and those that their actions call for.
func (h *handling) runDue() error {
	for len(h.due) > 0 {
		next := h.due[0]
		h.due = h.due[1:]
		if err := h.begin(next); err != nil {
			return err
		}
	}
	if !h.resumed {
		return nil
	}
	h.resumed = false
	return h.wake()
}

// begin begins a run. Where no flow can run the contact goes on without it.
func (h *handling) begin(d dueRun) error {
	if holds, err := h.holds(d.kind); err != nil || !holds {
		return err
	}
	id, err := h.flowFor(d)
	if err != nil || id == "" {
		return err
	}
	ref, program, err := h.t.current(arn.Flow, id)
	if err != nil {
		return nil //nolint:nilerr // gone, archived or not published: it is skipped
	}
	if d.flow == "" && h.c.Hooks[string(d.hook)] == "" && program.Idle() {
		return nil // a default flow that does nothing
	}
	h.drop(d.kind)
	return h.flowRun(d.kind, flow.State{Document: ref, Total: h.c.Actions}).goOn(flow.Result{})
}

// inbound runs the flow of a contact that is in its flow. When it cannot run, the contact is over.
func (h *handling) inbound() error {
	ref, _, err := h.t.current(arn.Flow, h.c.Flow)
	if err != nil { // gone or archived since the task was scheduled
		return h.disconnect(contact.ReasonFlow)
	}
	return h.flowRun(contact.RunInbound, flow.State{Document: ref, Total: h.c.Actions}).goOn(flow.Result{})
}

// flowFor finds the flow that is to run; empty: none.
func (h *handling) flowFor(d dueRun) (string, error) {
	id := d.flow
	switch {
	case id != "":
	case slices.Contains(h.c.HooksOff, string(d.hook)):
		return "", nil
	case h.c.Hooks[string(d.hook)] != "":
		id = h.c.Hooks[string(d.hook)]
	case legacyHooks[d.hook] != "":
		chain, err := h.attributes()
		if err != nil {
			return "", err
		}
		id = chain.Attributes[legacyHooks[d.hook]]
	default:
		id, _ = h.t.catalog.named(arn.Flow, defaultFlows[d.hook])
	}
	if id == "" {
		return "", nil
	}
	usable, err := h.t.usableFlow(id, hookTypes[d.hook])
	if err != nil {
		return "", nil //nolint:nilerr // gone, archived or of another type by now: it is skipped
	}
	return usable, nil
}

// legacyHooks are the attributes that named the flows of the agent's workspace before there were events for them
// (AG how-to-invoke-a-flow-sg).
var legacyHooks = map[flow.Hook]string{
	flow.HookDefaultAgentUI:    "DefaultFlowForAgentUI",
	flow.HookDisconnectAgentUI: "DisconnectFlowForAgentUI",
}

// hookTypes are the types that the flows of events have.
var hookTypes = map[flow.Hook]flow.Type{
	flow.HookCustomerQueue:     flow.TypeCustomerQueue,
	flow.HookAgentWhisper:      flow.TypeAgentWhisper,
	flow.HookCustomerWhisper:   flow.TypeCustomerWhisper,
	flow.HookCustomerRemaining: flow.TypeContactFlow,
	flow.HookPauseContact:      flow.TypeContactFlow,
	flow.HookResumeContact:     flow.TypeContactFlow,
	flow.HookDefaultAgentUI:    flow.TypeContactFlow,
	flow.HookDisconnectAgentUI: flow.TypeContactFlow,
}

// holds reports whether the contact is where a run of a kind has something to do with it. It fails for a kind that this
// version does not know.
func (h *handling) holds(k contact.RunKind) (bool, error) {
	switch k {
	case contact.RunInbound:
		return h.c.State == contact.InFlow, nil
	case contact.RunQueue:
		return h.c.State == contact.Queued || h.c.State == contact.Connecting, nil
	case contact.RunWhisper:
		return h.c.WithAgent(), nil
	case contact.RunPause:
		return h.c.State == contact.Paused, nil
	case contact.RunResume:
		return !h.c.Disconnecting(), nil
	case contact.RunDisconnect:
		return h.c.Disconnecting(), nil
	case contact.RunAgentUI:
		return h.c.WithAgent() || h.c.Disconnecting(), nil
	}
	return false, fmt.Errorf("a run is of kind %q, which only a newer version knows", k)
}

// goOn runs the flow until it is over or waits. Whatever it asks for is carried out at once.
func (r *flowRun) goOn(result flow.Result) error {
	var out *contact.Action // the action whose effect is out
	for {
		var effect flow.Effect
		r.state, effect = r.runner.Step(r.state, result)
		if r.err != nil {
			return r.err
		}
		action := out
		if action == nil {
			action = r.action()
		}
		if r.state.Over {
			r.note(action, result, effect)
			return r.end(effect)
		}
		if _, moved := effect.(flow.None); moved {
			r.note(action, result, effect)
			out, result = nil, flow.Result{}
			continue
		}
		var waits bool
		var err error
		r.inputs = action.Inputs
		if result, waits, err = r.carryOut(effect); err != nil {
			return err
		}
		if waits {
			r.tell(action)
			if _, over := effect.(flow.Interrupt); over {
				r.log(action, result, effect)
			}
			return nil
		}
		out = action
	}
}

// end does what the end of a flow means for the contact (flows.md §5.3).
func (r *flowRun) end(effect flow.Effect) error {
	r.c.Actions, r.changed = r.state.Total, true
	_, disconnect := effect.(flow.Disconnect)
	switch r.kind {
	case contact.RunInbound:
		disconnect = r.c.State == contact.InFlow
	case contact.RunQueue, contact.RunPause, contact.RunResume:
		disconnect = disconnect && !r.c.Disconnecting()
	case contact.RunWhisper, contact.RunDisconnect, contact.RunAgentUI:
		disconnect = false
	}
	if disconnect {
		return r.disconnect(contact.ReasonFlow)
	}
	return nil
}

// wait suspends the run until a time.
func (r *flowRun) wait(e flow.Wait) error {
	text, err := suspended{State: r.state, Inputs: r.inputs, Since: r.tx.Now(), Began: r.began}.encode()
	if err != nil {
		return err
	}
	r.tx.SetTimer(waitTimer(r.c.ID, r.suspend(text), r.tx.Now().Add(e.For)))
	return nil
}

// suspend keeps the run and returns the stamp of its wait.
func (r *flowRun) suspend(body []byte) int {
	r.c.Actions, r.changed = r.state.Total, true
	stamp := r.c.Suspend(r.kind, body)
	if longest, bounded := longestRun[r.kind]; bounded {
		r.tx.SetTimer(cutTimer(r.c.ID, stamp, r.began.Add(longest)))
	}
	return stamp
}

// drop gives up the run that is kept in the place of one of a kind, and its timers.
func (h *handling) drop(k contact.RunKind) {
	if s := h.c.Drop(k); s != nil {
		h.changed = true
		h.clearRun(s.Stamp)
	}
}

func (h *handling) clearRun(stamp int) {
	for _, of := range []func(string, int, time.Time) Timer{waitTimer, callTimer, cutTimer} {
		h.tx.ClearTimer(of(h.c.ID, stamp, time.Time{}).ID())
	}
}

// waited goes on with the run that has waited long enough.
func (h *handling) waited(stamp int) error {
	s := h.c.Waiting(stamp)
	if s == nil {
		return nil
	}
	body, err := decodeSuspended(s)
	if err != nil {
		return err
	}
	return h.resumeRun(s, body, flow.Result{}, nil)
}

// resumeRun goes on with a run; refusal is why the result is a failure. The inbound flow of a contact that is paused goes on when the contact does.
func (h *handling) resumeRun(s *contact.Suspended, body suspended, result flow.Result, refusal error) error {
	if s.Kind == contact.RunInbound && h.c.State == contact.Paused {
		body.Ready = &result
		text, err := body.encode()
		s.Body, h.changed = text, true
		return err
	}
	holds, err := h.holds(s.Kind)
	if err != nil {
		return err
	}
	if h.drop(s.Kind); !holds {
		return nil
	}
	r := h.flowRun(s.Kind, body.State)
	r.since, r.began, r.given, r.refusal = body.Since, body.Began, body.Inputs, refusal
	r.forbidden = fault.Is(refusal, fault.Denied)
	return r.goOn(result)
}

// wake goes on with the inbound flow of a contact that was resumed, if what it waited for has come meanwhile.
func (h *handling) wake() error {
	if h.c.State != contact.InFlow || h.c.Main == nil {
		return nil
	}
	body, err := decodeSuspended(h.c.Main)
	if err != nil || body.Ready == nil {
		return err
	}
	return h.resumeRun(h.c.Main, body, *body.Ready, nil)
}

const tooLong = "The flow has run too long"

// cut ends a run that has taken too long; the contact goes on without it.
func (h *handling) cut(stamp int) error {
	s := h.c.Waiting(stamp)
	if s == nil {
		return nil
	}
	h.drop(s.Kind)
	if body, err := decodeSuspended(s); err == nil {
		r := h.flowRun(s.Kind, body.State)
		r.given = body.Inputs
		a := r.action()
		if p := r.Program(body.State.Document); p != nil {
			a.Type = p.TypeOf(body.State.At)
		}
		a.Identifier, a.Flow, a.Error, a.Ended = body.State.At, h.t.Of(body.State.Document.Kind, body.State.Document.ID), tooLong, "error"
		r.tell(a)
		r.log(a, flow.Result{}, flow.Unhandled{Error: tooLong})
	}
	return nil
}
