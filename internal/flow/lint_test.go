package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The type is what says it, or the only one that may hold the actions; else it is not known, and no false word is said.
func TestTypeOfContent(t *testing.T) {
	described := func(member, more string) string {
		content, err := json.Marshal(valid)
		if err != nil {
			t.Fatal(err)
		}
		return `{"` + member + `":{"Arn":"arn:x","Content":` + string(content) + more + `}}`
	}
	tests := []struct {
		name, content string
		want          Type
	}{
		{"nothing says it", valid, ""},
		{"the console has told", change(t, valid, `"Metadata":{}`, `"Metadata":{"type":"customerQueue"}`), TypeCustomerQueue},
		{"as the API calls it", change(t, valid, `"Metadata":{}`, `"Metadata":{"type":"AGENT_WHISPER"}`), TypeAgentWhisper},
		{"as no one calls it", change(t, valid, `"Metadata":{}`, `"Metadata":{"type":"other"}`), ""},
		{"a type that is no text", change(t, valid, `"Metadata":{}`, `"Metadata":{"type":5}`), ""},
		{"the settings of a module", change(t, valid, `"Metadata":{}`, `"Settings":{}`), TypeModule},
		{"an action of queue flows", alone(legalAction("x", "DequeueContactAndTransferToQueue", "end")), TypeCustomerQueue},
		{"an action of queue and hold flows", alone(legalAction("x", "MessageParticipantIteratively", "end")), ""},
		{"an action of modules", change(t, valid, "DisconnectParticipant", "EndFlowModuleExecution"), TypeModule},
		{"what DescribeContactFlow answers", described("ContactFlow", `,"Type":"QUEUE_TRANSFER"`), TypeQueueTransfer},
		{"what DescribeContactFlowModule answers", described("ContactFlowModule", ""), TypeModule},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r := Lint(tt.content, ""); r.Type != tt.want {
				t.Errorf("type is %q, want %q", r.Type, tt.want)
			} else if len(r.Problems) > 0 && tt.want != TypeModule && tt.want != TypeCustomerQueue && tt.want != TypeAgentWhisper {
				t.Errorf("problems %v", r.Problems)
			}
		})
	}
	if r := Lint(valid, TypeAgentTransfer); r.Type != TypeAgentTransfer {
		t.Errorf("a type that was given is %s", r.Type)
	}
}

// anID has the form of the ids of resources.
const anID = "22222222-2222-4222-8222-222222222222"

// withIDs gives what a document names a proper id, which lint has nothing to say of.
func withIDs(content string) string {
	return strings.NewReplacer(`"q-a"`, `"`+anID+`"`, `"f-1"`, `"`+anID+`"`).Replace(content)
}

// Where the type is not known, nothing is said that is not so for every type that may hold the actions.
func TestLintOfUnknownType(t *testing.T) {
	apart := Lint(change(t, valid, with(legalAction("move", "DequeueContactAndTransferToQueue", "end"))...), "")
	if len(apart.Problems) != 1 || apart.Problems[0].Action != "go" || apart.Problems[0].Message != "Invalid Action type. Type: TransferContactToQueue" {
		t.Errorf("problems of a flow that no type may hold are %v", apart.Problems)
	}
	ends := Lint(withIDs(change(t, valid, with(`{"Identifier":"lost","Type":"EndFlowExecution","Transitions":{}}`)...)), "")
	want := "Amazon Connect refuses EndFlowExecution in flows of type CONTACT_FLOW or AGENT_TRANSFER or QUEUE_TRANSFER or CAMPAIGN. Path: Actions[0]"
	if len(ends.Problems) > 0 || len(ends.Warnings) != 2 || ends.Warnings[1].Message != want {
		t.Errorf("problems %v, warnings %v", ends.Problems, ends.Warnings)
	}
	for _, tt := range []struct {
		content string
		want    Type
	}{{valid, TypeContactFlow}, {alone(legalAction("x", "MessageParticipantIteratively", "end")), TypeCustomerQueue}, {"{}", TypeContactFlow}} {
		if got := Playable(tt.content); got != tt.want {
			t.Errorf("Playable is %s, want %s: %s", got, tt.want, tt.content)
		}
	}
}

