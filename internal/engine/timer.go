package engine

import (
	"strconv"
	"time"
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

// Timer is something to do at a time. It is stored with the contact it belongs to and survives restarts.
type Timer struct {
	Kind    TimerKind
	Contact string
	Agent   string // only REJECT
	// Stamp tells what it was set for, so that a timer of an earlier thing does not end a later one: the number of
	// an OFFER, the stamp of the run that a WAIT, CALL or CUT is for, the index of a STEP.
	Stamp int
	Due   time.Time
}

// ID names the timer within its instance. A timer that is set again under the same id replaces the first.
func (t Timer) ID() string {
	id := string(t.Kind) + "/" + t.Contact
	if t.Stamp != 0 {
		id += "/" + strconv.Itoa(t.Stamp)
	}
	return id
}
