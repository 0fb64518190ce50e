package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// carryOut does what one action asks for and tells the flow how it went, or that it waits.
func (r *flowRun) carryOut(effect flow.Effect) (result flow.Result, waits bool, err error) {
	switch e := effect.(type) {
	case flow.Wait:
		return result, true, r.wait(e)
	case flow.Invoke:
		return r.invoke(e)
	case flow.Interrupt:
		waits, err = r.interrupt(e.Agent)
	default:
		result, err = r.act(effect)
	}
	if _, refused := errors.AsType[*fault.Error](err); refused {
		r.refusal = err
		return flow.Result{Error: failureOf(err)}, false, nil
	}
	return result, waits, err
}

// failureOf is the word of the flow language for a refusal.
func failureOf(err error) flow.Failure {
	if fault.Is(err, fault.Quota) {
		return flow.QueueAtCapacity // an action that has no such branch takes that of NoMatchingError
	}
	return flow.NoMatchingError
}

// act does what an action asks for that takes no time. A fault is how the action fails.
func (r *flowRun) act(effect flow.Effect) (result flow.Result, err error) {
	r.unqueued = nil // whatever it is, the flow does something about it
	switch e := effect.(type) {
	case flow.SetTargetQueue:
		err = r.setTarget(e.Queue, e.Agent)
	case flow.SetAttributes:
		err = r.on(e.Related, func(h *handling) error { return h.merge(e.Values) })
	case flow.SetData:
		err = r.on(e.Related, func(h *handling) error { return h.setData(e) })
	case flow.SetHook:
		err = r.setHook(e)
	case flow.SetLogging:
		r.c.Logging, r.changed = e.On, true
	case flow.SetRouting:
		r.setRouting(e)
	case flow.SetCriteria:
		err = r.setCriteria(e)
	case flow.Tag:
		err = r.happened(r.c.Tag(e.Tags, r.tx.Now()))
	case flow.Untag:
		err = r.happened(r.c.Untag(e.Keys, r.tx.Now()), nil)
	case flow.Resume:
		err = r.resume("")
	case flow.Enqueue:
		err = r.enqueue(e)
		if r.c.Target != "" {
			r.unqueued = err
		}
	case flow.Requeue:
		err = r.requeue(e)
	case flow.Draw:
		result.Value = strconv.Itoa(r.e.drawn())
	case flow.CheckHours:
		result.Value, err = r.checkHours(e)
	case flow.CheckMetric:
		result.Value, err = r.checkMetric(e)
	case flow.GetMetrics:
		result.Data, err = r.getMetrics(e)
	case flow.GoTo:
		result.Document, err = r.goTo(e.Flow)
	case flow.Call:
		result.Document, _, _, err = r.t.moduleNamed(e.Module)
	case flow.NewTask:
		result.Contact, err = r.newTask(e)
	default:
		err = fmt.Errorf("nothing carries out %T", effect)
	}
	return result, err
}

// on does something to the contact, or to the one it is related to.
func (r *flowRun) on(related bool, do func(*handling) error) error {
	if !related {
		return do(r.handling)
	}
	h, err := r.related()
	if err != nil {
		return err
	}
	return do(h)
}

// related reads the related contact; it is written with this one.
func (h *handling) related() (*handling, error) {
	for _, other := range h.others {
		if other.c.ID == h.c.Related {
			return other, nil
		}
	}
	c, err := h.tx.Contact(h.c.Related)
	if err != nil {
		return nil, err
	}
	other := &handling{e: h.e, t: h.t, tx: h.tx, c: c, room: h.room}
	if c.Chain() == h.c.Chain() {
		if other.chain, err = h.attributes(); err != nil {
			return nil, err
		}
	}
	h.others = append(h.others, other)
	return other, nil
}

func (r *flowRun) setTarget(queue, agent string) error {
	target, err := r.t.target(queue, agent)
	if err == nil {
		r.c.Target, r.changed = target, true
	}
	return err
}

