// Package contact is a task's life: its states, references, attributes and links to other contacts.
//
// A task is a contact of channel TASK. It moves along one graph; every move is listed in [moves] and a pair
// that is absent is illegal. The database repeats the law in its CHECKs.
//
//	           ┌───────────┐ time reached ┌─────────┐ transfer to queue ┌────────┐ offer ┌────────────┐
//	schedule ─►│ SCHEDULED ├─────────────►│ IN_FLOW ├──────────────────►│ QUEUED ├──────►│ CONNECTING │
//	           └───────────┘    start ───►└┬───┬──▲─┘                   └───┬────┘       └─┬───┬──────┘
//	                                       │   │  │ resume                  │  ▲ missed,   │   │ accept
//	                                       │   │  │                         │  └───────────┘   │
//	                                       │   │  │                         │    rejected      ▼
//	                                       │  ┌▼──┴────┐       pause        │             ┌───────────┐
//	                             assign to │  │ PAUSED │◄───────────────────┴────────────►│ CONNECTED │
//	                              an agent │  └────────┘                      resume      └─────▲─┬───┘
//	                                       └────────────────────────────────────────────────────┘ │
//	           ┌───────┐  close  ┌─────┐      agent ends, stop, transfer, expiry                  │
//	           │ ENDED │◄────────┤ ACW │◄───────────────────────────────────────────────────────-─┘
//	           └───────┘         └─────┘
//
// Every state but ACW also goes to ENDED: its flow ends it, somebody stops or transfers it, its life is over. A
// task that was paused while an agent had it goes to ACW instead. A task that rings is paused as one that waits, and
// waits again when its offer is withdrawn.
//
// ACW is after-contact work: the task is disconnected, the agent has not closed it yet. The names are ours;
// Amazon Connect publishes no state of a contact but its timestamps.
package contact

