package flow

import (
	"encoding/json"
	"strconv"
)

// Scope is everything that the references of a flow can see beside the run itself: the contact, its queue and its
// agent. Whoever runs the flow keeps it up to date as it carries out effects; [Runner.Step] only asks.
//
// What the run knows by itself is looked up in its [State]: FlowAttributes, External, LambdaInvocation, Metrics,
// Modules, Task and TextToSpeechVoiceId.
type Scope interface {
	// Lookup is the value at a path, and whether there is one: $.Attributes.tier is asked for as
	// ["Attributes", "tier"]. A value is a string, a json.Number, a bool, or a map[string]any or []any of such. An
	// unknown root has no values: some exist on other channels only.
	Lookup(path []string) (any, bool)
}

// containers are the roots that hold other values and have none of their own (AG connect-attrib-list).
var containers = map[string]bool{
	"Agent": true, "Attributes": true, "Case": true, "Customer": true, "CustomerEndpoint": true, "DataTables": true,
	"Email": true, "External": true, "FlowAttributes": true, "LambdaInvocation": true, "Lex": true, "Loop": true,
	"Media": true, "MediaStreams": true, "Metrics": true, "Modules": true, "Queue": true, "References": true,
	"SegmentAttributes": true, "SystemEndpoint": true, "Tags": true, "Task": true, "Views": true, "Wisdom": true,
}

// view is what the references of one step can see: the run, and around it the scope.
type view struct {
	state *State
	scope Scope
}

// Lookup finds a value of the run or of the scope around it.
func (v *view) Lookup(path []string) (any, bool) {
	s := v.state
	switch path[0] {
	case "FlowAttributes":
		if len(path) == 2 {
			text, ok := s.Attributes[path[1]]
			return text, ok
		}
	case "External":
		return Dig(s.External, path[1:])
	case "LambdaInvocation":
		if len(path) == 2 && path[1] == "InvocationId" {
			return s.Invocation, s.Invocation != ""
		}
		if len(path) > 1 && path[1] == "ResultData" {
			return Dig(s.External, path[2:])
		}
	case "Metrics":
		return Dig(s.Metrics, path[1:])
	case "Modules":
		return s.module(path[1:])
	case "Task":
		return s.Task, s.Task != "" && len(path) == 2 && path[1] == "ContactId"
	case "TextToSpeechVoiceId":
		return s.Voice, s.Voice != "" && len(path) == 1
	default:
		return v.scope.Lookup(path)
	}
	return nil, false
}

// module finds $.Modules.Input, Result and ResultData.
func (s *State) module(path []string) (any, bool) {
	if len(path) == 0 {
		return nil, false
	}
	switch path[0] {
	case "Input":
		return Dig(s.Input, path[1:])
	case "Result":
		return s.Returned, s.Returned != "" && len(path) == 1
	case "ResultData":
		return Dig(s.ReturnedData, path[1:])
	}
	return nil, false
}

// Dig finds what is at a path within a value: names lead into objects, numbers into arrays. Null is as good as
// nothing.
func Dig(v any, path []string) (any, bool) {
	for _, step := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	if m, ok := v.(map[string]any); ok && m == nil {
		return nil, false
	}
	return v, v != nil
}

// text is the text of a value, and whether it has one: a number in its shortest form, true or false; an object and
// an array have none.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return shortest(v.String()), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}
