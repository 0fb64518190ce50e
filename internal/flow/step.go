package flow

// State is where a run stands. Its zero value is the beginning. It can be stored as JSON.
type State struct {
	Action  string `json:"action,omitempty"`  // identifier of the action the run is at
	Waiting bool   `json:"waiting,omitempty"` // for the result of that action's effect; else the action is next
	Steps   int    `json:"steps,omitempty"`   // actions begun so far
}

// Result is what became of an effect.
type Result struct {
	Error string // such as [NoMatchingError]; empty: it was done
}

// Effect is what an action asks whoever runs the flow to do.
type Effect interface{ effect() }

// The effects.
type (
	// None asks for nothing: the action is complete, and the next Step runs the next one.
	None struct{}
	// SetTargetQueue chooses the queue, by id or ARN, that Enqueue will put the contact into.
	SetTargetQueue struct{ Queue string }
	// SetAttributes sets user-defined attributes, all or none: of the contact, or of its related contact.
	SetAttributes struct {
		Values  map[string]string
		Related bool
	}
	// Enqueue puts the contact into its target queue. When that is done the document is over.
	Enqueue struct{}
	// Disconnect ends the contact.
	Disconnect struct{}
	// End ends the document; what that means depends on why the flow runs.
	End struct{}
	// Unhandled ends the document because of an error that it has no branch for.
	Unhandled struct{ Error string }
)

func (None) effect()           {}
func (SetTargetQueue) effect() {}
func (SetAttributes) effect()  {}
func (Enqueue) effect()        {}
func (Disconnect) effect()     {}
func (End) effect()            {}
func (Unhandled) effect()      {}

// MaxSteps bounds the actions of a run that is never suspended, so that a loop ends. The number is ours
// (docs/divergences.md).
const MaxSteps = 1000

// errLimit is the error of a run that exceeds MaxSteps, as the flow log names it.
const errLimit = "Flow action limit exceeded"

// Step takes the result of the effect that the last Step returned, follows the transition, and runs one action.
// It returns the new state and what the action asks for. After [Enqueue] that was done, and after [Disconnect],
// [End] and [Unhandled], the run is over.
func Step(p *Program, s State, r Result, scope Scope) (State, Effect) {
	at, ok := p.start, true
	if s.Action != "" {
		at, ok = p.index[s.Action]
	}
	if ok && s.Waiting {
		if p.steps[at].kind == actionToQueue && r.Error == "" {
			return s, End{}
		}
		at = p.steps[at].follow(r.Error)
		ok = at != nowhere
	}
	if !ok {
		return s, Unhandled{r.Error}
	}
	if s.Steps++; s.Steps > MaxSteps {
		return s, Unhandled{errLimit}
	}
	a := &p.steps[at]
	s.Action, s.Waiting = a.id, true
	effect, failure := a.run(scope)
	if effect != nil {
		return s, effect
	}
	// The action is complete by itself: go on at once.
	next := nowhere
	if a.kind == actionCompare {
		next = a.branch(scope)
	} else {
		next = a.follow(failure)
	}
	if next == nowhere {
		return s, Unhandled{failure}
	}
	s.Action, s.Waiting = p.steps[next].id, false
	return s, None{}
}

// run returns what the action asks for; nil when it asks for nothing, with the error it met.
func (a *step) run(scope Scope) (effect Effect, failure string) {
	switch a.kind {
	case actionSetQueue:
		if queue := a.queue.text(scope); queue != "" {
			return SetTargetQueue{queue}, ""
		}
		return nil, NoMatchingError
	case actionSetAttributes:
		values := make(map[string]string, len(a.attributes))
		for _, v := range a.attributes {
			key := v.key.text(scope)
			if key == "" {
				return nil, NoMatchingError
			}
			values[key] = v.value.text(scope)
		}
		return SetAttributes{values, a.related}, ""
	case actionToQueue:
		return Enqueue{}, ""
	case actionDisconnect:
		return Disconnect{}, ""
	case actionEnd:
		return End{}, ""
	default: // Compare
		return nil, ""
	}
}

// branch finds the condition of a Compare that holds; without a value none does.
func (a *step) branch(scope Scope) int {
	if value, ok := scope.Lookup(a.compared); ok && value != "" {
		for _, c := range a.conditions {
			if c.matches(value, scope) {
				return c.next
			}
		}
	}
	for _, e := range []string{NoMatchingCondition, NoMatchingError} {
		if next, ok := a.errors[e]; ok {
			return next
		}
	}
	return a.next
}

// follow finds the transition for an outcome: on an error its own branch, or else that of NoMatchingError.
func (a *step) follow(failure string) int {
	if failure == "" {
		return a.next
	}
	if next, ok := a.errors[failure]; ok {
		return next
	}
	if next, ok := a.errors[NoMatchingError]; ok {
		return next
	}
	return nowhere
}
