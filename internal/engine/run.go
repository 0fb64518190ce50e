package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

// flowRun carries out what a flow asks for, within one command.
type flowRun struct {
	t      *tenant
	tx     Tx
	c      *contact.Contact
	chain  *contact.Chain
	events []contact.Event

	relatedChain *contact.Chain // of the related contact, once an action has written it
}

// run runs the flow of a contact that is in its flow, until the flow has queued it or ended it, and returns
// what happened. The caller puts contact and chain.
func (t *tenant) run(tx Tx, c *contact.Contact, chain *contact.Chain) []contact.Event {
	r := &flowRun{t: t, tx: tx, c: c, chain: chain}
	program, err := t.program(c.Flow)
	if err != nil { // gone or archived since the task was scheduled
		r.end()
		return r.events
	}
	var state flow.State
	var result flow.Result
	for c.State == contact.InFlow {
		var effect flow.Effect
		state, effect = flow.Step(program, state, result, r)
		result = r.carryOut(effect)
	}
	return r.events
}

// carryOut does what one action asks for and tells the flow how it went.
func (r *flowRun) carryOut(effect flow.Effect) flow.Result {
	switch e := effect.(type) {
	case flow.SetTargetQueue:
		return r.setTarget(e)
	case flow.SetAttributes:
		return r.setAttributes(e)
	case flow.Enqueue:
		return r.enqueue()
	case flow.None:
		return flow.Result{}
	default: // Disconnect, End, Unhandled: a task that was not queued is over (flows.md §5.3)
		r.end()
		return flow.Result{}
	}
}

func (r *flowRun) end() {
	events, err := r.c.Disconnect(contact.ReasonFlow, r.tx.Now())
	if err != nil {
		panic(err) // a contact in its flow can always be disconnected
	}
	r.events = append(r.events, events...)
}

func (r *flowRun) setTarget(e flow.SetTargetQueue) flow.Result {
	queue, err := find[routing.Queue](r.t, arn.Queue, e.Queue)
	if err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
	r.c.Target = queue.ID
	return flow.Result{}
}

func (r *flowRun) setAttributes(e flow.SetAttributes) flow.Result {
	if e.Related {
		return r.setRelatedAttributes(e.Values)
	}
	if err := r.chain.Merge(e.Values); err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
	r.events = append(r.events, attributesUpdated(r.tx.Now()))
	return flow.Result{}
}

func (r *flowRun) setRelatedAttributes(values map[string]string) flow.Result {
	if r.relatedChain == nil {
		related, err := r.tx.Contact(r.c.Related)
		if err != nil {
			return flow.Result{Error: flow.NoMatchingError}
		}
		if r.relatedChain, err = r.tx.Chain(related.Chain()); err != nil {
			return flow.Result{Error: flow.NoMatchingError}
		}
	}
	if err := r.relatedChain.Merge(values); err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
	r.tx.PutChain(r.relatedChain)
	return flow.Result{}
}

func (r *flowRun) enqueue() flow.Result {
	if r.c.Target == "" {
		return flow.Result{Error: flow.NoMatchingError}
	}
	events, err := r.c.Enqueue(r.tx.Now())
	if err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
	r.events = append(r.events, events...)
	return flow.Result{}
}

// startFlow finds the flow a new task is to run, by id or ARN.
// It fails with [fault.NotFound], or with [fault.Unusable] when it is archived, not published, or not of a type
// that tasks start with.
func (t *tenant) startFlow(idOrARN string) (string, error) {
	f, err := find[Flow](t, arn.Flow, idOrARN)
	switch {
	case err != nil:
		return "", err
	case f.Value.Published == "":
		return "", fault.New(fault.Unusable, "Flow %s is not published", idOrARN)
	case f.Value.Type != flow.TypeContactFlow:
		return "", fault.New(fault.Unusable, "Flow %s is of type %s, which is not supported for tasks", idOrARN, f.Value.Type)
	}
	return f.ID, nil
}
