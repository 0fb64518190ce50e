package engine

import (
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/flow"
)

// handling is what one command does to one contact, and with it to the attributes of its chain and to the agent who
// has it. A transaction does not see its own writes, so the three are read once and written by [handling.put].
type handling struct {
	e      *Engine
	t      *tenant
	tx     Tx
	room   *rooms
	c      *contact.Contact
	chain  *contact.Chain // see attributes
	a      *agent.Agent   // see hands
	events []contact.Event
	due    []dueRun    // see will
	others []*handling // contacts that are written with this one: those that its flows make, and the related one

	// unqueued is why the queue that the contact targets has not taken it, as long as its flow has done nothing about
	// that.
	unqueued error

	changed, chainChanged bool
	resumed               bool // the contact was resumed: what its inbound flow waited for may have come
}

// happened takes in what an event of the domain has brought, or passes on why it was refused.
func (h *handling) happened(events []contact.Event, err error) error {
	if err != nil {
		return err
	}
	h.changed = true
	h.events = append(h.events, events...)
	return nil
}

// attributes reads the contact's chain.
func (h *handling) attributes() (*contact.Chain, error) {
	if h.chain != nil {
		return h.chain, nil
	}
	var err error
	h.chain, err = h.tx.Chain(h.c.Chain())
	return h.chain, err
}

// hands reads the agent who has the contact, or is to have it.
func (h *handling) hands(user string) (*agent.Agent, error) {
	if h.a != nil && h.a.ID == user {
		return h.a, nil
	}
	var err error
	h.a, err = h.t.presence(h.tx, user)
	return h.a, err
}

// presence reads an agent; who never chose a status is offline.
func (t *tenant) presence(tx Tx, user string) (*agent.Agent, error) {
	a, err := tx.Agent(user)
	if err == nil && a == nil {
		a = &agent.Agent{ID: user, Type: agent.Offline, Status: t.offline(), StatusSince: tx.Now(), Idle: tx.Now()}
	}
	return a, err
}

// put runs the flows that what has happened calls for, and writes all that has changed.
func (h *handling) put() error {
	if err := h.runDue(); err != nil {
		return err
	}
	h.activate()
	if h.changed {
		h.tx.PutContact(h.c)
		h.tx.Emit(h.c.ID, h.events...)
	}
	if h.chainChanged {
		h.tx.PutChain(h.chain)
	}
	if h.a != nil {
		h.tx.PutAgent(h.a)
	}
	for _, other := range h.others {
		if err := other.put(); err != nil {
			return err
		}
	}
	return nil
}

// disconnect ends the contact: also in the hands of its agent, and its timers.
// It fails with [fault.Gone] when the contact is disconnected already.
func (h *handling) disconnect(why contact.Reason) error {
	was, user, worked := h.c.State, h.c.Agent, h.c.WithAgent()
	h.clearStepTimer()
	if err := h.happened(h.c.Disconnect(why, h.tx.Now())); err != nil {
		return err
	}
	h.drop(contact.RunInbound)
	h.drop(contact.RunPause)
	if worked {
		h.will(contact.RunAgentUI, flow.HookDisconnectAgentUI, "")
	}
	if why != contact.ReasonOther { // one that is transferred goes on as the next
		h.will(contact.RunDisconnect, flow.HookCustomerRemaining, "")
	}
	if h.c.Version > 0 { // a new one has no timer yet
		h.tx.ClearTimer(expiryTimer(h.c).ID())
	}
	if was == contact.Scheduled {
		h.tx.ClearTimer(startTimer(h.c).ID())
	}
	if was == contact.Connecting {
		return h.withdraw(user)
	}
	if !worked {
		return nil
	}
	a, err := h.hands(user)
	if err != nil {
		return err
	}
	h.startACW()
	return a.End(h.c.ID, h.tx.Now())
}

// withdraw takes back the offer that stands.
func (h *handling) withdraw(user string) error {
	h.tx.ClearTimer(offerTimer(h.c, time.Time{}).ID())
	a, err := h.hands(user)
	if err != nil {
		return err
	}
	a.Withdraw(h.c.ID, h.tx.Now())
	return nil
}

// startACW sets the timer of after-contact work, for an agent whose time for it is bounded.
func (h *handling) startACW() {
	u, err := find[directory.User](h.t, arn.User, h.c.Agent)
	if err != nil || u.Value.AfterContactWork == 0 {
		return
	}
	h.tx.SetTimer(acwTimer(h.c, h.tx.Now().Add(u.Value.AfterContactWork)))
}

// closed finishes after-contact work.
func (h *handling) closed(now time.Time) error {
	h.tx.ClearTimer(acwTimer(h.c, time.Time{}).ID())
	return h.happened(h.c.Close(now))
}
