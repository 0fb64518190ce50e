package flowlog

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/records.txt anew")

// object is what a document or an answer holds.
type object = map[string]any

func list(all ...any) []any { return all }

// run are actions that have run, each with what is told of it.
var run = []struct {
	title string
	Action
}{
	{"logging on", Action{Type: "UpdateFlowLoggingBehavior", Inputs: object{"FlowLoggingBehavior": "Enabled"}}},
	{"logging off", Action{Type: "UpdateFlowLoggingBehavior", Inputs: object{"FlowLoggingBehavior": "Disabled"}}},
	{"attributes: a record each", Action{Type: "UpdateContactAttributes", Inputs: object{"Attributes": object{"b": "2", "a": ""}, "TargetContact": "Current"}}},
	{"attributes of the related contact, too large", Action{Type: "UpdateContactAttributes", Inputs: object{"Attributes": object{"a": "1"}, "TargetContact": "Related"}, Error: "NoMatchingError"}},
	{"flow attributes", Action{Type: "UpdateFlowAttributes", Inputs: object{"FlowAttributes": object{"x": object{"Value": "1", "Type": "String"}, "secret": "[redacted]"}}}},
	{"a comparison that holds at last", Action{Type: "Compare", Found: "7", Matched: true, Compared: []Comparison{
		{"Equals", "7", "5", false}, {"TextStartsWith", "7", "x", false}, {"NumberGreaterOrEqualTo", "7", "7", true},
	}}},
	{"a comparison without conditions", Action{Type: "Compare", Found: "7", Error: "NoMatchingCondition"}},
	{"hours", Action{Type: "CheckHoursOfOperation", Inputs: object{"HoursOfOperationId": "h-1"}, Found: "False", Matched: true}},
	{"hours of no queue", Action{Type: "CheckHoursOfOperation", Error: "NoMatchingError"}},
	{"staffing", Action{Type: "CheckMetricData", Inputs: object{"MetricType": "NumberOfAgentsStaffed"}, Found: "2", Matched: true}},
	{"nobody there", Action{Type: "CheckMetricData", Inputs: object{"MetricType": "NumberOfAgentsAvailable"}, Found: "0", Error: "NoMatchingCondition"}},
	{"queue status", Action{Type: "CheckMetricData", Inputs: object{"MetricType": "NumberOfContactsInQueue"}, Error: "NoMatchingError"}},
	{"queue metrics", Action{Type: "GetMetricData", Inputs: object{"QueueId": "q-a"}, ARNs: map[string]string{"QueueId": "arn:q-a"}}},
	{"a share", Action{Type: "DistributeByPercentage", Found: "51", Error: "NoMatchingCondition"}},
	{"loop", Action{Type: "Loop", Inputs: object{"LoopCount": json.Number("2")}, Found: "ContinueLooping"}},
	{"loop done", Action{Type: "Loop", Inputs: object{"LoopCount": "2"}, Found: "DoneLooping"}},
	{"wait", Action{Type: "Wait", Inputs: object{"TimeLimitSeconds": "60"}}},
	{"wait for no time", Action{Type: "Wait", Inputs: object{"TimeLimitSeconds": ""}, Error: "NoMatchingError"}},
	{"function", Action{
		Type: "InvokeLambdaFunction", Answer: object{"tier": "gold"},
		Inputs: object{"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "3", "LambdaInvocationAttributes": object{"id": "1"}},
	}},
	{"function that answers JSON", Action{
		Type: "InvokeLambdaFunction", Answer: object{"owner": object{"name": "Bo"}},
		Inputs: object{"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "8", "ResponseValidation": object{"ResponseType": "JSON"}},
	}},
	{"function that fails", Action{Type: "InvokeLambdaFunction", Inputs: object{"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "3"}, Error: "NoMatchingError"}},
	{"function of strangers", Action{Type: "InvokeLambdaFunction", Inputs: object{"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "3"}, Error: "NoMatchingError", Forbidden: true}},
	{"queue", Action{Type: "UpdateContactTargetQueue", Inputs: object{"QueueId": "q-a"}, ARNs: map[string]string{"QueueId": "arn:q-a"}}},
	{"an agent's queue", Action{Type: "UpdateContactTargetQueue", Inputs: object{"AgentId": "ann"}, ARNs: map[string]string{"AgentId": "arn:ann"}}},
	{"no such queue", Action{Type: "UpdateContactTargetQueue", Inputs: object{"QueueId": "q-none"}, Error: "NoMatchingError"}},
	{"transfer", Action{Type: "TransferContactToQueue"}},
	{"transfer to a full queue", Action{Type: "TransferContactToQueue", Error: "QueueAtCapacity"}},
	{"transfer without a queue", Action{Type: "TransferContactToQueue", Error: "NoMatchingError"}},
	{"transfer to a flow", Action{Type: "TransferToFlow", Inputs: object{"ContactFlowId": "f-1"}, ARNs: map[string]string{"ContactFlowId": "arn:f-1"}}},
	{"priority", Action{Type: "UpdateContactRoutingBehavior", Inputs: object{"QueuePriority": "1"}}},
	{"age", Action{Type: "UpdateContactRoutingBehavior", Inputs: object{"QueueTimeAdjustmentSeconds": "-60"}}},
	{"routing criteria", Action{Type: "UpdateContactRoutingCriteria", Inputs: object{"RoutingCriteria": object{"Steps": list()}}}},
	{"hook", Action{Type: "UpdateContactEventHooks", Inputs: object{"EventHooks": object{"CustomerQueue": "f-1"}}, ARNs: map[string]string{"CustomerQueue": "arn:f-1"}}},
	{"contact data", Action{Type: "UpdateContactData", Inputs: object{"Name": "N", "TargetContact": "Current"}}},
	{"tags", Action{Type: "TagContact", Inputs: object{"Tags": object{"k": "v"}}}},
	{"module", Action{Type: "InvokeFlowModule", Inputs: object{"FlowModuleId": "m-1"}, ARNs: map[string]string{"FlowModuleId": "arn:m-1"}}},
	{"in a module in a module", Action{Type: "EndFlowModuleExecution", Flow: "arn:m-2", Name: "Inner", Callers: []string{"arn:flow", "arn:m-1"}, Found: "Big", Inputs: object{"Result": "Big"}}},
	{"prompt", Action{Type: "MessageParticipant", Inputs: object{"Text": "Hello"}}},
	{"recorded prompt", Action{Type: "MessageParticipant", Inputs: object{"PromptId": "arn:p"}}},
	{"prompts", Action{Type: "MessageParticipantIteratively", Inputs: object{"Messages": list(object{"Text": "a"}, object{"PromptId": "arn:p"})}, Error: "NoMatchingError"}},
	{"menu: begins and ends", Action{Type: "GetParticipantInput", Inputs: object{"Text": "Press 1", "StoreInput": "False", "InputTimeLimitSeconds": "5"}, Error: "NoMatchingError"}},
	{"input", Action{Type: "GetParticipantInput", Inputs: object{"Text": "Id?", "StoreInput": "True", "InputTimeLimitSeconds": "5", "InputValidation": object{"CustomValidation": object{"MaximumLength": "8"}}}, Error: "NoMatchingError"}},
	{"new task", Action{Type: "CreateTask", Inputs: object{"Name": "N", "ContactFlowId": "f-1", "DelaySeconds": "60"}, ARNs: map[string]string{"ContactFlowId": "arn:f-1"}}},
	{"an action without a word in the logs", Action{Type: "GetCustomerProfile", Inputs: object{"ProfileRequestData": object{"ProfileId": "p"}}, Error: "NoMatchingError"}},
	{"disconnect", Action{Type: "DisconnectParticipant"}},
	{"resume", Action{Type: "EndFlowExecution"}},
}

// Every record is as Amazon Connect writes it: read the file, and the facts beside it, before you change it.
func TestRecords(t *testing.T) {
	at := time.Date(2026, 1, 31, 10, 0, 0, 120_000_000, time.UTC)
	var b bytes.Buffer
	for _, tt := range run {
		a := tt.Action
		a.Contact, a.Identifier, a.Voice = "c-1", "x", "Joanna"
		if a.Flow == "" {
			a.Flow, a.Name = "arn:flow", "Main"
		}
		fmt.Fprintf(&b, "==== %s\n", tt.title)
		for _, r := range Records(a) {
			line, err := json.Marshal(r.At(at))
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
	}
	const file = "testdata/records.txt"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(wanted) {
			w = wanted[i]
		}
		if g != w {
			t.Errorf("%s:%d\n got %s\nwant %s", file, i+1, g, w)
		}
	}
}

// What is logged twice has its parameters in the first record and its results in the second; no other record lacks
// parameters, and none tells of an error by a member of our own.
func TestRecordsKeepAmazonsMembers(t *testing.T) {
	known := map[string]bool{
		"Results": true, "ContactId": true, "ContactFlowId": true, "ContactFlowName": true, "ContactFlowModuleType": true, "Identifier": true,
		"Timestamp": true, "ModuleExecutionStack": true, "ExternalResults": true, "Parameters": true,
	}
	for _, tt := range run {
		records := Records(tt.Action)
		for i, r := range records {
			line, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			var members map[string]any
			if err := json.Unmarshal(line, &members); err != nil {
				t.Fatal(err)
			}
			for name := range members {
				if !known[name] {
					t.Errorf("%s: member %s", tt.title, name)
				}
			}
			_, has := members["Parameters"]
			if end := strings.HasSuffix(r.Block, "UserInput") && i == len(records)-1; has == end {
				t.Errorf("%s: record %d has parameters: %t", tt.title, i, has)
			}
		}
	}
}
