package flow

// Effect is what the caller of [Step] must carry out. There are three sorts:
//
//   - [None]: nothing; call Step again.
//   - [SetTargetQueue], [SetAttributes], [Enqueue]: carry it out, then call Step with the [Result].
//   - [Disconnect], [End], [Transferred], [Unhandled]: the document is over, and so is the state.
//
// An effect and the state that came with it belong into one commit.
type Effect interface{ effect() }

// None asks for nothing: the action, or what became of its effect, only moved the run on.
type None struct{}

// SetTargetQueue makes a queue, or an agent's own queue, the target of the contact. Exactly one of the two is
// given, as the flow names it: an id or ARN, for an agent also the login name. An unknown one is NoMatchingError.
// From then on the scope's Queue is that queue.
type SetTargetQueue struct{ Queue, Agent string }

// SetAttributes sets user-defined attributes, all of them or none. A result that would be too large, or a
// related contact that does not exist, is NoMatchingError.
type SetAttributes struct {
	Values  map[string]string
	Related bool // on the related contact instead of this one
}

// Enqueue puts the contact into its target queue. It is NoMatchingError without a usable target queue or when
// the contact is already queued or further, QueueAtCapacity when the queue is full.
type Enqueue struct{}

// Disconnect is how a document asks for the end of the contact (DisconnectParticipant).
type Disconnect struct{}

// End is how a document ends itself and leaves the contact as it is (EndFlowExecution).
type End struct{}

// Transferred says that the document is over because its last effect took the contact elsewhere. There is
// nothing left to carry out.
type Transferred struct{}

// Unhandled says that the document cannot go on: an action failed and has no branch for it, or the run took too
// many steps. Nothing is tried again.
type Unhandled struct {
	Error string // the error word, such as NoMatchingError, or a short sentence
}

func (None) effect()           {}
func (SetTargetQueue) effect() {}
func (SetAttributes) effect()  {}
func (Enqueue) effect()        {}
func (Disconnect) effect()     {}
func (End) effect()            {}
func (Transferred) effect()    {}
func (Unhandled) effect()      {}

// Failure is an error word of the flow language: how an action can fail.
type Failure string

// The failures of the actions that this version runs.
const (
	NoMatchingError     Failure = "NoMatchingError"     // any failure that has no word or branch of its own
	NoMatchingCondition Failure = "NoMatchingCondition" // no condition holds
	QueueAtCapacity     Failure = "QueueAtCapacity"     // the queue is full
)

// Result is what became of an effect. The zero Result is success.
type Result struct {
	Error Failure // why it could not be carried out; empty when it was
}
