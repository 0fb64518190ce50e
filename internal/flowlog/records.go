package flowlog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Words of the logs.
const (
	yes, no     = "true", "false"
	failed      = "Error"
	lambdaError = "The Lambda Function Returned An Error."
	lambda403   = "Status Code: 403; Error Code: AccessDeniedException"
)

// block is how an action is logged.
type block struct {
	name    string
	params  func(Action) map[string]any   // nil: none
	each    func(Action) []map[string]any // several records, by their parameters; nil: one
	results func(Action) string           // nil: nothing, or Error when it failed
}

// Records are the records of an action, in order. They have no times yet.
func Records(a Action) []Record {
	b, ok := blocks[a.Type]
	if !ok {
		b = block{name: a.Type, params: asWritten}
	}
	if named := naming[a.Type]; named != nil {
		b.name = named(a)
	}
	record := Record{
		ContactID: a.Contact, ContactFlowID: a.Flow, ContactFlowName: a.Name, Block: b.name, Identifier: a.Identifier,
	}
	if len(a.Callers) > 0 {
		record.ModuleExecutionStack = append([]string{a.Flow}, a.Callers...)
		slices.Reverse(record.ModuleExecutionStack[1:])
	}
	if a.Type == "Compare" {
		return comparisons(record, a)
	}
	record.Results = results(b, a)
	if a.Type == "InvokeLambdaFunction" && a.Error == "" {
		record.ExternalResults = a.Answer
	}
	var all []map[string]any
	switch {
	case b.each != nil:
		all = b.each(a)
	case b.params != nil:
		all = []map[string]any{b.params(a)}
	default:
		all = []map[string]any{{}}
	}
	if slices.Contains(twice, b.name) {
		entry, end := record, record
		entry.Results, entry.Parameters = "", all[0]
		return []Record{entry, end}
	}
	var records []Record
	for i, parameters := range all {
		r := record
		if r.Parameters = parameters; b.name == "AddToPlayLoop" && i < len(all)-1 {
			r.Results = "" // of the loop
		}
		records = append(records, r)
	}
	return records
}

// twice are the blocks that are logged when they begin, with parameters, and again when they end, with results.
var twice = []string{"GetUserInput", "StoreUserInput"}

func results(b block, a Action) string {
	switch {
	case b.results != nil:
		return b.results(a)
	case a.Error != "":
		return failed
	}
	return ""
}

// comparisons are the records of Compare: one for each condition up to the one that holds.
func comparisons(record Record, a Action) []Record {
	if len(a.Compared) == 0 {
		record.Results, record.Parameters = no, map[string]any{"Value": a.Found}
		return []Record{record}
	}
	var all []Record
	for _, c := range a.Compared {
		method := c.Operator
		if word, ok := methods[c.Operator]; ok {
			method = word
		}
		record.Results = strconv.FormatBool(c.Holds)
		record.Parameters = map[string]any{"ComparisonMethod": method, "Value": c.Value, "SecondValue": c.Operand}
		all = append(all, record)
	}
	return all
}

// methods are the words for operators.
var methods = map[string]string{
	"NumberGreaterThan": "GreaterThan", "NumberGreaterOrEqualTo": "GreaterThanOrEqualTo", "NumberLessThan": "LessThan",
	"NumberLessOrEqualTo": "LessThanOrEqualTo", "TextContains": "Contains", "TextStartsWith": "StartsWith", "TextEndsWith": "EndsWith",
}

// naming are the actions that several blocks write.
var naming = map[string]func(Action) string{
	"CheckMetricData": func(a Action) string {
		if strings.HasPrefix(a.text("MetricType"), "NumberOfAgents") {
			return "CheckStaffingLevel"
		}
		return "CheckQueueStatus"
	},
	"GetParticipantInput": func(a Action) string {
		if strings.EqualFold(a.text("StoreInput"), "true") {
			return "StoreUserInput"
		}
		return "GetUserInput"
	},
	"UpdateContactMediaStreamingBehavior": func(a Action) string {
		if a.text("MediaStreamingState") == "Disabled" {
			return "StopMediaStreaming"
		}
		return "StartMediaStreaming"
	},
}

