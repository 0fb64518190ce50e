package flow

// actionType is what there is to know about a type of action: what [Check] demands of it and how it runs.
type actionType struct {
	only      []Type                  // the flow types that may hold it; nil: every one
	params    []param                 // parameters; any other is refused
	oneOf     []string                // exactly one of these parameters must be there
	errors    []Failure               // each must have a branch, and no other may
	branches  bool                    // may have conditions
	terminal  bool                    // ends the document, so it has no transitions
	transfers bool                    // its success ends the document; NextAction is only the console's mirror
	build     func(*Action) behaviour // reads the parameters; nil: known, but not run by this version
}

// Where an action may stand. Amazon's administrator guide is narrower here and there than what its console lets
// through; these are the refusals that no public export contradicts.
var (
	inModules     = []Type{} // in no flow type
	inQueue       = []Type{TypeCustomerQueue}
	inQueueOrHold = []Type{TypeCustomerQueue, TypeCustomerHold, TypeAgentHold}
	beforeQueue   = []Type{TypeContactFlow, TypeAgentTransfer, TypeQueueTransfer, TypeCampaign}
	beforeAgent   = []Type{TypeContactFlow, TypeAgentTransfer, TypeQueueTransfer, TypeCampaign, TypeCustomerQueue}
)

// actionTypes are all types of the language (DG flow-language-actions). Those without a build function are known
// by name only and refused at publish.
var actionTypes = map[string]actionType{
	// Flow control.
	"Compare": {
		params:   []param{{name: "ComparisonValue", required: true, valid: leafReference}},
		errors:   []Failure{NoMatchingCondition},
		branches: true,
		build:    buildCompare,
	},
	"EndFlowExecution":             {terminal: true, build: always(End{})},
	"CheckHoursOfOperation":        {},
	"CheckMetricData":              {},
	"CheckOutboundCallStatus":      {},
	"CheckSegmentMembership":       {},
	"CheckVoiceId":                 {},
	"DistributeByPercentage":       {},
	"GetMetricData":                {},
	"Loop":                         {},
	"StartVoiceIdStream":           {},
	"TransferToFlow":               {only: beforeAgent},
	"UpdateContactRoutingCriteria": {},
	"UpdateRoutingCriteria":        {}, // the reference's name for the one above
	"UpdateFlowAttributes":         {},
	"UpdateFlowLoggingBehavior":    {},
	"Wait":                         {only: beforeAgent},

	// Contact.
	"TransferContactToQueue": {
		only:      beforeQueue,
		errors:    []Failure{QueueAtCapacity, NoMatchingError},
		transfers: true,
		build:     always(Enqueue{}),
	},
	"UpdateContactAttributes": {
		params: []param{
			{name: "Attributes", required: true, valid: textMap},
			{name: "TargetContact", valid: oneWord("Current", "Related")},
		},
		errors: []Failure{NoMatchingError},
		build:  buildAttributes,
	},
	"UpdateContactTargetQueue": {
		only: beforeAgent,
		params: []param{
			{name: "QueueId", valid: oneValue, exists: Resources.Queue},
			{name: "AgentId", valid: oneValue, exists: Resources.Agent},
		},
		oneOf:  []string{"QueueId", "AgentId"},
		errors: []Failure{NoMatchingError},
		build:  buildTargetQueue,
	},
	"CompleteOutboundCall":                       {},
	"CreateCase":                                 {},
	"CreateContact":                              {},
	"CreatePersistentContactAssociation":         {},
	"CreateTask":                                 {},
	"CreateWisdomSession":                        {},
	"DequeueContactAndTransferToQueue":           {only: inQueue},
	"EndFlowModuleExecution":                     {only: inModules},
	"GetCase":                                    {},
	"InvokeFlowModule":                           {},
	"ResumeContact":                              {},
	"RouteContactToAgent":                        {only: inQueue},
	"StartOutboundChatContact":                   {},
	"StartOutboundEmailContact":                  {},
	"TagContact":                                 {},
	"TransferContactToAgent":                     {},
	"UnTagContact":                               {}, // the reference's name for the next one
	"UntagContact":                               {},
	"UpdateCase":                                 {},
	"UpdateContactCallbackNumber":                {},
	"UpdateContactData":                          {},
	"UpdateContactEventHooks":                    {},
	"UpdateContactMediaProcessing":               {},
	"UpdateContactMediaStreamingBehavior":        {},
	"UpdateContactRecordingAndAnalyticsBehavior": {},
	"UpdateContactRecordingBehavior":             {},
	"UpdateContactRoutingBehavior":               {},
	"UpdateContactTextToSpeechVoice":             {},
	"UpdatePreviousContactParticipantState":      {},

	// Participant.
	"DisconnectParticipant":           {only: beforeAgent, terminal: true, build: always(Disconnect{})},
	"AuthenticateParticipant":         {},
	"ConnectParticipantWithAgenticCX": {},
	"ConnectParticipantWithLexBot":    {},
	"GetParticipantInput":             {only: beforeAgent},
	"LoadContactContent":              {},
	"MessageParticipant":              {},
	"MessageParticipantIteratively":   {only: inQueueOrHold},
	"RenderMessageTemplate":           {},
	"ShowView":                        {only: beforeAgent},
	"TransferParticipantToThirdParty": {},

	// Interactions.
	"AssociateContactToCustomerProfile":         {},
	"CreateCallbackContact":                     {},
	"CreateCustomerProfile":                     {},
	"EvaluateDataTableValues":                   {},
	"GetCalculatedAttributesForCustomerProfile": {},
	"GetCustomerProfile":                        {},
	"GetCustomerProfileObject":                  {},
	"InvokeLambdaFunction":                      {},
	"UpdateCustomerProfile":                     {},
}
