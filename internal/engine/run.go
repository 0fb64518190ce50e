package engine

import (
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// flowRun carries out what a flow asks for, within one command.
type flowRun struct {
	*handling

	relatedChain *contact.Chain // of the related contact, once an action has written it
}

// run runs the flow of a contact that is in its flow, until the flow has queued it or ended it. A contact whose
// flow is over, and that was not queued, is over too (flows.md §5.3).
func (h *handling) run() error {
	if _, err := h.attributes(); err != nil {
		return err
	}
	program, err := h.t.program(h.c.Flow)
	if err != nil { // gone or archived since the task was scheduled
		return h.disconnect(contact.ReasonFlow)
	}
	end, err := h.follow(program, func() bool { return h.c.State == contact.InFlow })
	if err != nil || end == nil {
		return err
	}
	return h.disconnect(contact.ReasonFlow)
}

// runEvent runs a flow because the contact was paused or resumed; nil: none. The end of the flow leaves the contact
// as it is, unless the flow disconnects it.
func (h *handling) runEvent(program *flow.Program) error {
	if program == nil {
		return nil
	}
	if _, err := h.attributes(); err != nil {
		return err
	}
	end, err := h.follow(program, func() bool { return !h.c.Disconnecting() })
	if _, disconnect := end.(flow.Disconnect); err != nil || !disconnect {
		return err
	}
	return h.disconnect(contact.ReasonFlow)
}

// follow runs a program as long as a condition holds, and returns how it has ended; nil when the condition did.
func (h *handling) follow(program *flow.Program, goesOn func() bool) (end flow.Effect, err error) {
	r := &flowRun{handling: h}
	var state flow.State
	var result flow.Result
	for goesOn() {
		var effect flow.Effect
		state, effect = flow.Step(program, state, result, r)
		if state.Over {
			return effect, nil
		}
		if result, err = r.carryOut(effect); err != nil {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // the flow did not end
}

// carryOut does what one action asks for and tells the flow how it went.
func (r *flowRun) carryOut(effect flow.Effect) (flow.Result, error) {
	switch e := effect.(type) {
	case flow.SetTargetQueue:
		return r.setTarget(e), nil
	case flow.SetAttributes:
		return r.setAttributes(e), nil
	case flow.Enqueue:
		return r.enqueue()
	default: // None
		return flow.Result{}, nil
	}
}

func (r *flowRun) setTarget(e flow.SetTargetQueue) flow.Result {
	target, err := r.t.target(e)
	if err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
	r.c.Target = target
	return flow.Result{}
}

func (r *flowRun) setAttributes(e flow.SetAttributes) flow.Result {
	if e.Related {
		return r.setRelatedAttributes(e.Values)
	}
	if err := r.merge(e.Values); err != nil {
		return flow.Result{Error: flow.NoMatchingError}
	}
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

func (r *flowRun) enqueue() (flow.Result, error) {
	queue, err := r.t.queue(r.c.Target)
	switch {
	case fault.Is(err, fault.NotFound), r.c.State != contact.InFlow: // no target, one that is gone, or a flow beside the contact
		return flow.Result{Error: flow.NoMatchingError}, nil
	case err == nil && r.c.SelfAssigned && r.c.Target == r.c.CreatedBy:
		return flow.Result{}, r.assign(r.c.CreatedBy)
	case err == nil:
		err = r.t.admit(r.tx, queue, r.c)
	}
	switch {
	case fault.Is(err, fault.Quota):
		return flow.Result{Error: flow.QueueAtCapacity}, nil
	case fault.Is(err, fault.Unusable):
		return flow.Result{Error: flow.NoMatchingError}, nil
	}
	if err != nil {
		return flow.Result{}, err
	}
	return flow.Result{}, r.happened(r.c.Enqueue(r.tx.Now()))
}

// assign puts the contact straight into an agent's hands.
func (h *handling) assign(user string) error {
	a, err := h.hands(user)
	if err != nil {
		return err
	}
	if err := a.Take(h.c.ID, h.tx.Now()); err != nil {
		return err
	}
	return h.happened(h.c.Assign(user, h.tx.Now()))
}

// usableFlow finds a flow of one of the types, by id or ARN.
// It fails with [fault.NotFound], or with [fault.Unusable] when it is archived, not published, or of another type.
func (t *tenant) usableFlow(idOrARN string, types ...flow.Type) (string, error) {
	f, err := find[Flow](t, arn.Flow, idOrARN)
	switch {
	case err != nil:
		return "", err
	case f.Value.Published == "":
		return "", fault.New(fault.Unusable, "Flow %s is not published", idOrARN)
	case !slices.Contains(types, f.Value.Type):
		return "", fault.New(fault.Unusable, "Flow %s is of type %s, which is not supported for tasks here", idOrARN, f.Value.Type)
	}
	return f.ID, nil
}

// eventFlow finds the flow that a pause or its end is to run; nil when none is named. It fails as
// [tenant.usableFlow] does.
func (t *tenant) eventFlow(idOrARN string) (*flow.Program, error) {
	if idOrARN == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	id, err := t.usableFlow(idOrARN, flow.TypeContactFlow)
	if err != nil {
		return nil, fault.In("ContactFlowId", err)
	}
	return t.program(id)
}
