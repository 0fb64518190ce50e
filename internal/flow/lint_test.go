package flow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTypeOfContent(t *testing.T) {
	tests := []struct {
		name    string
		change  []string // old and new text of valid
		want    Type
		guessed bool
	}{
		{"an inbound flow says nothing", []string{"", ""}, TypeContactFlow, true},
		{"the console has told", []string{`"Metadata":{}`, `"Metadata":{"type":"customerQueue"}`}, TypeCustomerQueue, false},
		{"as the API calls it", []string{`"Metadata":{}`, `"Metadata":{"type":"AGENT_WHISPER"}`}, TypeAgentWhisper, false},
		{"as no one calls it", []string{`"Metadata":{}`, `"Metadata":{"type":"other"}`}, TypeContactFlow, true},
		{"a type that is no text", []string{`"Metadata":{}`, `"Metadata":{"type":5}`}, TypeContactFlow, true},
		{"the settings of a module", []string{`"Metadata":{}`, `"Settings":{}`}, TypeModule, false},
		{"an action of queue flows", []string{"DisconnectParticipant", "MessageParticipantIteratively"}, TypeCustomerQueue, true},
		{"an action of modules", []string{"DisconnectParticipant", "EndFlowModuleExecution"}, TypeModule, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Lint(change(t, valid, tt.change...), "")
			if r.Type != tt.want || r.Guessed != tt.guessed {
				t.Errorf("type is %s, guessed %t; want %s, %t", r.Type, r.Guessed, tt.want, tt.guessed)
			}
		})
	}
	if r := Lint(valid, TypeAgentTransfer); r.Type != TypeAgentTransfer || r.Guessed {
		t.Errorf("a type that was given is %s, guessed %t", r.Type, r.Guessed)
	}
}

