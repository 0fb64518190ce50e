package flow

import (
	"slices"
	"strconv"
	"strings"
)

// result is what an action found out: a text, and where it was read from.
type result struct {
	text string // empty: no value
	path path   // set by Compare only
	age  bool   // an age, in whole seconds
}

// operators are the comparisons of the language. Text is compared by code points: case counts, blanks count,
// nothing is normalised.
var operators = map[string]func(value, operand string) bool{
	"Equals":                 func(v, o string) bool { return v == o },
	"TextStartsWith":         strings.HasPrefix,
	"TextEndsWith":           strings.HasSuffix,
	"TextContains":           strings.Contains,
	"NumberGreaterThan":      numeric(func(c int) bool { return c > 0 }),
	"NumberGreaterOrEqualTo": numeric(func(c int) bool { return c >= 0 }),
	"NumberLessThan":         numeric(func(c int) bool { return c < 0 }),
	"NumberLessOrEqualTo":    numeric(func(c int) bool { return c <= 0 }),
	"KeyExists":              nil, // asks about the path, not the text: see condition.holds
}

// numeric compares as numbers. What is not a number compares with nothing.
func numeric(holds func(order int) bool) func(value, operand string) bool {
	return func(value, operand string) bool {
		v, ok := parseDecimal(value)
		o, ok2 := parseDecimal(operand)
		return ok && ok2 && holds(v.compare(o))
	}
}

// condition is a branch that is taken when it holds.
type condition struct {
	text     string // as written, for traces
	operator string
	compare  func(value, operand string) bool // nil for KeyExists
	operand  template
	next     int
}

// newCondition reads a condition of a checked document. One that cannot be read never holds.
func newCondition(b ConditionBranch, next int) condition {
	c := condition{operator: b.Operator, compare: operators[b.Operator], next: next}
	if validCondition(b) {
		c.operand = parseValue(b.Operands[0].(string))
		c.text = b.Operator + " " + b.Operands[0].(string)
	}
	return c
}

// validCondition reports whether a condition has a known operator and one operand that is not empty.
func validCondition(b ConditionBranch) bool {
	_, known := operators[b.Operator]
	return known && len(b.Operands) == 1 && oneValue(b.Operands[0])
}

// holds reports whether the result meets the condition. Nothing holds of no value or against no operand, and a
// value that is empty is as good as none.
func (c *condition) holds(r result, v *view) bool {
	operand := c.operand.text(v)
	if operand == "" {
		return false
	}
	if c.compare == nil {
		_, found := v.Lookup(append(slices.Clip(r.path), operand))
		return found && r.path != nil
	}
	value := r.text
	if r.age && inMilliseconds(operand) {
		value += "000"
	}
	return r.text != "" && c.compare(value, operand)
}

// inMilliseconds reports whether an age is compared in milliseconds: real exports hold the seconds that were entered
// times 1,000, the reference writes seconds (docs/divergences.md).
func inMilliseconds(operand string) bool {
	n, err := strconv.Atoi(operand)
	return err == nil && n >= 10_000 && n%1000 == 0
}

// leafReference reports whether v is one whole reference to something that can have a value of its own.
func leafReference(v any) bool {
	s, _ := v.(string)
	p, ok := wholeReference(s)
	return ok && (len(p) > 1 || !containers[p[0]])
}
