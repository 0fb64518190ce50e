package flow

import (
	"maps"
	"slices"
	"strings"
)

// actionType is what there is to know about a type of action: what [Check] demands of it, and how it runs.
type actionType struct {
	*description
	behaviour
}

// behaviour is how an action of a type runs.
type behaviour struct {
	run      func(v *view, in *instruction, given Inputs) outcome
	decides  bool                 // what it finds is held against its conditions
	suspends bool                 // its effect takes time
	success  success              // where success leads
	learn    func(*State, Result) // what the run remembers of a success
	rule     func(*checker)       // what the table cannot say
	foreign  bool                 // of another channel: without a branch for its failure the flow goes on
}

// success is where an effect leads that was carried out.
type success int

const (
	goesOn    success = iota // to the next action
	transfers                // nowhere: the document ends. NextAction is only the console's mirror of an error branch
	jumps                    // to another flow
	enters                   // into a module
)

// actionTypes are all types of the language (DG flow-language-actions).
var actionTypes = merge(describe(actionTable), controlActions, queueActions, contactActions, foreignActions)

// merge puts the two halves of every type together. It panics when one has only one of them.
func merge(described map[string]*description, groups ...map[string]behaviour) map[string]*actionType {
	all := make(map[string]*actionType, len(described))
	for _, g := range groups {
		for name, b := range g {
			if described[name] == nil {
				panic(name + " is not in actions.txt")
			}
			all[name] = &actionType{described[name], b}
		}
	}
	if len(all) != len(described) {
		panic("actions.txt describes an action that does nothing")
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
var unknownType = actionType{&description{}, behaviour{foreign: true, run: fails(NoMatchingError)}}

// compile parses the references in the parameters of an action.
func (t *actionType) compile(a *Action) []parameter {
	all := make([]parameter, 0, len(a.Parameters))
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		r := readText // of one that is not described, for the trace
		if i := slices.IndexFunc(t.params, func(p param) bool { return p.name == name }); i >= 0 {
			r = t.params[i].form.reads
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
	for _, word := range slices.Concat(every(t.results), every(t.mayBe)) {
		if strings.EqualFold(word, operand) {
			b.Operands = []any{word}
		}
	}
	return b
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
