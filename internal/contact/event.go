package contact

import "time"

// EventType names a contact event as Amazon EventBridge delivers it
// (https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html).
type EventType string

// The events of a task.
const (
	EventInitiated         EventType = "INITIATED"
	EventConnectedToSystem EventType = "CONNECTED_TO_SYSTEM"
	EventDataUpdated       EventType = "CONTACT_DATA_UPDATED"
	EventQueued            EventType = "QUEUED"
	EventConnectedToAgent  EventType = "CONNECTED_TO_AGENT"
	EventPaused            EventType = "PAUSED"
	EventResumed           EventType = "RESUMED"
	EventDisconnected      EventType = "DISCONNECTED"
	EventCompleted         EventType = "COMPLETED"
)

// The offer's own events are ours: Amazon Connect tells of them only in the agent event stream.
const (
	EventOffered  EventType = "OFFERED"
	EventMissed   EventType = "MISSED"
	EventRejected EventType = "REJECTED"
	// EventWithdrawn: the offer was taken back, and the task waits on.
	EventWithdrawn EventType = "WITHDRAWN"
)

// EventAction is ours, too: an action of a flow has run. It is told in the trace only.
const EventAction EventType = "FLOW_ACTION"

// Event is one thing that happened to a contact. It is stored in the commit that made it happen.
type Event struct {
	Type    EventType `json:"type"`
	At      time.Time `json:"at"`
	Queue   string    `json:"queue,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	Reason  Reason    `json:"reason,omitempty"`
	Updated []string  `json:"updated,omitempty"` // updatedProperties of CONTACT_DATA_UPDATED
	Action  *Action   `json:"action,omitempty"`  // of EventAction
}
