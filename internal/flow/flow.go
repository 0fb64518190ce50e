// Package flow is a placeholder for the flow language until it is merged.
package flow

type Type string

const TypeContactFlow Type = "CONTACT_FLOW"
const InvalidFormat = "Invalid contact flow format"
const NoMatchingError = "NoMatchingError"

type Problem struct{ Message string }
type Document struct{}
type Program struct{}
type State struct{ n int }
type Result struct{ Error string }
type Effect interface{}
type SetTargetQueue struct{ Queue, Agent string }
type SetAttributes struct {
	Values  map[string]string
	Related bool
}
type Enqueue struct{}
type None struct{}
type Default struct {
	Name, Description, Content string
	Type                       Type
}
type Resources interface{}

var Q string

func Parse(string) (*Document, []Problem)               { return &Document{}, nil }
func Check(*Document, Type, Resources) []Problem        { return nil }
func Compile(*Document) *Program                        { return &Program{} }
func Step(p *Program, s State, r Result, scope any) (State, Effect) {
	if s.n == 0 {
		return State{1}, SetTargetQueue{Queue: Q}
	}
	return State{2}, Enqueue{}
}
func Defaults(q string) []Default {
	Q = q
	return []Default{{Name: "Sample task flow", Type: TypeContactFlow, Content: "{}"}, {Name: "Default queue transfer", Type: TypeContactFlow, Content: "{}"}, {Name: "Default agent transfer", Type: TypeContactFlow, Content: "{}"}}
}
