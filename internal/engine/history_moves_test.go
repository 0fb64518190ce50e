package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// commands are all that can happen to tasks.
var commands = []struct {
	name string
	run  func(*history, move) error
}{
	{"StartTask", (*history).start},
	{"StartTask", (*history).start},
	{"StartTask again", (*history).again},
	{"CreateContact", (*history).create},
	{"Transfer", (*history).transfer},
	{"Pause", func(h *history, m move) error {
		return h.engine.Pause(h.ctx, instance, h.pausing(m, contact.Queued, contact.Connecting, contact.Connected, contact.InFlow))
	}},
	{"Resume", func(h *history, m move) error { return h.engine.Resume(h.ctx, instance, h.pausing(m, contact.Paused)) }},
	{"PauseInHand", func(h *history, m move) error {
		id := h.task(m, contact.Connected)
		return h.engine.PauseInHand(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"ResumeInHand", func(h *history, m move) error {
		id := h.task(m, contact.Paused)
		return h.engine.ResumeInHand(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"Reschedule", func(h *history, m move) error {
		return h.engine.Reschedule(h.ctx, instance, h.task(m, contact.Scheduled), h.engine.Now().Add(of(spans, m.Amount)))
	}},
	{"Edit", (*history).edit},
	{"UpdateRouting", func(h *history, m move) error {
		priority := contact.Priority(1 + m.Amount%9)
		return h.engine.UpdateRouting(h.ctx, instance, h.task(m, contact.Queued), engine.RoutingData{Priority: &priority})
	}},
	{"Tag", func(h *history, m move) error {
		return h.engine.Tag(h.ctx, instance, h.task(m), map[string]string{fmt.Sprint("tag", m.Choice%8): fmt.Sprint(m.Amount % 3)})
	}},
	{"Untag", func(h *history, m move) error {
		return h.engine.Untag(h.ctx, instance, h.task(m), []string{fmt.Sprint("tag", m.Choice%8)})
	}},
	{"UpdateAttributes", (*history).update},
	{"SetStatus", func(h *history, m move) error {
		return h.engine.SetStatus(h.ctx, instance, of(h.users, m.User), of(h.status, m.Choice))
	}},
	{"Offer", (*history).offer},
	{"Offer", (*history).offer},
	{"Offer", (*history).offer},
	{"Accept", func(h *history, m move) error {
		id := h.task(m, contact.Connecting)
		return h.engine.Accept(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"Accept", func(h *history, m move) error {
		id := h.task(m, contact.Connecting)
		return h.engine.Accept(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"Reject", func(h *history, m move) error {
		id := h.task(m, contact.Connecting)
		return h.engine.Reject(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"End", func(h *history, m move) error {
		id := h.task(m, contact.Connected, contact.Paused)
		return h.engine.End(h.ctx, instance, id, h.agentOf(m, id))
	}},
	{"Clear", (*history).clear},
	{"Stop", func(h *history, m move) error { return h.engine.Stop(h.ctx, instance, h.task(m)) }},
	{"time passes", (*history).wait},
	{"a timer fires twice", (*history).late},
}

// spans are from a moment to more than a task may be scheduled ahead.
var spans = []time.Duration{
	-time.Hour, time.Millisecond, time.Second, 31 * time.Second, 2 * time.Minute, time.Hour, 25 * time.Hour, 6 * 24 * time.Hour, 8 * 24 * time.Hour,
}

func (h *history) offer(m move) error {
	return h.engine.Offer(h.ctx, instance, engine.Offering{Contact: h.task(m, contact.Queued), Agent: of(h.users, m.User)})
}

// flow is a flow to run on the way, or none.
func (h *history) flow(m move) string { return of(append([]string{"", ""}, h.flows...), m.Choice) }

func (h *history) pausing(m move, states ...contact.State) engine.Pausing {
	return engine.Pausing{Contact: h.task(m, states...), Flow: h.flow(m)}
}

func (h *history) start(m move) error {
	in := engine.StartTask{
		Name: fmt.Sprint("task ", m.Amount%100), Attributes: map[string]string{fmt.Sprint("key", m.Amount%4): fmt.Sprint(m.Task)},
		Segment: engine.Segment{Attributes: map[string]string{"tier": of([]string{"gold", "gold", "gold", "lead"}, m.Amount)}},
	}
	switch m.Choice % 6 {
	case 0, 1:
		in.Flow = of(h.flows, m.User)
	case 2:
		in.QuickConnect = of(h.quickConnects, m.User)
	case 3:
		in.Template = h.template
	case 4:
		in.Template, in.Segment.CreatedBy, in.Segment.SelfAssign = h.selfTemplate, of(h.users, m.User), true
	case 5:
		in.Flow, in.Segment.Life = of(h.flows, m.User), of(spans, m.Amount)
	}
	if m.Yes {
		in.ScheduledFor = h.engine.Now().Add(of(spans, m.Amount))
	}
	switch m.Task % 4 {
	case 0:
		in.Previous = h.task(m)
	case 1:
		in.Related = h.task(m)
	}
	if m.User%2 == 0 {
		in.Token = fmt.Sprint("token ", m.Choice, m.Task, m.Amount, m.User)
	}
	return h.startTask(in)
}

// again sends a request once more; its answer is remembered for a week.
func (h *history) again(m move) error {
	h.mu.Lock()
	requests := h.requests
	h.mu.Unlock()
	if len(requests) == 0 {
		return nil
	}
	r := of(requests, m.Choice)
	if h.engine.Now().Sub(r.at) >= 7*24*time.Hour {
		return h.startTask(r.task)
	}
	id, err := h.engine.StartTask(h.ctx, instance, r.task)
	if err != nil || id != r.id {
		return fmt.Errorf("a request that made %s was answered with %s and %v: %w", r.id, id, err, errWrong) //nolint:errorlint // what is wrong may be a fault, which must not look like a refusal
	}
	return nil
}

func (h *history) startTask(in engine.StartTask) error {
	at := h.engine.Now()
	id, err := h.engine.StartTask(h.ctx, instance, in)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.ContainsFunc(h.requests, func(r request) bool { return r.id == id }) {
		return nil // the numbers were those of an earlier request, so its token came again
	}
	if in.Token != "" {
		h.requests = append(h.requests, request{in, id, at})
	}
	h.linked(id, in.Related, in.Attributes)
	return nil
}

// linked keeps account of the attributes of a new contact.
func (h *history) linked(id, related string, attributes map[string]string) {
	c := h.known[id]
	set := h.attributes[c.Chain()]
	if set == nil {
		r := h.known[related]
		set = maps.Clone(h.attributes[r.Chain()])
	}
	if set == nil {
		set = map[string]string{}
	}
	maps.Copy(set, attributes)
	h.attributes[c.Chain()] = set
}
