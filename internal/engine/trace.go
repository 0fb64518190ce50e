package engine

import (
	"path"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/flowlog"
)

// FlowLog is what flows have to say in their logs of an action that has run, and to the operator of a flow that could not
// go on.
type FlowLog struct {
	Instance string
	Contact  string
	Flow     string           // name of the flow or module
	Action   string           // Identifier
	Stopped  string           // why the flow could not go on; empty: it did
	Records  []flowlog.Record // none: flow logs are off for the contact
}

// action begins to take down the action that the last step has run.
func (r *flowRun) action() *contact.Action {
	record := r.runner.Record()
	a := &contact.Action{
		Run: r.kind, Flow: r.t.Of(record.Document.Kind, record.Document.ID), Version: record.Document.Version,
		Identifier: record.Identifier, Type: record.Type, Started: r.since, Inputs: r.given,
	}
	r.since, r.given = time.Time{}, nil
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
	r.tell(a)
	r.log(a, result, effect)
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

// tell tells of an action in the trace.
func (r *flowRun) tell(a *contact.Action) {
	now := r.tx.Now()
	r.changed = true
	if most := r.t.quotas[QuotaTracedActions]; most == 0 || r.c.Traced < most {
		r.c.Traced++
		r.events = append(r.events, contact.Event{Type: contact.EventAction, At: now, Action: a})
	} else if r.c.Traced == most {
		r.c.Traced++
		r.events = append(r.events, contact.Event{Type: contact.EventAction, At: now, Action: &contact.Action{Ended: traceEnds}})
	}
}

// log tells of an action that has run in the flow logs, where they are on, and of a flow that was stopped.
func (r *flowRun) log(a *contact.Action, result flow.Result, effect flow.Effect) {
	unhandled, stopped := effect.(flow.Unhandled)
	if !stopped && !r.c.Logging || !r.t.flowLogs() {
		return
	}
	l := FlowLog{Instance: r.t.ID, Contact: r.c.ID, Flow: r.documentName(), Action: a.Identifier}
	if stopped {
		if l.Stopped = a.Error; l.Stopped == "" {
			l.Stopped = unhandled.Error
		}
	}
	if r.c.Logging {
		l.Records = r.logRecords(a, result, l.Flow)
	}
	r.tx.Log(l)
}

// traceEnds is told in the place of the first action that a trace has no room for.
const traceEnds = "the trace has no room for more (quota " + QuotaTracedActions + ")"

// logRecords are the records of an action. Their times rise within the contact, also where a commit has many.
func (r *flowRun) logRecords(a *contact.Action, result flow.Result, name string) []flowlog.Record {
	record := r.runner.Record()
	told := flowlog.Action{
		Contact: r.c.ID, Flow: a.Flow, Name: name, Identifier: a.Identifier, Type: a.Type, Inputs: a.Inputs, ARNs: r.arnsOf(a),
		Voice: r.state.Voice, Found: record.Result, Matched: record.Matched(), Error: record.Error, Forbidden: r.forbidden,
	}
	if told.Voice == "" {
		told.Voice = defaultVoice
	}
	if told.Error == "" && a.Error != "" { // it was cut
		told.Error = a.Error
	}
	for _, caller := range record.Callers {
		told.Callers = append(told.Callers, r.t.Of(caller.Kind, caller.ID))
	}
	for _, c := range r.runner.Compared() {
		told.Compared = append(told.Compared, flowlog.Comparison(c))
	}
	if result.Data != nil {
		told.Answer, _ = r.e.redacted("", result.Data).(map[string]any)
	}
	records := flowlog.Records(told)
	at := r.tx.Now()
	for i := range records {
		if next := r.c.Logged.Add(flowlog.Tick); at.Before(next) {
			at = next
		}
		records[i], r.c.Logged = records[i].At(at), at.Truncate(flowlog.Tick)
	}
	return records
}

// defaultVoice speaks where no flow has chosen one (DG contact-actions-updatecontacttexttospeechvoice).
const defaultVoice = "Joanna"

// namedBy are the kinds of resources that parameters name, for the ARNs in the logs.
var namedBy = map[string]arn.Kind{
	"QueueId": arn.Queue, "AgentId": arn.User, "ContactFlowId": arn.Flow, "FlowModuleId": arn.Module, "TaskTemplateId": arn.TaskTemplate,
}

// arnsOf are the ARNs of what the parameters of an action name, by parameter; those of flows for events by event.
func (r *flowRun) arnsOf(a *contact.Action) map[string]string {
	all := map[string]string{}
	for name, v := range a.Inputs {
		id, _ := v.(string)
		if kind, ok := namedBy[name]; ok && id != "" {
			all[name] = r.arnOf(kind, id)
		}
	}
	hooks, _ := a.Inputs["EventHooks"].(map[string]any)
	for hook, v := range hooks {
		id, _ := v.(string)
		all[hook] = r.arnOf(arn.Flow, id)
	}
	return all
}

// arnOf is the ARN of a resource that a flow names; what is not there stays as it is named.
func (r *flowRun) arnOf(kind arn.Kind, name string) string {
	switch kind {
	case arn.Module:
		id, qualifier := qualified(name)
		if o, err := r.t.object(kind, id); err == nil {
			return strings.TrimSuffix(r.t.Of(kind, o.ID)+":"+qualifier, ":")
		}
	case arn.User:
		if u, err := r.t.agentNamed(name); err == nil {
			return u.ARN
		}
	case arn.Queue:
		if id, err := r.t.target(name, ""); err == nil {
			if q, err := r.t.queue(id); err == nil {
				return q.ARN
			}
		}
	default:
		if o, err := r.t.object(kind, name); err == nil {
			return r.t.Of(kind, o.ID)
		}
	}
	return name
}

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
