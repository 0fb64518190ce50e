package flow

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

// valid is a document without problems, which the tests below spoil in one place each.
const valid = `{"Version":"2019-10-30","StartAction":"log","Metadata":{},"Actions":[
 {"Identifier":"log","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"seen":"yes"}},"Transitions":{"NextAction":"tier","Errors":[{"NextAction":"tier","ErrorType":"NoMatchingError"}],"Conditions":[]}},
 {"Identifier":"tier","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.tier"},"Transitions":{"NextAction":"std","Errors":[{"NextAction":"std","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"fast","Condition":{"Operator":"Equals","Operands":["gold"]}},{"NextAction":"std","Condition":{"Operator":"TextStartsWith","Operands":["g"]}}]}},
 {"Identifier":"fast","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"lane":"fast"},"TargetContact":"Current"},"Transitions":{"NextAction":"std","Errors":[{"NextAction":"std","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"std","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"q-a"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}],"Conditions":[]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// resources are the queues and agents that exist.
type resources map[string]bool

func (r resources) Queue(name string) bool    { return r["queue "+name] }
func (r resources) Agent(name string) bool    { return r["agent "+name] }
func (r resources) Hours(name string) bool    { return r["hours "+name] }
func (r resources) Flow(name string) bool     { return r["flow "+name] }
func (r resources) Module(name string) bool   { return r["module "+name] }
func (r resources) Template(name string) bool { return r["template "+name] }
func (r resources) Prompt(name string) bool   { return r["prompt "+name] }
func (r resources) View(name string) bool     { return IsManagedView(name) }
func (r resources) Attribute(n string) bool   { return r["attribute "+n] }
func (r resources) Contract(string) *Contract { return nil }

func TestValidDocumentHasNoProblems(t *testing.T) {
	for _, r := range []Resources{nil, resources{"queue q-a": true}} {
		if _, err := Publish(valid, TypeContactFlow, r); err != nil {
			t.Errorf("Publish with resources %v: %v", r, err)
		}
	}
}

// with adds one action that nothing leads to.
func with(action string) []string { return []string{`"Actions":[`, `"Actions":[` + action + `,`} }

func TestDocumentsToRefuse(t *testing.T) {
	const format, identifier = "Invalid contact flow format", "Invalid Action Identifier. Path: Actions[%d].Identifier"
	many := strings.Repeat(`{"Identifier":"x","Type":"EndFlowExecution","Transitions":{}},`, 245)
	tests := []struct {
		name   string
		change []string // pairs of old and new text
		want   string   // how one of the problems begins
	}{
		{"another version", []string{"2019-10-30", "2020-01-01"}, format},
		{"StartAction is no action", []string{`"StartAction":"log"`, `"StartAction":"nope"`}, format},
		{"no StartAction", []string{`"StartAction":"log",`, ``}, format},
		{"not JSON", []string{valid, `not json`}, format},
		{"not an object", []string{valid, `[]`}, format},
		{"two objects", []string{valid, valid + `{}`}, format},
		{"old export", []string{valid, `{"modules":[],"version":"1","type":"contactFlow","start":"x"}`}, format},
		{"member in another case", []string{`"Actions":[`, `"actions":[`}, format},
		{"no actions", []string{valid, `{"Version":"2019-10-30","StartAction":"","Actions":[]}`}, format},
		{"action is no object", with(`5`), format},
		{"identifier is no string", with(`{"Identifier":5}`), format},
		{"transitions are no object", []string{`"Transitions":{}`, `"Transitions":[]`}, format},
		{"251 actions", []string{`"Actions":[`, `"Actions":[` + many}, format},

		{"two actions of one name", []string{`"Identifier":"fast"`, `"Identifier":"std"`}, fmt.Sprintf(identifier, 3)},
		{"slash in an identifier", []string{`"Identifier":"go"`, `"Identifier":"a/b"`}, fmt.Sprintf(identifier, 4)},
		{"reserved identifier", []string{`"Identifier":"go"`, `"Identifier":"toString"`}, fmt.Sprintf(identifier, 4)},
		{"no identifier", []string{`"Identifier":"go",`, ``}, fmt.Sprintf(identifier, 4)},
		{"51 characters", []string{`"Identifier":"go"`, `"Identifier":"` + strings.Repeat("é", 51) + `"`}, fmt.Sprintf(identifier, 4)},

		{"unknown type", []string{"UpdateContactTargetQueue", "SetWorkingQueue"}, "Invalid Action type. Type: SetWorkingQueue"},
		{"queue action in a contact flow", []string{"TransferContactToQueue", "DequeueContactAndTransferToQueue"}, "Invalid Action type. Type: DequeueContactAndTransferToQueue"},
		{"module action in a flow", []string{"DisconnectParticipant", "EndFlowModuleExecution"}, "Invalid Action type. Type: EndFlowModuleExecution"},
		{"no ComparisonValue", []string{`"ComparisonValue":"$.Attributes.tier"`, ``}, "Action is missing required property. Path: Actions[1].Parameters.ComparisonValue"},
		{"no NextAction", []string{`"NextAction":"go",`, ``}, "Action is missing required property. Path: Actions[3].Transitions.NextAction"},
		{"no Transitions", []string{`,"Transitions":{}`, ``}, "Action is missing required property. Path: Actions[5].Transitions"},
		{"unknown parameter", []string{`"QueueId"`, `"QueueID"`}, "Invalid Action property name. Path: Actions[3].Parameters.QueueID"},
		{"container as comparison value", []string{"$.Attributes.tier", "$.External"}, "Invalid Action property value. Path: Actions[1].Parameters.ComparisonValue"},
		{"literal comparison value", []string{"$.Attributes.tier", "gold"}, "Invalid Action property value. Path: Actions[1].Parameters.ComparisonValue"},
		{"comparison value with text around", []string{"$.Attributes.tier", "$.Attributes.tier!"}, "Invalid Action property value. Path: Actions[1].Parameters.ComparisonValue"},
		{"empty queue", []string{`"q-a"`, `""`}, "Invalid Action property value. Path: Actions[3].Parameters.QueueId"},
		{"queue is an object", []string{`"q-a"`, `{}`}, "Invalid Action property value. Path: Actions[3].Parameters.QueueId"},
		{"unknown target contact", []string{`"Current"`, `"Other"`}, "Invalid Action property value. Path: Actions[2].Parameters.TargetContact"},
		{"reference where none may be", []string{`"Current"`, `"$.Attributes.target"`}, "Invalid Action property value. Path: Actions[2].Parameters.TargetContact"},
		{"attributes are a text", []string{`{"seen":"yes"}`, `"yes"`}, "Invalid Action property value. Path: Actions[0].Parameters.Attributes"},
		{"attribute is an object", []string{`"yes"`, `{}`}, "Invalid Action property value. Path: Actions[0].Parameters.Attributes"},
		{"queue and agent", []string{`"QueueId":"q-a"`, `"QueueId":"q-a","AgentId":"u-1"`}, "Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		{"neither queue nor agent", []string{`"QueueId":"q-a"`, ``}, "At least one of [QueueId, AgentId] must be set"},

		{"no QueueAtCapacity", []string{`,{"NextAction":"end","ErrorType":"QueueAtCapacity"}`, ``}, "Action is missing required error. Error: QueueAtCapacity, Path: Actions[4]"},
		{"foreign error", []string{`"ErrorType":"NoMatchingCondition"}`, `"ErrorType":"NoMatchingCondition"},{"NextAction":"std","ErrorType":"NoMatchingError"}`}, "Invalid Action error. Error: NoMatchingError, Path: Actions[1]"},
		{"error twice", []string{`"ErrorType":"NoMatchingCondition"}`, `"ErrorType":"NoMatchingCondition"},{"NextAction":"std","ErrorType":"NoMatchingCondition"}`}, "Invalid Action error. Error: NoMatchingCondition, Path: Actions[1]"},
		{"error on a terminal action", []string{`"Transitions":{}`, `"Transitions":{"Errors":[{"NextAction":"std","ErrorType":"NoMatchingError"}]}`}, "Invalid Action error. Error: NoMatchingError, Path: Actions[5]"},
		{"unknown operator", []string{`"Operator":"Equals"`, `"Operator":"Contains"`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"two operands", []string{`["gold"]`, `["a","b"]`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"empty operand", []string{`["gold"]`, `[""]`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"no condition", []string{`{"Operator":"TextStartsWith","Operands":["g"]}`, `{}`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[1]"},
		{"condition where none may be", []string{`"QueueAtCapacity"}],"Conditions":[]`, `"QueueAtCapacity"}],"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["a"]}}]`}, "Action does not support conditions. Path: Actions[4]"},
		{"terminal action goes on", []string{`"Transitions":{}`, `"Transitions":{"NextAction":"log"}`}, "Action does not support transitions. Path: Actions[5].Transitions"},
		{"NextAction is no action", []string{`"NextAction":"go"`, `"NextAction":"ghost"`}, "Invalid Action property value. Path: Actions[3].Transitions.NextAction"},
		{"error branch to nowhere", []string{`{"NextAction":"std","ErrorType":"NoMatchingCondition"}`, `{"ErrorType":"NoMatchingCondition"}`}, "Invalid Action property value. Path: Actions[1].Transitions.Errors[0].NextAction"},
		{"condition to nowhere", []string{`{"NextAction":"fast","Condition"`, `{"NextAction":"ghost","Condition"`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0].NextAction"},

		{"queue does not exist", []string{`"q-a"`, `"q-none"`}, "Invalid Action property value. Path: Actions[3].Parameters.QueueId"},
		{"agent does not exist", []string{`"QueueId":"q-a"`, `"AgentId":"q-a"`}, "Invalid Action property value. Path: Actions[3].Parameters.AgentId"},
		{"no attributes", []string{`{"seen":"yes"}`, `{}`}, "Empty value in Parameters.Attributes"},
		{"empty attribute", []string{`"yes"`, `""`}, "Empty value in Parameters.Attributes"},
		{"empty attribute key", []string{`"seen"`, `""`}, "Empty value in Parameters.Attributes"},
	}
	strict := resources{"queue q-a": true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Publish(change(t, valid, tt.change...), TypeContactFlow, strict)
			wantProblem(t, err, tt.want)
		})
	}
}

