package flow

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
)

// condition is one branch of an action that has results. The first that holds is followed.
type condition struct {
	holds   func(value, operand string) bool
	operand template
	next    int
}

// operators compare a value with an operand. There are no others on this wire.
var operators = map[string]func(value, operand string) bool{
	"Equals":                 func(v, o string) bool { return v == o },
	"TextStartsWith":         strings.HasPrefix,
	"TextEndsWith":           strings.HasSuffix,
	"TextContains":           strings.Contains,
	"NumberGreaterThan":      numbers(func(sign int) bool { return sign > 0 }),
	"NumberGreaterOrEqualTo": numbers(func(sign int) bool { return sign >= 0 }),
	"NumberLessThan":         numbers(func(sign int) bool { return sign < 0 }),
	"NumberLessOrEqualTo":    numbers(func(sign int) bool { return sign <= 0 }),
}

var errCondition = errors.New("not a condition")

// compileCondition reads a condition; its next action is filled in later.
func compileCondition(b conditionBranch) (condition, error) {
	holds, ok := operators[b.Condition.Operator]
	if !ok || len(b.Condition.Operands) != 1 {
		return condition{}, errCondition
	}
	text, ok := normal(b.Condition.Operands[0]).(string)
	if !ok || text == "" {
		return condition{}, errCondition
	}
	return condition{holds: holds, operand: operand(text)}, nil
}

// matches tells whether the condition holds for a value. An operand without a value matches nothing.
func (c condition) matches(value string, scope Scope) bool {
	o := c.operand.text(scope)
	return o != "" && c.holds(value, o)
}

// number is what counts as one: no blanks, no thousands separators, no hexadecimal.
var number = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$`)

// maxNumber bounds the characters of a number: comparing is exact, and must not take for ever.
const maxNumber = 400

// numbers compares as decimal numbers, exactly; what is not a number matches nothing.
func numbers(want func(sign int) bool) func(value, operand string) bool {
	return func(value, operand string) bool {
		v, ok := decimal(value)
		if !ok {
			return false
		}
		o, ok := decimal(operand)
		return ok && want(v.Cmp(o))
	}
}

func decimal(s string) (*big.Rat, bool) {
	if len(s) > maxNumber || !number.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
