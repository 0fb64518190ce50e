package flow

import (
	"fmt"
	"testing"
)

// compareFlow has one Compare with one condition: it ends by EndFlowExecution when that holds.
func compareFlow(t *testing.T, value, operator, operand string) *Program {
	t.Helper()
	content := fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"c","Actions":[
		{"Identifier":"c","Type":"Compare","Parameters":{"ComparisonValue":%q},"Transitions":{"NextAction":"no",
		 "Errors":[{"NextAction":"no","ErrorType":"NoMatchingCondition"}],
		 "Conditions":[{"NextAction":"yes","Condition":{"Operator":%q,"Operands":[%q]}}]}},
		{"Identifier":"yes","Type":"EndFlowExecution","Transitions":{}},
		{"Identifier":"no","Type":"DisconnectParticipant","Transitions":{}}]}`, value, operator, operand)
	p, err := Publish(content, TypeContactFlow, nil)
	if err != nil {
		t.Fatalf("Publish: %v", err)
	}
	return p
}

func TestOperators(t *testing.T) {
	const absent = "\x00"
	tests := []struct {
		value, operator, operand string
		want                     bool
	}{
		{"10", "NumberGreaterThan", "9", true},
		{"10", "NumberGreaterThan", "9.99999999999999999999", true},
		{"9", "NumberGreaterThan", "10", false},
		{"9", "NumberGreaterThan", "9.0", false},
		{"1e2", "NumberGreaterOrEqualTo", "100", true},
		{"99", "NumberGreaterOrEqualTo", "100", false},
		{"1,000", "NumberGreaterThan", "1", false},
		{"-3", "NumberLessThan", "-2.5", true},
		{"-2.5", "NumberLessThan", "-2.50", false},
		{"12345678901234567891", "NumberGreaterThan", "12345678901234567890", true},
		{"0.1", "NumberLessOrEqualTo", "0.10", true},
		{"0.11", "NumberLessOrEqualTo", "0.1", false},
		{"0x10", "NumberLessThan", "100", false},
		{"7", "NumberLessThan", "many", false},
		{"7", "NumberLessOrEqualTo", "$.Attributes.max", true},
		{"7", "Equals", "$.Attributes.gone", false},
		{"7", "Equals", "$.Attributes.max", true},
		{"gold", "Equals", "gold", true},
		{"Gold", "Equals", "gold", false},
		{"True", "Equals", "true", false},
		{"5.0", "Equals", "5", false},
		{"abc", "TextContains", "b", true},
		{"abc", "TextContains", "B", false},
		{"abc", "TextContains", "$.Attributes.void", false},
		{"abc", "TextEndsWith", "bc", true},
		{"abc", "TextEndsWith", "ab", false},
		{"abc", "TextStartsWith", "ab", true},
		{" abc", "TextStartsWith", "abc", false},
		{"ﬁ", "TextStartsWith", "f", false},
		{"", "TextContains", "a", false},
		{" ", "Equals", " ", true},
		{absent, "Equals", " ", false},
		{absent, "NumberLessThan", "1", false},
		{absent, "TextStartsWith", "a", false},
	}
	for _, tt := range tests {
		sc := &scope{Attributes: map[string]string{"max": "7", "void": "", "v": tt.value}}
		if tt.value == absent {
			delete(sc.Attributes, "v")
		}
		p := compareFlow(t, "$.Attributes.v", tt.operator, tt.operand)
		if s, _ := step(p, State{}, Result{}, sc); (s.At == "yes") != tt.want {
			t.Errorf("%q %s %q goes to %q, want condition to be %t", tt.value, tt.operator, tt.operand, s.At, tt.want)
		}
	}
}

func TestKeyExistsAsksAnObject(t *testing.T) {
	sc := &scope{
		Attributes: map[string]string{"tier": "Value"},
		References: map[string]struct{ Value, Type string }{"order": {Type: "URL"}},
	}
	tests := []struct {
		value, key string
		want       bool
	}{
		{"$.References.order", "Value", true}, // present, though empty
		{"$.References.order", "value", false},
		{"$.References.gone", "Value", false},
		{"$.Attributes.tier", "Value", false},
	}
	for _, tt := range tests {
		p := compareFlow(t, tt.value, "KeyExists", tt.key)
		if s, _ := step(p, State{}, Result{}, sc); (s.At == "yes") != tt.want {
			t.Errorf("%s KeyExists %q goes to %q, want condition to be %t", tt.value, tt.key, s.At, tt.want)
		}
	}
}
