package metric

import (
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
)

// Grouping is what rows are told apart by.
type Grouping string

// The groupings that tasks have.
const (
	ByQueue   Grouping = "QUEUE"
	ByChannel Grouping = "CHANNEL"
	ByProfile Grouping = "ROUTING_PROFILE"
	ByStatus  Grouping = "AGENT_STATUS"
)

// Task is the channel of tasks, the only one that has numbers.
const Task = "TASK"

// Question is which metrics are wanted, of what, and how they are told apart. Lists hold ids.
type Question struct {
	Metrics  []Name
	By       []Grouping
	Queues   []string
	Profiles []string
	Statuses []string
	Channels []string // empty: all
}

// Check reports whether the parts of a question go together
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetCurrentMetricData.html).
// It fails with [fault.Invalid].
func (q Question) Check() error {
	for _, rule := range []struct {
		broken  bool
		message string
	}{
		{
			(len(q.Queues) > 0) == (len(q.Profiles) > 0),
			"Filters: specify exactly one of Queues and RoutingProfiles",
		},
		{
			len(q.Metrics) == 0,
			"CurrentMetrics: specify at least one metric",
		},
		{
			len(slices.Compact(slices.Sorted(slices.Values(q.By)))) < len(q.By),
			"Groupings: a grouping is there twice",
		},
		{
			q.by(ByChannel) && len(q.Channels) == 0,
			"Groupings: CHANNEL requires Filters.Channels",
		},
		{
			q.by(ByProfile) && len(q.Profiles) == 0 && q.asks(ofContacts),
			"Groupings: ROUTING_PROFILE requires Filters.RoutingProfiles for metrics of contacts",
		},
		{
			q.by(ByStatus) && !slices.Equal(q.By, []Grouping{ByQueue, ByStatus}),
			"Groupings: AGENT_STATUS must follow QUEUE",
		},
		{
			len(q.Statuses) > 0 && len(q.Queues) == 0,
			"Filters: AgentStatuses requires Queues",
		},
		{
			(q.by(ByStatus) || len(q.Statuses) > 0) && slices.ContainsFunc(q.Metrics, func(n Name) bool { return n != AgentsOnline }),
			"CurrentMetrics: by agent status only AGENTS_ONLINE is counted",
		},
		{
			slices.Contains(q.Metrics, EstimatedWaitTime) && (!q.by(ByQueue) || !q.by(ByChannel)),
			"CurrentMetrics: ESTIMATED_WAIT_TIME requires Groupings QUEUE and CHANNEL",
		},
	} {
		if rule.broken {
			return fault.New(fault.Invalid, "%s", rule.message)
		}
	}
	return nil
}

func (q Question) by(g Grouping) bool { return slices.Contains(q.By, g) }

// ByStatus reports whether agents are told apart, or chosen, by their status.
func (q Question) ByStatus() bool { return q.by(ByStatus) || len(q.Statuses) > 0 }

// asks reports whether one of the metrics is about something.
func (q Question) asks(s subject) bool {
	return slices.ContainsFunc(q.Metrics, func(n Name) bool { return definitions[n].subject == s })
}

// AsksForContacts reports whether tasks must be counted, and not only agents.
func (q Question) AsksForContacts() bool { return q.asks(ofContacts) }

// AsksForPace reports whether it must be known how fast tasks leave their queues.
func (q Question) AsksForPace() bool { return slices.Contains(q.Metrics, EstimatedWaitTime) }
