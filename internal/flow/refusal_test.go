package flow

import (
	"strings"
	"testing"
)

// priorityFlow sets priority and queue by an attribute, and transfers.
const priorityFlow = `{"Version":"2019-10-30","StartAction":"log","Metadata":{},"Actions":[
 {"Identifier":"log","Type":"UpdateFlowLoggingBehavior","Parameters":{"FlowLoggingBehavior":"Enabled"},"Transitions":{"NextAction":"tier","Errors":[],"Conditions":[]}},
 {"Identifier":"tier","Type":"Compare","Parameters":{"ComparisonValue":"$.Attributes.tier"},"Transitions":{"NextAction":"std","Errors":[{"NextAction":"std","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"fast","Condition":{"Operator":"Equals","Operands":["gold"]}},{"NextAction":"std","Condition":{"Operator":"TextStartsWith","Operands":["g"]}}]}},
 {"Identifier":"fast","Type":"UpdateContactRoutingBehavior","Parameters":{"QueuePriority":"1"},"Transitions":{"NextAction":"std","Errors":[],"Conditions":[]}},
 {"Identifier":"std","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"q-a"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}],"Conditions":[]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// What Amazon Connect refuses to publish it keeps as a draft all the same.
func TestRefusedToPublishButKept(t *testing.T) {
	tests := []struct {
		name   string
		change []string // old and new text
		want   string   // how one of the problems begins
	}{
		{"another version", []string{"2019-10-30", "2020-01-01"}, "Invalid contact flow format"},
		{"no such start", []string{`"StartAction":"log"`, `"StartAction":"nope"`}, "Invalid contact flow format"},
		{"two actions of one name", []string{`"Identifier":"fast"`, `"Identifier":"std"`}, "Invalid Action Identifier"},
		{"a slash in a name", []string{`"Identifier":"fast"`, `"Identifier":"a/b"`}, "Invalid Action Identifier"},
		{"a type of other tools", []string{"UpdateContactTargetQueue", "SetWorkingQueue"}, "Invalid Action type. Type: SetWorkingQueue"},
		{"no branch for a full queue", []string{`,{"NextAction":"end","ErrorType":"QueueAtCapacity"}`, ``}, "Action is missing required error. Error: QueueAtCapacity, Path: Actions[4]"},
		{"a comparison that fails", []string{`"Errors":[{"NextAction":"std",`, `"Errors":[{"NextAction":"std","ErrorType":"NoMatchingError"},{"NextAction":"std",`}, "Invalid Action error. Error: NoMatchingError, Path: Actions[1]"},
		{"something after the end", []string{`"Transitions":{}`, `"Transitions":{"NextAction":"log"}`}, "Action does not support transitions. Path: Actions[5].Transitions"},
		{"nothing after an action", []string{`"NextAction":"go",`, ``}, "Action is missing required property. Path: Actions[3].Transitions.NextAction"},
		{"QueueID", []string{`"QueueId"`, `"QueueID"`}, "Invalid Action property name. Path: Actions[3].Parameters.QueueID"},
		{"queue and agent", []string{`"QueueId":"q-a"`, `"QueueId":"q-a","AgentId":"ann"`}, "Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		{"priority 0", []string{`"QueuePriority":"1"`, `"QueuePriority":"0"`}, "Invalid Action property value. Path: Actions[2].Parameters.QueuePriority"},
		{"all of External", []string{"$.Attributes.tier", "$.External"}, "Invalid Action property value. Path: Actions[1].Parameters.ComparisonValue"},
		{"a literal", []string{"$.Attributes.tier", "gold"}, "Invalid Action property value. Path: Actions[1].Parameters.ComparisonValue"},
		{"operator Contains", []string{`"Equals"`, `"Contains"`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"two operands", []string{`["gold"]`, `["a","b"]`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"an empty operand", []string{`["gold"]`, `[""]`}, "Invalid Action property value. Path: Actions[1].Transitions.Conditions[0]"},
		{"a ghost", []string{`"NextAction":"go"`, `"NextAction":"ghost"`}, "Invalid Action property value"},
		{"251 actions", []string{`"Actions":[`, `"Actions":[` + strings.Repeat(`{"Identifier":"x","Type":"EndFlowExecution","Transitions":{}},`, 245)}, "Invalid contact flow format"},
		{"an action of queue flows", []string{`"TransferContactToQueue"`, `"DequeueContactAndTransferToQueue"`}, "Invalid Action type"},
		{"a queue that there is not", []string{`"q-a"`, `"q-none"`}, "Invalid Action property value. Path: Actions[3].Parameters.QueueId"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content := change(t, priorityFlow, tt.change...)
			_, err := Publish(content, TypeContactFlow, resources{"queue q-a": true})
			wantProblem(t, err, tt.want)
			if err := Draft(content); err != nil {
				t.Errorf("Draft: %v", err)
			}
		})
	}
}

// Only JSON can be a draft.
func TestNoJSONIsNoDraft(t *testing.T) {
	wantProblem(t, Draft("not json"), "Invalid contact flow format")
}

// The stages come one after the other, so that an author is not told of what follows from an earlier mistake.
func TestOneStageAtATime(t *testing.T) {
	content := change(t, priorityFlow, `"Type":"Compare"`, `"Type":"CheckAttribute"`)
	content = change(t, content, `"Identifier":"fast"`, `"Identifier":"a/b"`)
	content = change(t, content, `"QueueId"`, `"QueueID"`)
	doc, problems := Parse(content)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	wants := []string{
		"Invalid Action Identifier. Path: Actions[2].Identifier",
		"Invalid Action type. Type: CheckAttribute",
		"Invalid Action property name. Path: Actions[3].Parameters.QueueID",
		"At least one of [QueueId, AgentId] must be set. Path: Actions[3].Parameters",
		"Invalid Action property value. Path: Actions[3].Parameters.QueueId",
	}
	mend := []func(){
		func() { doc.Actions[2].Identifier = "fast" },
		func() { doc.Actions[1].Type = "Compare" },
		func() { doc.Actions[3].Parameters = map[string]any{} },
		func() { doc.Actions[3].Parameters = map[string]any{"QueueId": "q-none"} },
	}
	for i, want := range wants {
		got := Check(doc, TypeContactFlow, resources{"queue q-a": true})
		if len(got) != 1 || got[0].Message != want {
			t.Errorf("stage %d: %v, want %q", i, got, want)
		}
		if i < len(mend) {
			mend[i]()
		}
	}
}

// These names are not in the language, though files that people wrote by hand have them.
func TestNamesThatThereAreNot(t *testing.T) {
	for _, name := range []string{
		"SetContactAttributes", "CheckAttribute", "StoreCustomerInput", "TransferToQueue", "TransferContactToFlow", "SetVoice",
		"SetLoggingBehavior", "StartMediaStreaming", "Start", "Transfer", "PlayPrompt", "compare", "",
	} {
		_, err := Publish(change(t, priorityFlow, `"Type":"Compare"`, `"Type":"`+name+`"`), TypeContactFlow, nil)
		wantProblem(t, err, "Invalid Action type. Type: "+name)
	}
}
