// Package routing decides who gets what: queues, routing profiles and the matching of waiting tasks with free
// agents. It is pure: a [Board] is told what waits and who is free, and says which pair comes next.
package routing

import (
	"time"

	"github.com/tasklane/tasklane/internal/agent"
)

// Queue is a standard queue.
type Queue struct {
	ID          string `json:"-"`
	Name        string `json:"-"`
	Description string `json:"description,omitempty"`
	Hours       string `json:"hours"`
	MaxContacts *int   `json:"maxContacts,omitempty"` // that wait in it; nil: no cap
	Disabled    bool   `json:"disabled,omitempty"`    // takes no more; what waits is offered
	// QuickConnects are ids, sorted. One that was deleted at the very moment it was associated stays in the list
	// and counts for nothing.
	QuickConnects []string          `json:"quickConnects,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
	Outbound      *Outbound         `json:"outbound,omitempty"`
}

// Outbound is how calls go out of a queue. It is kept and told: tasks make no calls.
type Outbound struct {
	CallerName string `json:"callerName,omitempty"`
	Number     string `json:"number,omitempty"` // id or ARN of a telephone number
	Flow       string `json:"flow,omitempty"`   // id of the outbound whisper flow
}

// Cap is how many contacts may wait before the queue takes no more of them; false: any number may. For a contact that
// comes from another queue, or from an agent, it is a fifth higher
// (https://docs.aws.amazon.com/connect/latest/adminguide/set-maximum-queue-limit.html).
func (q *Queue) Cap(transferred bool) (n int, capped bool) {
	switch {
	case q.MaxContacts == nil:
		return 0, false
	case transferred:
		return *q.MaxContacts + *q.MaxContacts/5, true
	default:
		return *q.MaxContacts, true
	}
}

// Profile says which queues its agents serve and how many tasks each can have in hand. Its own fields are those of
// tasks; what it says of the channels that Tasklane does not have is kept and told. See [Profile.Service].
type Profile struct {
	ID              string              `json:"-"`
	Name            string              `json:"-"`
	Description     string              `json:"description,omitempty"`
	Slots           agent.Slots         `json:"slots"` // concurrency of channel TASK; 0: its agents take no tasks
	AnyChannel      bool                `json:"anyChannel,omitempty"`
	Queues          []ProfileQueue      `json:"queues"`
	Manual          []string            `json:"manual,omitempty"` // queues whose tasks its agents may pick themselves
	DefaultOutbound string              `json:"defaultOutbound"`
	Timer           Timer               `json:"timer,omitempty"` // empty: TimerActivity
	Others          map[Channel]Service `json:"others,omitempty"`
	Default         bool                `json:"default,omitempty"` // the one that its instance has from the start
	Tags            map[string]string   `json:"tags,omitempty"`
}

// ProfileQueue is a queue in a routing profile. Priority 1 is served before 2.
type ProfileQueue struct {
	Queue    string        `json:"queue"`
	Priority int           `json:"priority"`
	Delay    time.Duration `json:"delay,omitempty"` // that a task has waited before these agents are offered it
}

// Idle is since when an agent counts as available.
func (p *Profile) Idle(a *agent.Agent) time.Time {
	if p.Timer == TimerInbound && !a.Inbound.IsZero() {
		return a.Inbound
	}
	return a.Idle
}

// Timer says what makes an agent the one who goes first: the longest time since they last had a task in hand, or
// since they were last offered one.
type Timer string

// The timers of a routing profile.
const (
	TimerActivity Timer = "TIME_SINCE_LAST_ACTIVITY"
	TimerInbound  Timer = "TIME_SINCE_LAST_INBOUND"
)
