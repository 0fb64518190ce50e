package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

// maxDepth bounds how many tasks can have made each other by CreateTask, so that flows that make each other's tasks
// without end are stopped (docs/divergences.md).
const maxDepth = 100

// newTask makes a task that a flow asks for. Its own flow begins in a command of its own, so that this one stays
// small whatever tasks make of each other.
func (r *flowRun) newTask(e flow.NewTask) (string, error) {
	if r.c.Depth >= maxDepth {
		return "", fault.New(fault.Unusable, "%d tasks have made each other", maxDepth)
	}
	in := StartTask{
		Flow: e.Flow, Template: e.Template, Combined: true, Name: e.Name, Description: e.Description, References: e.References,
		Attributes: e.Attributes, Previous: e.Previous, Related: e.Related, ScheduledFor: e.At,
		Segment: Segment{Life: e.Expiry},
	}
	if e.Delay > 0 {
		in.ScheduledFor = r.tx.Now().Add(e.Delay)
	}
	if err := r.room.take(r.t.quotas[QuotaActiveTasks]); err != nil {
		return "", notTheQueue(err)
	}
	s := &beginning{e: r.e, t: r.t, tx: r.tx, room: r.room, by: r.handling}
	h, err := s.newTask(in)
	if err != nil {
		r.room.leave()
		return "", err
	}
	h.c.Depth = r.c.Depth + 1
	if err := h.happened(h.c.Begin(r.tx.Now()), nil); err != nil {
		return "", err
	}
	r.others = append(r.others, h)
	r.tx.SetTimer(expiryTimer(h.c))
	if h.c.State == contact.Scheduled {
		r.tx.SetTimer(startTimer(h.c))
		return h.c.ID, nil
	}
	return h.c.ID, h.later()
}

// later has the contact's inbound flow begin in a command of its own.
func (h *handling) later() error {
	ref, _, err := h.t.current(arn.Flow, h.c.Flow)
	if err != nil {
		return err
	}
	text, err := suspended{State: flow.State{Document: ref}, Began: h.tx.Now()}.encode()
	if err != nil {
		return err
	}
	stamp := h.c.Suspend(contact.RunInbound, text)
	h.tx.SetTimer(waitTimer(h.c.ID, stamp, h.tx.Now()))
	return nil
}

// requeue moves the contact from the queue it waits in to another: it ends, and the next of its chain waits there.
func (r *flowRun) requeue(e flow.Requeue) error {
	if r.c.State != contact.Queued {
		return fault.New(fault.Conflict, "contact %s is %s", r.c.ID, r.c.State)
	}
	target, err := r.t.target(e.Queue, e.Agent)
	if err != nil {
		return err
	}
	queue, err := r.t.queue(target)
	if err != nil {
		return err
	}
	if err := r.t.admit(r.tx, queue, r.c); err != nil {
		return err
	}
	chain, err := r.attributes()
	if err != nil {
		return err
	}
	if err := chain.Transfer(r.t.quotas[QuotaTransfers]); err != nil {
		return notTheQueue(err)
	}
	next, err := r.c.Requeued(r.e.newContactID(r.tx.Now()), r.tx.Now())
	if err != nil {
		return err
	}
	next.Target = target
	if err := r.room.take(0); err != nil { // the one takes the place of the other
		return err
	}
	if err := r.disconnect(contact.ReasonOther); err != nil {
		return err
	}
	return r.followed(next, chain)
}

// revive queues the task anew whose disconnect flow asks for it, as the next contact of its chain.
func (r *flowRun) revive(queue Entry[routing.Queue]) error {
	if err := r.t.admit(r.tx, queue, r.c); err != nil {
		return err
	}
	chain, err := r.attributes()
	if err != nil {
		return err
	}
	if err := r.room.take(r.t.quotas[QuotaActiveTasks]); err != nil {
		return notTheQueue(err)
	}
	if err := chain.Transfer(r.t.quotas[QuotaTransfers]); err != nil {
		r.room.leave()
		return notTheQueue(err)
	}
	return r.followed(r.c.Revived(r.e.newContactID(r.tx.Now())), chain)
}

// followed begins the life of the next contact of the chain, in the queue that it targets.
func (r *flowRun) followed(next *contact.Contact, chain *contact.Chain) error {
	h := &handling{e: r.e, t: r.t, tx: r.tx, c: next, chain: chain, room: r.room, chainChanged: true}
	r.others = append(r.others, h)
	if err := h.happened(next.Begin(r.tx.Now()), nil); err != nil {
		return err
	}
	r.tx.SetTimer(expiryTimer(next))
	return h.queued()
}

// notTheQueue makes a quota that is reached a failure like any other: only a full queue has a branch of its own.
func notTheQueue(err error) error {
	if fault.Is(err, fault.Quota) {
		return fault.New(fault.Unusable, "%v", err)
	}
	return err
}