// change replaces the first occurrence of an old text by a new one.
func change(t *testing.T, content string, pair ...string) string {
	t.Helper()
	if !strings.Contains(content, pair[0]) {
		t.Fatalf("the document does not hold %q", pair[0])
	}
	return strings.Replace(content, pair[0], pair[1], 1)
}

func wantProblem(t *testing.T, err error, want string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.BadFlow {
		t.Fatalf("Publish fails with %v, want problem %q", err, want)
	}
	for _, p := range f.Problems {
		if strings.HasPrefix(p, want) {
			return
		}
	}
	t.Fatalf("Publish finds %q, want problem %q", f.Problems, want)
}

// A reference cannot be looked up before the flow runs, so it is no problem even where queues are checked.
func TestDynamicResourcesAreNotLookedUp(t *testing.T) {
	if _, err := Publish(change(t, valid, "q-a", "$.Attributes.queue"), TypeContactFlow, resources{}); err != nil {
		t.Errorf("Publish: %v", err)
	}
}

// Numbers and booleans stand for their text wherever a text may stand.
func TestScalarsAreTexts(t *testing.T) {
	content := change(t, valid, `["gold"]`, `[5.0]`)
	content = change(t, content, `"yes"`, `true`)
	p, err := Publish(content, TypeContactFlow, nil)
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	s, e := step(p, State{}, Result{}, &scope{})
	if got := e.(SetAttributes).Values["seen"]; got != "true" {
		t.Errorf("attribute is %q, want true", got)
	}
	sc := &scope{Attributes: map[string]string{"tier": "5"}}
	s, _ = step(p, s, Result{}, sc)
	if s, _ = step(p, s, Result{}, sc); s.At != "fast" {
		t.Errorf("5 Equals 5.0 goes to %q, want fast", s.At)
	}
}

