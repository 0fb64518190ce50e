// Package agent is what an agent is doing: the chosen status, the one that waits, and the tasks in hand.
//
// An agent holds a leg for each task that is offered to them or that they work. A leg occupies a slot until
// it is gone:
//
//	offer ► CONNECTING ─ accept ► CONNECTED ─ end, stop, expiry ► ENDED ─ close ► (gone)
//	            │          take ►  ▲    │                           ▲
//	            │           resume └─ PAUSED ─ end, stop, expiry ───┘   takes no slot
//	            ├─ time runs out ► MISSED ─── clear, status change ─────────────► (gone)
//	            ├─ decline ──────► REJECTED ─ clear, 2 s, status change ────────► (gone)
//	            └─ withdrawn ───────────────────────────────────────────────────► (gone)
//
// ENDED is after-contact work. The words are Amazon Connect's
// (https://docs.aws.amazon.com/connect/latest/adminguide/about-contact-states.html).
package agent

import (
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// StatusType says what a status means to the router.
type StatusType string

// The types of status.
const (
	Routable StatusType = "ROUTABLE"
	Offline  StatusType = "OFFLINE"
	Custom   StatusType = "CUSTOM"
)

// Status is a status that agents can choose, such as Available, Offline or Lunch.
type Status struct {
	ID           string     `json:"-"`
	Name         string     `json:"-"`
	Description  string     `json:"description,omitempty"`
	Type         StatusType `json:"type"`
	DisplayOrder int        `json:"displayOrder,omitempty"`
	Disabled     bool       `json:"disabled,omitempty"`

	Tags map[string]string `json:"tags,omitempty"`
}

// Slots is a number of tasks an agent can have in hand at once.
type Slots int

// LegState is where one task stands for the agent.
type LegState string

// The states of a leg; see the package comment.
const (
	Connecting LegState = "CONNECTING"
	Connected  LegState = "CONNECTED"
	Paused     LegState = "PAUSED"
	Missed     LegState = "MISSED"
	Rejected   LegState = "REJECTED"
	Ended      LegState = "ENDED"
)

// moves lists every legal transition of a leg. A pair that is absent is illegal.
var moves = map[LegState][]LegState{
	Connecting: {Connected, Missed, Rejected},
	Connected:  {Paused, Ended},
	Paused:     {Connected, Ended},
	Missed:     {},
	Rejected:   {},
	Ended:      {},
}

// Leg is one task in an agent's hands.
type Leg struct {
	Contact  string    `json:"contact"`
	State    LegState  `json:"state"`
	Since    time.Time `json:"since"`
	Deadline time.Time `json:"deadline,omitzero"` // when the offer runs out, while CONNECTING
	Taken    bool      `json:"taken,omitempty"`   // it came without an offer

	// Since when the agent counted as available before it rang, while CONNECTING; see [Agent.Withdraw].
	Idle    time.Time `json:"idle,omitzero"`
	Inbound time.Time `json:"inbound,omitzero"`
}

// live reports whether the leg keeps its agent from changing status at once.
func (l Leg) live() bool { return l.State == Connecting || l.State == Connected || l.State == Paused }

// Agent is the presence of one user. Agents who never chose a status are offline.
type Agent struct {
	ID          string     `json:"-"` // the user's id
	Version     int64      `json:"-"` // of the row that was read; 0 when there is none yet
	Status      string     `json:"status"`
	Type        StatusType `json:"type"`
	StatusSince time.Time  `json:"statusSince"`
	Next        string     `json:"next,omitempty"` // status that applies when the last task is closed
	NextType    StatusType `json:"nextType,omitempty"`
	Idle        time.Time  `json:"idle"`             // since when they count as available: the longest goes first
	Inbound     time.Time  `json:"inbound,omitzero"` // as Idle, but for tasks that came without an offer
	Legs        []Leg      `json:"legs,omitempty"`
	Declined    []Decline  `json:"declined,omitempty"`
}

// Decline keeps a task that the agent has declined away from them for a while.
type Decline struct {
	Contact string    `json:"contact"`
	Until   time.Time `json:"until"`
}

// Check fails when the agent has a status of a type, or a leg in a state, that this version does not know.
func (a *Agent) Check() error {
	for _, t := range []StatusType{a.Type, a.NextType} {
		if t != Routable && t != Offline && t != Custom && t != "" {
			return fmt.Errorf("type of status %q is not known", t)
		}
	}
	for _, l := range a.Legs {
		if _, ok := moves[l.State]; !ok {
			return fmt.Errorf("state %q of the leg of contact %s is not known", l.State, l.Contact)
		}
	}
	return nil
}

// Leg finds the leg of a contact.
func (a *Agent) Leg(contact string) (Leg, bool) {
	i := a.index(contact)
	if i < 0 {
		return Leg{}, false
	}
	return a.Legs[i], true
}

func (a *Agent) index(contact string) int {
	return slices.IndexFunc(a.Legs, func(l Leg) bool { return l.Contact == contact })
}

// Occupied is how many slots the agent's tasks take. Those that are paused take none.
func (a *Agent) Occupied() Slots { return Slots(len(a.Legs)) - a.paused() }

func (a *Agent) paused() Slots {
	n := Slots(0)
	for _, l := range a.Legs {
		if l.State == Paused {
			n++
		}
	}
	return n
}

// Ready reports whether the router may offer this agent tasks at all: their status is routable, none waits, and
// no missed task is left uncleared (routing.md §3.6 calls this missed_blocks=agent; docs/divergences.md).
func (a *Agent) Ready() bool {
	return a.Type == Routable && a.Next == "" &&
		!slices.ContainsFunc(a.Legs, func(l Leg) bool { return l.State == Missed })
}

// Choose sets the status. While tasks are in hand a status that is not routable waits as the next status,
// tasks in after-contact work are closed at once and returned, and choosing a routable status cancels the
// one that waits (https://docs.aws.amazon.com/connect/latest/adminguide/set-next-status.html).
func (a *Agent) Choose(s Status, now time.Time) (closed []string) {
	kept := a.Legs[:0:0]
	for _, l := range a.Legs {
		switch {
		case l.live(), l.State == Ended && s.Type == Routable:
			kept = append(kept, l)
		case l.State == Ended:
			closed = append(closed, l.Contact)
		}
	}
	a.Legs = kept
	if s.Type != Routable && slices.ContainsFunc(a.Legs, Leg.live) {
		a.Next, a.NextType = s.ID, s.Type
		return closed
	}
	a.Next, a.NextType = "", ""
	a.become(s.ID, s.Type, now)
	return closed
}

func (a *Agent) become(status string, t StatusType, now time.Time) {
	if a.Status == status {
		return
	}
	a.Status, a.Type, a.StatusSince, a.Idle, a.Inbound = status, t, now, now, now
}

// open reports whether the agent can be offered a contact, as far as it does not depend on what else they have in hand.
func (a *Agent) open(contact string, now time.Time) bool {
	return a.Ready() && a.index(contact) < 0 && !a.declined(contact, now)
}

// Offer rings a task at the agent until the deadline.
// It fails with [fault.Conflict] when the agent cannot take one more within these slots.
func (a *Agent) Offer(contact string, slots Slots, deadline, now time.Time) error {
	if !a.open(contact, now) || a.Occupied() >= slots {
		return fault.New(fault.Conflict, "agent %s cannot be offered contact %s", a.ID, contact)
	}
	a.ring(contact, deadline, now)
	return nil
}

// Interrupt rings a task at the agent however many they have in hand. One can interrupt at a time.
// It fails with [fault.Conflict] when the agent cannot be offered any, when something rings at them already, and when
// they have the task in hand or have just declined it.
func (a *Agent) Interrupt(contact string, deadline, now time.Time) error {
	rings := slices.ContainsFunc(a.Legs, func(l Leg) bool { return l.State == Connecting })
	if !a.open(contact, now) || rings {
		return fault.New(fault.Conflict, "agent %s cannot be interrupted for contact %s", a.ID, contact)
	}
	a.ring(contact, deadline, now)
	return nil
}

// Pick rings a task at the agent whom it was given to by hand, whatever their status is, however many tasks they have in
// hand, and also when they have just declined it. It fails with [fault.Unusable] when they have it in hand.
func (a *Agent) Pick(contact string, deadline, now time.Time) error {
	if leg, has := a.Leg(contact); has && leg.State != Missed && leg.State != Rejected {
		return fault.New(fault.Unusable, "agent %s has contact %s already", a.ID, contact)
	}
	a.Legs = slices.DeleteFunc(slices.Clone(a.Legs), func(l Leg) bool { return l.Contact == contact })
	a.ring(contact, deadline, now)
	return nil
}

func (a *Agent) ring(contact string, deadline, now time.Time) {
	a.Legs = append(slices.Clone(a.Legs), Leg{
		Contact: contact, State: Connecting, Since: now, Deadline: deadline, Idle: a.Idle, Inbound: a.Inbound,
	})
	a.Idle, a.Inbound = now, now
}

// Accept connects the agent to a task that rings.
func (a *Agent) Accept(contact string, now time.Time) error { return a.move(contact, Connected, now) }

// Miss marks a task that rang in vain. When a status waits and nothing else is in hand, it applies.
func (a *Agent) Miss(contact string, now time.Time) error {
	if err := a.move(contact, Missed, now); err != nil {
		return err
	}
	a.applyNext(now)
	return nil
}

// Reject marks a task that the agent declined. It is not offered to them until a time, also when they have cleared
// it; [Agent.Forget] must follow then. When a status waits and nothing else is in hand, it applies.
func (a *Agent) Reject(contact string, until, now time.Time) error {
	if err := a.move(contact, Rejected, now); err != nil {
		return err
	}
	a.forget(func(d Decline) bool { return d.Contact == contact })
	a.Declined = append(a.Declined, Decline{contact, until})
	a.applyNext(now)
	return nil
}

// Forget lets tasks be offered to the agent again whose time is over.
func (a *Agent) Forget(now time.Time) {
	a.forget(func(d Decline) bool { return !d.Until.After(now) })
}

func (a *Agent) forget(what func(Decline) bool) {
	a.Declined = slices.DeleteFunc(slices.Clone(a.Declined), what)
	if len(a.Declined) == 0 {
		a.Declined = nil
	}
}

func (a *Agent) declined(contact string, now time.Time) bool {
	return slices.ContainsFunc(a.Declined, func(d Decline) bool { return d.Contact == contact && d.Until.After(now) })
}

// Pause sets a task that the agent works aside. They may pause as many as they have slots.
// It fails with [fault.Limit] when they have, and with [fault.Conflict] when they do not work the task.
func (a *Agent) Pause(contact string, slots Slots, now time.Time) error {
	if a.paused() >= slots {
		return fault.New(fault.Limit, "agent %s has %d paused tasks already, of at most %d", a.ID, a.paused(), slots)
	}
	return a.move(contact, Paused, now)
}

// Resume takes up a paused task again, also when that makes more tasks in hand than the agent has slots for: they
// then get no offers.
func (a *Agent) Resume(contact string, now time.Time) error {
	leg, ok := a.Leg(contact)
	if !ok || leg.State != Paused {
		return fault.New(fault.Conflict, "contact %s is not paused with agent %s", contact, a.ID)
	}
	return a.move(contact, Connected, now)
}

// Take puts a task straight into the agent's hands, whatever their status is and however many they have.
// It fails with [fault.Conflict] when they have it already.
func (a *Agent) Take(contact string, now time.Time) error {
	if a.index(contact) >= 0 {
		return fault.New(fault.Conflict, "agent %s has contact %s already", a.ID, contact)
	}
	a.Legs = append(slices.Clone(a.Legs), Leg{Contact: contact, State: Connected, Since: now, Taken: true})
	a.busied(true, now)
	return nil
}

// End puts a task that the agent works, or has paused, into after-contact work.
func (a *Agent) End(contact string, now time.Time) error { return a.move(contact, Ended, now) }

func (a *Agent) move(contact string, to LegState, now time.Time) error {
	i := a.index(contact)
	if i < 0 {
		return fault.New(fault.Conflict, "contact %s is not with agent %s", contact, a.ID)
	}
	if !slices.Contains(moves[a.Legs[i].State], to) {
		return fault.New(fault.Conflict, "contact %s is %s with agent %s and cannot become %s", contact, a.Legs[i].State, a.ID, to)
	}
	a.Legs = slices.Clone(a.Legs)
	a.Legs[i] = Leg{Contact: contact, State: to, Since: now, Taken: a.Legs[i].Taken}
	a.busied(a.Legs[i].Taken, now)
	return nil
}

// busied puts the agent at the end of the line of those who are available.
func (a *Agent) busied(taken bool, now time.Time) {
	if taken && a.Inbound.IsZero() {
		a.Inbound = a.Idle
	}
	if a.Idle = now; !taken {
		a.Inbound = now
	}
}

// Clear removes a task that is over for the agent: ended, missed or rejected.
// It fails with [fault.Unusable] while the task rings or is worked, and with [fault.NotFound] when the agent
// does not have it.
func (a *Agent) Clear(contact string, now time.Time) error {
	leg, ok := a.Leg(contact)
	if !ok {
		return fault.New(fault.NotFound, "contact %s is not with agent %s", contact, a.ID)
	}
	if leg.live() {
		return fault.New(fault.Unusable, "contact %s cannot be cleared: it is %s", contact, leg.State)
	}
	a.drop(contact, now)
	a.busied(leg.Taken, now)
	return nil
}

// Withdraw takes back an offer whose task ended elsewhere. The agent has the place in line again that they had before
// it rang, unless they have done something since.
func (a *Agent) Withdraw(contact string, now time.Time) {
	if leg, ok := a.Leg(contact); ok && leg.State == Connecting {
		a.unring(leg)
	}
	a.drop(contact, now)
}

// unring has an offer count for nothing: neither for the agent's place in line, nor for the places that later offers
// have kept. Offers of an earlier version have kept none.
func (a *Agent) unring(leg Leg) {
	if leg.Idle.IsZero() {
		return
	}
	before := func(idle, inbound *time.Time) {
		if idle.Equal(leg.Since) {
			*idle = leg.Idle
		}
		if inbound.Equal(leg.Since) {
			*inbound = leg.Inbound
		}
	}
	a.Legs = slices.Clone(a.Legs)
	before(&a.Idle, &a.Inbound)
	for i := range a.Legs {
		before(&a.Legs[i].Idle, &a.Legs[i].Inbound)
	}
}

// drop removes a leg; the status that waits applies when it was the last.
func (a *Agent) drop(contact string, now time.Time) {
	a.Legs = slices.DeleteFunc(slices.Clone(a.Legs), func(l Leg) bool { return l.Contact == contact })
	a.applyNext(now)
}

// applyNext has the status begin that waits, unless the agent still has something to do. What they have missed or
// declined is cleared.
func (a *Agent) applyNext(now time.Time) {
	if a.Next != "" && !slices.ContainsFunc(a.Legs, func(l Leg) bool { return l.live() || l.State == Ended }) {
		status, t := a.Next, a.NextType
		a.Next, a.NextType, a.Legs = "", "", nil
		a.become(status, t, now)
	}
}