// blocks are the blocks of the logs, by the type of action. An action that is not here is logged by its own name, with
// its own parameters.
var blocks = map[string]block{
	// Flow control.
	"Compare":               {name: "CheckAttribute"}, // as comparisons has it
	"CheckHoursOfOperation": {name: "CheckHoursOfOperation", results: func(a Action) string { return a.orError(strings.ToLower(a.Found)) }},
	"CheckMetricData": {results: func(a Action) string {
		if a.Error == "NoMatchingCondition" {
			return no
		}
		return a.orError(strconv.FormatBool(a.Matched))
	}},
	"GetMetricData":          {name: "GetQueueMetrics", params: named("QueueId", "Queue", "AgentId", "Agent")},
	"DistributeByPercentage": {name: "DistributeByPercentage", results: func(a Action) string { return a.Found }},
	"Loop": {name: "Loop", params: named("LoopCount", "LoopCount"), results: func(a Action) string {
		return a.orError(map[string]string{"ContinueLooping": "Looping", "DoneLooping": "Complete"}[a.Found])
	}},
	"Wait": {
		name:    "Wait",
		params:  named("TimeLimitSeconds", "TimeoutSeconds", "TimeoutSeconds", "TimeoutSeconds"),
		results: func(a Action) string { return a.orError("WaitCompleted") }, // nothing else ends the wait of a task
	},
	"TransferToFlow":            {name: "Transfer", params: named("ContactFlowId", "ContactFlowId")},
	"EndFlowExecution":          {name: "Resume"},
	"InvokeFlowModule":          {name: "InvokeFlowModule", params: named("FlowModuleId", "FlowModuleId", "Input", "Input")},
	"EndFlowModuleExecution":    {name: "ReturnFromFlowModule", params: named("ResultData", "ResultData"), results: func(a Action) string { return a.Found }},
	"UpdateFlowAttributes":      {name: "SetFlowAttributes", each: flowAttributes},
	"UpdateFlowLoggingBehavior": {name: "SetLoggingBehavior", params: loggingBehavior},
	"InvokeLambdaFunction":      {name: "InvokeExternalResource", params: function, results: functionResult},

	// Queues and routing.
	"UpdateContactTargetQueue":         {name: "SetQueue", params: named("QueueId", "Queue", "AgentId", "Agent")},
	"TransferContactToQueue":           {name: "Transfer", results: atCapacity},
	"DequeueContactAndTransferToQueue": {name: "Transfer", params: named("QueueId", "Queue", "AgentId", "Agent"), results: atCapacity},
	"TransferContactToAgent":           {name: "Transfer", results: atCapacity},
	"RouteContactToAgent":              {name: "RouteContactToAgent", params: named("AgentId", "Agent")},
	"UpdateContactRoutingBehavior":     {name: "ChangeRoutingPriority", params: routing},
	"UpdateContactRoutingCriteria":     {name: "UpdateContactRoutingCriteria", params: asWritten},
	"UpdateRoutingCriteria":            {name: "UpdateContactRoutingCriteria", params: asWritten},

	// The contact.
	"UpdateContactAttributes": {name: "SetAttributes", each: attributes},
	"UpdateContactData":       {name: "SetContactData", params: without("TargetContact")},
	"UpdateContactEventHooks": {name: "SetContactFlow", params: hook},
	"TagContact":              {name: "TagContact", params: asWritten},
	"UntagContact":            {name: "UntagContact", params: asWritten},
	"UnTagContact":            {name: "UntagContact", params: asWritten},
	"CreateTask":              {name: "CreateTask", params: asWritten},
	"DisconnectParticipant":   {name: "Disconnect"},

	// Voice and chat.
	"UpdateContactTextToSpeechVoice":  {name: "SetVoice", params: named("TextToSpeechVoice", "Voice", "TextToSpeechEngine", "Engine")},
	"MessageParticipant":              {name: "PlayPrompt", params: prompt},
	"MessageParticipantIteratively":   {name: "AddToPlayLoop", each: playLoop},
	"GetParticipantInput":             {params: input},
	"ConnectParticipantWithLexBot":    {name: "GetUserInput", params: lex},
	"UpdateContactRecordingBehavior":  {name: "SetRecordingBehavior", params: asWritten},
	"CreateWisdomSession":             {name: "SetWisdomAssistant", params: asWritten},
	"TransferParticipantToThirdParty": {name: "Transfer", params: thirdParty},
	"CreateCallbackContact":           {name: "CreateCallback", params: asWritten},

	"UpdatePreviousContactParticipantState": {name: "HoldCustomerOrAgent", params: asWritten},
	"UpdateContactMediaStreamingBehavior":   {params: asWritten},
}

// orError is a result, or that the action has failed.
func (a Action) orError(result string) string {
	if a.Error != "" {
		return failed
	}
	return result
}

// atCapacity tells of a transfer whether the queue was full.
func atCapacity(a Action) string {
	if a.Error == "QueueAtCapacity" {
		return yes
	}
	return a.orError(no)
}

// text is an input that is one value.
func (a Action) text(name string) string { return text(a.Inputs[name]) }

func (a Action) object(name string) map[string]any {
	m, _ := a.Inputs[name].(map[string]any)
	return m
}

// text is a value as the logs write it; they write no numbers.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number, bool, int, int64, float64:
		return fmt.Sprint(v)
	}
	return ""
}

// millis is a number of seconds in milliseconds, as the logs write times.
func millis(seconds string) string {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return seconds
	}
	return strconv.FormatInt(n*1000, 10)
}

// asWritten are the inputs by their own names, with ARNs for what they name.
func asWritten(a Action) map[string]any {
	all := map[string]any{}
	for name, v := range a.Inputs {
		all[name] = a.value(name, v)
	}
	return all
}

// value is an input: the ARN of what it names, or as the logs write it.
func (a Action) value(name string, v any) any {
	if arn := a.ARNs[name]; arn != "" {
		return arn
	}
	switch v.(type) {
	case map[string]any, []any:
		return v
	}
	return text(v)
}