// Lint tells of every action what keeps it from being published, where Check tells what its first stage has found.
func TestLintTellsAllActions(t *testing.T) {
	content := change(t, valid, `"Type":"Compare"`, `"Type":"CheckAttribute"`)
	content = change(t, content, `"QueueId"`, `"QueueID"`)
	content = change(t, content, `"Identifier":"end"`, `"Identifier":"e/d"`)
	want := []Problem{
		{Message: "Invalid Action type. Type: CheckAttribute", Action: "tier"},
		{Message: "Invalid Action property name. Path: Actions[3].Parameters.QueueID", Action: "std"},
		{Message: "Invalid Action property value. Path: Actions[4].Transitions.NextAction", Action: "go"},
		{Message: "Invalid Action property value. Path: Actions[4].Transitions.Errors[0].NextAction", Action: "go"},
		{Message: "Invalid Action property value. Path: Actions[4].Transitions.Errors[1].NextAction", Action: "go"},
		{Message: "Invalid Action Identifier. Path: Actions[5].Identifier", Action: "e/d"},
	}
	got := Lint(content, TypeContactFlow).Problems
	for i, p := range got { // what follows from the change of the name
		if p.Message == "Invalid Action property value. Path: Actions[3].Transitions.Errors[0].NextAction" {
			got = append(got[:i], got[i+1:]...)
			break
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Problem{}, "Rule")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestLintOfWhatIsNoDocument(t *testing.T) {
	if r := Lint(valid, TypeModule); len(r.Problems) != 1 || r.Problems[0].Message != noSettings {
		t.Errorf("problems of a module without settings are %v", r.Problems)
	}
	if r := Lint("not json", ""); len(r.Problems) != 1 || r.Problems[0].Message != "Invalid contact flow format: the content is not JSON" {
		t.Errorf("problems are %v", r.Problems)
	}
	long := change(t, valid, `"Metadata":{}`, `"Metadata":{"x":"`+strings.Repeat("é", MaxContent)+`"}`)
	if r := Lint(long, ""); len(r.Problems) != 1 || !strings.HasPrefix(r.Problems[0].Message, "The content has 25") {
		t.Errorf("problems of a long text are %v", r.Problems)
	}
}

// What an author wants to know, though the flow can be published.
func TestWarnings(t *testing.T) {
	tests := []struct {
		kind     Type
		action   string
		from, to string // of the action
		want     string // one of the warnings; empty: none
	}{
		{TypeContactFlow, "MessageParticipant", "", "", "MessageParticipant: does nothing to a task; the flow goes on"},
		{TypeContactFlow, "GetParticipantInput", "", "", `GetParticipantInput: a task cannot use it; it takes its branch NoMatchingError to "end"`},
		{TypeContactFlow, "UpdateContactCallbackNumber", "", "", `UpdateContactCallbackNumber: a task cannot use it; it takes its branch InvalidCallbackNumber to "end"`},
		{TypeContactFlow, "CompleteOutboundCall", "", "", `CompleteOutboundCall: a task cannot use it; the flow goes on with "end"`},
		{TypeCustomerQueue, "MessageParticipantIteratively", "", "", "MessageParticipantIteratively: a task cannot use it; it stops the flow, for it has no branch for NoMatchingError"},
		{TypeContactFlow, "UpdateContactEventHooks", "CustomerQueue", "CustomerHold", `UpdateContactEventHooks: a task is never on hold; it takes its branch NoMatchingError to "end"`},
		{TypeContactFlow, "UpdateContactEventHooks", "CustomerQueue", "CustomerWhisper", "UpdateContactEventHooks: a task has no customer to whisper to; the flow never runs"},
		{TypeContactFlow, "UpdateContactEventHooks", "", "", ""},
		{TypeContactFlow, "Wait", "", "", "Wait: a task waits for the time only; the other events never come"},
		{TypeAgentTransfer, "TransferContactToAgent", "", "", "TransferContactToAgent: on a task it works only where a transfer has chosen the agent; else it fails"},
		{TypeCustomerQueue, "UpdateContactTargetQueue", "", "", "Amazon Connect does not offer UpdateContactTargetQueue in flows of type CUSTOMER_QUEUE"},
		{TypeAgentWhisper, "UpdateRoutingCriteria", "", "", "Amazon Connect does not offer UpdateRoutingCriteria in flows of type AGENT_WHISPER"},
		{TypeContactFlow, "UpdateContactTargetQueue", "", "", ""},
		{TypeModule, "UpdateContactTargetQueue", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.action, " ", tt.to, " in ", tt.kind), func(t *testing.T) {
			name := tt.action
			if other, ok := otherNames[name]; ok {
				name = other
			}
			action := change(t, legalAction("x", name, "end"), name, tt.action)
			r := Lint(change(t, alone(change(t, action, tt.from, tt.to)), `"Actions"`, `"Settings":{},"Actions"`), tt.kind)
			if len(r.Problems) > 0 {
				t.Fatalf("problems: %v", r.Problems)
			}
			var got []string
			for _, w := range r.Warnings {
				if w.Action == "x" {
					got = append(got, strings.TrimSuffix(w.Message, ". Path: Actions[0]"))
				}
			}
			if strings.Join(got, "\n") != tt.want {
				t.Errorf("warnings are %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWarningsOfWhereActionsStand(t *testing.T) {
	r := Lint(change(t, valid, with(`{"Identifier":"lost","Type":"EndFlowExecution","Transitions":{}}`)...), TypeContactFlow)
	want := []Problem{
		{Message: "Nothing leads to this action. Path: Actions[0]", Action: "lost"},
		{Message: "Amazon Connect refuses EndFlowExecution in flows of type CONTACT_FLOW. Path: Actions[0]", Action: "lost"},
	}
	if diff := cmp.Diff(want, r.Warnings); diff != "" || len(r.Problems) > 0 {
		t.Errorf("problems %v, warnings (-want +got):\n%s", r.Problems, diff)
	}
}

// What the drawing of a flow shows of its branches: not the mirrors that the console writes.
func TestBranches(t *testing.T) {
	doc, problems := Parse(valid)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []Branch{
		{"log", "tier", "Success", false},
		{"log", "tier", "NoMatchingError", true},
		{"tier", "fast", "= gold", false},
		{"tier", "std", "starts with g", false},
		{"tier", "std", "NoMatchingCondition", false},
		{"fast", "std", "Success", false},
		{"fast", "std", "NoMatchingError", true},
		{"std", "go", "Success", false},
		{"std", "end", "NoMatchingError", true},
		{"go", "end", "NoMatchingError", true},
		{"go", "end", "QueueAtCapacity", true},
	}
	if diff := cmp.Diff(want, doc.Branches()); diff != "" {
		t.Errorf("branches (-want +got):\n%s", diff)
	}
}