// setData changes data of the contact, all of it or nothing.
func (h *handling) setData(e flow.SetData) error {
	was, told := *h.c, len(h.events)
	edit := contact.Edit{Name: e.Name, Description: e.Description, References: e.References, Life: e.Expiry}
	if err := legibleEdit(edit); err != nil {
		return err
	}
	err := h.happened(h.c.Edit(edit, h.tx.Now()))
	if err == nil && e.Template != nil {
		err = h.changeTemplate(*e.Template)
	}
	if err != nil {
		*h.c, h.events = was, h.events[:told]
		return err
	}
	if e.Language != nil {
		h.c.Language = *e.Language
	}
	if e.Customer != nil {
		h.c.Customer = *e.Customer
	}
	if e.Expiry != 0 && h.c.Version > 0 && !h.c.Disconnecting() {
		h.tx.SetTimer(expiryTimer(h.c))
	}
	return nil
}

func (r *flowRun) setHook(e flow.SetHook) error {
	id, err := r.t.usableFlow(e.Flow, hookTypes[e.Hook])
	if err != nil {
		return err
	}
	hooks := maps.Clone(r.c.Hooks)
	if hooks == nil {
		hooks = map[string]string{}
	}
	hooks[string(e.Hook)] = id
	off := slices.DeleteFunc(slices.Clone(r.c.HooksOff), func(hook string) bool { return hook == string(e.Hook) })
	if e.Off {
		off = append(off, string(e.Hook))
	}
	r.c.Hooks, r.c.HooksOff, r.changed = hooks, off, true
	return nil
}

// setRouting changes the place in line. A contact that no longer goes to any queue stays as it is: the action cannot
// fail.
func (r *flowRun) setRouting(e flow.SetRouting) {
	var events []contact.Event
	var err error
	if e.Priority != nil {
		events, err = r.c.Prioritize(*e.Priority, r.tx.Now())
	} else {
		events, err = r.c.Adjust(*e.Adjustment, r.tx.Now())
	}
	if err == nil {
		_ = r.happened(events, nil) // without an error there is none to come
	}
}

// setCriteria sets routing criteria. An attribute that is not defined is a failure.
func (r *flowRun) setCriteria(e flow.SetCriteria) error {
	criteria, err := contact.ReadCriteria(e.Criteria)
	if err != nil {
		return err
	}
	return r.handling.setCriteria(criteria)
}

// enqueue puts the contact into the queue it targets.
func (r *flowRun) enqueue(e flow.Enqueue) error {
	queue, err := r.t.queue(r.c.Target)
	switch {
	case r.c.Target == "":
		return fault.New(fault.NotFound, "no queue was chosen")
	case err != nil: // it is gone
		return err
	case e.OwnOnly && queue.Kind != arn.AgentQueue:
		return fault.New(fault.Unusable, "the target is no agent's queue")
	case r.kind == contact.RunDisconnect:
		return r.revive(queue)
	case r.c.State != contact.InFlow:
		return fault.New(fault.Conflict, "contact %s is %s", r.c.ID, r.c.State)
	case r.c.SelfAssigned && r.c.Target == r.c.CreatedBy:
		return r.assign(r.c.CreatedBy)
	}
	if err := r.t.admit(r.tx, queue, r.c); err != nil {
		return err
	}
	return r.queued()
}

// queued puts the contact into its target queue, where another flow takes over.
func (h *handling) queued() error {
	h.drop(contact.RunInbound)
	if err := h.happened(h.c.Enqueue(h.tx.Now())); err != nil {
		return err
	}
	h.will(contact.RunQueue, flow.HookCustomerQueue, "")
	return nil
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
	if err := h.happened(h.c.Assign(user, h.t.groups(user), h.tx.Now())); err != nil {
		return err
	}
	h.worked()
	return nil
}

// worked has the flows run that run when an agent has got the contact.
func (h *handling) worked() {
	h.drop(contact.RunQueue)
	h.will(contact.RunWhisper, flow.HookAgentWhisper, "")
	h.will(contact.RunAgentUI, flow.HookDefaultAgentUI, "")
}

// goTo finds a flow to go on with.
func (r *flowRun) goTo(idOrARN string) (flow.Ref, error) {
	id, err := r.t.usableFlow(idOrARN, startTypes...)
	if err != nil {
		return flow.Ref{}, err
	}
	ref, _, err := r.t.current(arn.Flow, id)
	return ref, err
}

// drawn is a whole number from 1 to 100, random unless it was given to the engine.
func (e *Engine) drawn() int {
	if e.draw != nil {
		return e.draw()
	}
	return e.percent()
}
