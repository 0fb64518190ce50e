package flow

import (
	"maps"
	"slices"
	"strings"
)

// actionType is what there is to know about a type of action: what [Check] demands of it and how it runs.
type actionType struct {
	only    []Type    // the flow types that may hold it; nil: every one
	params  []param   // parameters; any other is refused, unless the action is foreign
	oneOf   []string  // exactly one of these parameters must be there
	errors  []Failure // each must have a branch
	mayFail []Failure // each may; no other may

	results   []string // words that it can result in: each must have a condition
	mayResult []string // words that may have one
	branches  bool     // may have conditions of the author's own

	terminal bool // ends the document, so it has no transitions
	noNext   bool // need not have a NextAction
	foreign  bool // of another channel: its parameters are not looked into

	run      func(v *view, in *instruction, given Inputs) outcome
	decides  bool                 // what it finds is held against its conditions
	suspends bool                 // its effect takes time
	success  success              // where success leads
	learn    func(*State, Result) // what the run remembers of a success
	rule     func(*checker)       // the block's own rule
}

// success is where an effect leads that was carried out.
type success int

const (
	goesOn    success = iota // to the next action
	transfers                // nowhere: the document ends. NextAction is only the console's mirror of an error branch
	jumps                    // to another flow
	enters                   // into a module
)

// Where an action may stand. Amazon's administrator guide is narrower here and there than what its console lets
// through; these are the refusals that no public export contradicts.
var (
	inModules     = []Type{} // in no flow type
	inQueue       = []Type{TypeCustomerQueue}
	inQueueOrHold = []Type{TypeCustomerQueue, TypeCustomerHold, TypeAgentHold}
	beforeQueue   = []Type{TypeContactFlow, TypeAgentTransfer, TypeQueueTransfer, TypeCampaign}
	beforeAgent   = []Type{TypeContactFlow, TypeAgentTransfer, TypeQueueTransfer, TypeCampaign, TypeCustomerQueue}
)

// actionTypes are all types of the language (DG flow-language-actions).
var actionTypes = merge(controlActions, queueActions, contactActions, foreignActions)

func merge(groups ...map[string]actionType) map[string]*actionType {
	all := map[string]*actionType{}
	for _, g := range groups {
		for name, t := range g {
			all[name] = &t
		}
	}
	return all
}

// otherNames are names that the reference has for types that the service calls otherwise.
var otherNames = map[string]string{
	"UpdateRoutingCriteria": "UpdateContactRoutingCriteria",
	"UnTagContact":          "UntagContact",
}

// typeOf finds a type by a name it has; nil when there is none.
func typeOf(name string) *actionType {
	if other, ok := otherNames[name]; ok {
		name = other
	}
	return actionTypes[name]
}

// unknownType is a type that no version of Tasklane has known.
var unknownType = actionType{foreign: true, run: fails(NoMatchingError)}

// compile parses the references in the parameters of an action.
func (t *actionType) compile(a *Action) []parameter {
	all := make([]parameter, 0, len(a.Parameters))
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		r := readText // of a foreign action, for the trace
		if p := t.param(name); p != nil {
			r = p.form.reads
		}
		all = append(all, parameter{name, compile(a.Parameters[name], r)})
	}
	return all
}

// spelled is a condition on a word that the action results in, spelled as the action does: documents may have it in
// any case.
func (t *actionType) spelled(b ConditionBranch) ConditionBranch {
	if len(b.Operands) != 1 {
		return b
	}
	operand, _ := b.Operands[0].(string)
	for _, word := range slices.Concat(t.results, t.mayResult) {
		if strings.EqualFold(word, operand) {
			b.Operands = []any{word}
		}
	}
	return b
}

func (t *actionType) param(name string) *param {
	for i := range t.params {
		if t.params[i].name == name {
			return &t.params[i]
		}
	}
	return nil
}

// always is an action that has only one thing to ask for.
func always(e Effect) func(*view, *instruction, Inputs) outcome {
	return func(*view, *instruction, Inputs) outcome { return outcome{effect: e} }
}

// fails is an action that can only fail.
func fails(f Failure) func(*view, *instruction, Inputs) outcome {
	return func(*view, *instruction, Inputs) outcome { return outcome{failure: f} }
}

// nothing is an action that does nothing.
func nothing(*view, *instruction, Inputs) outcome { return outcome{} }

// text is a parameter of a document that is a text, or nothing.
func (a *Action) text(parameter string) string {
	s, _ := a.Parameters[parameter].(string)
	return s
}
