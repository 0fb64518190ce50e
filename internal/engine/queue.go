package engine

import (
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// Queue finds a queue by id or ARN: a standard queue, or the one that a user owns. That is of kind
// [arn.AgentQueue], its id is the user's, and it has neither name nor hours.
// It fails with [fault.NotFound].
func (e *Engine) Queue(instance, idOrARN string) (Entry[routing.Queue], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	return t.queue(idOrARN)
}

func (t *tenant) queue(idOrARN string) (Entry[routing.Queue], error) {
	q, err := find[routing.Queue](t, arn.Queue, idOrARN)
	if err == nil {
		return q, nil
	}
	if own, err := t.agentQueue(idOrARN); err == nil {
		return own, nil
	}
	return q, err
}

// agentQueue finds a user's own queue by its ARN or by the user's id. It fails with [fault.NotFound].
func (t *tenant) agentQueue(idOrARN string) (Entry[routing.Queue], error) {
	id, err := t.Resolve(arn.AgentQueue, idOrARN)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	u, err := find[directory.User](t, arn.User, id)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	return Entry[routing.Queue]{
		Resource: Resource{Kind: arn.AgentQueue, ID: u.ID, Version: u.Version, Modified: u.Modified},
		ARN:      t.Of(arn.AgentQueue, u.ID), Value: &routing.Queue{ID: u.ID},
	}, nil
}

// isAgentQueue reports whether an id or ARN means a user's own queue.
func (t *tenant) isAgentQueue(idOrARN string) bool {
	_, err := t.agentQueue(idOrARN)
	return err == nil
}

// queueOf is the queue that a contact has entered; the zero Entry when it was never queued. Of a queue that is
// gone only id and ARN are left.
func (t *tenant) queueOf(c *contact.Contact) Entry[routing.Queue] {
	if c.Queue == "" {
		return Entry[routing.Queue]{}
	}
	if q, err := t.queue(c.Queue); err == nil {
		return q
	}
	return Entry[routing.Queue]{
		Resource: Resource{Kind: arn.Queue, ID: c.Queue}, ARN: t.Of(arn.Queue, c.Queue), Value: &routing.Queue{ID: c.Queue},
	}
}

// target is the queue that a flow chooses: a standard queue by id or ARN, or an agent's own, of which it is the
// user's id. It fails with [fault.NotFound].
func (t *tenant) target(queue, agent string) (string, error) {
	if agent != "" {
		u, err := t.agentNamed(agent)
		return u.ID, err
	}
	q, err := find[routing.Queue](t, arn.Queue, queue)
	if err == nil {
		return q.ID, nil
	}
	if strings.HasPrefix(queue, "arn:") { // a flow may hand on $.Queue.ARN
		q, err = t.agentQueue(queue)
	}
	return q.ID, err
}

// agentNamed finds a user as a flow names them: by id, ARN or login name, or by the ARN of their queue.
// It fails with [fault.NotFound].
func (t *tenant) agentNamed(name string) (Entry[directory.User], error) {
	if id, err := t.Resolve(arn.AgentQueue, name); err == nil {
		name = id
	}
	u, err := find[directory.User](t, arn.User, name)
	if err != nil && !strings.HasPrefix(name, "arn:") {
		return findNamed[directory.User](t, arn.User, name)
	}
	return u, err
}

// admit reports whether a queue takes one more contact. It fails with [fault.Unusable] when the queue is disabled, and
// with [fault.Quota] when as many wait in it as may. Contacts that come at the same moment do not see each other, so
// that a burst can exceed the limit by a few, as it can in Amazon Connect
// (https://docs.aws.amazon.com/connect/latest/adminguide/set-maximum-queue-limit.html).
func (t *tenant) admit(tx Tx, q Entry[routing.Queue], c *contact.Contact) error {
	if q.Value.Disabled {
		return fault.New(fault.Unusable, "queue %s is disabled", q.ID)
	}
	limit, limited := t.capOf(q, c)
	if !limited {
		return nil
	}
	n, err := tx.CountWaiting(q.ID, limit)
	if err == nil && n >= limit {
		err = fault.New(fault.Quota, "%d contacts wait in %s %s already", n, q.Kind.Noun(), q.ID)
	}
	return err
}

// capOf is how many contacts may wait in a queue before it refuses one; false: any number may.
func (t *tenant) capOf(q Entry[routing.Queue], c *contact.Contact) (n int, capped bool) {
	if q.Kind == arn.AgentQueue {
		quota := t.quotas[QuotaAgentQueueContacts]
		return quota, quota > 0
	}
	return q.Value.Cap(c.Method == contact.MethodTransfer || c.Queue != "")
}
