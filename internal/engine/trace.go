package engine

import (
	"path"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/flow"
)

// FlowLog is one record of the flow logs: an action that has run (flows.md §5.7).
type FlowLog struct {
	Instance string
	Contact  string
	Name     string // of the flow or module
	At       time.Time
	contact.Action
	Logging bool // flow logs are on for the contact
	Stopped bool // the flow could not go on
}

// action begins to take down the action that the last step has run.
func (r *flowRun) action() *contact.Action {
	record := r.runner.Record()
	a := &contact.Action{
		Run: r.kind, Flow: r.t.Of(record.Document.Kind, record.Document.ID), Version: record.Document.Version,
		Identifier: record.Identifier, Type: record.Type, Started: r.since,
	}
	r.since = time.Time{}
	for _, in := range record.Inputs {
		if a.Inputs == nil {
			a.Inputs = make(map[string]any, len(record.Inputs))
		}
		a.Inputs[in.Name] = r.e.redacted(in.Name, in.Value)
	}
	return a
}

// note tells what has become of an action: in the trace, and in the flow logs where they are on. result is what its
// effect has brought.
func (r *flowRun) note(a *contact.Action, result flow.Result, effect flow.Effect) {
	record := r.runner.Record()
	a.Error, a.Branch, a.Next = record.Error, record.Why(), record.Next
	switch {
	case result.Data != nil:
		a.Result = r.e.redacted("", result.Data)
	case result.Contact+result.Invocation != "":
		a.Result = result.Contact + result.Invocation
	case record.Result != "":
		a.Result = record.Result
	}
	if r.refusal != nil {
		a.Error, r.refusal = a.Error+": "+r.refusal.Error(), nil
	}
	if r.state.Over {
		a.Ended = ending(effect)
	}
	r.tell(a, effect)
}

// ending names how a flow has ended.
func ending(effect flow.Effect) string {
	switch effect.(type) {
	case flow.Disconnect:
		return "disconnect"
	case flow.Transferred:
		return "transferred"
	case flow.Unhandled:
		return "error"
	default:
		return "end"
	}
}

func (r *flowRun) tell(a *contact.Action, effect flow.Effect) {
	now := r.tx.Now()
	r.changed = true
	if most := r.t.quotas[QuotaTracedActions]; most == 0 || r.c.Traced < most {
		r.c.Traced++
		r.events = append(r.events, contact.Event{Type: contact.EventAction, At: now, Action: a})
	} else if r.c.Traced == most {
		r.c.Traced++
		r.events = append(r.events, contact.Event{Type: contact.EventAction, At: now, Action: &contact.Action{Ended: traceEnds}})
	}
	if _, stopped := effect.(flow.Unhandled); (stopped || r.c.Logging) && r.t.flowLogs() {
		r.tx.Log(FlowLog{Instance: r.t.ID, Contact: r.c.ID, Name: r.documentName(), At: now, Action: *a, Logging: r.c.Logging, Stopped: stopped})
	}
}

// traceEnds is told in the place of the first action that a trace has no room for.
const traceEnds = "the trace has no room for more (quota " + QuotaTracedActions + ")"

func (r *flowRun) documentName() string {
	ref := r.runner.Record().Document
	if o, ok := r.t.catalog.get(arn.Kind(ref.Kind), ref.ID); ok {
		return o.Name
	}
	return ""
}

// What a trace tells of a value is bounded.
const (
	tracedText    = 1000 // characters of a text
	tracedMembers = 100  // of an object or array
	tracedDepth   = 8
)

const redactedText = "[redacted]"

// redacted is a value as a trace may tell it: without what is secret by its name, and no longer than a trace can
// bear.
func (e *Engine) redacted(name string, v any) any { return e.redact(name, v, tracedDepth) }

func (e *Engine) redact(name string, v any, depth int) any {
	for _, pattern := range e.secrets {
		if match, _ := path.Match(pattern, strings.ToLower(name)); match {
			return redactedText
		}
	}
	switch v := v.(type) {
	case string:
		if text := []rune(v); len(text) > tracedText {
			return string(text[:tracedText]) + "…"
		}
	case map[string]any:
		return e.redactMembers(v, depth)
	case []any:
		all := make([]any, 0, min(len(v), tracedMembers))
		for i := range v[:min(len(v), tracedMembers)] {
			all = append(all, e.redact("", v[i], depth-1))
		}
		return all
	}
	return v
}

func (e *Engine) redactMembers(v map[string]any, depth int) any {
	if depth == 0 {
		return "…"
	}
	all := make(map[string]any, min(len(v), tracedMembers))
	for name, inner := range v {
		if len(all) == tracedMembers {
			all["…"] = len(v) - tracedMembers
			break
		}
		all[name] = e.redact(name, inner, depth-1)
	}
	return all
}
