package flow

import (
	"fmt"
	"slices"
	"strings"
)

func (c *checker) requiredErrors() {
	for _, word := range words(c.kind.errors, c.action) {
		has := func(e ErrorBranch) bool { return string(e.ErrorType) == word }
		if !slices.ContainsFunc(c.action.Transitions.Errors, has) {
			c.report("", "Action is missing required error. Error: %s, Path: %s", word, c.path)
		}
	}
}

func (c *checker) knownErrors() {
	known := slices.Concat(words(c.kind.errors, c.action), words(c.kind.mayFail, c.action))
	seen := make(map[Failure]bool)
	for _, e := range c.action.Transitions.Errors {
		if seen[e.ErrorType] || !slices.Contains(known, string(e.ErrorType)) {
			c.report("", "Invalid Action error. Error: %s, Path: %s", e.ErrorType, c.path)
		}
		seen[e.ErrorType] = true
	}
}

func (c *checker) conditions() {
	own := c.kind.own
	if own != nil && !own.when.holds(c.action) {
		own = nil
	}
	must := words(c.kind.results, c.action)
	may := slices.Concat(must, words(c.kind.mayBe, c.action))
	all := c.action.Transitions.Conditions
	if len(all) > 0 && own == nil && len(may) == 0 {
		c.report("", "Action does not support conditions. Path: %s.Transitions.Conditions", c.path)
		return
	}
	for k, b := range all {
		switch {
		case !validCondition(b):
			c.badValue("a known operator and one operand that is not empty", "Transitions.Conditions[%d]", k)
		case own == nil && !isResult(b, may):
			c.badValue("Equals and one of "+strings.Join(may, ", "), "Transitions.Conditions[%d]", k)
		case own != nil && own.operator != "" && own.operator != b.Operator:
			c.badValue("the operator "+own.operator, "Transitions.Conditions[%d]", k)
		}
	}
	if own != nil && own.required && len(all) == 0 {
		c.report("", "Action is missing required property. Path: %s.Transitions.Conditions", c.path)
	}
	for _, word := range must {
		has := func(b ConditionBranch) bool { return validCondition(b) && isResult(b, []string{word}) }
		if !slices.ContainsFunc(all, has) {
			c.report("", "Action is missing required condition. Condition: %s, Path: %s", word, c.path)
		}
	}
}

// isResult reports whether a valid condition asks for one of the words that an action results in, in any case.
func isResult(b ConditionBranch, words []string) bool {
	is := func(word string) bool { return strings.EqualFold(word, b.Operands[0].(string)) }
	return b.Operator == "Equals" && slices.ContainsFunc(words, is)
}

// noTransitions comes after the stages that look at errors and conditions, so NextAction is all that can be left.
func (c *checker) noTransitions() {
	if c.kind.terminal && c.action.Transitions.NextAction != "" {
		c.report("", "Action does not support transitions. Path: %s.Transitions", c.path)
	}
}

func (c *checker) targets() {
	resolve := func(identifier, format string, args ...any) {
		if _, ok := c.first[identifier]; !ok {
			c.badValue("the Identifier of an action", "Transitions.%s", fmt.Sprintf(format, args...))
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
