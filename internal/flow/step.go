package flow

import "fmt"

// Limits bound a run. Amazon publishes no number for its own (docs/divergences.md).
type Limits struct {
	AtOnce int // actions without waiting for anything outside; 0: 1,000
	Total  int // actions of one contact; 0: 10,000
}

// The limits when none are given.
const (
	MaxAtOnce = 1000
	MaxTotal  = 10_000
)

// Sentences in [Unhandled] for what is not an error of an action.
const (
	limitExceeded = "Flow action limit exceeded"
	noNextAction  = "The action has no next action"
	noSuchAction  = "The flow has no action to run"
)

// Library gives the documents that run.
type Library interface {
	// Program is the document that a reference names, ready to run; nil when it is gone.
	Program(Ref) *Program
}

// Runner steps one run. Its fields do not change while it does; it is not for several goroutines at once.
type Runner struct {
	Library Library
	Scope   Scope
	Limits  Limits

	document Ref // of program
	program  *Program
	state    State // what the present step makes of the state it was given
	view     view  // of state
	record   Record
	decided  *instruction // held what it found against its conditions, without an effect; nil: not in the last step
	found    result       // by it
}

// Record is what the last step did, for a trace.
type Record struct {
	Document   Ref
	Callers    []Ref // the documents that have invoked it, outermost first
	Identifier string
	Type       string
	Inputs     Inputs // the parameters, references replaced; nil when the step settled an effect
	Result     string // what was found: the text that conditions were held against
	Error      string // how it failed
	Next       string // the Identifier it went on to; empty: none, or not yet

	Branch string // Flow, Module or Return: the document changed
	branch branch
}

// Why is why the step went on where it did: NextAction, Error <word>, Condition <operator operand>, Flow, Module
// or Return; empty when it did not go on.
func (r Record) Why() string {
	switch {
	case r.Branch != "":
		return r.Branch
	case r.Next == "":
		return ""
	default:
		return r.branch.String()
	}
}

// Matched reports whether a condition was met.
func (r Record) Matched() bool { return r.branch.condition != nil }

// Record tells what the last step did.
func (m *Runner) Record() Record { return m.record }

// Comparison is a condition, and what it was held against.
type Comparison struct {
	Operator, Value, Operand string
	Holds                    bool
}

// Compared tells which conditions the last step held what it found against, in order: those up to the first that
// holds. None of an action that does not decide by itself.
func (m *Runner) Compared() []Comparison {
	if m.decided == nil {
		return nil
	}
	var all []Comparison
	for i := range m.decided.conditions {
		c := &m.decided.conditions[i]
		holds := c.holds(m.found, &m.view)
		if all = append(all, Comparison{c.operator, m.found.text, c.operand.text(&m.view), holds}); holds {
			break
		}
	}
	return all
}

// Step takes a run one step further: it either runs the action at s.At, or, when s.Waiting, follows the branch
// for what became of its effect. A step thus always concerns one action. r counts only when s.Waiting. When the run
// ends, the state returned is Over.
//
// The branches:
//
//   - Success goes to NextAction. Only the transfers to a queue and to a flow end the document instead: the
//     NextAction that the console writes there is a mirror of its error branch.
//   - A result goes to the first condition that holds. When none holds it goes to the branch of
//     NoMatchingCondition, else of NoMatchingError, else to NextAction.
//   - A failure goes to its own branch, else to that of NoMatchingError. An action of another channel that has
//     neither goes to NextAction.
//   - Where there is nothing to go to, a module fails at the action that invoked it, and a flow ends with
//     [Unhandled].
func (m *Runner) Step(s State, r Result) (State, Effect) {
	m.state = s
	e := m.step(r)
	return m.state, e
}

func (m *Runner) step(r Result) Effect {
	s := &m.state
	m.view = view{s, m.Scope}
	m.record, m.decided = Record{Document: s.Document, Identifier: s.At}, nil
	for _, caller := range s.Callers {
		m.record.Callers = append(m.record.Callers, caller.Document)
	}
	if s.Over {
		return Unhandled{noSuchAction}
	}
	in := m.instruction()
	if in == nil {
		return m.unhandled(noSuchAction)
	}
	m.record.Identifier, m.record.Type = in.identifier, in.typeName
	if s.Waiting {
		return m.settle(in, r)
	}
	if s.Steps >= orElse(m.Limits.AtOnce, MaxAtOnce) || s.Total >= orElse(m.Limits.Total, MaxTotal) {
		m.record.Error = limitExceeded
		s.Callers = nil // no caller may go on
		return m.over(Unhandled{limitExceeded})
	}
	s.Steps++
	s.Total++
	return m.run(in)
}

