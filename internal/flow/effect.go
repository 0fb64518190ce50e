package flow

import (
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

// Effect is what the caller of [Runner.Step] must carry out. There are three sorts:
//
//   - [None]: nothing; call Step again.
//   - [Disconnect], [End], [Transferred], [Unhandled]: the run is over, and so is the state.
//   - every other one: carry it out, then call Step with the [Result]. [Wait] and [Invoke] take time: store the
//     state and go on when the time is over or the answer is there.
//
// An effect and the state that came with it belong into one commit. Queues, agents, hours, flows and modules are
// named as the flow names them: by id or ARN, an agent also by login name. What a failure is called is told at each
// effect; where nothing is told it is NoMatchingError.
type Effect interface{ effect() }

// None asks for nothing: the action, or what became of its effect, only moved the run on.
type None struct{}

// SetTargetQueue makes a queue, or an agent's own queue, the target of the contact. Exactly one of the two is
// given. From then on the scope's Queue is that queue.
type SetTargetQueue struct{ Queue, Agent string }

// SetAttributes sets user-defined attributes, all of them or none. It fails when the result would be too large, or
// when there is no related contact.
type SetAttributes struct {
	Values  map[string]string
	Related bool // on the related contact instead of this one
}

// Enqueue puts the contact into its target queue. It fails without a usable target queue or when the contact is
// already queued or further; QueueAtCapacity when the queue is full.
type Enqueue struct {
	OwnOnly bool // only into an agent's own queue
}

// Requeue takes the contact out of the queue it waits in and puts its successor into another. It fails when the
// contact does not wait or the chain is full, and leaves it where it is; QueueAtCapacity when the queue is full.
type Requeue struct{ Queue, Agent string }

// Interrupt offers the waiting contact to an agent at once.
type Interrupt struct{ Agent string }

// CheckHours asks whether hours of operation are open now: those named, or those of the target queue. The result is
// True or False.
type CheckHours struct{ Hours string }

// CheckMetric asks for a number of a queue, named or the target queue: the result.
type CheckMetric struct {
	Metric       Metric
	Queue, Agent string
}

// GetMetrics asks for all numbers of a queue, named or the target queue: Data of the result.
type GetMetrics struct {
	Queue, Agent string
	Channel      string // VOICE, CHAT, TASK or EMAIL; empty: all
}

// Draw asks for a random whole number from 1 to 100: the result.
type Draw struct{}

// Wait asks for time to pass.
type Wait struct{ For time.Duration }

// GoTo asks for the flow to go on with: Document of the result. It fails unless it is published, active and of a
// type that a contact can be transferred to.
type GoTo struct{ Flow string }

// Call asks for the module to invoke: Document of the result.
type Call struct {
	Module string
	Input  map[string]any
}

// Invoke calls a function: Data of the result is its answer. An asynchronous call has none, but an Invocation.
type Invoke struct {
	Function string // ARN
	Limit    time.Duration
	Async    bool
	Params   map[string]any // Details.Parameters of the event
	JSON     bool           // the answer may be nested
}

// SetLogging switches flow logs on or off, for the contact and those that follow it.
type SetLogging struct{ On bool }

// SetData changes data of the contact, all of it or nothing. Nil stays as it is.
type SetData struct {
	Name, Description, Language, Customer, Template *string
	References                                      contact.References
	Expiry                                          time.Duration // 0: stays
	Related                                         bool          // of the related contact instead of this one
}

// SetHook sets the flow that is to run at an event of the contact. It fails for an unknown flow, and for hold
// events, which tasks do not have.
type SetHook struct {
	Hook Hook
	Flow string
	Off  bool // run no flow at this event, not even the default
}

// SetRouting changes the contact's place among those that wait. Exactly one member is given. It cannot fail.
type SetRouting struct {
	Priority   *contact.Priority
	Adjustment *time.Duration
}

// SetCriteria sets routing criteria: the decoded JSON of an object with Steps.
type SetCriteria struct{ Criteria any }

// Tag adds tags; it fails when there would be more than 6.
type Tag struct{ Tags map[string]string }

// Untag removes tags; those that are not there do not matter.
type Untag struct{ Keys []string }

// Resume resumes the contact; it fails unless it is paused.
type Resume struct{}

// NewTask makes a task: Contact of the result is its id.
type NewTask struct {
	Name, Description, Flow, Template string
	References                        contact.References
	Attributes                        map[string]string
	Delay                             time.Duration // 0: no delay
	Expiry                            time.Duration // how long it lives; 0: as long as tasks do
	At                                time.Time     // zero: at once
	Related, Previous                 string        // ids of contacts to link to
}

// Disconnect is how a document asks for the end of the contact (DisconnectParticipant).
type Disconnect struct{}

// End is how a document ends itself and leaves the contact as it is (EndFlowExecution).
type End struct{}

// Transferred says that the document is over because its last effect took the contact elsewhere. There is
// nothing left to carry out.
type Transferred struct{}

// Unhandled says that the run cannot go on: an action failed and has no branch for it, or the run took too many
// steps. Nothing is tried again.
type Unhandled struct {
	Error string // the error word, such as NoMatchingError, or a short sentence
}

func (None) effect()           {}
func (SetTargetQueue) effect() {}
func (SetAttributes) effect()  {}
func (Enqueue) effect()        {}
func (Requeue) effect()        {}
func (Interrupt) effect()      {}
func (CheckHours) effect()     {}
func (CheckMetric) effect()    {}
func (GetMetrics) effect()     {}
func (Draw) effect()           {}
func (Wait) effect()           {}
func (GoTo) effect()           {}
func (Call) effect()           {}
func (Invoke) effect()         {}
func (SetLogging) effect()     {}
func (SetData) effect()        {}
func (SetHook) effect()        {}
func (SetRouting) effect()     {}
func (SetCriteria) effect()    {}
func (Tag) effect()            {}
func (Untag) effect()          {}
func (Resume) effect()         {}
func (NewTask) effect()        {}
func (Disconnect) effect()     {}
func (End) effect()            {}
func (Transferred) effect()    {}
func (Unhandled) effect()      {}

// Metric is a number of a queue (DG flow-control-actions-checkmetricdata).
type Metric string

// The metrics. Agents count when they serve the queue.
const (
	AgentsAvailable Metric = "NumberOfAgentsAvailable" // could take a contact now
	AgentsStaffed   Metric = "NumberOfAgentsStaffed"   // available, on a contact or in after-contact work
	AgentsOnline    Metric = "NumberOfAgentsOnline"    // in any status but offline
	ContactsInQueue Metric = "NumberOfContactsInQueue"
	OldestContact   Metric = "OldestContactInQueueAgeSeconds"
)

// Hook is an event of a contact at which a flow can run (DG contact-actions-updatecontacteventhooks).
type Hook string

// The hooks.
const (
	HookCustomerQueue     Hook = "CustomerQueue"     // it is put into a queue
	HookAgentWhisper      Hook = "AgentWhisper"      // an agent accepts it
	HookCustomerWhisper   Hook = "CustomerWhisper"   // kept, but a task has no customer
	HookCustomerHold      Hook = "CustomerHold"      // tasks are not held
	HookAgentHold         Hook = "AgentHold"         // tasks are not held
	HookCustomerRemaining Hook = "CustomerRemaining" // it has ended
	HookPauseContact      Hook = "PauseContact"
	HookResumeContact     Hook = "ResumeContact"
	HookDefaultAgentUI    Hook = "DefaultAgentUI"    // it is in an agent's workspace
	HookDisconnectAgentUI Hook = "DisconnectAgentUI" // it ends there
)

// Failure is an error word of the flow language: how an action can fail.
type Failure string

// The failures that effects can have. There are more words, which only actions of other channels use.
const (
	NoMatchingError       Failure = "NoMatchingError"     // any failure that has no word or branch of its own
	NoMatchingCondition   Failure = "NoMatchingCondition" // no condition holds
	QueueAtCapacity       Failure = "QueueAtCapacity"     // the queue is full
	InvalidCallbackNumber Failure = "InvalidCallbackNumber"
)

// Result is what became of an effect. The zero Result is success.
type Result struct {
	Error      Failure        // why it could not be carried out; empty when it was
	Value      string         // what a check found, for the conditions
	Document   Ref            // what to go on with, after GoTo and Call
	Data       map[string]any // answer of a function, or metrics
	Contact    string         // the task that was made
	Invocation string         // of a function called asynchronously
}
