// Package flowlog says what a flow has done as the flow logs of Amazon Connect say it: one record a block, after it has
// run (https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-log-data.html).
//
//	action that has run ──Records──► records, in order ──(time)──► lines of JSON
//
// The logs speak the language of Amazon's first console: their words for blocks, parameters and results are not those
// of the flow language. [Records] is the table between the two. Names without a public capture are inferred from flows
// exported by that console (docs/divergences.md).
package flowlog

import "time"

// Record is one line of the flow logs. Its members are in the order in which Amazon Connect writes them.
type Record struct {
	Results              string         `json:",omitempty"` // how the block ended; empty: it just went on
	ContactID            string         `json:"ContactId"`
	ContactFlowID        string         `json:"ContactFlowId"` // ARN of the flow or module
	ContactFlowName      string         `json:",omitempty"`
	Block                string         `json:"ContactFlowModuleType"`
	Identifier           string         // of the action
	Timestamp            string         // with milliseconds; rising within a contact
	ModuleExecutionStack []string       `json:",omitempty"` // in a module: ARNs of it and of what invoked it, the flow last
	ExternalResults      map[string]any `json:",omitzero"`  // what a function has answered
	Parameters           map[string]any `json:",omitzero"`  // nil: the record only tells results
}

// timeForm is how times are written.
const timeForm = "2006-01-02T15:04:05.000Z"

// At gives a record its time.
func (r Record) At(t time.Time) Record {
	r.Timestamp = t.UTC().Format(timeForm)
	return r
}

// Tick is how far apart two records of one contact are at least: readers sort them by their times.
const Tick = time.Millisecond

// Action is an action that has run.
type Action struct {
	Contact string   // id
	Flow    string   // ARN of the document
	Name    string   // of the document
	Callers []string // ARNs of the documents that have invoked this one, which is then a module; the flow first

	Identifier string
	Type       string
	Inputs     map[string]any    // its parameters, references replaced
	ARNs       map[string]string // of what parameters name, by parameter; of hooks by hook
	Voice      string            // in which prompts are spoken
	Compared   []Comparison      // of Compare

	Found     string         // what its conditions were held against
	Answer    map[string]any // of a function
	Matched   bool           // a condition held
	Error     string         // how it failed: the word of the flow language, or a sentence
	Forbidden bool           // a function may not be called from the instance
}

// Comparison is one condition of Compare.
type Comparison struct {
	Operator, Value, Operand string
	Holds                    bool
}
