// Package routing decides who gets what: queues, routing profiles and the matching of waiting tasks with free
// agents. It is pure: a [Board] is told what waits and who is free, and says which pair comes next.
package routing

import "github.com/tasklane/tasklane/internal/agent"

// Queue is a standard queue.
type Queue struct {
	ID          string `json:"-"`
	Name        string `json:"-"`
	Description string `json:"description,omitempty"`
	Hours       string `json:"hours"`
	MaxContacts *int   `json:"maxContacts,omitempty"` // nil: no cap
	// QuickConnects are ids, sorted. One that was deleted at the very moment it was associated stays in the list
	// and counts for nothing.
	QuickConnects []string          `json:"quickConnects,omitempty"`
	Tags          map[string]string `json:"tags,omitempty"`
}

// Profile says which queues its agents serve and how many tasks each can have in hand.
type Profile struct {
	ID              string         `json:"-"`
	Name            string         `json:"-"`
	Description     string         `json:"description,omitempty"`
	Slots           agent.Slots    `json:"slots"` // concurrency of channel TASK
	Queues          []ProfileQueue `json:"queues"`
	DefaultOutbound string         `json:"defaultOutbound"`
}

// ProfileQueue is a queue in a routing profile. Priority 1 is served before 2.
type ProfileQueue struct {
	Queue    string `json:"queue"`
	Priority int    `json:"priority"`
}
