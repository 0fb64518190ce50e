package flow

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one reason why a document cannot be published, for the author of the flow.
type Problem struct {
	Message string
	Action  string // Identifier of the action that has it; empty: the document
	Rule    string // what would be legal, where the message does not say it
}

// String is all that there is to say, no longer than Amazon Connect allows: the message in its words, then whose it is
// and what would be legal.
func (p Problem) String() string {
	said := p.Message
	switch {
	case p.Action != "" && p.Rule != "":
		said += fmt.Sprintf(" (action %q: %s)", p.Action, p.Rule)
	case p.Action != "":
		said += fmt.Sprintf(" (action %q)", p.Action)
	}
	return bounded(said)
}

func bounded(s string) string {
	text := []rune(s)
	return string(text[:min(len(text), maxProblemLength)])
}

// Bounds of what one refusal tells (connect model, ProblemDetail).
const (
	maxProblems       = 50
	maxProblemLength  = 256
	maxIdentifierSize = 50
)

// badFormat is the problem of a text that is no document.
func badFormat(err error) Problem { return problem("", "Invalid contact flow format: %v", err) }

// problem makes a problem of a bounded length.
func problem(action, format string, args ...any) Problem {
	return Problem{Message: bounded(fmt.Sprintf(format, args...)), Action: action}
}

// Resources reports whether a resource that a flow names may be named: it exists, or that does not matter. The names
// are ids or ARNs; an agent may also be named by login, a module with a version or an alias behind its id, a view of Amazon
// Connect's own by its name.
type Resources interface {
	Queue(name string) bool
	Agent(name string) bool
	Hours(name string) bool
	Flow(name string) bool
	Module(name string) bool
	Template(name string) bool
	Prompt(name string) bool
	View(name string) bool
	Attribute(name string) bool // a predefined attribute, by its name
	// Contract is that of a module; nil when there is no such module.
	Contract(name string) *Contract
}

// Check looks for problems in a document of the given flow type. It works in stages and reports all problems of
// the first stage that finds any, at most 50.
//
// What the document names is looked up in r. Without r nothing is: what is missing is no problem here but a failure
// when the flow runs, so that a flow can be published before its queues are there.
func Check(doc *Document, t Type, r Resources) []Problem {
	c := newChecker(doc, t, r)
	for _, stage := range stages {
		for i := range doc.Actions {
			c.look(i, &doc.Actions[i])
			stage(c)
		}
		if len(c.problems) > 0 {
			return c.problems[:min(len(c.problems), maxProblems)]
		}
	}
	return nil
}

func newChecker(doc *Document, t Type, r Resources) *checker {
	c := &checker{flowType: t, resources: r, first: make(map[string]int)}
	for i, a := range slices.Backward(doc.Actions) {
		c.first[a.Identifier] = i
	}
	return c
}

// stages in their order. Parse has looked at the form of the whole before.
var stages = []func(*checker){
	(*checker).identifier,
	(*checker).knownType,
	(*checker).allowedType,
	(*checker).requiredMembers,
	(*checker).knownParameters,
	(*checker).parameterValues,
	(*checker).parameterGroups,
	(*checker).requiredErrors,
	(*checker).knownErrors,
	(*checker).conditions,
	(*checker).noTransitions,
	(*checker).targets,
	(*checker).existingResources,
	(*checker).blockRule,
}

// checker looks at one action after the other.
type checker struct {
	flowType  Type           // empty: not known
	resources Resources      // nil: do not look
	first     map[string]int // where each identifier stands first
	problems  []Problem

	index  int
	action *Action
	kind   *actionType // nil before the stage that knows
	path   string      // as in Actions[3]
}

// look turns the checker to the next action.
func (c *checker) look(index int, a *Action) {
	c.index, c.action, c.kind = index, a, typeOf(a.Type)
	c.path = fmt.Sprintf("Actions[%d]", index)
}

// report reports a problem, with what would be legal where that is more than the message says.
func (c *checker) report(rule, format string, args ...any) {
	p := problem(c.action.Identifier, format, args...)
	p.Rule = rule
	c.problems = append(c.problems, p)
}

// badValue reports a value that is not legal where it stands.
func (c *checker) badValue(rule, format string, args ...any) {
	c.report(rule, "Invalid Action property value. Path: %s.%s", c.path, fmt.Sprintf(format, args...))
}

// reservedIdentifiers are words that Amazon's own reader cannot have as identifiers (DG flow-language).
var reservedIdentifiers = map[string]bool{
	"__proto__": true, "constructor": true, "__defineGetter__": true, "__defineSetter__": true, "toString": true,
	"hasOwnProperty": true, "isPrototypeOf": true, "propertyIsEnumerable": true, "toLocaleString": true, "valueOf": true,
}

func (c *checker) identifier() {
	id := c.action.Identifier
	size := utf8.RuneCountInString(id)
	legal := size >= 1 && size <= maxIdentifierSize && !reservedIdentifiers[id] && !strings.ContainsAny(id, `%:(\/)=$,;[]{}`)
	if !legal || c.index != c.first[id] {
		c.report("", "Invalid Action Identifier. Path: %s.Identifier", c.path)
	}
}

func (c *checker) knownType() {
	if c.kind == nil {
		c.report("", "Invalid Action type. Type: %s", c.action.Type)
	}
}

func (c *checker) allowedType() {
	if c.kind.only != nil && c.flowType != "" && c.flowType != TypeModule && !slices.Contains(c.kind.only, c.flowType) {
		c.report("", "Invalid Action type. Type: %s", c.action.Type)
	}
}

func (c *checker) requiredMembers() {
	c.requiredParameters()
	missing := func(member string) {
		c.report("", "Action is missing required property. Path: %s.%s", c.path, member)
	}
	switch t := c.action.Transitions; {
	case t == nil:
		missing("Transitions")
	case t.NextAction == "" && !c.kind.terminal && !c.kind.noNext:
		missing("Transitions.NextAction")
	}
}
