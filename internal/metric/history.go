package metric

import (
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

// Moment is the time in a task's life at which a historical metric counts it.
type Moment int

// The moments.
const (
	AtDisconnect Moment = iota
	AtInitiation
	AtEnqueue
	AtConnect
)

// Of is when a task was at a moment; the zero time: it never was.
func (m Moment) Of(c *contact.Contact) time.Time {
	switch m {
	case AtInitiation:
		return c.Initiated
	case AtEnqueue:
		return c.Enqueued
	case AtConnect:
		return c.ConnectedToAgent
	case AtDisconnect:
		return c.Disconnected
	}
	return time.Time{}
}

// Threshold bounds a time; only metrics that have one take it.
type Threshold struct {
	Within    time.Duration
	Inclusive bool // exactly that long counts, too
}

func (t Threshold) holds(d time.Duration) bool { return d < t.Within || t.Inclusive && d == t.Within }

// fold is how the tasks that count make one value.
type fold int

const (
	total   fold = iota // add up
	average             // of those that count
	most                // the largest
	percent             // those that count, of all that could have
)

// measure looks at one task: whether it could count, whether it does, and with what value. Times are in seconds.
type measure func(c *contact.Contact, t Threshold) (could, counts bool, value float64)

// historical is what is known of a historical metric. The formulas are those of
// https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html, for a channel without hold.
type historical struct {
	at        Moment
	fold      fold
	threshold bool
	of        measure
}

// histories are the historical metrics that the contacts themselves tell.
var histories = map[Name]historical{
	"CONTACTS_CREATED":                       {AtInitiation, total, false, number(always)},
	"CONTACTS_QUEUED":                        {AtDisconnect, total, false, number(wasQueued)},
	"CONTACTS_QUEUED_BY_ENQUEUE":             {AtEnqueue, total, false, number(wasQueued)},
	"CONTACTS_HANDLED":                       {AtDisconnect, total, false, number(handled)},
	"CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT": {AtConnect, total, false, number(handled)},
	"CONTACTS_ABANDONED":                     {AtDisconnect, total, false, number(abandoned)},
	"SUM_CONTACTS_DISCONNECTED":              {AtDisconnect, total, false, number(abandoned)},
	"CONTACTS_TRANSFERRED_OUT":               {AtDisconnect, total, false, number(transferred)},
	"CONTACTS_TRANSFERRED_OUT_INTERNAL":      {AtDisconnect, total, false, number(transferred)},
	"CONTACTS_TRANSFERRED_OUT_EXTERNAL":      {AtDisconnect, total, false, number(never)},
	"CONTACTS_TRANSFERRED_OUT_BY_AGENT": {AtDisconnect, total, false, number(func(c *contact.Contact) bool {
		return transferred(c) && handled(c)
	})},
	"CONTACTS_TRANSFERRED_OUT_FROM_QUEUE": {AtDisconnect, total, false, number(func(c *contact.Contact) bool {
		return transferred(c) && wasQueued(c) && !handled(c)
	})},
	"SUM_CONTACTS_ABANDONED_IN_X":      {AtDisconnect, total, true, within(abandoned, queueTime)},
	"SUM_CONTACTS_ANSWERED_IN_X":       {AtDisconnect, total, true, within(answered, queueTime)},
	"CONTACTS_REMOVED_FROM_QUEUE_IN_X": {AtDisconnect, total, true, within(wasQueued, queueTime)},
	"CONTACTS_RESOLVED_IN_X":           {AtDisconnect, total, true, within(always, resolution)},
	"SERVICE_LEVEL":                    {AtDisconnect, percent, true, within(wasQueued, queueTime)},
	"ABANDONMENT_RATE":                 {AtDisconnect, percent, false, share(wasQueued, abandoned)},
	"AVG_QUEUE_ANSWER_TIME":            {AtDisconnect, average, false, timed(answered, queueTime)},
	"AVG_ABANDON_TIME":                 {AtDisconnect, average, false, timed(abandoned, queueTime)},
	"MAX_QUEUED_TIME":                  {AtDisconnect, most, false, timed(wasQueued, queueTime)},
	"AVG_CONTACT_DURATION":             {AtDisconnect, average, false, timed(always, duration)},
	"AVG_RESOLUTION_TIME":              {AtDisconnect, average, false, timed(always, resolution)},
	"AVG_HANDLE_TIME":                  {AtDisconnect, average, false, timed(handled, handleTime)},
	"SUM_HANDLE_TIME":                  {AtDisconnect, total, false, timed(handled, handleTime)},
	"AVG_ACTIVE_TIME":                  {AtDisconnect, average, false, timed(handled, activeTime)},
	"AVG_AGENT_PAUSE_TIME":             {AtDisconnect, average, false, timed(handled, pauseTime)},
	"AVG_INTERACTION_TIME":             {AtDisconnect, average, false, timed(handled, interaction)},
	"SUM_INTERACTION_TIME":             {AtDisconnect, total, false, timed(handled, interaction)},
	"AVG_INTERACTION_AND_HOLD_TIME":    {AtDisconnect, average, false, timed(handled, interaction)},
	"SUM_INTERACTION_AND_HOLD_TIME":    {AtDisconnect, total, false, timed(handled, interaction)},
	"AVG_AFTER_CONTACT_WORK_TIME":      {AtDisconnect, average, false, timed(handled, afterWork)},
	"SUM_AFTER_CONTACT_WORK_TIME":      {AtDisconnect, total, false, timed(handled, afterWork)},
	"SUM_CONTACT_FLOW_TIME":            {AtDisconnect, total, false, timed(inFlow, flowTime)},
	"AVG_HOLD_TIME":                    {AtDisconnect, average, false, timed(handled, noTime)},
	"SUM_HOLD_TIME":                    {AtDisconnect, total, false, timed(handled, noTime)},
	"AVG_HOLDS":                        {AtDisconnect, average, false, timed(handled, noTime)},
	"CONTACTS_PUT_ON_HOLD":             {AtDisconnect, total, false, number(never)},
	"CONTACTS_HOLD_ABANDONS":           {AtDisconnect, total, false, number(never)},
}

// number counts tasks.
func number(is func(*contact.Contact) bool) measure {
	return func(c *contact.Contact, _ Threshold) (bool, bool, float64) { return true, is(c), 1 }
}

// share counts tasks among others.
func share(of, is func(*contact.Contact) bool) measure {
	return func(c *contact.Contact, _ Threshold) (bool, bool, float64) { return of(c), of(c) && is(c), 1 }
}

// within counts those among tasks whose time keeps to the threshold.
func within(of func(*contact.Contact) bool, long func(*contact.Contact) time.Duration) measure {
	return func(c *contact.Contact, t Threshold) (bool, bool, float64) {
		return of(c), of(c) && t.holds(long(c)), 1
	}
}

// timed takes a time of tasks.
func timed(of func(*contact.Contact) bool, long func(*contact.Contact) time.Duration) measure {
	return func(c *contact.Contact, _ Threshold) (bool, bool, float64) {
		return of(c), of(c), max(0, long(c).Seconds())
	}
}

func always(*contact.Contact) bool        { return true }
func never(*contact.Contact) bool         { return false }
func wasQueued(c *contact.Contact) bool   { return !c.Enqueued.IsZero() }
func handled(c *contact.Contact) bool     { return !c.ConnectedToAgent.IsZero() }
func answered(c *contact.Contact) bool    { return wasQueued(c) && handled(c) }
func transferred(c *contact.Contact) bool { return c.Next != "" }
func inFlow(c *contact.Contact) bool      { return !c.InFlowFrom().IsZero() }

func abandoned(c *contact.Contact) bool { return wasQueued(c) && !handled(c) && !transferred(c) }

func noTime(*contact.Contact) time.Duration { return 0 }

// queueTime is how long a task was in its queue: until an agent accepted it, or until it ended there.
func queueTime(c *contact.Contact) time.Duration {
	if handled(c) {
		return c.ConnectedToAgent.Sub(c.Enqueued)
	}
	return c.Disconnected.Sub(c.Enqueued)
}

func duration(c *contact.Contact) time.Duration { return c.Disconnected.Sub(c.Initiated) }

func resolution(c *contact.Contact) time.Duration { return duration(c) + afterWork(c) }

// afterWork is the after-contact work that is over.
func afterWork(c *contact.Contact) time.Duration {
	if c.ACWStart.IsZero() || c.ACWEnd.IsZero() {
		return 0
	}
	return c.ACWEnd.Sub(c.ACWStart)
}

func handleTime(c *contact.Contact) time.Duration {
	return c.Disconnected.Sub(c.ConnectedToAgent) + afterWork(c)
}

func pauseTime(c *contact.Contact) time.Duration { return c.AgentPausedFor }

func activeTime(c *contact.Contact) time.Duration { return handleTime(c) - pauseTime(c) }

func interaction(c *contact.Contact) time.Duration {
	return c.Disconnected.Sub(c.ConnectedToAgent) - pauseTime(c)
}

// flowTime is how long a task was in flows before it was queued, connected or over.
func flowTime(c *contact.Contact) time.Duration {
	end := c.Disconnected
	for _, at := range []time.Time{c.Enqueued, c.ConnectedToAgent} {
		if !at.IsZero() && at.Before(end) {
			end = at
		}
	}
	return end.Sub(c.InFlowFrom())
}

// MomentOf is when a historical metric counts a task.
func MomentOf(n Name) Moment { return histories[n].at }
