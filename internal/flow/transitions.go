package flow

import (
	"fmt"
	"slices"
	"strings"
)

func (c *checker) requiredErrors() { c.mustFail(c.kind.errors...) }

func (c *checker) knownErrors() {
	seen := make(map[Failure]bool)
	for _, e := range c.action.Transitions.Errors {
		known := slices.Contains(c.kind.errors, e.ErrorType) || slices.Contains(c.kind.mayFail, e.ErrorType)
		if seen[e.ErrorType] || !known {
			c.report("Invalid Action error. Error: %s, Path: %s", e.ErrorType, c.path)
		}
		seen[e.ErrorType] = true
	}
}

func (c *checker) conditions() {
	fixed := len(c.kind.results)+len(c.kind.mayResult) > 0
	if len(c.action.Transitions.Conditions) > 0 && !c.kind.branches && !fixed {
		c.report("Action does not support conditions. Path: %s.Transitions.Conditions", c.path)
		return
	}
	for k, b := range c.action.Transitions.Conditions {
		if !validCondition(b) || fixed && !c.resultCondition(b) {
			c.badValue("Transitions.Conditions[%d]", k)
		}
	}
	for _, r := range c.kind.results {
		if !c.hasResult(r) {
			c.report("Action is missing required condition. Condition: %s, Path: %s", r, c.path)
		}
	}
}

// resultCondition tells whether a condition asks for a word that the action can result in.
func (c *checker) resultCondition(b ConditionBranch) bool {
	is := func(r string) bool { return strings.EqualFold(r, b.Operands[0].(string)) }
	return b.Operator == "Equals" && (slices.ContainsFunc(c.kind.results, is) || slices.ContainsFunc(c.kind.mayResult, is))
}

// hasResult tells whether a condition asks for a word, in any case.
func (c *checker) hasResult(word string) bool {
	return slices.ContainsFunc(c.action.Transitions.Conditions, func(b ConditionBranch) bool {
		return validCondition(b) && strings.EqualFold(b.Operands[0].(string), word)
	})
}

// noTransitions comes after the stages that look at errors and conditions, so NextAction is all that can be left.
func (c *checker) noTransitions() {
	if c.kind.terminal && c.action.Transitions.NextAction != "" {
		c.report("Action does not support transitions. Path: %s.Transitions", c.path)
	}
}

func (c *checker) targets() {
	resolve := func(identifier, format string, args ...any) {
		if _, ok := c.first[identifier]; !ok {
			c.badValue("Transitions.%s", fmt.Sprintf(format, args...))
		}
	}
	t := c.action.Transitions
	if !c.kind.terminal && (t.NextAction != "" || !c.kind.noNext) {
		resolve(t.NextAction, "NextAction")
	}
	for k, e := range t.Errors {
		resolve(e.NextAction, "Errors[%d].NextAction", k)
	}
	for k, b := range t.Conditions {
		resolve(b.NextAction, "Conditions[%d].NextAction", k)
	}
}
