package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// legal is how an action of a type may stand: with which parameters, and which branches.
type legal struct {
	params     string
	conditions [][2]string // operator and operand
}

// legalActions has the parameters and the author's own conditions with which each action may stand.
var legalActions = map[string]legal{
	"Compare":                   {`{"ComparisonValue":"$.Attributes.a"}`, [][2]string{{"Equals", "1"}, {"KeyExists", "$.Attributes.b"}}},
	"CheckHoursOfOperation":     {`{"HoursOfOperationId":"h-1"}`, nil},
	"CheckMetricData":           {`{"MetricType":"OldestContactInQueueAgeSeconds","QueueId":"q-a"}`, [][2]string{{"NumberGreaterThan", "$.Attributes.a"}}},
	"GetMetricData":             {`{"AgentId":"ann","QueueChannel":"task"}`, nil},
	"DistributeByPercentage":    {`{}`, [][2]string{{"NumberLessThan", "51"}}},
	"Loop":                      {`{"LoopCount":"$.Attributes.a"}`, nil},
	"Wait":                      {`{"TimeLimitSeconds":"60","Events":["CustomerReturned"],"ContinueExecution":"False"}`, nil},
	"TransferToFlow":            {`{"ContactFlowId":"f-1"}`, nil},
	"InvokeFlowModule":          {`{"FlowModuleId":"m-1:$LATEST","Input":{"n":"$.Attributes.a","deep":{"list":[5,true,null]}}}`, [][2]string{{"Equals", "Big"}}},
	"EndFlowModuleExecution":    {`{"Result":"Big","ResultData":{"size":"$.Modules.Input.n"}}`, nil},
	"UpdateFlowAttributes":      {`{"FlowAttributes":{"a":{"Value":"$.Attributes.a!","Type":"String"},"b":{"Value":5}}}`, nil},
	"UpdateFlowLoggingBehavior": {`{"FlowLoggingBehavior":"Enabled"}`, nil},
	"InvokeLambdaFunction": {
		`{"LambdaFunctionARN":"arn:f","InvocationTimeLimitSeconds":8,"InvocationType":"SYNCHRONOUS",` +
			`"LambdaInvocationAttributes":{"a":"$.Attributes.a"},"ResponseValidation":{"ResponseType":"JSON"}}`, nil,
	},
	"UpdateContactTargetQueue":         {`{"QueueId":"q-a"}`, nil},
	"DequeueContactAndTransferToQueue": {`{"QueueId":"$.Attributes.a"}`, nil},
	"RouteContactToAgent":              {`{"AgentId":"ann"}`, nil},
	"UpdateContactRoutingBehavior":     {`{"QueuePriority":"1"}`, nil},
	"UpdateContactRoutingCriteria":     {`{"RoutingCriteria":{"Steps":[{"Expression":` + levelThree + `}]}}`, nil},
	"UpdateContactAttributes":          {`{"Attributes":{"$.Attributes.a":"is $.Attributes.b"},"TargetContact":"Current"}`, nil},
	"UpdateContactData": {
		`{"Name":"[$.Attributes.a] $.Name","Description":"d","LanguageCode":"en-US","CustomerId":"c",` +
			`"References":{"r":{"Value":"https://x/$.Name","Type":"URL"}},"TaskTemplateId":"t","TargetContact":"Related",` +
			`"SegmentAttributes":{"connect:ContactExpiry":{"ValueMap":{"ExpiryDuration":{"ValueInteger":60}}}}}`, nil,
	},
	"UpdateContactEventHooks": {
		`{"EventHooks":{"CustomerQueue":"f-1"},"EventHooksConfiguration":{"CustomerQueue":{"DisableExecution":"false"}}}`, nil,
	},
	"TagContact":   {`{"Tags":{"kind":"$.Attributes.a"}}`, nil},
	"UntagContact": {`{"TagKeys":["kind"]}`, nil},
	"CreateTask": {
		`{"Name":"n","Description":"d","ContactFlowId":"f-1","Attributes":{"a":"$.Attributes.a"},"DelaySeconds":"518400",` +
			`"References":{"r":{"Value":"1","Type":"NUMBER"}},"RelatedContactId":"c-1","LinkToContact":"True"}`, nil,
	},
	"UpdateContactTextToSpeechVoice": {`{"TextToSpeechVoice":"Joanna","TextToSpeechEngine":"Neural","TextToSpeechStyle":"$.Attributes.s"}`, nil},

	// Of other channels.
	"MessageParticipant":            {`{"Text":"Hello $.Name"}`, nil},
	"MessageParticipantIteratively": {`{"Messages":[{"Text":"a"},{"PromptId":""}],"InterruptFrequencySeconds":"20"}`, [][2]string{{"Equals", "MessagesInterrupted"}}},
	"GetParticipantInput":           {`{"Text":"Press 1","StoreInput":"False","InputTimeLimitSeconds":"5"}`, [][2]string{{"Equals", "1"}}},
	"ConnectParticipantWithLexBot": {
		`{"Text":"Hello","LexV2Bot":{"AliasArn":"$.FlowAttributes.bot"},"LexSessionAttributes":{"a":"$.Attributes.a"},"LexTimeoutSeconds":{"Text":"300"}}`,
		[][2]string{{"Equals", "Sales"}},
	},
	"ConnectParticipantWithAgenticCX": {
		`{"AgentConfiguration":{"WorkspaceId":"w","ApplicationId":"a","Alias":"p","ContextVariables":{"c":"$.ContactId"}},"AudioFillerConfiguration":{"Enabled":true}}`,
		[][2]string{{"Equals", "Escalation"}},
	},
	"TransferParticipantToThirdParty": {`{"ThirdPartyPhoneNumber":"+15550101","ThirdPartyConnectionTimeLimitSeconds":"30","ContinueFlowExecution":"True"}`, nil},
	"CompleteOutboundCall":            {`{"CallerId":{"Number":"$.Attributes.number"}}`, nil},
	"CreateCallbackContact": {
		`{"QueueId":"q-a","InitialCallDelaySeconds":"5","MaximumConnectionAttempts":"1","RetryDelaySeconds":"259200","ContactFlowId":"f-1"}`, nil,
	},
	"UpdateContactCallbackNumber": {`{"CallbackNumber":"$.StoredCustomerInput"}`, nil},
	"UpdateContactMediaStreamingBehavior": {
		`{"MediaStreamingState":"Enabled","MediaStreamType":"Audio","Participants":[{"ParticipantType":"Customer","MediaDirections":["To","From"]}]}`, nil,
	},
	"UpdateContactRecordingBehavior": {
		`{"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"],"IVRRecordingBehavior":"Enabled"},"AnalyticsBehavior":{"Enabled":"True","AnalyticsLanguage":"en-US"}}`, nil,
	},
	"UpdateContactRecordingAndAnalyticsBehavior": {`{"ChatBehavior":{"ChatAnalyticsBehavior":{"Enabled":"False"}}}`, nil},
	"UpdateContactMediaProcessing": {
		`{"ChatProcessor":{"ProcessingEnabled":"True","LambdaProcessorARN":"arn:f","ChatProcessorSettings":{"DeliverUnprocessedMessages":"False"}}}`, nil,
	},
	"UpdatePreviousContactParticipantState": {`{"PreviousContactParticipantState":"OffHold"}`, nil},
	"CheckVoiceId":                          {`{"CheckVoiceIdOption":"fraudDetection"}`, nil},
	"AuthenticateParticipant": {
		`{"CognitoConfiguration":{"AppClientId":"c"},"CustomerProfilesConfiguration":{"ObjectTypeName":"o"},"TimeLimitMinutes":"3"}`,
		[][2]string{{"Equals", "OptedOut"}},
	},
	"ShowView": {
		`{"ViewResource":{"Id":"form","Version":"Latest"},"InvocationTimeLimitSeconds":"300","ViewData":{"Heading":"$.Name","Items":[{"DefaultValue":""}]}}`,
		[][2]string{{"Equals", "Next"}},
	},
	"CreateCase":                         {`{"LinkContactToCase":"true","CaseTemplateId":"t","CaseRequestFields":{"title":"$.Name"}}`, nil},
	"GetCase":                            {`{"LinkContactToCase":"true","GetLastUpdatedCase":"true","CustomerId":"$.Customer.ProfileARN","CaseResponseFields":["status"]}`, nil},
	"UpdateCase":                         {`{"CaseId":"$.Case.case_id","LinkContactToCase":"true","CaseRequestFields":{"status":"closed"}}`, nil},
	"CreateContact":                      {`{"Channel":"EMAIL","RelatedContact":"CURRENT"}`, nil},
	"CreateWisdomSession":                {`{"WisdomAssistantArn":"arn:a"}`, nil},
	"CreatePersistentContactAssociation": {`{"RehydrationType":"FROM_SEGMENT","SourceContactId":"$.Attributes.c"}`, nil},
	"StartOutboundChatContact": {
		`{"SourceEndpoint":{"Address":"arn:n","Type":"CONNECT_PHONENUMBER_ARN"},"DestinationEndpoint":{"Address":"+15550102","Type":"TELEPHONE_NUMBER"},"ContactFlowArn":"f-1","ContactSubtype":"connect:SMS"}`, nil,
	},
	"StartOutboundEmailContact":                 {`{"FromEmailAddress":{"EmailAddress":"a@example.com"},"DestinationEmailAddress":"b@example.com","EmailMessage":{"MessageSourceType":"RAW"}}`, nil},
	"LoadContactContent":                        {`{"ContentType":"EmailMessage"}`, nil},
	"RenderMessageTemplate":                     {`{"WisdomKnowledgeBaseArn":"arn:k","WisdomMessageTemplateArn":"arn:t"}`, nil},
	"GetCustomerProfile":                        {`{"ProfileRequestData":{"IdentifierName":"_phone","IdentifierValue":"$.CustomerEndpoint.Address"},"ProfileResponseData":["FirstName"]}`, nil},
	"GetCustomerProfileObject":                  {`{"ProfileRequestData":{"ProfileId":"p","ObjectType":"Asset","UseLatest":"true"}}`, nil},
	"GetCalculatedAttributesForCustomerProfile": {`{"ProfileRequestData":{"ProfileId":"$.Customer.ProfileId"}}`, nil},
	"CreateCustomerProfile":                     {`{"ProfileRequestData":{"FirstName":"Sample"},"ProfileResponseData":["FirstName"]}`, nil},
	"UpdateCustomerProfile":                     {`{"ProfileRequestData":{"ProfileId":"p","FirstName":"Sample"}}`, nil},
	"AssociateContactToCustomerProfile":         {`{"ProfileRequestData":{"ProfileId":"p","ContactId":"$.ContactId"}}`, nil},
	"EvaluateDataTableValues":                   {`{"DataTableId":"d","Queries":[{"QueryName":"q"}]}`, nil},
}

