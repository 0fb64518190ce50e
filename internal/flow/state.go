package flow

import (
	"bytes"
	"encoding/json"
	"maps"
)

// State is where a run stands. It is small and meant to be stored as JSON; a run goes on from its stored state
// after any crash. A State is never changed in place: [Runner.Step] returns the next one, which may share maps
// with it.
type State struct {
	Document Ref    `json:"document"`          // the flow or module that runs
	At       string `json:"at,omitempty"`      // Identifier of the current action; empty: the start action
	Waiting  bool   `json:"waiting,omitempty"` // its effect is out, and Step wants the result
	Over     bool   `json:"over,omitempty"`    // the run has ended at this action
	Steps    int    `json:"steps,omitempty"`   // actions run since the run last waited for something outside
	Total    int    `json:"total,omitempty"`   // actions run for this contact
	Task     string `json:"task,omitempty"`    // $.Task.ContactId: the last task that was made
	Voice    string `json:"voice,omitempty"`   // $.TextToSpeechVoiceId

	Local
	Callers []Frame `json:"callers,omitempty"` // the documents that have invoked this one, outermost first
}

// UnmarshalJSON reads a stored state. Numbers that functions have answered keep all their digits.
func (s *State) UnmarshalJSON(stored []byte) error {
	type plain State
	return decodeExactly(stored, (*plain)(s))
}

// UnmarshalJSON reads a stored result, as [State.UnmarshalJSON] does.
func (r *Result) UnmarshalJSON(stored []byte) error {
	type plain Result
	return decodeExactly(stored, (*plain)(r))
}

// UnmarshalJSON reads a stored call, as [State.UnmarshalJSON] does.
func (i *Invoke) UnmarshalJSON(stored []byte) error {
	type plain Invoke
	return decodeExactly(stored, (*plain)(i))
}

// decodeExactly reads JSON and leaves numbers as they are written.
func decodeExactly(stored []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(stored))
	d.UseNumber()
	return d.Decode(v)
}

// Local is what belongs to one document of a run. A module has its own; the invoking document finds its own again.
type Local struct {
	Attributes map[string]string `json:"attributes,omitempty"` // $.FlowAttributes
	Loops      map[string]int    `json:"loops,omitempty"`      // visits of each Loop action
	External   map[string]any    `json:"external,omitempty"`   // $.External: the last answer of a function
	Invocation string            `json:"invocation,omitempty"` // $.LambdaInvocation.InvocationId
	Metrics    map[string]any    `json:"metrics,omitempty"`    // $.Metrics
	Input      map[string]any    `json:"input,omitempty"`      // $.Modules.Input

	Returned     string         `json:"returned,omitempty"`     // $.Modules.Result
	ReturnedData map[string]any `json:"returnedData,omitempty"` // $.Modules.ResultData
}

// Frame is a document that waits for the module it has invoked.
type Frame struct {
	Document Ref    `json:"document"`
	At       string `json:"at"` // the action that invoked
	Local
}

// maxDepth is how deep modules may invoke modules (AG contact-flow-modules).
const maxDepth = 5

// maxFlowAttributes bounds the flow attributes of a document, keys and values together, in bytes
// (AG set-contact-attributes).
const maxFlowAttributes = 32 * 1024

// enter goes into a module; the present document waits at its action.
func (s *State) enter(module Ref, input map[string]any) {
	callers := make([]Frame, 0, len(s.Callers)+1)
	callers = append(append(callers, s.Callers...), Frame{s.Document, s.At, s.Local})
	s.Callers, s.Document, s.At, s.Waiting = callers, module, "", false
	s.Local = Local{Input: input}
}

// leave goes back to the action that has invoked the module, with what the module returns.
func (s *State) leave(result string, data map[string]any) {
	last := len(s.Callers) - 1
	f := s.Callers[last]
	s.Callers, s.Document, s.At, s.Local = s.Callers[:last:last], f.Document, f.At, f.Local
	s.Returned, s.ReturnedData = result, data
}

// jump goes on with another flow. What belongs to the document is lost, but for what it has learned from outside
// (docs/divergences.md).
func (s *State) jump(to Ref) {
	s.Document, s.At, s.Waiting, s.Callers = to, "", false, nil
	s.Attributes, s.Loops, s.Input = nil, nil, nil
}

// visit counts a visit of a Loop action that may loop so many times, and reports whether it loops once more.
func (s *State) visit(identifier string, times int) bool {
	n := s.Loops[identifier] + 1
	loops := maps.Clone(s.Loops)
	if loops == nil {
		loops = map[string]int{}
	}
	if loops[identifier] = n; n > times {
		delete(loops, identifier)
	}
	s.Loops = loops
	return n <= times
}

// set sets flow attributes, all of them or, when they would be too large together, none.
func (s *State) set(attributes map[string]string) bool {
	all := maps.Clone(s.Attributes)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, attributes)
	size := 0
	for key, value := range all {
		size += len(key) + len(value)
	}
	if size > maxFlowAttributes {
		return false
	}
	s.Attributes = all
	return true
}