func without(names ...string) func(Action) map[string]any {
	return func(a Action) map[string]any {
		all := asWritten(a)
		for _, name := range names {
			delete(all, name)
		}
		return all
	}
}

// named are inputs by the names that the block has for them, given in pairs; those that are not there are left out.
func named(pairs ...string) func(Action) map[string]any {
	return func(a Action) map[string]any {
		all := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			if v, ok := a.Inputs[pairs[i]]; ok {
				all[pairs[i+1]] = a.value(pairs[i], v)
			}
		}
		return all
	}
}

func loggingBehavior(a Action) map[string]any {
	return map[string]any{"LoggingBehavior": strings.TrimSuffix(a.text("FlowLoggingBehavior"), "d")}
}

func function(a Action) map[string]any {
	kind := text(a.object("ResponseValidation")["ResponseType"])
	if kind == "" {
		kind = "STRING_MAP"
	}
	all := map[string]any{
		"FunctionArn": a.text("LambdaFunctionARN"), "TimeLimit": millis(a.text("InvocationTimeLimitSeconds")),
		"ResponseValidation": "ResponseType=" + kind,
	}
	if given := a.object("LambdaInvocationAttributes"); len(given) > 0 {
		all["Parameters"] = given
	}
	return all
}

func functionResult(a Action) string {
	switch {
	case a.Error == "":
		return ""
	case a.Forbidden:
		return lambda403
	}
	return lambdaError
}

// attributes tell of each attribute by itself.
func attributes(a Action) []map[string]any {
	set := a.object("Attributes")
	var all []map[string]any
	for _, key := range slices.Sorted(maps.Keys(set)) {
		all = append(all, map[string]any{
			"Key": key, "Value": text(set[key]), "AddAttributeToRelatedContact": strconv.FormatBool(a.text("TargetContact") == "Related"),
		})
	}
	return atLeastOne(all)
}

func flowAttributes(a Action) []map[string]any {
	set := a.object("FlowAttributes")
	var all []map[string]any
	for _, key := range slices.Sorted(maps.Keys(set)) {
		value := text(set[key]) // a value that is not told stands in the place of the object
		if fields, ok := set[key].(map[string]any); ok {
			value = text(fields["Value"])
		}
		all = append(all, map[string]any{"Key": key, "Value": value})
	}
	return atLeastOne(all)
}

func atLeastOne(all []map[string]any) []map[string]any {
	if len(all) == 0 {
		return []map[string]any{{}}
	}
	return all
}

func hook(a Action) map[string]any {
	for hook, flow := range a.object("EventHooks") {
		return map[string]any{"ContactFlowId": a.value(hook, flow), "Type": hook}
	}
	return map[string]any{}
}

func routing(a Action) map[string]any {
	if seconds := a.text("QueueTimeAdjustmentSeconds"); seconds != "" {
		return map[string]any{"TimeOffset": millis(seconds)}
	}
	return map[string]any{"AbsolutePosition": a.text("QueuePriority")}
}

// prompt is what is played: text in a voice, or a recording.
func prompt(a Action) map[string]any { return a.spoken(a.Inputs) }

func (a Action) spoken(from map[string]any) map[string]any {
	media, _ := from["Media"].(map[string]any)
	switch {
	case text(from["Text"]) != "":
		return map[string]any{"Text": text(from["Text"]), "TextToSpeechType": "text", "Voice": a.Voice}
	case text(from["SSML"]) != "":
		return map[string]any{"Text": text(from["SSML"]), "TextToSpeechType": "ssml", "Voice": a.Voice}
	case text(from["PromptId"]) != "":
		return map[string]any{"AudioPrompt": text(from["PromptId"])}
	case media != nil:
		return map[string]any{"PromptSource": text(media["SourceType"]), "PromptLocation": text(media["Uri"])}
	}
	return map[string]any{}
}

// playLoop is a record for each message, and one for the loop itself.
func playLoop(a Action) []map[string]any {
	messages, _ := a.Inputs["Messages"].([]any)
	var all []map[string]any
	for _, m := range messages {
		fields, _ := m.(map[string]any)
		spoken := a.spoken(fields)
		delete(spoken, "TextToSpeechType")
		all = append(all, spoken)
	}
	return append(all, map[string]any{})
}

func input(a Action) map[string]any {
	all := a.spoken(a.Inputs)
	if limit := a.text("InputTimeLimitSeconds"); limit != "" {
		all["Timeout"] = millis(limit)
	}
	most := "1" // a menu takes one key
	if custom, ok := a.object("InputValidation")["CustomValidation"].(map[string]any); ok {
		most = text(custom["MaximumLength"])
	}
	all["MaxDigits"] = most
	return all
}

func lex(a Action) map[string]any {
	all := a.spoken(a.Inputs)
	if bot := a.object("LexV2Bot"); bot != nil {
		all["BotAliasArn"] = text(bot["AliasArn"])
	}
	return all
}

func thirdParty(a Action) map[string]any {
	return map[string]any{
		"PhoneNumber": a.text("ThirdPartyPhoneNumber"), "TimeLimit": millis(a.text("ThirdPartyConnectionTimeLimitSeconds")),
	}
}