const levelThree = `{"AttributeCondition":{"Name":"Lang","Value":"$.Attributes.a","ProficiencyLevel":3,"ComparisonOperator":"NumberGreaterOrEqualTo"}}`

// legalAction is an action of a type with all branches it must and may have.
func legalAction(identifier, kind, target string) string {
	a, t := legalActions[kind], actionTypes[kind]
	if t.terminal {
		return fmt.Sprintf(`{"Identifier":%q,"Type":%q,"Parameters":%s,"Transitions":{}}`, identifier, kind, orEmpty(a.params))
	}
	doc, problems := Parse(alone(fmt.Sprintf(`{"Identifier":"x","Type":%q,"Parameters":%s}`, kind, orEmpty(a.params))))
	if len(problems) > 0 {
		panic(problems[0].Message)
	}
	var failures, conditions []string
	for _, f := range words(t.errors, &doc.Actions[0]) {
		failures = append(failures, fmt.Sprintf(`{"ErrorType":%q,"NextAction":%q}`, f, target))
	}
	for _, word := range words(t.results, &doc.Actions[0]) {
		a.conditions = append(slices.Clip(a.conditions), [2]string{"Equals", word})
	}
	for _, c := range a.conditions {
		conditions = append(conditions, fmt.Sprintf(`{"NextAction":%q,"Condition":{"Operator":%q,"Operands":[%q]}}`, target, c[0], c[1]))
	}
	return fmt.Sprintf(`{"Identifier":%q,"Type":%q,"Parameters":%s,"Transitions":{"NextAction":%q,"Errors":[%s],"Conditions":[%s]}}`,
		identifier, kind, orEmpty(a.params), target, strings.Join(failures, ","), strings.Join(conditions, ","))
}