func orElse(n, standard int) int {
	if n > 0 {
		return n
	}
	return standard
}

// instruction is the action that the run is at; nil when there is none.
func (m *Runner) instruction() *instruction {
	s := &m.state
	if m.program == nil || m.document != s.Document {
		m.document, m.program = s.Document, m.Library.Program(s.Document)
	}
	if m.program == nil {
		return nil
	}
	if s.At == "" {
		s.At = m.program.start
	}
	i, ok := m.program.index[s.At]
	if !ok {
		return nil
	}
	return &m.program.actions[i]
}

// run runs an action.
func (m *Runner) run(in *instruction) Effect {
	given := in.resolve(&m.view)
	m.record.Inputs = given
	out := in.kind.run(&m.view, in, given)
	m.record.Result = out.result.text
	switch e := out.effect.(type) {
	case nil:
	case returning:
		return m.leave(e)
	default:
		if in.kind.terminal {
			return m.over(e)
		}
		m.state.Waiting = true
		return e
	}
	if out.failure != "" {
		return m.fail(in, out.failure)
	}
	if in.kind.decides {
		m.decided, m.found = in, out.result
		return m.follow(in.matching(out.result, &m.view), string(NoMatchingCondition))
	}
	return m.follow(branch{to: in.next}, noNextAction)
}

func (m *Runner) fail(in *instruction, f Failure) Effect {
	m.record.Error = string(f)
	return m.follow(in.failed(f), string(f))
}

// settle follows the branch for what became of the action's effect.
func (m *Runner) settle(in *instruction, r Result) Effect {
	s := &m.state
	if in.kind.suspends {
		s.Steps = 0
	}
	if r.Error != "" {
		return m.fail(in, r.Error)
	}
	m.record.Result = r.Value
	switch in.kind.success {
	case goesOn:
	case transfers:
		return m.over(Transferred{})
	case jumps:
		s.jump(r.Document)
		m.record.Branch = "Flow"
		return None{}
	case enters:
		// The input was resolved when the effect went out; it is the same now, for nothing ran in between.
		s.enter(r.Document, in.resolve(&m.view).object("Input"))
		m.record.Branch = "Module"
		return None{}
	}
	if in.kind.learn != nil {
		in.kind.learn(s, r)
	}
	if in.kind.decides {
		return m.follow(in.matching(found(in, r), &m.view), string(NoMatchingCondition))
	}
	return m.follow(branch{to: in.next}, noNextAction)
}

// leave returns from a module to the action that has invoked it.
func (m *Runner) leave(e returning) Effect {
	m.record.Result, m.record.Branch = e.result, "Return"
	if len(m.state.Callers) == 0 { // a module that runs by itself
		return m.over(End{})
	}
	m.state.leave(e.result, e.data)
	in := m.instruction()
	if in == nil {
		return m.unhandled(noSuchAction)
	}
	return m.follow(in.returned(e.result, &m.view), string(NoMatchingCondition))
}

// follow moves the run on to another action, or ends the document for the reason given when there is none.
func (m *Runner) follow(b branch, otherwise string) Effect {
	if b.to == nowhere {
		return m.unhandled(otherwise)
	}
	m.state.At, m.state.Waiting = m.program.actions[b.to].identifier, false
	m.record.branch, m.record.Next = b, m.state.At
	return None{}
}

// unhandled ends a document that cannot go on: a module fails at its caller, a flow is over.
func (m *Runner) unhandled(why string) Effect {
	for len(m.state.Callers) > 0 {
		m.state.leave("", nil)
		in := m.instruction()
		if in == nil {
			continue
		}
		if b := in.failed(NoMatchingError); b.to != nowhere {
			m.record.Error = fmt.Sprintf("%s: %s", NoMatchingError, why)
			return m.follow(b, why)
		}
	}
	m.record.Error = why
	return m.over(Unhandled{why})
}

func (m *Runner) over(e Effect) Effect {
	m.state.Waiting, m.state.Over = false, true
	return e
}
