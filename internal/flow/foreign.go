package flow

import "slices"

// Failures that only actions of other channels have.
const (
	inputTimeLimit   Failure = "InputTimeLimitExceeded"
	invalidPhone     Failure = "InvalidPhoneNumber"
	notDialable      Failure = "CallbackNumberNotDialable"
	callFailed       Failure = "CallFailed"
	connectTimeLimit Failure = "ConnectionTimeLimitExceeded"
	timeLimit        Failure = "TimeLimitExceeded"
	channelMismatch  Failure = "ChannelMismatch"
	multipleFound    Failure = "MultipleFound"
	noneFound        Failure = "NoneFound"
	notLinked        Failure = "ContactNotLinked"
	multipleProfiles Failure = "MultipleFoundError"
	noProfile        Failure = "NoneFoundError"
)

// unusable is an action that a task cannot use, or that needs a service that is not here: it fails.
func unusable(errors []Failure, mayFail ...Failure) actionType {
	return actionType{foreign: true, errors: errors, mayFail: mayFail, run: fails(NoMatchingError)}
}

// silent is an action that does nothing to a task.
func silent(errors []Failure, mayFail ...Failure) actionType {
	return actionType{foreign: true, errors: errors, mayFail: mayFail, run: nothing}
}

// branching lets the author hang conditions on an action.
func branching(t actionType) actionType {
	t.branches = true
	return t
}

// standing says where an action may stand, and what else there is to check of it.
func standing(only []Type, t actionType, rule func(*checker)) actionType {
	t.only, t.rule = only, rule
	return t
}

// foreignActions are of other channels, or of services that are not here. They are known so that exported flows can
// be published, and take their documented way when a task runs into them (AG block-support-by-channel).
var foreignActions = map[string]actionType{
	// Voice.
	"MessageParticipant":                         prompt,
	"MessageParticipantIteratively":              loopPrompts,
	"GetParticipantInput":                        standing(beforeAgent, branching(unusable(noMatchingError, inputTimeLimit, NoMatchingCondition, invalidPhone)), (*checker).inputErrors),
	"ConnectParticipantWithLexBot":               branching(unusable(noMatchingError, NoMatchingCondition, inputTimeLimit)),
	"ConnectParticipantWithAgenticCX":            branching(unusable(noMatchingError, NoMatchingCondition, inputTimeLimit)),
	"TransferParticipantToThirdParty":            standing(nil, unusable(noMatchingError, callFailed, connectTimeLimit), (*checker).thirdPartyErrors),
	"CompleteOutboundCall":                       silentUnlessBranch,
	"CreateCallbackContact":                      unusable(noMatchingError),
	"UpdateContactCallbackNumber":                noCallback,
	"UpdateContactMediaStreamingBehavior":        unusable(noMatchingError),
	"UpdateContactRecordingBehavior":             silent(nil),
	"UpdateContactRecordingAndAnalyticsBehavior": silent([]Failure{NoMatchingError, channelMismatch}, "InFlightRedactionConfigurationFailed"),
	"UpdateContactMediaProcessing":               silent(noMatchingError, channelMismatch),
	"UpdatePreviousContactParticipantState":      unusable(noMatchingError),
	"CheckOutboundCallStatus":                    branching(unusable(noMatchingError, NoMatchingCondition)),
	"CheckVoiceId":                               branching(unusable(noMatchingError, NoMatchingCondition)),
	"StartVoiceIdStream":                         unusable(noMatchingError),
	"AuthenticateParticipant":                    unusable([]Failure{timeLimit, NoMatchingError}),

	// The agent's desktop.
	"ShowView": standing(beforeAgent, branching(unusable([]Failure{NoMatchingCondition, NoMatchingError, timeLimit})), nil),

	// Services that are not here.
	"CheckSegmentMembership":                    branching(unusable(noMatchingError, NoMatchingCondition)),
	"CreateCase":                                unusable(noMatchingError, notLinked),
	"GetCase":                                   unusable(noMatchingError, noneFound, multipleFound, notLinked),
	"UpdateCase":                                unusable(noMatchingError, notLinked),
	"CreateContact":                             unusable(noMatchingError),
	"CreateWisdomSession":                       unusable(noMatchingError),
	"CreatePersistentContactAssociation":        unusable(noMatchingError),
	"StartOutboundChatContact":                  unusable(noMatchingError),
	"StartOutboundEmailContact":                 unusable(noMatchingError),
	"LoadContactContent":                        unusable(noMatchingError),
	"RenderMessageTemplate":                     unusable(noMatchingError),
	"GetCustomerProfile":                        unusable([]Failure{multipleProfiles, noProfile, NoMatchingError}),
	"GetCustomerProfileObject":                  unusable([]Failure{noProfile, NoMatchingError}),
	"GetCalculatedAttributesForCustomerProfile": unusable([]Failure{noProfile, NoMatchingError}),
	"CreateCustomerProfile":                     unusable(noMatchingError),
	"UpdateCustomerProfile":                     unusable(noMatchingError),
	"AssociateContactToCustomerProfile":         unusable(noMatchingError),
	"EvaluateDataTableValues":                   unusable(noMatchingError),
}

// prompt is not heard by anyone.
var prompt = actionType{
	foreign: true, oneOf: []string{"Text", "SSML", "PromptId", "Media"}, mayFail: noMatchingError, run: nothing,
}

// loopPrompts fails for a task; without a branch for that its flow stops, and the task goes on waiting (AG tasks).
var loopPrompts = actionType{
	foreign: true, noNext: true, only: inQueueOrHold, mayFail: noMatchingError, mayResult: []string{"MessagesInterrupted"},
	run: fails(NoMatchingError),
}

// noCallback fails as for a number that is none.
var noCallback = actionType{
	foreign: true, errors: []Failure{InvalidCallbackNumber, notDialable}, run: fails(InvalidCallbackNumber),
}

// silentUnlessBranch fails when there is a branch for it, and else goes on.
var silentUnlessBranch = actionType{foreign: true, mayFail: noMatchingError, run: fails(NoMatchingError)}

// inputErrors: a menu has more branches than an input that is only stored, which has no conditions.
func (c *checker) inputErrors() {
	if text, _ := text(c.action.Parameters["StoreInput"]); upper(text) == "TRUE" {
		if len(c.action.Transitions.Conditions) > 0 {
			c.report("Action does not support conditions. Path: %s.Transitions.Conditions", c.path)
		}
		return
	}
	c.mustFail(inputTimeLimit, NoMatchingCondition)
}

// thirdPartyErrors: a call after which the flow goes on can fail in more ways.
func (c *checker) thirdPartyErrors() {
	if text, _ := text(c.action.Parameters["ContinueFlowExecution"]); upper(text) == "TRUE" {
		c.mustFail(callFailed, connectTimeLimit)
	}
}

// mustFail reports the failures that have no branch.
func (c *checker) mustFail(failures ...Failure) {
	for _, f := range failures {
		has := func(e ErrorBranch) bool { return e.ErrorType == f }
		if !slices.ContainsFunc(c.action.Transitions.Errors, has) {
			c.report("Action is missing required error. Error: %s, Path: %s", f, c.path)
		}
	}
}