func orEmpty(params string) string {
	if params == "" {
		return "{}"
	}
	return params
}

// alone is a document of one action and an end.
func alone(action string) string {
	return `{"Version":"2019-10-30","StartAction":"x","Actions":[` + action + `,{"Identifier":"end","Type":"EndFlowExecution","Transitions":{}}]}`
}

// Every action of the language can be published as it should stand, and is refused when anything that it must have
// is missing.
func TestEveryActionCanStand(t *testing.T) {
	for _, kind := range slices.Sorted(maps.Keys(actionTypes)) {
		t.Run(kind, func(t *testing.T) {
			content := alone(legalAction("x", kind, "end"))
			if _, err := Publish(content, TypeModule, nil); err != nil {
				t.Fatalf("Publish(%s): %v", content, err)
			}
			for name, spoiled := range spoil(t, content) {
				if _, err := Publish(spoiled, TypeModule, nil); err == nil {
					t.Errorf("Publish succeeds with %s: %s", name, spoiled)
				}
			}
		})
	}
}

// spoil makes documents that lack something that the first action must have, or have what it must not.
func spoil(t *testing.T, content string) map[string]string {
	all := map[string]string{}
	edit := func(name string, change func(action, transitions map[string]any)) {
		var doc map[string]any
		if err := json.Unmarshal([]byte(content), &doc); err != nil {
			t.Fatal(err)
		}
		action := doc["Actions"].([]any)[0].(map[string]any)
		change(action, action["Transitions"].(map[string]any))
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	var kind *actionType
	edit("", func(a, _ map[string]any) { kind = typeOf(a["Type"].(string)) })
	delete(all, "")
	edit("an error that nobody has", func(_, tr map[string]any) {
		tr["Errors"] = []any{map[string]any{"ErrorType": "NoSuchError", "NextAction": "end"}}
	})
	var stands *Action
	if doc, problems := Parse(content); len(problems) == 0 {
		stands = &doc.Actions[0]
	}
	for _, f := range words(kind.errors, stands) {
		edit("no "+f, func(_, tr map[string]any) {
			tr["Errors"] = slices.DeleteFunc(tr["Errors"].([]any), func(e any) bool { return e.(map[string]any)["ErrorType"] == f })
		})
	}
	spoilObjects(edit, kind, stands)
	if kind.terminal {
		edit("a next action", func(_, tr map[string]any) { tr["NextAction"] = "end" })
	} else {
		edit("a next action that there is not", func(_, tr map[string]any) { tr["NextAction"] = "ghost" })
		if !kind.noNext {
			edit("no next action", func(_, tr map[string]any) { delete(tr, "NextAction") })
		}
	}
	is := func(word string) func(any) bool {
		return func(c any) bool {
			return c.(map[string]any)["Condition"].(map[string]any)["Operands"].([]any)[0] == word
		}
	}
	if kind.own == nil {
		edit("a condition", func(_, tr map[string]any) {
			tr["Conditions"] = []any{map[string]any{"NextAction": "end", "Condition": map[string]any{"Operator": "Equals", "Operands": []any{"a"}}}}
		})
	}
	for _, word := range words(kind.results, stands) {
		edit("no "+word, func(_, tr map[string]any) { tr["Conditions"] = slices.DeleteFunc(tr["Conditions"].([]any), is(word)) })
	}
	return all
}

// spoilObjects takes away each member that the parameters, and the objects in them, must have, and adds one that they
// may not.
func spoilObjects(edit func(string, func(action, transitions map[string]any)), kind *actionType, stands *Action) {
	objects := 0
	(&checker{kind: kind, action: stands}).eachObject(func(string, *shape, map[string]any) { objects++ })
	for n := range objects {
		nth := func(a map[string]any, do func(s *shape, m map[string]any)) {
			i := 0
			(&checker{kind: kind, action: &Action{Parameters: a["Parameters"].(map[string]any)}}).eachObject(func(_ string, s *shape, m map[string]any) {
				if i == n {
					do(s, m)
				}
				i++
			})
		}
		var required []string
		open := false
		nth(map[string]any{"Parameters": stands.Parameters}, func(s *shape, _ map[string]any) {
			open = s.open
			for _, p := range s.params {
				if p.required && p.when.holds(stands) {
					required = append(required, p.name)
				}
			}
		})
		for _, name := range required {
			edit(fmt.Sprint("no ", name, " in object ", n), func(a, _ map[string]any) { nth(a, func(_ *shape, m map[string]any) { delete(m, name) }) })
		}
		if !open {
			edit(fmt.Sprint("an unknown member in object ", n), func(a, _ map[string]any) { nth(a, func(_ *shape, m map[string]any) { m["NoSuch"] = "x" }) })
		}
	}
}

// How each rule about parameters, branches and forms refuses what it should. The name says which action is spoiled.
func TestRulesRefuse(t *testing.T) {
	tests := []struct {
		kind     string
		from, to string
		want     string // the problem begins so; empty: none
	}{
		{"UpdateContactRoutingCriteria", `"UpdateContactRoutingCriteria"`, `"UpdateRoutingCriteria"`, ""},
		{"UntagContact", `"UntagContact"`, `"UnTagContact"`, ""},
		{"Wait", "TimeLimitSeconds", "TimeoutSeconds", ""},
		{"Wait", `"TimeLimitSeconds":"60"`, `"TimeLimitSeconds":"60","TimeoutSeconds":"60"`, "Only one of these properties may be defined. Properties: [TimeLimitSeconds, TimeoutSeconds]"},
		{"Wait", `"TimeLimitSeconds":"60",`, "", "At least one of [TimeLimitSeconds, TimeoutSeconds] must be set"},
		{"Wait", `"60"`, "60", ""},
		{"Wait", `"60"`, `"0"`, "Invalid Action property value. Path: Actions[0].Parameters.TimeLimitSeconds"},
		{"Wait", `"60"`, "604801", "Invalid Action property value. Path: Actions[0].Parameters.TimeLimitSeconds"},
		{"Wait", `"60"`, `"$.Attributes.t"`, ""},
		{"Wait", `["CustomerReturned"]`, `["Hangup"]`, "Invalid Action property value. Path: Actions[0].Parameters.Events"},
		{"Wait", `["CustomerReturned"]`, "[]", "Invalid Action property value. Path: Actions[0].Transitions.Conditions[1]"},
		{"Wait", `["CustomerReturned"]`, `"CustomerReturned"`, "Invalid Action property value. Path: Actions[0].Parameters.Events"},
		{"Wait", `["CustomerReturned"]`, `["CustomerReturned","BotParticipantDisconnected"]`, "Action is missing required condition. Condition: BotParticipantDisconnected, Path: Actions[0]"},
		{"Wait", `"Operands":["WaitCompleted"]`, `"Operands":["Finished"]`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"Wait", `"ContinueExecution":"False"`, `"ContinueExecution":"$.Name"`, "Invalid Action property value. Path: Actions[0].Parameters.ContinueExecution"},
		{"Loop", `"Operator":"Equals","Operands":["ContinueLooping"]`, `"Operator":"TextContains","Operands":["ContinueLooping"]`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"Loop", `["ContinueLooping"]`, `["continuelooping"]`, ""},
		{"Loop", `["ContinueLooping"]`, `["DoneLooping"]`, "Action is missing required condition. Condition: ContinueLooping"},
		{"Loop", `"$.Attributes.a"`, `"100"`, ""},
		{"Loop", `"$.Attributes.a"`, `"101"`, "Invalid Action property value. Path: Actions[0].Parameters.LoopCount"},
		{"Loop", `"$.Attributes.a"`, "-1", "Invalid Action property value. Path: Actions[0].Parameters.LoopCount"},
		{"Loop", `"$.Attributes.a"`, `"1.5"`, "Invalid Action property value. Path: Actions[0].Parameters.LoopCount"},
		{"Loop", `"LoopCount"`, `"LoopCount":"1","LoopArray"`, "Invalid Action property name. Path: Actions[0].Parameters.LoopArray"},
		{"CheckHoursOfOperation", `["False"]`, `["No"]`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[1]"},
		{"CheckHoursOfOperation", `"h-1"`, `""`, "Invalid Action property value. Path: Actions[0].Parameters.HoursOfOperationId"},
		{"CheckHoursOfOperation", `{"HoursOfOperationId":"h-1"}`, "{}", ""},
		{"CheckHoursOfOperation", "h-1", "h-none", "Invalid Action property value. Path: Actions[0].Parameters.HoursOfOperationId"},
		{"CheckMetricData", "OldestContactInQueueAgeSeconds", "AgeOfEverything", "Invalid Action property value. Path: Actions[0].Parameters.MetricType"},
		{"CheckMetricData", "OldestContactInQueueAgeSeconds", "$.Attributes.m", "Invalid Action property value. Path: Actions[0].Parameters.MetricType"},
		{"CheckMetricData", `"QueueId":"q-a"`, `"QueueId":"q-a","AgentId":"ann"`, "Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		{"CheckMetricData", `,"QueueId":"q-a"`, "", ""},
		{"CheckMetricData", `"q-a"`, `"q-none"`, "Invalid Action property value. Path: Actions[0].Parameters.QueueId"},
		{"CheckMetricData", `{"NextAction":"end","Condition":{"Operator":"NumberGreaterThan","Operands":["$.Attributes.a"]}}`, "", "Action is missing required property. Path: Actions[0].Transitions.Conditions"},
		{"CheckMetricData", "NumberGreaterThan", "And", "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"GetMetricData", `"task"`, `"fax"`, "Invalid Action property value. Path: Actions[0].Parameters.QueueChannel"},
		{"GetMetricData", `"task"`, `"$.Attributes.c"`, ""},
		{"GetMetricData", `"ann"`, `"ann","QueueId":"q-a"`, "Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		{"GetMetricData", "ann", "bob", "Invalid Action property value. Path: Actions[0].Parameters.AgentId"},
		{"DistributeByPercentage", "NumberLessThan", "NumberGreaterThan", "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"DistributeByPercentage", `"51"`, "51", ""},
		{"Compare", `"$.Attributes.a"`, `"$"`, "Invalid Action property value. Path: Actions[0].Parameters.ComparisonValue"},
		{"Compare", `"$.Attributes.a"`, `"$.External.list[0]"`, ""},
		{"Compare", `"$.Attributes.a"`, `"$['External']"`, "Invalid Action property value. Path: Actions[0].Parameters.ComparisonValue"},
		{"Compare", `"Operands":["1"]`, `"Operands":[]`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"Compare", `"Operands":["1"]`, `"Operands":[["1"]]`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"Compare", `"Operands":["1"]`, `"Operands":[" "]`, ""},
		{"TransferToFlow", `"f-1"`, `"f-none"`, "Invalid Action property value. Path: Actions[0].Parameters.ContactFlowId"},
		{"TransferToFlow", `"f-1"`, `"$.FlowAttributes.next"`, ""},
		{"InvokeFlowModule", "m-1:$LATEST", "m-none", "Invalid Action property value. Path: Actions[0].Parameters.FlowModuleId"},
		{"InvokeFlowModule", `{"n":"$.Attributes.a","deep":{"list":[5,true,null]}}`, `"n"`, "Invalid Action property value. Path: Actions[0].Parameters.Input"},
		{"EndFlowModuleExecution", `"Result":"Big"`, `"Result":"$.Attributes.r"`, "Invalid Action property value. Path: Actions[0].Parameters.Result"},
		{"EndFlowModuleExecution", `{"size":"$.Modules.Input.n"}`, "[]", "Invalid Action property value. Path: Actions[0].Parameters.ResultData"},
		{"EndFlowExecution", `"Transitions":{}`, `"Transitions":{"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["a"]}}]}`, "Action does not support conditions. Path: Actions[0].Transitions.Conditions"},
		{"UpdateFlowAttributes", `{"Value":"$.Attributes.a!","Type":"String"}`, `"$.Attributes.a"`, "Invalid Action property value. Path: Actions[0].Parameters.FlowAttributes"},
		{"UpdateFlowAttributes", `"Type":"String"`, `"Type":"Number"`, "Invalid Action property value. Path: Actions[0].Parameters.FlowAttributes"},
		{"UpdateFlowAttributes", `{"Value":5}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.FlowAttributes"},
		{"UpdateFlowAttributes", `"b"`, `""`, "Invalid Action property value. Path: Actions[0].Parameters.FlowAttributes"},
		{"UpdateFlowLoggingBehavior", "Enabled", "On", "Invalid Action property value. Path: Actions[0].Parameters.FlowLoggingBehavior"},
		{"InvokeLambdaFunction", "8", "9", "Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds"},
		{"InvokeLambdaFunction", "8", `"$.Attributes.t"`, "Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds"},
		{"InvokeLambdaFunction", "8", "0", "Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds"},
		{"InvokeLambdaFunction", `8,"InvocationType":"SYNCHRONOUS"`, `60,"InvocationType":"ASYNCHRONOUS"`, ""},
		{"InvokeLambdaFunction", `8,"InvocationType":"SYNCHRONOUS"`, `61,"InvocationType":"ASYNCHRONOUS"`, "Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds"},
		{"InvokeLambdaFunction", `"SYNCHRONOUS"`, `"LATER"`, "Invalid Action property value. Path: Actions[0].Parameters.InvocationType"},
		{"InvokeLambdaFunction", `"JSON"`, `"XML"`, "Invalid Action property value. Path: Actions[0].Parameters.ResponseValidation"},
		{"InvokeLambdaFunction", `{"ResponseType":"JSON"}`, `{"ResponseType":"JSON","More":"x"}`, "Invalid Action property name. Path: Actions[0].Parameters.ResponseValidation.More"},
		{"InvokeLambdaFunction", `{"a":"$.Attributes.a"}`, `"a"`, "Invalid Action property value. Path: Actions[0].Parameters.LambdaInvocationAttributes"},
		{"UpdateContactTargetQueue", `"QueueId":"q-a"`, `"AgentId":"bob"`, "Invalid Action property value. Path: Actions[0].Parameters.AgentId"},
		{"RouteContactToAgent", `"ann"`, `"bob"`, "Invalid Action property value. Path: Actions[0].Parameters.AgentId"},
		{"DequeueContactAndTransferToQueue", `"QueueId":"$.Attributes.a"`, "", "At least one of [QueueId, AgentId] must be set"},
		{"DequeueContactAndTransferToQueue", "$.Attributes.a", "q-none", "Invalid Action property value. Path: Actions[0].Parameters.QueueId"},
		{"UpdateContactRoutingBehavior", `"1"`, `"0"`, "Invalid Action property value. Path: Actions[0].Parameters.QueuePriority"},
		{"UpdateContactRoutingBehavior", `"1"`, `"9223372036854775808"`, "Invalid Action property value. Path: Actions[0].Parameters.QueuePriority"},
		{"UpdateContactRoutingBehavior", `"1"`, `"$.Attributes.p"`, ""},
		{"UpdateContactRoutingBehavior", `"QueuePriority":"1"`, `"QueueTimeAdjustmentSeconds":-60`, ""},
		{"UpdateContactRoutingBehavior", `"QueuePriority":"1"`, `"QueueTimeAdjustmentSeconds":"an hour"`, "Invalid Action property value. Path: Actions[0].Parameters.QueueTimeAdjustmentSeconds"},
		{"UpdateContactRoutingBehavior", `"QueuePriority":"1"`, `"QueuePriority":"1","QueueTimeAdjustmentSeconds":"1"`, "Only one of these properties may be defined. Properties: [QueuePriority, QueueTimeAdjustmentSeconds]"},
		{"UpdateContactRoutingBehavior", `"QueuePriority":"1"`, "", "At least one of [QueuePriority, QueueTimeAdjustmentSeconds] must be set"},
		{"UpdateContactRoutingCriteria", `"ProficiencyLevel":3`, `"ProficiencyLevel":6`, "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria"},
		{"UpdateContactRoutingCriteria", `"ProficiencyLevel":3`, `"ProficiencyLevel":"$.Attributes.level"`, ""},
		{"UpdateContactRoutingCriteria", `"Steps"`, `"steps"`, "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria"},
		{"UpdateContactRoutingCriteria", `{"Steps":[{"Expression":` + levelThree + `}]}`, `"$.External.rc"`, ""},
		{"UpdateContactRoutingCriteria", `{"Steps":[{"Expression":` + levelThree + `}]}`, `"steps"`, "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria"},
		{"UpdateContactAttributes", `{"$.Attributes.a":"is $.Attributes.b"}`, `["a"]`, "Invalid Action property value. Path: Actions[0].Parameters.Attributes"},
		{"UpdateContactAttributes", `"is $.Attributes.b"`, "5", ""},
		{"UpdateContactAttributes", `"Current"`, `"Previous"`, "Invalid Action property value. Path: Actions[0].Parameters.TargetContact"},
		{"UpdateContactData", `"[$.Attributes.a] $.Name"`, `""`, "Invalid Action property value. Path: Actions[0].Parameters.Name"},
		{"UpdateContactData", `"URL"`, `"ATTACHMENT"`, "Invalid Action property value. Path: Actions[0].Parameters.References"},
		{"UpdateContactData", `"https://x/$.Name"`, `""`, "Invalid Action property value. Path: Actions[0].Parameters.References"},
		{"UpdateContactData", `"connect:ContactExpiry"`, `"connect:Subtype"`, "Invalid Action property value. Path: Actions[0].Parameters.SegmentAttributes"},
		{"UpdateContactData", `"TaskTemplateId":"t"`, `"TaskTemplateId":"$.Attributes.t"`, "Invalid Action property value. Path: Actions[0].Parameters.TaskTemplateId"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, `{"CustomerQueue":"f-1","PauseContact":"f-1"}`, "Invalid Action property value. Path: Actions[0].Parameters.EventHooks"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.EventHooks"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, `{"Lunch":"f-1"}`, "Invalid Action property value. Path: Actions[0].Parameters.EventHooks"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, `{"CustomerQueue":""}`, "Invalid Action property value. Path: Actions[0].Parameters.EventHooks"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, `{"CustomerQueue":"f-none"}`, "Invalid Action property value. Path: Actions[0].Parameters.EventHooks.CustomerQueue"},
		{"UpdateContactEventHooks", `{"CustomerQueue":"f-1"}`, `{"PauseContact":"$.Attributes.f"}`, ""},
		{"TagContact", `"kind":"$.Attributes.a"`, "", "Empty value in Parameters.Tags"},
		{"TagContact", `"kind"`, `"aws:x"`, "Invalid Action property value. Path: Actions[0].Parameters.Tags.aws:x"},
		{"TagContact", `"$.Attributes.a"`, `""`, "Invalid Action property value. Path: Actions[0].Parameters.Tags.kind"},
		{"TagContact", `"kind":"$.Attributes.a"`, `"1":"v","2":"v","3":"v","4":"v","5":"v","6":"v","7":"v"`, "More than 6 tags in Parameters.Tags"},
		{"UntagContact", `["kind"]`, "[]", "Invalid Action property value. Path: Actions[0].Parameters.TagKeys"},
		{"UntagContact", `["kind"]`, `"kind"`, "Invalid Action property value. Path: Actions[0].Parameters.TagKeys"},
		{"UntagContact", `["kind"]`, `[""]`, "Invalid Action property value. Path: Actions[0].Parameters.TagKeys"},
		{"UntagContact", `["kind"]`, `["$.Attributes.a"]`, "Invalid Action property value. Path: Actions[0].Parameters.TagKeys"},
		{"CreateTask", `"Name":"n",`, "", "Action is missing required property. Path: Actions[0].Parameters.Name"},
		{"CreateTask", `"ContactFlowId":"f-1",`, "", "At least one of [ContactFlowId, TaskTemplateId] must be set"},
		{"CreateTask", `"Name":"n","Description":"d","ContactFlowId":"f-1"`, `"TaskTemplateId":"t"`, ""},
		{"CreateTask", `"f-1"`, `"f-none"`, "Invalid Action property value. Path: Actions[0].Parameters.ContactFlowId"},
		{"CreateTask", `"518400"`, `"518401"`, "Invalid Action property value. Path: Actions[0].Parameters.DelaySeconds"},
		{"CreateTask", `"518400"`, `"518400","ScheduledTime":"1790000000"`, "Only one of these properties may be defined. Properties: [DelaySeconds, ScheduledTime]"},
		{"CreateTask", `"RelatedContactId":"c-1"`, `"RelatedContactId":"c-1","PreviousContactId":"c-1"`, "Only one of these properties may be defined. Properties: [RelatedContactId, PreviousContactId]"},
		{"CreateTask", `"Type":"NUMBER"`, `"Type":"TEXT"`, "Invalid Action property value. Path: Actions[0].Parameters.References"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, "", "At least one of [Text, SSML, PromptId, Media] must be set"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"Text":"a","PromptId":"p"`, "Only one of these properties may be defined. Properties: [Text, SSML, PromptId, Media]"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"Text":"a","SkipWhenDTMFBufferEnabled":"true"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"p-1"`, ""},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"PromptId":"p-none"`, "Invalid Action property value. Path: Actions[0].Parameters.PromptId"},
		{"MessageParticipantIteratively", `{"Text":"a"}`, `{"PromptId":"p-none"}`, "Invalid Action property value. Path: Actions[0].Parameters.Messages[0].PromptId"},
		{"GetParticipantInput", `"Text":"Press 1"`, `"PromptId":"p-none"`, "Invalid Action property value. Path: Actions[0].Parameters.PromptId"},
		{"ConnectParticipantWithLexBot", `"Text":"Hello"`, `"PromptId":"p-none"`, "Invalid Action property value. Path: Actions[0].Parameters.PromptId"},
		{"ShowView", `"form"`, `"nothing"`, "Invalid Action property value. Path: Actions[0].Parameters.ViewResource.Id"},
		{"ShowView", `"form"`, `"arn:aws:connect:us-east-1:aws:view/form:1"`, ""},
		{"UpdateContactRoutingCriteria", "Lang", "Lang-none", "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria.Steps[0].Expression.AttributeCondition.Name"},
		{"UpdateContactRoutingCriteria", `"Lang"`, `"$.Attributes.name"`, ""},
		{"UpdateContactRoutingCriteria", `{"Steps":[{"Expression":` + levelThree + `}]}`, `"{\"Steps\":[{\"Expression\":{\"NotAttributeCondition\":{\"Name\":\"none\",\"Value\":\"v\",\"ProficiencyLevel\":1,\"ComparisonOperator\":\"NumberGreaterOrEqualTo\"}}}]}"`, "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria.Steps[0].Expression.NotAttributeCondition.Name"},
		{"UpdateContactRoutingCriteria", levelThree, preferring("nobody"), "Invalid Action property value. Path: Actions[0].Parameters.RoutingCriteria.Steps[0].Expression.AttributeCondition.MatchCriteria.AgentsCriteria.AgentIds[0]"},
		{"UpdateContactRoutingCriteria", levelThree, preferring("ann"), ""},
		{"TransferParticipantToThirdParty", "+15550101", "abc", "Invalid Action property value. Path: Actions[0].Parameters.ThirdPartyPhoneNumber"},
		{"TransferParticipantToThirdParty", "+15550101", "$.Attributes.number", ""},
		{"TransferParticipantToThirdParty", `"30"`, `"601"`, "Invalid Action property value. Path: Actions[0].Parameters.ThirdPartyConnectionTimeLimitSeconds"},
		{"TransferParticipantToThirdParty", `"30"`, `"30","ThirdPartyDTMFDigits":"1,,2#"`, ""},
		{"TransferParticipantToThirdParty", `"30"`, `"30","ThirdPartyDTMFDigits":"one"`, "Invalid Action property value. Path: Actions[0].Parameters.ThirdPartyDTMFDigits"},
		{"UpdateFlowAttributes", `{"a":{"Value":"$.Attributes.a!","Type":"String"},"b":{"Value":5}}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.FlowAttributes"},
		{"UpdateContactRecordingBehavior", `{"RecordedParticipants":["Agent","Customer"],"IVRRecordingBehavior":"Enabled"}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.RecordingBehavior"},
		{"GetCustomerProfile", `{"IdentifierName":"_phone","IdentifierValue":"$.CustomerEndpoint.Address"}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.ProfileRequestData"},
		{"AuthenticateParticipant", `{"AppClientId":"c"}`, "{}", "Invalid Action property value. Path: Actions[0].Parameters.CognitoConfiguration"},
		{"MessageParticipant", `"Text":"Hello $.Name"`, `"Text":"a","TextToSpeechType":"text"`, "Invalid Action property name. Path: Actions[0].Parameters.TextToSpeechType"},
		{"MessageParticipantIteratively", "MessagesInterrupted", "Bored", "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"MessageParticipantIteratively", `,"InterruptFrequencySeconds":"20"`, "", "Action does not support conditions. Path: Actions[0].Transitions.Conditions"},
		{"MessageParticipantIteratively", `[{"Text":"a"},{"PromptId":""}]`, "[]", "Invalid Action property value. Path: Actions[0].Parameters.Messages"},
		{"MessageParticipantIteratively", `{"Text":"a"}`, `{"Text":"a","SSML":"b"}`, "Only one of these properties may be defined. Properties: [Text, SSML, PromptId, Media], Path: Actions[0].Parameters.Messages[0]"},
		{"MessageParticipantIteratively", `{"Text":"a"}`, `{"Txt":"a"}`, "Invalid Action property name. Path: Actions[0].Parameters.Messages[0].Txt"},
		{"GetParticipantInput", `{"ErrorType":"InputTimeLimitExceeded","NextAction":"end"},`, "", "Action is missing required error. Error: InputTimeLimitExceeded, Path: Actions[0]"},
		{"GetParticipantInput", `"InputTimeLimitSeconds":"5"`, `"InputTimeLimitSeconds":"$.Attributes.t"`, "Invalid Action property value. Path: Actions[0].Parameters.InputTimeLimitSeconds"},
		{"GetParticipantInput", `"StoreInput":"False"`, `"StoreInput":"True"`, "Action is missing required property. Path: Actions[0].Parameters.InputValidation"},
		{"GetParticipantInput", `"StoreInput":"False"`, `"InputValidation":{"CustomValidation":{"MaximumLength":"5"}},"StoreInput":"False"`, "Invalid Action property name. Path: Actions[0].Parameters.InputValidation"},
		{"GetParticipantInput", `"StoreInput":"False"`, `"InputValidation":{"CustomValidation":{}},"StoreInput":"True"`, "Action is missing required property. Path: Actions[0].Parameters.InputValidation.CustomValidation.MaximumLength"},
		{"GetParticipantInput", `"StoreInput":"False"`, `"InputValidation":{"CustomValidation":{"MaximumLength":"5"}},"StoreInput":"True"`, "Invalid Action error. Error: InputTimeLimitExceeded, Path: Actions[0]"},
		{"GetParticipantInput", `"Operator":"Equals"`, `"Operator":"TextContains"`, "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"GetParticipantInput", `"Text":"Press 1",`, "", "At least one of [Text, SSML, PromptId, Media] must be set"},
		{"ConnectParticipantWithLexBot", `"LexV2Bot":{"AliasArn":"$.FlowAttributes.bot"}`, `"BotAliasArn":"arn:b"`, "Invalid Action property name. Path: Actions[0].Parameters.BotAliasArn"},
		{"ConnectParticipantWithLexBot", `"LexV2Bot":{"AliasArn":"$.FlowAttributes.bot"}`, `"LexBot":{"Name":"n","Region":"r","Alias":"a"}`, ""},
		{"ConnectParticipantWithLexBot", `"Text":"Hello"`, `"Text":"Hello","LexInitializationData":{"InitialMessage":"x"}`, "Only one of these properties may be defined. Properties: [Text, SSML, PromptId, Media, LexInitializationData]"},
		{"TransferParticipantToThirdParty", `{"ErrorType":"CallFailed","NextAction":"end"},`, "", "Action is missing required error. Error: CallFailed, Path: Actions[0]"},
		{"TransferParticipantToThirdParty", `"ContinueFlowExecution":"True"`, `"ContinueFlowExecution":"False"`, "Invalid Action error. Error: CallFailed, Path: Actions[0]"},
		{"UpdateContactCallbackNumber", "InvalidCallbackNumber", "NoMatchingError", "Action is missing required error. Error: InvalidCallbackNumber, Path: Actions[0]"},
		{"UpdateContactCallbackNumber", "$.StoredCustomerInput", "+15550100", ""},
		{"UpdateContactCallbackNumber", "$.StoredCustomerInput", "555-0100", "Invalid Action property value. Path: Actions[0].Parameters.CallbackNumber"},
		{"UpdateContactTextToSpeechVoice", `{"TextToSpeechVoice":"Joanna","TextToSpeechEngine":"Neural","TextToSpeechStyle":"$.Attributes.s"}`, "{}", "Action is missing required property. Path: Actions[0].Parameters.TextToSpeechVoice"},
		{"UpdateContactTextToSpeechVoice", `"Joanna"`, `"Joanna","LanguageCode":"en-US"`, "Invalid Action property name. Path: Actions[0].Parameters.LanguageCode"},
		{"UpdateContactTextToSpeechVoice", `"Neural"`, `"Loud"`, "Invalid Action property value. Path: Actions[0].Parameters.TextToSpeechEngine"},
		{"UpdateContactRecordingBehavior", `{"RecordedParticipants":["Agent","Customer"],"IVRRecordingBehavior":"Enabled"}`, `{"Agent":"On"}`, "Invalid Action property name. Path: Actions[0].Parameters.RecordingBehavior.Agent"},
		{"UpdateContactRecordingBehavior", `"RecordingBehavior":{"RecordedParticipants":["Agent","Customer"],"IVRRecordingBehavior":"Enabled"}`, `"Agent":"On"`, "Action is missing required property. Path: Actions[0].Parameters.RecordingBehavior"},
		{"UpdateContactRecordingBehavior", `["Agent","Customer"]`, "[]", ""},
		{"UpdateContactRecordingBehavior", `["Agent","Customer"]`, `["Everybody"]`, "Invalid Action property value. Path: Actions[0].Parameters.RecordingBehavior.RecordedParticipants"},
		{"UpdateContactRecordingAndAnalyticsBehavior", `"ChatBehavior":{`, `"VoiceBehavior":{"a":"b"},"ChatBehavior":{`, "Only one of these properties may be defined. Properties: [VoiceBehavior, ChatBehavior]"},
		{"UpdateContactMediaStreamingBehavior", `"From"`, `"Sideways"`, "Invalid Action property value. Path: Actions[0].Parameters.Participants[0].MediaDirections"},
		{"CreateCallbackContact", `"QueueId":"q-a"`, `"Bogus":"x"`, "Invalid Action property name. Path: Actions[0].Parameters.Bogus"},
		{"CreateCallbackContact", `"259200"`, `"259201"`, "Invalid Action property value. Path: Actions[0].Parameters.RetryDelaySeconds"},
		{"CreateCallbackContact", `"q-a"`, `"q-none"`, "Invalid Action property value. Path: Actions[0].Parameters.QueueId"},
		{"CreateCallbackContact", `"QueueId":"q-a"`, `"QueueId":"q-a","AgentId":"ann"`, "Only one of these properties may be defined. Properties: [QueueId, AgentId]"},
		{"CheckVoiceId", "fraudDetection", "voiceAuthentication", "Invalid Action property value. Path: Actions[0].Transitions.Conditions[0]"},
		{"CheckVoiceId", `{"CheckVoiceIdOption":"fraudDetection"}`, "{}", "Action is missing required property. Path: Actions[0].Parameters.CheckVoiceIdOption"},
		{"GetCustomerProfile", `{"ProfileRequestData":{"IdentifierName":"_phone","IdentifierValue":"$.CustomerEndpoint.Address"},`, `{"IdentifierName":"_phone","IdentifierValue":"$.CustomerEndpoint.Address",`, "Action is missing required property. Path: Actions[0].Parameters.ProfileRequestData"},
		{"CreateCase", `"LinkContactToCase":"true"`, `"LinkContactToCase":"false"`, ""},
		{"CreateCase", `,{"ErrorType":"ContactNotLinked","NextAction":"end"}`, "", "Action is missing required error. Error: ContactNotLinked, Path: Actions[0]"},
		{"CreateCase", `"CaseTemplateId":"t"`, `"CaseTemplateId":"t","Fields":[]`, "Invalid Action property name. Path: Actions[0].Parameters.Fields"},
		{"RenderMessageTemplate", `"WisdomMessageTemplateArn":"arn:t"`, `"Template":"t"`, "Action is missing required property. Path: Actions[0].Parameters.WisdomMessageTemplateArn"},
		{"ShowView", `"300"`, `"undefined"`, "Invalid Action property value. Path: Actions[0].Parameters.InvocationTimeLimitSeconds"},
		{"ShowView", `"Heading":"$.Name"`, `"Heading":""`, "Invalid Action property value. Path: Actions[0].Parameters.ViewData"},
		{"CreateTask", `"Name":"n","Description":"d","ContactFlowId":"f-1"`, `"TaskTemplateId":"t-none"`, "Invalid Action property value. Path: Actions[0].Parameters.TaskTemplateId"},
	}
	for _, tt := range tests {
		t.Run(tt.kind+" "+tt.to, func(t *testing.T) {
			_, err := Publish(change(t, alone(legalAction("x", tt.kind, "end")), tt.from, tt.to), TypeModule, legalResources)
			if tt.want != "" {
				wantProblem(t, err, tt.want)
			} else if err != nil {
				t.Errorf("Publish: %v", err)
			}
		})
	}
}

var legalResources = resources{
	"queue q-a": true, "agent ann": true, "hours h-1": true, "flow f-1": true, "module m-1:$LATEST": true, "template t": true,
	"prompt p-1": true, "attribute Lang": true,
}