// A resource of another instance is not there: lint says so of each.
func TestLintNamesForeignARNs(t *testing.T) {
	const mine = "arn:aws:connect:us-east-1:111122223333:instance/11111111-1111-4111-8111-111111111111"
	other := strings.Replace(mine, "us-east-1", "eu-west-1", 1)
	in := func(queue string) string {
		return change(t, valid, `"q-a"`, `"`+queue+`"`)
	}
	for _, tt := range []struct {
		name, content, instance string
		problem, warning        string // how it begins; empty: none
	}{
		{"an id", valid, mine, "", ""},
		{"mine", in(mine + "/queue/q-a"), mine, "", ""},
		{"an agent's queue", in(mine + "/queue/agent/u-1"), mine, "", ""},
		{"of another Region", in(other + "/queue/q-a"), mine, other + "/queue/q-a is a queue of another instance than " + mine, ""},
		{"of one instance", in(mine + "/queue/q-a"), "", "", mine + "/queue/q-a is a queue of one instance; in others the action fails"},
		{"of another kind", in(mine + "/contact-flow/f-1"), mine, mine + "/contact-flow/f-1 is the ARN of no queue", ""},
		{"a placeholder", in("arn:aws:connect:${REGION}:1:instance/i/queue/q-a"), mine, "", ""},
		{"no ARN of Connect", in("arn:aws:sqs:x:1:q"), "", "", "arn:aws:sqs:x:1:q is the ARN of no queue"},
		{"a hook", alone(change(t, legalAction("x", "UpdateContactEventHooks", "end"), `"f-1"`, `"`+other+`/contact-flow/f-1"`)), mine, other + "/contact-flow/f-1 is a flow of another instance", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Linter{Type: TypeCampaign, Instance: tt.instance}.Lint(tt.content)
			begins := func(all []Problem, want string) bool {
				all = slices.DeleteFunc(slices.Clone(all), func(p Problem) bool { return !strings.HasPrefix(p.Message, "arn:") })
				return len(all) == 0 && want == "" || len(all) == 1 && want != "" && strings.HasPrefix(all[0].Message, want)
			}
			if !begins(r.Problems, tt.problem) || !begins(r.Warnings, tt.warning) {
				t.Errorf("problems %v, warnings %v; want %q, %q", r.Problems, r.Warnings, tt.problem, tt.warning)
			}
		})
	}
}

