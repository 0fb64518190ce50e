// Package metric says what Amazon Connect's metrics mean on tasks, and how to add them up. It is pure: it is told of
// agents, of waiting tasks and of what became of tasks, and gives numbers.
//
//	agents, by routing profile ──► Agents ──┐
//	                                        ├──► Group ──► value of a metric
//	waiting tasks, by queue ────► Waiting ──┘
//
// Agents and tasks are counted where they are disjoint, by profile and by queue; what a row of an answer covers is
// then a sum, so that an agent who serves a hundred queues is looked at once.
//
//	tasks of a span of time ────► Tally ──► value of a historical metric
//
// The definitions are those of
// https://docs.aws.amazon.com/connect/latest/APIReference/API_GetCurrentMetricData.html and
// https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html.
package metric

import (
	"github.com/tasklane/tasklane/internal/fault"
)

// Name is the name of a metric.
type Name string

// The real-time metrics.
const (
	AgentsOnline           Name = "AGENTS_ONLINE"
	AgentsAvailable        Name = "AGENTS_AVAILABLE"
	AgentsOnCall           Name = "AGENTS_ON_CALL" // an older name of AgentsOnContact
	AgentsOnContact        Name = "AGENTS_ON_CONTACT"
	AgentsNonProductive    Name = "AGENTS_NON_PRODUCTIVE"
	AgentsAfterContactWork Name = "AGENTS_AFTER_CONTACT_WORK"
	AgentsError            Name = "AGENTS_ERROR"
	AgentsStaffed          Name = "AGENTS_STAFFED"
	ContactsInQueue        Name = "CONTACTS_IN_QUEUE"
	OldestContactAge       Name = "OLDEST_CONTACT_AGE"
	ContactsScheduled      Name = "CONTACTS_SCHEDULED"
	SlotsActive            Name = "SLOTS_ACTIVE"
	SlotsAvailable         Name = "SLOTS_AVAILABLE"
	EstimatedWaitTime      Name = "ESTIMATED_WAIT_TIME"
)

// Unit is what a metric is counted in.
type Unit string

// The units. Real-time metrics have no percentages.
const (
	Count   Unit = "COUNT"
	Seconds Unit = "SECONDS"
	Percent Unit = "PERCENT"
)

// subject is what a metric is about.
type subject int

const (
	ofAgents subject = iota
	ofContacts
)

// definition is what is known of a metric before anything is counted.
type definition struct {
	unit    Unit
	subject subject
	sorts   bool // rows can be sorted by it
	value   func(Group) (float64, bool)
}

// definitions are all real-time metrics there are.
var definitions = map[Name]definition{
	AgentsOnline:           {Count, ofAgents, true, agents(func(a Agents) int { return a.Online })},
	AgentsAvailable:        {Count, ofAgents, true, agents(func(a Agents) int { return a.Available })},
	AgentsOnCall:           {Count, ofAgents, true, agents(func(a Agents) int { return a.OnContact })},
	AgentsOnContact:        {Count, ofAgents, true, agents(func(a Agents) int { return a.OnContact })},
	AgentsNonProductive:    {Count, ofAgents, true, agents(func(a Agents) int { return a.NonProductive })},
	AgentsAfterContactWork: {Count, ofAgents, true, agents(func(a Agents) int { return a.AfterContactWork })},
	AgentsError:            {Count, ofAgents, true, agents(func(a Agents) int { return a.Error })},
	AgentsStaffed:          {Count, ofAgents, true, agents(func(a Agents) int { return a.Staffed })},
	SlotsActive:            {Count, ofAgents, false, agents(func(a Agents) int { return a.SlotsActive })},
	SlotsAvailable:         {Count, ofAgents, false, agents(func(a Agents) int { return a.SlotsAvailable })},
	ContactsInQueue:        {Count, ofContacts, true, func(g Group) (float64, bool) { return float64(g.Waiting.Count), true }},
	OldestContactAge:       {Seconds, ofContacts, true, func(g Group) (float64, bool) { return g.Waiting.age(g.Now).Seconds(), true }},
	// Amazon Connect counts callbacks that wait in a queue for their time. A scheduled task is in no queue yet
	// (docs/divergences.md).
	ContactsScheduled: {Count, ofContacts, true, func(Group) (float64, bool) { return 0, true }},
	EstimatedWaitTime: {Seconds, ofContacts, true, func(g Group) (float64, bool) { return g.Pace.Wait(g.Waiting.Count + 1) }},
}

// agents makes the value of a metric out of a count of agents.
func agents(count func(Agents) int) func(Group) (float64, bool) {
	return func(g Group) (float64, bool) { return float64(count(g.Agents)), true }
}

// Check reports whether a metric exists and is counted in a unit; no unit is its own. It returns the unit that it has.
// It fails with [fault.Invalid].
func Check(n Name, u Unit) (Unit, error) {
	d, ok := definitions[n]
	if !ok {
		return "", fault.New(fault.Invalid, "There is no metric named %s", n)
	}
	if u != "" && u != d.unit {
		return "", fault.New(fault.Invalid, "Metric %s has the unit %s, not %s", n, d.unit, u)
	}
	return d.unit, nil
}

// CheckSort reports whether rows can be sorted by a metric. It fails with [fault.Invalid].
func CheckSort(n Name) error {
	if d, ok := definitions[n]; !ok || !d.sorts {
		return fault.New(fault.Invalid, "SortCriteria: results cannot be sorted by %s", n)
	}
	return nil
}
