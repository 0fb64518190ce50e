package flow

import (
	"fmt"
	"slices"
)

func (c *checker) requiredErrors() {
	for _, f := range c.kind.errors {
		has := func(e ErrorBranch) bool { return e.ErrorType == f }
		if !slices.ContainsFunc(c.action.Transitions.Errors, has) {
			c.report("Action is missing required error. Error: %s, Path: %s", f, c.path)
		}
	}
}

func (c *checker) knownErrors() {
	seen := make(map[Failure]bool)
	for _, e := range c.action.Transitions.Errors {
		if seen[e.ErrorType] || !slices.Contains(c.kind.errors, e.ErrorType) {
			c.report("Invalid Action error. Error: %s, Path: %s", e.ErrorType, c.path)
		}
		seen[e.ErrorType] = true
	}
}

func (c *checker) conditions() {
	if len(c.action.Transitions.Conditions) > 0 && !c.kind.branches {
		c.report("Action does not support conditions. Path: %s.Transitions.Conditions", c.path)
		return
	}
	for k, b := range c.action.Transitions.Conditions {
		if !validCondition(b) {
			c.badValue("Transitions.Conditions[%d]", k)
		}
	}
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
	if !c.kind.terminal {
		resolve(t.NextAction, "NextAction")
	}
	for k, e := range t.Errors {
		resolve(e.NextAction, "Errors[%d].NextAction", k)
	}
	for k, b := range t.Conditions {
		resolve(b.NextAction, "Conditions[%d].NextAction", k)
	}
}
