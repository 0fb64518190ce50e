// Package contact is a task's life: its states, references, attributes and links to other contacts.
//
// A task is a contact of channel TASK. It moves along one graph; every move is listed in [moves] and a pair
// that is absent is illegal. The database repeats the law in its CHECKs.
//
//	            ┌───────────┐ time reached ┌─────────┐ transfer to queue ┌────────┐
//	schedule ──►│ SCHEDULED ├─────────────►│ IN_FLOW ├──────────────────►│ QUEUED │◄──────────┐
//	            └─────┬─────┘   start ────►└────┬────┘                   └─┬──┬───┘           │ missed,
//	                  │                         │                          │  │ offer         │ rejected
//	                  │ stop                    │ flow ends, stop, expiry  │  ▼               │
//	                  │                         │                          │ ┌────────────┐   │
//	                  │                         │             stop, expiry │ │ CONNECTING ├───┘
//	                  ▼                         ▼                          ▼ └─┬──┬───────┘
//	            ┌──────────────────────────────────────────────────────────────▼┐ │ accept
//	            │                            ENDED                              │ ▼
//	            └───────▲───────────────────────────────────────────────────────┘ ┌───────────┐
//	                    │ close          ┌─────┐   agent ends, stop, expiry       │ CONNECTED │
//	                    └────────────────┤ ACW │◄─────────────────────────────────┴───────────┘
//	                                     └─────┘
//
// ACW is after-contact work: the task is disconnected, the agent has not closed it yet. The names are ours;
// Amazon Connect publishes no state of a contact but its timestamps.
package contact

import (
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
	ACW        State = "ACW"
	Ended      State = "ENDED"
)

// moves lists every legal transition. A pair that is absent is illegal.
var moves = map[State][]State{
	Scheduled:  {InFlow, Ended},
	InFlow:     {Queued, Ended},
	Queued:     {Connecting, Ended},
	Connecting: {Connected, Queued, Ended},
	Connected:  {ACW},
	ACW:        {Ended},
	Ended:      {},
}

// Method is how a contact came to be (ContactInitiationMethod).
type Method string

// MethodAPI is the method of every task that StartTaskContact makes.
const MethodAPI Method = "API"

// Reason is why a task was disconnected, as Amazon Connect names it (contact record data model).
type Reason string

// The reasons that end a task.
const (
	ReasonAgent   Reason = "AGENT_DISCONNECT"
	ReasonAPI     Reason = "API"
	ReasonFlow    Reason = "CONTACT_FLOW_DISCONNECT"
	ReasonExpired Reason = "EXPIRED"
)

// Priority orders waiting tasks of equal profile priority: 1 is best.
type Priority int64

// DefaultPriority is the QueuePriority of a task that nobody set one for.
const DefaultPriority Priority = 5

// DefaultLife is how long a task lives unless told otherwise: 7 days, from its start or its ScheduledTime
// (https://docs.aws.amazon.com/connect/latest/adminguide/tasks.html).
const DefaultLife = 7 * 24 * time.Hour

// Contact is one task. A zero time means that it has not happened.
type Contact struct {
	ID      string
	Version int64 // of the row that was read; 0 when new. The store compares and raises it

	Initial     string // first contact of the chain; empty on that one
	Previous    string // PreviousContactId
	Related     string // RelatedContactId
	Association string // contact whose tree of links this one belongs to
	Method      Method

	Name        string
	Description string
	References  References

	State   State
	Flow    string // flow that runs, or will run, when the task starts
	Target  string // queue that the flow has chosen ("working queue"), not yet entered
	Reason  Reason // why it was disconnected
	Expires time.Time

	Queue    string // queue it entered, kept afterwards
	Priority Priority
	Rank     time.Time // orders the queue; survives missed and rejected offers

	Agent   string // user it is offered to or was accepted by
	Attempt int    // offers made so far; the stamp of an offer and of its timer

	Initiated         time.Time
	ScheduledFor      time.Time
	ConnectedToSystem time.Time
	Enqueued          time.Time
	RingStart         time.Time
	ConnectedToAgent  time.Time
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

// Open tells whether the task counts as active: not yet ended, after-contact work included.
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

// move takes the edge from one state to another. It fails with [fault.Conflict] when the task is elsewhere, or
// when the graph has no such edge.
func (c *Contact) move(from, to State, now time.Time) error {
	if c.State != from || !slices.Contains(moves[from], to) {
		return fault.New(fault.Conflict, "contact %s is %s and cannot become %s", c.ID, c.State, to)
	}
	c.State, c.Updated = to, now
	return nil
}
