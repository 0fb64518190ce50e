// Package flow is the flow language of Amazon Connect, version 2019-10-30: it parses a document, checks it and
// runs one action at a time. It is pure: it knows no clock, no database and no other contact.
//
// A document is a graph of actions. An action does something, then follows one of its transitions:
//
//	     ┌───────────────┐ NextAction   ┌──────────────────────┐ success: the document is over
//	────►│ Compare       ├─────────────►│ TransferContactToQueue├──────────────────────────────►
//	     │ Conditions ───┼──► …         │ Errors ──────────────┼──► …
//	     └───────────────┘              └──────────────────────┘
//
// Whoever runs a flow calls [Step] again and again. What an action wants done comes back as an [Effect]; the
// caller does it, in the same commit as everything else, and tells the next Step what became of it.
//
// The rules cited as §… are those of the flow language reference
// (https://docs.aws.amazon.com/connect/latest/APIReference/flow-language.html) as gathered in
// docs/divergences.md.
package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Type is the type of a flow (ContactFlowType).
type Type string

// The types of flow.
const (
	TypeContactFlow     Type = "CONTACT_FLOW"
	TypeCustomerQueue   Type = "CUSTOMER_QUEUE"
	TypeCustomerHold    Type = "CUSTOMER_HOLD"
	TypeCustomerWhisper Type = "CUSTOMER_WHISPER"
	TypeAgentHold       Type = "AGENT_HOLD"
	TypeAgentWhisper    Type = "AGENT_WHISPER"
	TypeOutboundWhisper Type = "OUTBOUND_WHISPER"
	TypeAgentTransfer   Type = "AGENT_TRANSFER"
	TypeQueueTransfer   Type = "QUEUE_TRANSFER"
)

// Problem is one thing that is wrong with a document, in at most 256 characters.
type Problem struct{ Message string }

// InvalidFormat is the problem of a text that is no document at all.
const InvalidFormat = "Invalid contact flow format"

const (
	version       = "2019-10-30"
	maxActions    = 250
	maxIdentifier = 50
	maxProblems   = 50
	maxMessage    = 256
)

// Document is a parsed text: its shape is right, its meaning is not checked.
type Document struct {
	start   string
	actions []action
	index   map[string]int // of the actions, by identifier
}

// action is one action as it is written. Scalars among its parameters have become text.
type action struct {
	id         string
	kind       string
	parameters map[string]any // string, map[string]any or []any
	transition transitions
}

type transitions struct {
	NextAction *string
	Errors     []errorBranch
	Conditions []conditionBranch
}

type errorBranch struct {
	NextAction string
	ErrorType  string
}

type conditionBranch struct {
	NextAction string
	Condition  struct {
		Operator string
		Operands []any
	}
}

// Parse reads a text. Without problems the document can be checked.
func Parse(content string) (*Document, []Problem) {
	var raw struct {
		Version     string
		StartAction string
		Actions     []struct {
			Identifier  string
			Type        string
			Parameters  map[string]any
			Transitions *transitions
		}
	}
	decoder := json.NewDecoder(strings.NewReader(content))
	decoder.UseNumber()
	if decoder.Decode(&raw) != nil || decoder.More() || raw.Version != version ||
		len(raw.Actions) == 0 || len(raw.Actions) > maxActions {
		return nil, []Problem{{InvalidFormat}}
	}
	d := &Document{start: raw.StartAction, index: make(map[string]int, len(raw.Actions))}
	var problems problems
	for i, a := range raw.Actions {
		if _, twice := d.index[a.Identifier]; twice || !identifier(a.Identifier) {
			problems.add("Invalid Action Identifier. Path: Actions[%d].Identifier", i)
		}
		if a.Transitions == nil {
			problems.add("Action is missing required property. Path: Actions[%d].Transitions", i)
			a.Transitions = &transitions{}
		}
		d.index[a.Identifier] = i
		d.actions = append(d.actions, action{
			id: a.Identifier, kind: a.Type, parameters: normal(a.Parameters).(map[string]any), transition: *a.Transitions,
		})
	}
	if _, ok := d.index[d.start]; !ok {
		return nil, []Problem{{InvalidFormat}}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return d, nil
}

// reserved are identifiers that the language refuses.
var reserved = []string{
	"__proto__", "constructor", "__defineGetter__", "__defineSetter__", "toString", "hasOwnProperty",
	"isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "valueOf",
}

func identifier(s string) bool {
	n := utf8.RuneCountInString(s)
	return n > 0 && n <= maxIdentifier && !strings.ContainsAny(s, `%:(\/)=$,;[]{}`) && !slices.Contains(reserved, s)
}

// normal turns numbers and booleans into text: the console writes them as strings, the service takes both.
func normal(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	case map[string]any:
		for k, e := range v {
			v[k] = normal(e)
		}
		return v
	case []any:
		for i, e := range v {
			v[i] = normal(e)
		}
		return v
	default:
		return v
	}
}

// problems gathers what is wrong, up to a bound.
type problems []Problem

func (p *problems) add(format string, args ...any) {
	if len(*p) >= maxProblems {
		return
	}
	message := fmt.Sprintf(format, args...)
	if runes := []rune(message); len(runes) > maxMessage {
		message = string(runes[:maxMessage])
	}
	*p = append(*p, Problem{message})
}
