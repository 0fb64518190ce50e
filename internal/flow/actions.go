package flow

// kind says how the value of a parameter is read.
type kind int

const (
	static    kind = iota // used as it is; a reference is refused
	whole                 // one reference, or a literal
	leaf                  // one reference to a value, and no literal
	templates             // an object whose keys and values may have references in them
)

// parameter is the rule for one parameter.
type parameter struct {
	kind     kind
	required bool
	oneOf    []string // the only values there are
	later    bool     // known to the language, not run by this version
}

// rule is what is known of an action type. One without runs is known to the language but not run by this
// version: a document that has it is refused when it is published, by name.
type rule struct {
	runs       bool
	only       []Type // types of flow it may stand in; nil: all but those in not
	not        []Type
	parameters map[string]parameter
	exactlyOne []string // parameters of which one must be given
	errors     []string // branches that must be there
	conditions bool     // has results, so that it may have conditions
	terminal   bool     // ends the document: has no transitions
}

// The errors that an action can meet.
const (
	NoMatchingError     = "NoMatchingError" // stands for every error that has no branch of its own
	NoMatchingCondition = "NoMatchingCondition"
	QueueAtCapacity     = "QueueAtCapacity"
)

var (
	whisperOrHold = []Type{TypeAgentWhisper, TypeCustomerWhisper, TypeOutboundWhisper, TypeAgentHold, TypeCustomerHold}
	inQueueOnly   = []Type{TypeCustomerQueue}
)

// The types of action that this version runs.
const (
	actionCompare       = "Compare"
	actionSetQueue      = "UpdateContactTargetQueue"
	actionToQueue       = "TransferContactToQueue"
	actionSetAttributes = "UpdateContactAttributes"
	actionDisconnect    = "DisconnectParticipant"
	actionEnd           = "EndFlowExecution"
)

// rules are all action types of the language, by name.
var rules = map[string]rule{
	actionCompare: {
		runs: true, conditions: true, errors: []string{NoMatchingCondition},
		parameters: map[string]parameter{"ComparisonValue": {kind: leaf, required: true}},
	},
	actionSetQueue: {
		runs: true, not: whisperOrHold, errors: []string{NoMatchingError},
		parameters: map[string]parameter{"QueueId": {kind: whole}, "AgentId": {kind: whole, later: true}},
		exactlyOne: []string{"QueueId", "AgentId"},
	},
	actionToQueue: {
		runs: true, not: append([]Type{TypeCustomerQueue}, whisperOrHold...),
		errors: []string{QueueAtCapacity, NoMatchingError},
	},
	actionSetAttributes: {
		runs: true, errors: []string{NoMatchingError},
		parameters: map[string]parameter{
			"Attributes":    {kind: templates, required: true},
			"TargetContact": {kind: static, oneOf: []string{"Current", "Related"}},
		},
	},
	actionDisconnect: {runs: true, not: whisperOrHold, terminal: true},
	actionEnd:        {runs: true, terminal: true},

	"DequeueContactAndTransferToQueue": {only: inQueueOnly},
	"RouteContactToAgent":              {only: inQueueOnly},
	"MessageParticipantIteratively":    {only: []Type{TypeCustomerQueue, TypeCustomerHold, TypeAgentHold}},
	"EndFlowModuleExecution":           {only: []Type{}},
	"TransferToFlow":                   {not: whisperOrHold},
	"GetParticipantInput":              {not: whisperOrHold},
	"ShowView":                         {not: whisperOrHold},
	"Wait":                             {not: whisperOrHold},

	"AssociateContactToCustomerProfile": {}, "AuthenticateParticipant": {}, "CheckHoursOfOperation": {},
	"CheckMetricData": {}, "CheckOutboundCallStatus": {}, "CheckSegmentMembership": {}, "CheckVoiceId": {},
	"CompleteOutboundCall": {}, "ConnectParticipantWithAgenticCX": {}, "ConnectParticipantWithLexBot": {},
	"CreateCallbackContact": {}, "CreateCase": {}, "CreateContact": {}, "CreateCustomerProfile": {},
	"CreatePersistentContactAssociation": {}, "CreateTask": {}, "CreateWisdomSession": {},
	"DistributeByPercentage": {}, "EvaluateDataTableValues": {},
	"GetCalculatedAttributesForCustomerProfile": {}, "GetCase": {}, "GetCustomerProfile": {},
	"GetCustomerProfileObject": {}, "GetMetricData": {}, "InvokeFlowModule": {}, "InvokeLambdaFunction": {},
	"LoadContactContent": {}, "Loop": {}, "MessageParticipant": {}, "RenderMessageTemplate": {},
	"ResumeContact": {}, "StartOutboundChatContact": {}, "StartOutboundEmailContact": {},
	"StartVoiceIdStream": {}, "TagContact": {}, "TransferContactToAgent": {},
	"TransferParticipantToThirdParty": {}, "UnTagContact": {}, "UntagContact": {}, "UpdateCase": {},
	"UpdateContactCallbackNumber": {}, "UpdateContactData": {}, "UpdateContactEventHooks": {},
	"UpdateContactMediaProcessing": {}, "UpdateContactMediaStreamingBehavior": {},
	"UpdateContactRecordingAndAnalyticsBehavior": {}, "UpdateContactRecordingBehavior": {},
	"UpdateContactRoutingBehavior": {}, "UpdateContactRoutingCriteria": {},
	"UpdateContactTextToSpeechVoice": {}, "UpdateCustomerProfile": {}, "UpdateFlowAttributes": {},
	"UpdateFlowLoggingBehavior": {}, "UpdatePreviousContactParticipantState": {}, "UpdateRoutingCriteria": {},
}
