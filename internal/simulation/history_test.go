package simulation

import (
	"errors"
	"fmt"
	"math"

	"github.com/anishathalye/porcupine"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// history is what commits have made of each task, in their order. With the calls that were made about it, it says
// whether a task is linearisable: whether all can be put in one order that fits what the callers were told.
type history struct {
	changes map[string][]change
}

// change is a commit that has changed a task.
type change struct {
	at       int // in statements
	from, to condition
}

// condition is what calls can tell of a task.
type condition struct {
	State contact.State
	Agent string
}

func conditionOf(c *contact.Contact) condition {
	if c == nil {
		return condition{}
	}
	return condition{c.State, c.Agent}
}

// moved notes what a commit has made of a task.
func (w *world) moved(was, now *contact.Contact) {
	if w.changes == nil {
		w.changes = map[string][]change{}
	}
	w.changes[now.ID] = append(w.changes[now.ID], change{w.steps, conditionOf(was), conditionOf(now)})
}

// event is one operation of a history: a change, or a call and what its caller was told.
type event struct {
	change *change
	call   *call
}

// told is how a call ended.
type told int

const (
	nothing  told = iota // no answer: it may have been done or not
	agreed               // it was done
	declined             // it was not, because of the condition of the task
	other                // it was not, for a reason that says nothing of that
)

func (c *call) told() told {
	switch {
	case c.err == nil:
		return agreed
	case fault.Is(c.err, fault.Conflict):
		return declined
	case c.refused():
		return other
	default:
		return nothing
	}
}

// may are the conditions in which a task may be after an operation, of a sequence without anything at the same time.
func (e event) may(now condition) []condition {
	if e.change != nil {
		if now != e.change.from {
			return nil
		}
		return []condition{e.change.to}
	}
	switch e.call.name {
	case "accept":
		return e.call.mayAccept(now)
	case "read":
		if e.call.told() == agreed && string(now.State) != e.call.result {
			return nil
		}
	}
	return []condition{now}
}

func (c *call) mayAccept(now condition) []condition {
	rings, accepted := condition{contact.Connecting, c.agent}, condition{contact.Connected, c.agent}
	switch c.told() {
	case agreed:
		if now == rings || now == accepted { // twice is once
			return []condition{accepted}
		}
		return nil
	case declined:
		if now == rings || now == accepted {
			return nil
		}
		return []condition{now}
	case nothing:
		if now == rings {
			return []condition{now, accepted}
		}
		return []condition{now}
	default:
		return []condition{now}
	}
}

// tasks is the model of one task. An acceptance is made by the call for it alone; all other changes happen when they
// were seen to.
var tasks = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{condition{}} },
	Step: func(state, input, _ any) []any {
		var all []any
		for _, c := range input.(event).may(state.(condition)) {
			all = append(all, c)
		}
		return all
	},
	Equal: func(a, b any) bool { return a == b },
}).ToModel()

// checkLinear: what callers were told of each task fits what commits made of it.
func (w *world) checkLinear() {
	for _, id := range w.order {
		if w.spoilt[id] {
			continue
		}
		if ops := w.operations(id); !porcupine.CheckOperations(tasks, ops) {
			w.fail("linearisable", "what callers were told of %s fits no order: %s", id, w.describe(ops))
		}
	}
}

// operations are those on one task. A change happens between two statements; what was not answered may yet happen.
func (w *world) operations(id string) (all []porcupine.Operation) {
	for i := range w.changes[id] {
		c := &w.changes[id][i]
		if c.from.State == contact.Connecting && c.to == (condition{contact.Connected, c.from.Agent}) {
			continue // by the call that accepts
		}
		all = append(all, porcupine.Operation{ClientId: 0, Input: event{change: c}, Call: int64(c.at) * 4, Return: int64(c.at)*4 + 1})
	}
	for _, c := range w.calls {
		if c.contact != id || c.name != "accept" && c.name != "read" {
			continue
		}
		end := int64(c.ended)*4 + 2
		if c.told() == nothing {
			end = math.MaxInt64
		}
		all = append(all, porcupine.Operation{ClientId: c.number, Input: event{call: c}, Call: int64(c.began)*4 + 2, Return: end})
	}
	return all
}

func (w *world) describe(ops []porcupine.Operation) (text string) {
	for _, op := range ops {
		switch e := op.Input.(event); {
		case e.change != nil:
			text += fmt.Sprintf("; %v -> %v", e.change.from, e.change.to)
		case e.call.err != nil && !errors.Is(e.call.err, errNoAnswer):
			text += fmt.Sprintf("; c%d %s: %v", e.call.number, e.call.name, e.call.err)
		default:
			text += fmt.Sprintf("; c%d %s: %s", e.call.number, e.call.name, e.call.result)
		}
	}
	return text
}