// Whatever an action names is looked at: prompts, also within lists, views, and what has the form of no id.
func TestLintNamesWhatCannotBe(t *testing.T) {
	const mine = "arn:aws:connect:us-east-1:111122223333:instance/11111111-1111-4111-8111-111111111111"
	const other = "arn:aws:connect:us-east-1:111122223333:instance/33333333-3333-4333-8333-333333333333"
	for _, tt := range []struct {
		action, from, to string
		want             string // how the problem begins; empty: none
	}{
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"beep"`, "beep is neither the id nor the ARN of a prompt"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"` + anID + `"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"$.Attributes.p"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"${PROMPT}"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"` + mine + `/prompt/` + anID + `"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"` + mine + `/queue/` + anID + `"`, mine + "/queue/" + anID + " is the ARN of no prompt"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"` + other + `/prompt/` + anID + `"`, other + "/prompt/" + anID + " is a prompt of another instance"},
		{"MessageParticipantIteratively", `{"Text":"a"}`, `{"PromptId":"beep"}`, "beep is neither the id nor the ARN of a prompt. Path: Actions[0].Parameters.Messages[0].PromptId"},
		{"GetParticipantInput", `"Text":"Press 1"`, `"PromptId":"beep"`, "beep is neither"},
		{"ConnectParticipantWithLexBot", `"Text":"Hello"`, `"PromptId":"beep"`, "beep is neither"},
		{"ShowView", `"form"`, `"arn:aws:connect:eu-west-2:aws:view/cards:1"`, ""},
		{"ShowView", `"form"`, `"list:$LATEST"`, ""},
		{"ShowView", `"form"`, `"nothing"`, "nothing is neither the id nor the ARN of a view"},
		{"ShowView", `"form"`, `"` + other + `/view/` + anID + `:1"`, other + "/view/" + anID + ":1 is a view of another instance"},
		{"UpdateContactTargetQueue", "q-a", "abc", "abc is neither the id nor the ARN of a queue"},
		{"InvokeFlowModule", "m-1:$LATEST", anID + ":$LATEST", ""},
		{"InvokeFlowModule", "m-1", "abc", "abc:$LATEST is neither the id nor the ARN of a module"},
		{"UpdateContactRoutingCriteria", levelThree, preferring(other + "/agent/" + anID), other + "/agent/" + anID + " is an agent of another instance"},
	} {
		t.Run(tt.action+" "+tt.to, func(t *testing.T) {
			r := Linter{Type: TypeModule, Instance: mine}.Lint(change(t, alone(change(t, legalAction("x", tt.action, "end"), tt.from, tt.to)), `"Actions"`, `"Settings":{},"Actions"`))
			if len(r.Problems) != min(1, len(tt.want)) || tt.want != "" && !strings.HasPrefix(r.Problems[0].Message, tt.want) {
				t.Errorf("problems are %v, want %q", r.Problems, tt.want)
			}
		})
	}
}

// preferring is an expression that asks for one agent.
func preferring(agent string) string {
	return `{"AttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":["` + agent + `"]}}}}`
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
		{TypeOutboundWhisper, "CompleteOutboundCall", "", "", `CompleteOutboundCall: a task cannot use it; the flow goes on with "end"`},
		{TypeCustomerQueue, "MessageParticipantIteratively", "", "", "MessageParticipantIteratively: a task cannot use it; it stops the flow, for it has no branch for NoMatchingError"},
		{TypeContactFlow, "UpdateContactEventHooks", "CustomerQueue", "CustomerHold", `UpdateContactEventHooks: a task is never on hold; it takes its branch NoMatchingError to "end"`},
		{TypeContactFlow, "UpdateContactEventHooks", "CustomerQueue", "CustomerWhisper", "UpdateContactEventHooks: a task has no customer to whisper to; the flow never runs"},
		{TypeContactFlow, "UpdateContactEventHooks", "", "", ""},
		{TypeContactFlow, "Wait", "", "", "Wait: a task waits for the time only; the other events never come"},
		{TypeAgentTransfer, "TransferContactToAgent", "", "", "TransferContactToAgent: on a task it works only where a transfer has chosen the agent; else it fails"},
		{TypeCustomerQueue, "UpdateContactTargetQueue", "", "", "Amazon Connect does not offer UpdateContactTargetQueue in flows of type CUSTOMER_QUEUE"},
		{TypeAgentWhisper, "UpdateRoutingCriteria", "", "", "Amazon Connect does not offer UpdateRoutingCriteria in flows of type AGENT_WHISPER"},
		{TypeAgentWhisper, "UpdateContactMediaProcessing", "", "", "UpdateContactMediaProcessing: does nothing to a task; the flow goes on\nAmazon Connect does not offer UpdateContactMediaProcessing in flows of type AGENT_WHISPER"},
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
			r := Lint(withIDs(change(t, alone(change(t, action, tt.from, tt.to)), `"Actions"`, `"Settings":{},"Actions"`)), tt.kind)
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
	r := Lint(withIDs(change(t, valid, with(`{"Identifier":"lost","Type":"EndFlowExecution","Transitions":{}}`)...)), TypeContactFlow)
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
