package flow

// Program is a document made ready to run: indices instead of identifiers, references parsed. It never changes
// and may be shared.
type Program struct {
	start   string
	actions []instruction
	index   map[string]int // by Identifier, for states that come from the store
}

// nowhere is the target of a branch that does not exist.
const nowhere = -1

// instruction is an action of a program.
type instruction struct {
	identifier string
	run        behaviour
	terminal   bool // its effect ends the document
	transfers  bool // its success ends the document
	next       int
	failures   map[Failure]int
	conditions []condition
}

// behaviour is what an action does, with its parameters already read.
type behaviour func(Scope) outcome

// outcome is what came of running an action: an effect to be carried out, a failure, or else a result for the
// conditions.
type outcome struct {
	effect  Effect
	failure Failure
	result  result
}

// Compile makes a program of a document that passed [Check], be it in another version of Tasklane: an action
// that this version cannot run fails with NoMatchingError, and a branch to nowhere is as good as none.
func Compile(doc *Document) *Program {
	p := &Program{start: doc.StartAction, index: make(map[string]int, len(doc.Actions))}
	for i, a := range doc.Actions {
		p.index[a.Identifier] = i
	}
	for i := range doc.Actions {
		p.actions = append(p.actions, p.instruction(&doc.Actions[i]))
	}
	return p
}

func (p *Program) instruction(a *Action) instruction {
	t := actionTypes[a.Type]
	in := instruction{identifier: a.Identifier, run: cannotRun, terminal: t.terminal, transfers: t.transfers, next: nowhere}
	if t.build != nil {
		in.run = t.build(a)
	}
	if a.Transitions == nil {
		return in
	}
	in.next = p.target(a.Transitions.NextAction)
	in.failures = make(map[Failure]int, len(a.Transitions.Errors))
	for _, e := range a.Transitions.Errors {
		in.failures[e.ErrorType] = p.target(e.NextAction)
	}
	for _, c := range a.Transitions.Conditions {
		in.conditions = append(in.conditions, newCondition(c, p.target(c.NextAction)))
	}
	return in
}

// target is the index of the action with that identifier.
func (p *Program) target(identifier string) int {
	if i, ok := p.index[identifier]; ok {
		return i
	}
	return nowhere
}

// cannotRun is the behaviour of an action that this version does not run.
func cannotRun(Scope) outcome { return outcome{failure: NoMatchingError} }

// failed is where the action goes on a failure.
func (in *instruction) failed(f Failure) int {
	if to, ok := in.failures[f]; ok {
		return to
	}
	if to, ok := in.failures[NoMatchingError]; ok {
		return to
	}
	return nowhere
}

// matching is where the action goes with a result.
func (in *instruction) matching(r result, sc Scope) int {
	for i := range in.conditions {
		if in.conditions[i].holds(r, sc) {
			return in.conditions[i].next
		}
	}
	if to := in.failed(NoMatchingCondition); to != nowhere {
		return to
	}
	return in.next
}
