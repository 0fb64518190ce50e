package flow

// MaxSteps is how many actions a run may take without a wait. Amazon publishes no number for its own limit.
const MaxSteps = 1000

// Sentences in [Unhandled] for what is not an error of an action.
const (
	limitExceeded = "Flow action limit exceeded"
	noNextAction  = "The action has no next action"
	noSuchAction  = "The flow has no action to run"
)

// State is where a run of a document stands. It is small and meant to be stored as JSON; a run goes on from its
// stored state after any crash. What later actions must remember (loop counters, flow attributes, the stack of
// modules) has its place here too. The zero State is the beginning.
type State struct {
	At      string `json:"at,omitempty"`      // Identifier of the current action; empty: the start action
	Waiting bool   `json:"waiting,omitempty"` // its effect is out, and Step wants the result
	Over    bool   `json:"over,omitempty"`    // the document has ended at this action
	Steps   int    `json:"steps,omitempty"`   // actions run so far; limited by MaxSteps
}

// Step takes a run one step further: it either runs the action at s.At, or, when s.Waiting, follows the branch
// for what became of its effect. A step thus always concerns the one action s.At, and a trace needs no more than
// the states before and after. r counts only when s.Waiting. When the document ends, the state returned is Over.
//
// The branches:
//
//   - Success goes to NextAction. Only TransferContactToQueue ends the document instead: the NextAction that
//     the console writes there is a mirror of its error branch.
//   - A result goes to the first condition that holds. When none holds it goes to the branch of
//     NoMatchingCondition, else of NoMatchingError, else to NextAction.
//   - A failure goes to its own branch, else to that of NoMatchingError.
//   - Where there is nothing to go to, the document ends with [Unhandled].
//
// Step does not change p or sc and may run concurrently on them.
func Step(p *Program, s State, r Result, sc Scope) (State, Effect) {
	if s.At == "" {
		s.At = p.start
	}
	i, ok := p.index[s.At]
	if !ok || s.Over {
		return over(s, Unhandled{noSuchAction})
	}
	a := &p.actions[i]
	if s.Waiting {
		return p.settle(a, s, r)
	}
	if s.Steps >= MaxSteps {
		return over(s, Unhandled{limitExceeded})
	}
	s.Steps++
	out := a.run(sc)
	switch {
	case out.effect != nil && a.terminal:
		return over(s, out.effect)
	case out.effect != nil:
		s.Waiting = true
		return s, out.effect
	case out.failure != "":
		return p.follow(s, a.failed(out.failure), string(out.failure))
	default:
		return p.follow(s, a.matching(out.result, sc), string(NoMatchingCondition))
	}
}

// settle follows the branch for what became of the action's effect.
func (p *Program) settle(a *instruction, s State, r Result) (State, Effect) {
	switch {
	case r.Error != "":
		return p.follow(s, a.failed(r.Error), string(r.Error))
	case a.transfers:
		return over(s, Transferred{})
	default:
		return p.follow(s, a.next, noNextAction)
	}
}

// follow moves the run on to another action, or ends it for the reason given when there is none.
func (p *Program) follow(s State, to int, otherwise string) (State, Effect) {
	if to == nowhere {
		return over(s, Unhandled{otherwise})
	}
	s.At, s.Waiting = p.actions[to].identifier, false
	return s, None{}
}

func over(s State, e Effect) (State, Effect) {
	s.Waiting, s.Over = false, true
	return s, e
}
