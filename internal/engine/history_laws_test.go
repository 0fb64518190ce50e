package engine_test

import (
	"fmt"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// after says where an event may come and where it leads; "over" is between the last two events of a task.
var after = map[contact.EventType]map[contact.State]contact.State{
	contact.EventInitiated:         {"": contact.Scheduled},
	contact.EventConnectedToSystem: {contact.Scheduled: contact.InFlow},
	contact.EventQueued:            {contact.InFlow: contact.Queued},
	contact.EventOffered:           {contact.Queued: contact.Connecting},
	contact.EventMissed:            {contact.Connecting: contact.Queued},
	contact.EventRejected:          {contact.Connecting: contact.Queued},
	contact.EventConnectedToAgent:  {contact.Connecting: contact.Connected, contact.InFlow: contact.Connected},
	contact.EventPaused: {
		contact.InFlow: contact.Paused, contact.Queued: contact.Paused, contact.Connecting: contact.Paused, contact.Connected: inHand,
	},
	contact.EventResumed: {contact.Paused: contact.InFlow, inHand: contact.Connected},
	contact.EventDisconnected: {
		contact.Scheduled: over, contact.InFlow: over, contact.Queued: over, contact.Connecting: over, contact.Paused: over,
		contact.Connected: contact.ACW, inHand: contact.ACW,
	},
	contact.EventCompleted: {over: contact.Ended, contact.ACW: contact.Ended},
}

const (
	over   contact.State = "disconnected, not completed"
	inHand contact.State = "PAUSED in hand"
)

// checkPaths: what happened to a contact is a way through the graph, and leads to where the contact is. So it is
// initiated once, disconnected at most once, and completed when it has ended and never again.
func (h *history) checkPaths(all []*contact.Contact, _ []*agent.Agent) error {
	for _, c := range all {
		events, err := h.engine.Events(h.ctx, instance, c.ID)
		if err != nil {
			return err
		}
		state, last, offers := contact.State(""), time.Time{}, 0
		for _, e := range events {
			if e.At.Before(last) {
				return fmt.Errorf("contact %s: %s comes before what happened before it", c.ID, e.Type)
			}
			last = e.At
			if e.Type == contact.EventAction || (e.Type == contact.EventDataUpdated || e.Type == contact.EventEdited) && state != "" {
				continue
			}
			to, legal := after[e.Type][state]
			if !legal {
				return fmt.Errorf("contact %s had %s while it was %q", c.ID, e.Type, state)
			}
			if state = to; e.Type == contact.EventOffered {
				offers++
			}
			if e.Type == contact.EventInitiated && c.Follows() {
				state = contact.InFlow
			}
		}
		if state == inHand && c.PausedFrom == contact.Connected {
			state = contact.Paused
		}
		if state != c.State || offers != c.Attempt {
			return fmt.Errorf("contact %s is %s after %d offers; its events lead to %s after %d", c.ID, c.State, c.Attempt, state, offers)
		}
	}
	return nil
}

// checkStates: what a contact says of itself goes together, and nothing is left that was due at a time.
func (h *history) checkStates(all []*contact.Contact, now time.Time) error {
	for _, c := range all {
		wrong := ""
		switch {
		case c.State == contact.Scheduled && !c.ScheduledFor.After(now):
			wrong = "should have started"
		case !c.Disconnecting() && !c.Expires.After(now):
			wrong = "should have expired"
		case c.Disconnecting() == c.Disconnected.IsZero() || c.Disconnecting() == (c.Reason == ""):
			wrong = "does not say when and why it was disconnected, or says so too early"
		case c.Next != "" && (c.Reason != contact.ReasonOther || h.known[c.Next].Previous != c.ID):
			wrong = "says that it was transferred, and was not"
		case (c.State == contact.Paused) != (c.PausedFrom != ""):
			wrong = "does not say where it was paused"
		case c.Pauses > most[engine.QuotaPauses] || c.Reschedules > most[engine.QuotaReschedules]:
			wrong = "was paused or rescheduled too often"
		case c.AgentPausedFor > c.PausedFor || c.PausedFor > 0 && c.Pauses == 0:
			wrong = "was paused longer with an agent than at all"
		}
		if wrong != "" {
			return fmt.Errorf("at %v, contact %+v %s", now, *c, wrong)
		}
	}
	return nil
}

// legOf is the leg that an agent must have of a contact.
func legOf(c *contact.Contact) agent.LegState {
	switch {
	case c.State == contact.Connecting:
		return agent.Connecting
	case c.State == contact.Connected:
		return agent.Connected
	case c.State == contact.Paused && c.WithAgent():
		return agent.Paused
	case c.State == contact.ACW:
		return agent.Ended
	}
	return ""
}

// checkHands: contacts and agents say the same of each other.
func (h *history) checkHands(all []*contact.Contact, agents []*agent.Agent) error {
	for _, c := range all {
		want, found := legOf(c), 0
		for _, a := range agents {
			leg, has := a.Leg(c.ID)
			if !has || leg.State == agent.Missed || leg.State == agent.Rejected {
				continue
			}
			if found++; leg.State != want || a.ID != c.Agent {
				return fmt.Errorf("contact %s is %s with %q, and %s has it as %s", c.ID, c.State, c.Agent, a.ID, leg.State)
			}
		}
		if (want != "") != (found == 1) || found > 1 {
			return fmt.Errorf("contact %s is %s with %q, and %d agents have it", c.ID, c.State, c.Agent, found)
		}
	}
	for _, a := range agents {
		for _, l := range a.Legs {
			if _, ok := h.known[l.Contact]; !ok {
				return fmt.Errorf("agent %s has contact %s, which does not exist", a.ID, l.Contact)
			}
		}
	}
	return nil
}

// checkAttributes: the attributes of a chain are those that calls have set on any of its members, and what flows
// have added. A related chain goes its own way.
func (h *history) checkAttributes(t *rapid.T) {
	for _, id := range h.tasks {
		c := h.known[id]
		_, got, err := h.engine.Contact(h.ctx, instance, id)
		if err != nil {
			t.Fatal(err)
		}
		byCalls := map[string]string{}
		for k, v := range got {
			if k != "flow" && k != "flow-related" {
				byCalls[k] = v
			}
		}
		if diff := cmp.Diff(h.attributes[c.Chain()], byCalls); diff != "" {
			t.Fatalf("attributes of contact %s in chain %s (-want +got):\n%s", id, c.Chain(), diff)
		}
	}
}
