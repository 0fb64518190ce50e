package flow

import (
	"maps"
	"slices"
	"strings"
)

// Check tells what is wrong with a document that is to be published as a flow of this type. The checks come in
// stages; all problems of one stage are found, and a stage that finds some is the last.
func Check(d *Document, t Type) []Problem {
	for _, stage := range []func(*problems, int, *action, rule){
		func(p *problems, i int, a *action, _ rule) { known(p, i, a, t) },
		required, namedRight, valuedRight, eitherOr, errorsThere, errorsAllowed, conditionsRight, terminalRight,
		func(p *problems, i int, a *action, _ rule) { resolves(p, i, a, d.index) },
		supported,
	} {
		var found problems
		for i := range d.actions {
			stage(&found, i, &d.actions[i], rules[d.actions[i].kind])
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// known: the type exists, may stand in this type of flow, and is run by this version.
func known(p *problems, i int, a *action, t Type) {
	r, ok := rules[a.kind]
	switch {
	case !ok, r.only != nil && !slices.Contains(r.only, t), slices.Contains(r.not, t):
		p.add("Invalid Action type. Type: %s", a.kind)
	case !r.runs:
		p.add("Action type %s is not supported by this version of Tasklane. Path: Actions[%d].Type", a.kind, i)
	}
}

// required: parameters and the next action are there.
func required(p *problems, i int, a *action, r rule) {
	for _, name := range slices.Sorted(maps.Keys(r.parameters)) {
		if _, ok := a.parameters[name]; !ok && r.parameters[name].required {
			p.add("Action is missing required property. Path: Actions[%d].Parameters.%s", i, name)
		}
	}
	if !r.terminal && a.transition.NextAction == nil {
		p.add("Action is missing required property. Path: Actions[%d].Transitions.NextAction", i)
	}
}

// namedRight: no parameter has a name that the action does not know.
func namedRight(p *problems, i int, a *action, r rule) {
	for _, name := range slices.Sorted(maps.Keys(a.parameters)) {
		if _, ok := r.parameters[name]; !ok {
			p.add("Invalid Action property name. Path: Actions[%d].Parameters.%s", i, name)
		}
	}
}

// valuedRight: parameters have values that the action can read.
func valuedRight(p *problems, i int, a *action, r rule) {
	for _, name := range slices.Sorted(maps.Keys(a.parameters)) {
		rule, value := r.parameters[name], a.parameters[name]
		if object, ok := value.(map[string]any); ok && rule.kind == templates && len(object) == 0 {
			p.add("Empty value in Parameters.%s. Path: Actions[%d].Parameters.%s", name, i, name)
		} else if !rule.takes(value) {
			p.add("Invalid Action property value. Path: Actions[%d].Parameters.%s", i, name)
		}
	}
}

// takes tells whether a value is one of the kind. An empty text never is.
func (r parameter) takes(value any) bool {
	if r.kind == templates {
		object, ok := value.(map[string]any)
		for k, v := range object {
			text, isText := v.(string)
			ok = ok && k != "" && isText && text != ""
		}
		return ok
	}
	text, ok := value.(string)
	if !ok || text == "" {
		return false
	}
	ref, isRef := parseReference(text)
	switch r.kind {
	case static:
		return !isRef && (r.oneOf == nil || slices.Contains(r.oneOf, text))
	case leaf:
		return isRef && (len(ref) > 1 || !slices.Contains(branches, ref[0]))
	default:
		return isRef || !strings.HasPrefix(text, "$.")
	}
}

// branches are roots that hold values but are none themselves.
var branches = []string{
	"Attributes", "External", "LambdaInvocation", "FlowAttributes", "SegmentAttributes", "References", "Tags",
	"Queue", "Agent", "Metrics", "Modules", "Task", "Views", "Loop",
}

func eitherOr(p *problems, i int, a *action, r rule) {
	given := 0
	for _, name := range r.exactlyOne {
		if _, ok := a.parameters[name]; ok {
			given++
		}
	}
	names := "[" + strings.Join(r.exactlyOne, ", ") + "]"
	switch {
	case given > 1:
		p.add("Only one of these properties may be defined. Properties: %s, Path: Actions[%d]", names, i)
	case given == 0 && len(r.exactlyOne) > 0:
		p.add("At least one of %s must be set. Path: Actions[%d].Parameters", names, i)
	}
}

// errorsThere: every error the action demands has a branch.
func errorsThere(p *problems, i int, a *action, r rule) {
	for _, e := range r.errors {
		if !slices.ContainsFunc(a.transition.Errors, func(b errorBranch) bool { return b.ErrorType == e }) {
			p.add("Action is missing required error. Error: %s, Path: Actions[%d]", e, i)
		}
	}
}

// errorsAllowed: no branch is for an error that the action does not have, and none is there twice.
func errorsAllowed(p *problems, i int, a *action, r rule) {
	seen := map[string]bool{}
	for _, b := range a.transition.Errors {
		if seen[b.ErrorType] || !r.terminal && !slices.Contains(r.errors, b.ErrorType) {
			p.add("Invalid Action error. Error: %s, Path: Actions[%d]", b.ErrorType, i)
		}
		seen[b.ErrorType] = true
	}
}

func conditionsRight(p *problems, i int, a *action, r rule) {
	if len(a.transition.Conditions) > 0 && !r.conditions && !r.terminal {
		p.add("Action does not support conditions. Path: Actions[%d].Transitions.Conditions", i)
		return
	}
	for k, b := range a.transition.Conditions {
		if _, err := compileCondition(b); err != nil {
			p.add("Invalid Action property value. Path: Actions[%d].Transitions.Conditions[%d]", i, k)
		}
	}
}

func terminalRight(p *problems, i int, a *action, r rule) {
	t := a.transition
	if r.terminal && (t.NextAction != nil || len(t.Errors) > 0 || len(t.Conditions) > 0) {
		p.add("Action does not support transitions. Path: Actions[%d].Transitions", i)
	}
}

// resolves: every transition leads to an action.
func resolves(p *problems, i int, a *action, index map[string]int) {
	check := func(target, path string) {
		if _, ok := index[target]; !ok {
			p.add("Invalid Action property value. Path: Actions[%d].Transitions.%s", i, path)
		}
	}
	if a.transition.NextAction != nil {
		check(*a.transition.NextAction, "NextAction")
	}
	for _, b := range a.transition.Errors {
		check(b.NextAction, "Errors."+b.ErrorType)
	}
	for _, b := range a.transition.Conditions {
		check(b.NextAction, "Conditions")
	}
}

// supported: no parameter asks for what this version does not do.
func supported(p *problems, i int, a *action, r rule) {
	for _, name := range slices.Sorted(maps.Keys(a.parameters)) {
		if r.parameters[name].later {
			p.add("Parameter %s is not supported by this version of Tasklane. Path: Actions[%d].Parameters.%s", name, i, name)
		}
	}
}
