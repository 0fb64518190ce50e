package flow

import (
	"maps"
	"slices"
)

// Program is a checked document made ready to run.
type Program struct {
	start int
	steps []step
	index map[string]int
}

// step is one action of a program.
type step struct {
	id         string
	kind       string
	next       int // nowhere when there is none
	errors     map[string]int
	conditions []condition

	compared   reference  // Compare
	queue      template   // UpdateContactTargetQueue
	attributes []setValue // UpdateContactAttributes
	related    bool
}

// setValue is one attribute that is to be set.
type setValue struct{ key, value template }

const nowhere = -1

// Compile makes a program of a document in which [Check] found no problem.
func Compile(d *Document) *Program {
	p := &Program{start: d.index[d.start], steps: make([]step, len(d.actions)), index: d.index}
	for i, a := range d.actions {
		s := step{id: a.id, kind: a.kind, next: nowhere, errors: map[string]int{}}
		if a.transition.NextAction != nil {
			s.next = d.index[*a.transition.NextAction]
		}
		for _, b := range a.transition.Errors {
			s.errors[b.ErrorType] = d.index[b.NextAction]
		}
		for _, b := range a.transition.Conditions {
			if c, err := compileCondition(b); err == nil {
				c.next = d.index[b.NextAction]
				s.conditions = append(s.conditions, c)
			}
		}
		s.read(a.parameters)
		p.steps[i] = s
	}
	return p
}

// read prepares the parameters of the action types that are run.
func (s *step) read(parameters map[string]any) {
	text := func(name string) string {
		t, _ := parameters[name].(string)
		return t
	}
	switch s.kind {
	case actionCompare:
		s.compared, _ = parseReference(text("ComparisonValue"))
	case actionSetQueue:
		s.queue = operand(text("QueueId"))
	case actionSetAttributes:
		s.related = text("TargetContact") == "Related"
		attributes, _ := parameters["Attributes"].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(attributes)) {
			value, _ := attributes[key].(string)
			s.attributes = append(s.attributes, setValue{parseTemplate(key), parseTemplate(value)})
		}
	}
}
