package contact

import (
	"encoding/json"
	"slices"
	"time"
)

// RunKind says why a flow runs on a contact.
type RunKind string

// The kinds of run. A contact has at most one main run, which takes it to an agent and beyond, and beside it at most
// one that an event has started.
const (
	RunInbound    RunKind = "INBOUND"    // main: from its start, or after a transfer, until it is queued
	RunQueue      RunKind = "QUEUE"      // main: while it waits in a queue
	RunWhisper    RunKind = "WHISPER"    // main: when an agent has accepted it
	RunDisconnect RunKind = "DISCONNECT" // main: when it has ended
	RunPause      RunKind = "PAUSE"
	RunResume     RunKind = "RESUME"
	RunAgentUI    RunKind = "AGENT_UI"
)

// Main reports whether the run is the contact's main one.
func (k RunKind) Main() bool {
	return k == RunInbound || k == RunQueue || k == RunWhisper || k == RunDisconnect
}

// known reports whether this version knows the kind.
func (k RunKind) known() bool {
	return k.Main() || k == RunPause || k == RunResume || k == RunAgentUI
}

// Suspended is a run that waits: for time to pass, for the answer of a function, or for the contact to be resumed.
type Suspended struct {
	Kind  RunKind         `json:"kind"`
	Stamp int             `json:"stamp"` // a timer or an answer that was meant for an earlier wait is dropped
	Body  json.RawMessage `json:"body"`  // the engine's
}

// Flows are what flows have left on a contact: how they go on, and what they have set.
type Flows struct {
	Main    *Suspended  `json:"main,omitempty"`
	Event   *Suspended  `json:"event,omitempty"`
	Calls   []Suspended `json:"calls,omitempty"`   // calls of functions whose answer nobody waits for
	Stamp   int         `json:"stamp,omitempty"`   // the last one given
	Actions int         `json:"actions,omitempty"` // actions run so far
	Traced  int         `json:"traced,omitempty"`  // actions told in the trace

	Hooks    map[string]string `json:"hooks,omitempty"`    // ids of flows by event
	HooksOff []string          `json:"hooksOff,omitempty"` // events at which no flow runs
	Logging  bool              `json:"logging,omitempty"`  // flow logs are on
	Logged   time.Time         `json:"logged,omitzero"`    // time of the last record in them
	Depth    int               `json:"depth,omitempty"`    // tasks whose flows have made each other, up to this one
}

// slot is where a run of a kind is kept.
func (f *Flows) slot(k RunKind) **Suspended {
	if k.Main() {
		return &f.Main
	}
	return &f.Event
}

// Suspend keeps a run that waits and returns the stamp of the wait. A run that was there is dropped.
func (f *Flows) Suspend(k RunKind, body json.RawMessage) int {
	f.Stamp++
	*f.slot(k) = &Suspended{Kind: k, Stamp: f.Stamp, Body: body}
	return f.Stamp
}

// Drop gives a run up, and returns what was there; nil: nothing.
func (f *Flows) Drop(k RunKind) *Suspended {
	slot := f.slot(k)
	was := *slot
	*slot = nil
	return was
}

// Waiting finds the run, or the call, with a stamp; nil when there is none any more.
func (f *Flows) Waiting(stamp int) *Suspended {
	for _, s := range []*Suspended{f.Main, f.Event} {
		if s != nil && s.Stamp == stamp {
			return s
		}
	}
	for i := range f.Calls {
		if f.Calls[i].Stamp == stamp {
			return &f.Calls[i]
		}
	}
	return nil
}

// Call keeps a call whose answer nobody waits for, and returns its stamp.
func (f *Flows) Call(body json.RawMessage) int {
	f.Stamp++
	f.Calls = append(slices.Clone(f.Calls), Suspended{Stamp: f.Stamp, Body: body})
	return f.Stamp
}

// Called forgets a call that has been made.
func (f *Flows) Called(stamp int) {
	f.Calls = slices.DeleteFunc(slices.Clone(f.Calls), func(s Suspended) bool { return s.Stamp == stamp })
}

// Action is an action of a flow that has run, for the trace.
type Action struct {
	Run        RunKind        `json:"run"`
	Flow       string         `json:"flow"`    // ARN of the flow or module
	Version    int64          `json:"version"` // of its stored form
	Identifier string         `json:"identifier"`
	Type       string         `json:"type"`
	Inputs     map[string]any `json:"inputs,omitempty"` // parameters, references replaced by values
	Result     any            `json:"result,omitempty"` // what was found or made
	Error      string         `json:"error,omitempty"`
	Branch     string         `json:"branch,omitempty"` // why it went on where it did
	Next       string         `json:"next,omitempty"`   // Identifier of the next action
	Ended      string         `json:"ended,omitempty"`  // how the flow ended here
	Started    time.Time      `json:"started,omitzero"` // when it took time
}
