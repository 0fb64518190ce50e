package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Version is the version of the language, which every document names.
const Version = "2019-10-30"

// MaxActions is how many actions a document may have (AG amazon-connect-service-limits).
const MaxActions = 250

// Document is a flow as its author wrote it. The order of its actions carries no meaning.
type Document struct {
	StartAction string
	Actions     []Action
}

// Action is one step of a flow.
type Action struct {
	Identifier  string
	Type        string
	Parameters  map[string]any // string, map[string]any, []any or nil, and where keepsKinds says so json.Number and bool
	Transitions *Transitions   // nil when the document has none
}

// Transitions say where a flow goes after an action. NextAction is where it goes on success, or the console's
// mirror of an error branch on actions that never succeed into a next action.
type Transitions struct {
	NextAction string // empty when absent
	Errors     []ErrorBranch
	Conditions []ConditionBranch
}

// ErrorBranch is taken when the action fails that way.
type ErrorBranch struct {
	ErrorType  Failure
	NextAction string
}

// ConditionBranch is taken when the result of the action meets the condition. The first that does wins.
type ConditionBranch struct {
	Operator   string
	Operands   []any // strings, in a document that passes Check
	NextAction string
}

// Parse reads the content of a flow. It finds only problems of the form of the whole: a document without such a
// problem has 1 to 250 actions and a start action among them. [Check] looks at the rest.
func Parse(content string) (*Document, []Problem) {
	top, err := decodeObject(content)
	if err != nil {
		return nil, []Problem{badFormat(err)}
	}
	doc, err := readDocument(top)
	if err != nil {
		return nil, []Problem{badFormat(err)}
	}
	return doc, nil
}

// decodeObject reads a text that is one JSON object and nothing else.
func decodeObject(content string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(content))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errors.New("the content is not JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	top, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("the content is not a JSON object")
	}
	return top, nil
}

func readDocument(top map[string]any) (*Document, error) {
	var r reader
	version := r.text(top, "", "Version")
	doc := &Document{StartAction: r.text(top, "", "StartAction")}
	for i, v := range r.list(top, "", "Actions") {
		doc.Actions = append(doc.Actions, r.action(v, fmt.Sprintf("Actions[%d]", i)))
	}
	starts := func(a Action) bool { return a.Identifier == doc.StartAction }
	switch {
	case r.err != nil:
		return nil, r.err
	case version != Version:
		return nil, errors.New("the version is not " + Version)
	case len(doc.Actions) == 0 || len(doc.Actions) > MaxActions:
		return nil, fmt.Errorf("there must be 1 to %d Actions", MaxActions)
	case !slices.ContainsFunc(doc.Actions, starts):
		return nil, errors.New("StartAction names no action")
	}
	return doc, nil
}

// reader takes the members of a decoded document. JSON's own case-blind decoding into structs would accept
// member names that Amazon Connect does not. It remembers the first member of a wrong kind.
type reader struct{ err error }

func (r *reader) action(v any, path string) Action {
	m := r.object(v, path)
	a := Action{
		Identifier: r.text(m, path, "Identifier"),
		Type:       r.text(m, path, "Type"),
		Parameters: r.object(m["Parameters"], path+".Parameters"),
	}
	for name, value := range a.Parameters {
		if !keepsKinds[name] {
			a.Parameters[name] = normal(value)
		}
	}
	if m["Transitions"] != nil {
		a.Transitions = r.transitions(m["Transitions"], path+".Transitions")
	}
	return a
}

func (r *reader) transitions(v any, path string) *Transitions {
	m := r.object(v, path)
	t := &Transitions{NextAction: r.text(m, path, "NextAction")}
	for i, v := range r.list(m, path, "Errors") {
		at := fmt.Sprintf("%s.Errors[%d]", path, i)
		e := r.object(v, at)
		t.Errors = append(t.Errors, ErrorBranch{Failure(r.text(e, at, "ErrorType")), r.text(e, at, "NextAction")})
	}
	for i, v := range r.list(m, path, "Conditions") {
		at := fmt.Sprintf("%s.Conditions[%d]", path, i)
		b := r.object(v, at)
		c := r.object(b["Condition"], at+".Condition")
		operands, _ := normal(r.list(c, at, "Operands")).([]any)
		t.Conditions = append(t.Conditions, ConditionBranch{r.text(c, at, "Operator"), operands, r.text(b, at, "NextAction")})
	}
	return t
}

// keepsKinds are the parameters in which a number is a number and not its text.
var keepsKinds = map[string]bool{"Input": true, "ResultData": true, "LambdaInvocationAttributes": true}

// text is a member that must be a string; absent and null are empty.
func (r *reader) text(m map[string]any, path, name string) string {
	s, ok := m[name].(string)
	r.expect(ok || m[name] == nil, path, name, "a string")
	return s
}

// list is a member that must be an array; absent and null are empty.
func (r *reader) list(m map[string]any, path, name string) []any {
	l, ok := m[name].([]any)
	r.expect(ok || m[name] == nil, path, name, "an array")
	return l
}

// object is a value that must be an object; absent and null are empty.
func (r *reader) object(v any, path string) map[string]any {
	m, ok := v.(map[string]any)
	r.expect(ok || v == nil, path, "", "an object")
	return m
}

func (r *reader) expect(ok bool, path, name, kind string) {
	if ok || r.err != nil {
		return
	}
	if path != "" && name != "" {
		path += "."
	}
	r.err = fmt.Errorf("%s%s is not %s", path, name, kind)
}
