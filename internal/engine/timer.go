package engine

import (
	"strconv"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

// TimerKind says what is to happen when a timer is due.
type TimerKind string

// The kinds of timer.
const (
	TimerStart  TimerKind = "START"  // a scheduled task's time has come
	TimerExpiry TimerKind = "EXPIRY" // the task's life is over
	TimerOffer  TimerKind = "OFFER"  // an offer ran out
	TimerReject TimerKind = "REJECT" // a declined task leaves the agent's hands
	TimerACW    TimerKind = "ACW"    // after-contact work is over
	TimerWait   TimerKind = "WAIT"   // a flow has waited long enough
	TimerCall   TimerKind = "CALL"   // a function has not answered
	TimerCut    TimerKind = "CUT"    // a flow has run long enough
	TimerStep   TimerKind = "STEP"   // a step of routing criteria is over
)

// timerRule is what the engine knows of a kind of timer.
type timerRule struct {
	// due is when a timer of a contact is due that can be set anew under the same id; the zero time when the contact has
	// none. nil: a timer of the kind is never set anew.
	due func(c *contact.Contact, stamp int) time.Time
	// fire does what a timer was set for, unless its stamp says that this no longer applies.
	fire func(*handling, Timer) error
}

// timerRules are all the kinds.
var timerRules = map[TimerKind]timerRule{
	TimerStart: {
		func(c *contact.Contact, _ int) (at time.Time) {
			if c.State == contact.Scheduled {
				at = c.ScheduledFor
			}
			return at
		},
		func(h *handling, _ Timer) error { return h.timeReached() },
	},
	TimerExpiry: {
		func(c *contact.Contact, _ int) (at time.Time) {
			if !c.Disconnecting() {
				at = c.Expires
			}
			return at
		},
		func(h *handling, _ Timer) error { return h.expired() },
	},
	TimerOffer:  {nil, func(h *handling, t Timer) error { return h.offerExpired(t.Stamp) }},
	TimerReject: {nil, (*handling).rejectOver},
	TimerACW:    {nil, func(h *handling, _ Timer) error { return h.acwOver() }},
	TimerWait:   {nil, func(h *handling, t Timer) error { return h.waited(t.Stamp) }},
	TimerCall:   {nil, (*handling).callAgain},
	TimerCut:    {nil, func(h *handling, t Timer) error { return h.cut(t.Stamp) }},
	TimerStep: {
		(*contact.Contact).StepDue,
		func(h *handling, t Timer) error { return h.stepExpired(t.Stamp) },
	},
}

// Each kind of timer is made by one function. Where only the id matters, the time may be zero.

// startTimer begins a scheduled task.
func startTimer(c *contact.Contact) Timer {
	return Timer{Kind: TimerStart, Contact: c.ID, Due: c.ScheduledFor}
}

// expiryTimer ends the life of a contact.
func expiryTimer(c *contact.Contact) Timer {
	return Timer{Kind: TimerExpiry, Contact: c.ID, Due: c.Expires}
}

// offerTimer ends the offer that stands.
func offerTimer(c *contact.Contact, due time.Time) Timer {
	return Timer{Kind: TimerOffer, Contact: c.ID, Stamp: c.Attempt, Due: due}
}

// rejectTimer takes a task off the hands of the user who has declined it.
func rejectTimer(c *contact.Contact, user string, due time.Time) Timer {
	return Timer{Kind: TimerReject, Contact: c.ID, Agent: user, Stamp: c.Attempt, Due: due}
}

// acwTimer ends the after-contact work of a contact.
func acwTimer(c *contact.Contact, due time.Time) Timer {
	return Timer{Kind: TimerACW, Contact: c.ID, Agent: c.Agent, Due: due}
}

// waitTimer ends the wait of a run, callTimer the time that the function has which it has called, and cutTimer the run.
func waitTimer(contact string, stamp int, due time.Time) Timer {
	return Timer{Kind: TimerWait, Contact: contact, Stamp: stamp, Due: due}
}

func callTimer(contact string, stamp int, due time.Time) Timer {
	return Timer{Kind: TimerCall, Contact: contact, Stamp: stamp, Due: due}
}

func cutTimer(contact string, stamp int, due time.Time) Timer {
	return Timer{Kind: TimerCut, Contact: contact, Stamp: stamp, Due: due}
}

// stepTimer ends the step of routing criteria that is active.
func stepTimer(c *contact.Contact) Timer {
	stamp := 0
	if i := c.Criteria.Active(); i >= 0 {
		stamp = c.Criteria.Stamp(i)
	}
	return Timer{Kind: TimerStep, Contact: c.ID, Stamp: stamp, Due: c.StepDue(stamp)}
}

// Timer is something to do at a time. It is stored with the contact it belongs to and survives restarts.
type Timer struct {
	Kind    TimerKind
	Contact string
	Agent   string // only REJECT
	// Stamp tells what it was set for, so that a timer of an earlier thing does not end a later one: the number of
	// an OFFER, the stamp of the run that a WAIT, CALL or CUT is for, the index of a STEP.
	Stamp int
	Due   time.Time

	// Failures is how often it has been fired in vain. It is the store's: a timer that is set has none.
	Failures int
}

// ID names the timer within its instance. A timer that is set again under the same id replaces the first.
func (t Timer) ID() string {
	id := string(t.Kind) + "/" + t.Contact
	if t.Stamp != 0 {
		id += "/" + strconv.Itoa(t.Stamp)
	}
	return id
}
