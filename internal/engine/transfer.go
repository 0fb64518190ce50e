package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// TransferTask says where a task is to go. Ids may be ARNs.
type TransferTask struct {
	Contact string
	Flow    string // runs on the new contact
	Queue   string // preset for the flow; may be empty
	User    string // whose queue is preset for the flow; may be empty
	Token   string `json:"-"` // idempotency token; empty: none
}

const opTransfer = "TransferContact"

// Transfer ends a contact and makes the next of its chain, on which a flow runs; all in one commit. It returns the
// new contact's id; a repeated token returns that of the first call.
//
// It fails with [fault.NotFound] for an unknown contact, flow, queue or user, with [fault.Unusable] for members that
// do not go together, a flow that cannot be run or that just ends the task when its queue does not take it, and a task that
// has not begun or is over, with [fault.Reused] for a token used with other parameters, and with [fault.Quota] after too
// many transfers or when the instance is full.
func (e *Engine) Transfer(ctx context.Context, instance string, in TransferTask) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	if in.Queue != "" && in.User != "" {
		return "", fault.New(fault.Unusable, "Specify at most one of QueueId and UserId")
	}
	return e.begin(ctx, t, opTransfer, in.Token, in, func(s *beginning) error {
		return s.transfer(in)
	})
}

// TransferInHand transfers a task that an agent has in hand to where a quick connect leads; see [Engine.Transfer].
// It fails as that does, with [fault.Conflict] when the task is not theirs, and with [fault.Unusable] for a quick
// connect of a type that tasks cannot follow.
func (e *Engine) TransferInHand(ctx context.Context, instance, contactID, user, quickConnect string) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	return e.begin(ctx, t, opTransfer, "", nil, func(s *beginning) error {
		c, err := s.t.linked(s.tx, contactID)
		if err != nil {
			return err
		}
		if err := (&handling{c: c}).works(user); err != nil {
			return err
		}
		program, target, err := s.t.leads(quickConnect)
		if err != nil {
			return err
		}
		return s.handOver(c, program, target)
	})
}

func (s *beginning) transfer(in TransferTask) error {
	c, err := s.t.linked(s.tx, in.Contact)
	if err != nil {
		return err
	}
	program, target, err := s.t.whereTo(in)
	if err != nil {
		return err
	}
	return s.handOver(c, program, target)
}

// handOver ends a contact and makes the next of its chain, on which a flow runs with a preset target.
func (s *beginning) handOver(c *contact.Contact, program, target string) error {
	next, err := c.Successor(s.e.newContactID(s.tx.Now()), program, s.tx.Now())
	if err != nil {
		return err
	}
	next.Target = target
	old := &handling{e: s.e, t: s.t, tx: s.tx, c: c, room: s.room}
	if err := old.disconnect(contact.ReasonOther); err != nil {
		return err
	}
	h := &handling{e: s.e, t: s.t, tx: s.tx, c: next, room: s.room, chainChanged: true}
	if h.chain, err = old.attributes(); err != nil {
		return err
	}
	if err := h.chain.Transfer(s.e.quotas[QuotaTransfers]); err != nil {
		return err
	}
	quota := s.e.quotas[QuotaActiveTasks]
	if !c.Open() {
		quota = 0 // the one takes the place of the other
	}
	if err := s.room.take(quota); err != nil {
		return err
	}
	if err := old.put(); err != nil {
		return err
	}
	if err := s.start(h); err != nil {
		return err
	}
	return h.arrived(c.ID)
}

// arrived reports whether a transfer has led anywhere. One whose contact its queue has not taken, and whose flow has then
// done nothing but end it, leaves the task where it was (https://docs.aws.amazon.com/connect/latest/adminguide/transfer-to-queue.html).
// It fails with [fault.Unusable].
func (h *handling) arrived(from string) error {
	if h.unqueued == nil || !h.c.Disconnecting() || h.c.Next != "" {
		return nil
	}
	return fault.New(fault.Unusable, "contact %s was not transferred: %v", from, h.unqueued)
}

// whereTo finds the flow that takes a transferred task on, and the queue or user that is preset for it.
func (t *tenant) whereTo(in TransferTask) (program, target string, err error) {
	switch {
	case in.Queue != "":
		var q Entry[routing.Queue]
		q, err = t.queue(in.Queue)
		target, err = q.ID, fault.In("QueueId", err)
	case in.User != "":
		var u Entry[directory.User]
		u, err = find[directory.User](t, arn.User, in.User)
		target, err = u.ID, fault.In("UserId", err)
	}
	if err != nil {
		return "", "", err
	}
	program, err = t.usableFlow(in.Flow, startTypes...)
	return program, target, fault.In("ContactFlowId", err)
}
