package contact

import (
	"slices"
	"time"
)

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

// EventEdited is ours, too: something has changed that CONTACT_DATA_UPDATED has no word for. Updated names it.
const EventEdited EventType = "EDITED"

// EventAction is ours, too: an action of a flow has run. It is told in the trace only.
const EventAction EventType = "FLOW_ACTION"

// Event is one thing that happened to a contact. It is stored in the commit that made it happen.
type Event struct {
	Type    EventType `json:"type"`
	At      time.Time `json:"at"`
	Queue   string    `json:"queue,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	Reason  Reason    `json:"reason,omitempty"`
	Updated []string  `json:"updated,omitempty"` // updatedProperties of CONTACT_DATA_UPDATED, or what was edited
	Action  *Action   `json:"action,omitempty"`  // of EventAction
}

// What can change of a contact. The first ones are updatedProperties of CONTACT_DATA_UPDATED
// (https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html); for the others Amazon Connect has no
// event, and [EventEdited] names them.
const (
	scheduleChanged = "ScheduledTimestamp"
	segmentChanged  = "SegmentAttributes"
	tagsChanged     = "Tags"
	// stepChanged tells of a step of routing criteria that has another status.
	stepChanged = "RoutingCriteria.Step.Status"
	// AttributesChanged tells of the user-defined attributes, which are those of the chain.
	AttributesChanged = "UserDefinedAttributes"

	nameChanged        = "Name"
	descriptionChanged = "Description"
	referencesChanged  = "References"
	templateChanged    = "TaskTemplateInfo"
	criteriaChanged    = "RoutingCriteria"
	priorityChanged    = "QueuePriority"
	adjustmentChanged  = "QueueTimeAdjustmentSeconds"
)

var updatedProperties = []string{scheduleChanged, segmentChanged, tagsChanged, stepChanged, AttributesChanged}

// Changed are the events of a change of a contact; none when nothing has changed.
func Changed(now time.Time, what ...string) []Event {
	updated, edited := Event{Type: EventDataUpdated, At: now}, Event{Type: EventEdited, At: now}
	for _, w := range what {
		if slices.Contains(updatedProperties, w) {
			updated.Updated = append(updated.Updated, w)
		} else {
			edited.Updated = append(edited.Updated, w)
		}
	}
	var events []Event
	for _, e := range []Event{updated, edited} {
		if e.Updated != nil {
			events = append(events, e)
		}
	}
	return events
}
