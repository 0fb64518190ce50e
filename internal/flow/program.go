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
	kind       *actionType
	typeName   string
	params     []parameter
	next       int
	failures   map[Failure]int
	conditions []condition
}

// parameter is a parameter with its references parsed.
type parameter struct {
	name  string
	value node
}

// Inputs are the parameters of an action as they are when it runs: references replaced by values.
type Inputs []Input

// Input is one parameter.
type Input struct {
	Name  string
	Value any // string, json.Number, bool, map[string]any or []any
}

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
	in := instruction{identifier: a.Identifier, typeName: a.Type, kind: typeOf(a.Type), next: nowhere}
	if in.kind == nil {
		in.kind = &unknownType
	}
	in.params = in.kind.compile(a)
	if a.Transitions == nil {
		return in
	}
	in.next = p.target(a.Transitions.NextAction)
	in.failures = make(map[Failure]int, len(a.Transitions.Errors))
	for _, e := range a.Transitions.Errors {
		in.failures[e.ErrorType] = p.target(e.NextAction)
	}
	for _, c := range a.Transitions.Conditions {
		in.conditions = append(in.conditions, newCondition(in.kind.spelled(c), p.target(c.NextAction)))
	}
	return in
}

// Idle reports whether the document does nothing: it ends at its first action and leaves the contact as it is.
func (p *Program) Idle() bool {
	i := p.target(p.start)
	return i != nowhere && p.actions[i].typeName == "EndFlowExecution"
}

// TypeOf is the type of an action; empty: there is none.
func (p *Program) TypeOf(identifier string) string {
	if i := p.target(identifier); i != nowhere {
		return p.actions[i].typeName
	}
	return ""
}

// target is the index of the action with that identifier.
func (p *Program) target(identifier string) int {
	if i, ok := p.index[identifier]; ok {
		return i
	}
	return nowhere
}

// param is a parameter as it was parsed; nil when it is not there.
func (in *instruction) param(name string) node {
	for i := range in.params {
		if in.params[i].name == name {
			return in.params[i].value
		}
	}
	return nil
}

// resolve is the parameters with every reference replaced by what it stands for now.
func (in *instruction) resolve(v *view) Inputs {
	if len(in.params) == 0 {
		return nil
	}
	all := make(Inputs, len(in.params))
	for i, p := range in.params {
		all[i] = Input{p.name, p.value.resolve(v)}
	}
	return all
}

// failed is where the action goes on a failure.
func (in *instruction) failed(f Failure) branch {
	for _, word := range []Failure{f, NoMatchingError} {
		if to, ok := in.failures[word]; ok {
			return branch{to: to, failure: word}
		}
	}
	if in.kind.foreign && !in.kind.noNext || f == NoMatchingCondition {
		return branch{to: in.next}
	}
	return branch{to: nowhere}
}

// matching is where the action goes with a result.
func (in *instruction) matching(r result, v *view) branch {
	for i := range in.conditions {
		if in.conditions[i].holds(r, v) {
			return branch{to: in.conditions[i].next, condition: &in.conditions[i]}
		}
	}
	return in.failed(NoMatchingCondition)
}

// returned is where InvokeFlowModule goes with what the module returns; plain success returns no word.
func (in *instruction) returned(word string, v *view) branch {
	if word != "" {
		return in.matching(result{text: word}, v)
	}
	for i := range in.conditions {
		if in.conditions[i].holds(result{text: "Success"}, v) {
			return branch{to: in.conditions[i].next, condition: &in.conditions[i]}
		}
	}
	return branch{to: in.next}
}

// branch is the way from an action to the next.
type branch struct {
	to        int
	failure   Failure    // the error branch taken, if it is one
	condition *condition // the condition that holds, if it is one
}

func (b branch) String() string {
	switch {
	case b.condition != nil:
		return "Condition " + b.condition.text
	case b.failure != "":
		return "Error " + string(b.failure)
	default:
		return "NextAction"
	}
}