import (
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// State is where a task stands.
type State string

// The states; see the package comment.
const (
	Scheduled  State = "SCHEDULED"
	InFlow     State = "IN_FLOW"
	Queued     State = "QUEUED"
	Connecting State = "CONNECTING"
	Connected  State = "CONNECTED"
	Paused     State = "PAUSED"
	ACW        State = "ACW"
	Ended      State = "ENDED"
)

// moves lists every legal transition. A pair that is absent is illegal.
var moves = map[State][]State{
	Scheduled:  {InFlow, Ended},
	InFlow:     {Queued, Connected, Paused, Ended},
	Queued:     {Connecting, Paused, Ended},
	Connecting: {Connected, Queued, Paused, Ended},
	Connected:  {Paused, ACW},
	Paused:     {InFlow, Connected, ACW, Ended},
	ACW:        {Ended},
	Ended:      {},
}

// Check fails when the contact is in a state, or has a run of a kind, that this version does not know.
func (c *Contact) Check() error {
	if _, ok := moves[c.State]; !ok {
		return fmt.Errorf("state %q is not known", c.State)
	}
	if _, ok := moves[c.PausedFrom]; !ok && c.PausedFrom != "" {
		return fmt.Errorf("state %q, from which it was paused, is not known", c.PausedFrom)
	}
	for _, s := range []*Suspended{c.Main, c.Event} {
		if s != nil && !s.Kind.known() {
			return fmt.Errorf("kind of run %q is not known", s.Kind)
		}
	}
	return nil
}

// Method is how a contact came to be (ContactInitiationMethod).
type Method string

// The methods.
const (
	MethodAPI      Method = "API"      // StartTaskContact and CreateContact
	MethodTransfer Method = "TRANSFER" // TransferContact

	MethodQueueTransfer Method = "QUEUE_TRANSFER" // a flow has moved it from queue to queue
	MethodDisconnect    Method = "DISCONNECT"     // a disconnect flow has queued it anew
)

// Reason is why a task was disconnected, as Amazon Connect names it (contact record data model).
type Reason string

// The reasons that end a task.
const (
	ReasonAgent   Reason = "AGENT_DISCONNECT"
	ReasonDone    Reason = "AGENT_COMPLETED" // work that was done before the task was recorded
	ReasonOther   Reason = "OTHER"           // the old segment of a transfer
	ReasonAPI     Reason = "API"
	ReasonFlow    Reason = "CONTACT_FLOW_DISCONNECT"
	ReasonExpired Reason = "EXPIRED"

	ReasonCustomer Reason = "CUSTOMER_DISCONNECT" // of calls and chats
)

// Priority orders waiting tasks of equal profile priority: 1 is best.
type Priority int64

// DefaultPriority is the QueuePriority of a task that nobody set one for.
const DefaultPriority Priority = 5

// Contact is one task. A zero time means that it has not happened.
type Contact struct {
	ID      string
	Version int64 // of the row that was read; 0 when new. The store compares and raises it

	Initial     string // first contact of the chain; empty on that one
	Previous    string // PreviousContactId
	Related     string // RelatedContactId
	Association string // contact whose tree of links this one belongs to
	Method      Method
	Channel     Channel // empty: Task; see [Contact.On]

	Name        string
	Description string
	References  References
	Segment     map[string]string // segment attributes that a caller has set; those of the system have fields
	Tags        map[string]string

	CreatedBy       string // user who made the task for somebody, or for themselves
	SelfAssigned    bool   // goes to CreatedBy without waiting
	External        bool   // made by CreateContact: no flow runs on it
	Template        string // task template, and its version when the task was made
	TemplateVersion int64
	TemplateChanges int

	State   State
	Flow    string // flow that runs, or will run, when the task starts
	Target  string // queue that was chosen for it ("working queue"), not yet entered; of an agent's own queue the user
	Reason  Reason // why it was disconnected
	Expires time.Time
	Life    time.Duration // from its start or its ScheduledTime to Expires

	Queue      string // queue it entered, kept afterwards; of an agent's own queue the user
	Priority   Priority
	Adjustment time.Duration // QueueTimeAdjustmentSeconds: makes it count as older than it is, or younger
	Rank       time.Time     // orders the queue, Adjustment included; survives missed and rejected offers

	Agent   string // user it is offered to or was accepted by
	Attempt int    // offers made so far; the stamp of an offer and of its timer

	PausedFrom     State // where it was when it was paused, while PAUSED
	Pauses         int
	PausedFor      time.Duration // all finished pauses together
	AgentPausedFor time.Duration // those of them with an agent
	Reschedules    int
	Next           string // contact it was transferred to

	Language string // LanguageCode; empty: that of a task nobody set one for
	Customer string // CustomerId
	Criteria *Criteria
	// Hierarchy are the hierarchy groups of its agent when they got it, from the topmost level down.
	Hierarchy []string
	Flows

	Initiated         time.Time
	ScheduledFor      time.Time
	ConnectedToSystem time.Time
	Enqueued          time.Time
	RingStart         time.Time
	ConnectedToAgent  time.Time
	LastPaused        time.Time
	LastResumed       time.Time
	Disconnected      time.Time
	ACWStart          time.Time
	ACWEnd            time.Time
	Updated           time.Time
}

// Chain is the id under which the contact's attributes are kept: all contacts linked by PreviousContactId
// share the set of the first of them.
func (c *Contact) Chain() string {
	if c.Initial != "" {
		return c.Initial
	}
	return c.ID
}

// Open reports whether the task counts as active: not yet ended, after-contact work included.
func (c *Contact) Open() bool { return c.State != Ended }

// EndedAt is when the task ended: after-contact work included. It is the zero time while the task is open.
func (c *Contact) EndedAt() time.Time {
	switch {
	case c.Open():
		return time.Time{}
	case !c.ACWEnd.IsZero():
		return c.ACWEnd
	default:
		return c.Disconnected
	}
}

// Disconnecting reports whether the task is disconnected: in after-contact work, or over.
func (c *Contact) Disconnecting() bool { return c.State == ACW || c.State == Ended }

// move takes the edge from one state to another. It fails with [fault.Conflict] when the task is elsewhere, or
// when the graph has no such edge.
func (c *Contact) move(from, to State, now time.Time) error {
	if c.State != from || !slices.Contains(moves[from], to) {
		return fault.New(fault.Conflict, "contact %s is %s and cannot become %s", c.ID, c.State, to)
	}
	c.State, c.Updated = to, now
	return nil
}