func TestOneRefusalIsBounded(t *testing.T) {
	action := fmt.Sprintf(`{"Identifier":"x/","Type":%q,"Transitions":{}},`, strings.Repeat("é", 300))
	content := change(t, valid, `"Actions":[`, `"Actions":[`+strings.Repeat(action, 60))
	doc, problems := Parse(content)
	if len(problems) > 0 {
		t.Fatalf("Parse: %v", problems)
	}
	if n := len(Check(doc, TypeContactFlow, nil)); n != 50 {
		t.Errorf("Check finds %d problems, want 50", n)
	}
	for i := range doc.Actions[:60] {
		doc.Actions[i].Identifier = fmt.Sprint(i)
	}
	for _, p := range Check(doc, TypeContactFlow, nil) {
		if n := len([]rune(p.Message)); n != 256 {
			t.Errorf("a problem has %d characters, want 256", n)
		}
	}
}

func TestDraftNeedOnlyBeAnObject(t *testing.T) {
	for content, want := range map[string]bool{
		`{}`: true, `{"Version":"1"}`: true, `not json`: false, `[]`: false, ``: false, `{} {}`: false, `null`: false,
	} {
		if err := Draft(content); (err == nil) != want {
			t.Errorf("Draft(%q): %v, want accepted to be %t", content, err, want)
		} else if err != nil {
			wantProblem(t, err, "Invalid contact flow format")
		}
	}
}

// These rules keep actions out of flows where they make no sense; nothing else about a flow's type does.
func TestWhereActionsMayStand(t *testing.T) {
	all := []Type{
		TypeContactFlow, TypeCustomerQueue, TypeCustomerHold, TypeCustomerWhisper, TypeAgentHold, TypeAgentWhisper, TypeOutboundWhisper,
		TypeAgentTransfer, TypeQueueTransfer, TypeCampaign,
	}
	tests := []struct {
		action string
		want   string // a letter for each of the types above: y or n
	}{
		{"EndFlowExecution", "yyyyyyyyyy"},
		{"MessageParticipant", "yyyyyyyyyy"},
		{"EndFlowModuleExecution", "nnnnnnnnnn"},
		{"DequeueContactAndTransferToQueue", "nynnnnnnnn"},
		{"MessageParticipantIteratively", "nyynynnnnn"},
		{"TransferContactToQueue", "ynnnnnnyyy"},
		{"UpdateContactTargetQueue", "yynnnnnyyy"},
		{"DisconnectParticipant", "yynnnnnyyy"},
	}
	for _, tt := range tests {
		got := ""
		for _, ft := range all {
			doc := &Document{Actions: []Action{{Identifier: "a", Type: tt.action}}}
			letter := "y"
			for _, p := range Check(doc, ft, nil) {
				if p.Message == "Invalid Action type. Type: "+tt.action {
					letter = "n"
				}
			}
			got += letter
		}
		if got != tt.want {
			t.Errorf("%s may stand in %s, want %s", tt.action, got, tt.want)
		}
	}
}
