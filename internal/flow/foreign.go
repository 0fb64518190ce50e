package flow

// Actions of other channels, or of services that are not here. They are known so that exported flows can be published,
// and take their documented way when a task runs into them (AG block-support-by-channel).
var (
	// silent does nothing to a task.
	silent = behaviour{foreign: true, run: nothing}
	// unusable fails: a task cannot use it, or it needs a service that is not here. Without a branch for that a prompt
	// loop stops its flow, and the task goes on waiting (AG tasks); every other one goes on.
	unusable = behaviour{foreign: true, run: fails(NoMatchingError)}
	// noCallback fails as for a number that is none.
	noCallback = behaviour{foreign: true, run: fails(InvalidCallbackNumber)}
)

var foreignActions = map[string]behaviour{
	// Voice and chat.
	"MessageParticipant":                         silent,
	"MessageParticipantIteratively":              unusable,
	"GetParticipantInput":                        unusable,
	"ConnectParticipantWithLexBot":               unusable,
	"ConnectParticipantWithAgenticCX":            unusable,
	"TransferParticipantToThirdParty":            unusable,
	"CompleteOutboundCall":                       unusable,
	"CreateCallbackContact":                      unusable,
	"UpdateContactCallbackNumber":                noCallback,
	"UpdateContactMediaStreamingBehavior":        unusable,
	"UpdateContactRecordingBehavior":             silent,
	"UpdateContactRecordingAndAnalyticsBehavior": silent,
	"UpdateContactMediaProcessing":               silent,
	"UpdatePreviousContactParticipantState":      unusable,
	"CheckOutboundCallStatus":                    unusable,
	"CheckVoiceId":                               unusable,
	"StartVoiceIdStream":                         unusable,
	"AuthenticateParticipant":                    unusable,

	// The agent's desktop.
	"ShowView": unusable,

	// Services that are not here.
	"CheckSegmentMembership":                    unusable,
	"CreateCase":                                unusable,
	"GetCase":                                   unusable,
	"UpdateCase":                                unusable,
	"CreateContact":                             unusable,
	"CreateWisdomSession":                       unusable,
	"CreatePersistentContactAssociation":        unusable,
	"StartOutboundChatContact":                  unusable,
	"StartOutboundEmailContact":                 unusable,
	"LoadContactContent":                        unusable,
	"RenderMessageTemplate":                     unusable,
	"GetCustomerProfile":                        unusable,
	"GetCustomerProfileObject":                  unusable,
	"GetCalculatedAttributesForCustomerProfile": unusable,
	"CreateCustomerProfile":                     unusable,
	"UpdateCustomerProfile":                     unusable,
	"AssociateContactToCustomerProfile":         unusable,
	"EvaluateDataTableValues":                   unusable,
}
