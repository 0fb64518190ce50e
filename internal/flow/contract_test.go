package flow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/fault"
)

const refunds = `{
	"input": {"schema": {"type": "object", "required": ["order"], "properties": {
		"order": {"type": "string", "description": "Number of the order"},
		"lines": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}, "additionalProperties": false}}}}},
	"resultData": {"schema": {"type": "object", "properties": {"total": {"type": "number"}}}},
	"transitions": {"results": [{"name": "Refused", "description": "Too late"}, {"name": "Unknown"}]}}`

func TestContractDeclares(t *testing.T) {
	c, problems := ParseContract(refunds)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := map[string]bool{}
	for _, name := range []string{"order", "lines", "price", "total", "Refused", "Unknown", "Success", "Error", ""} {
		got["input "+name], got["result "+name], got["branch "+name] = c.AcceptsInput(name), c.HasResult(name), c.HasBranch(name)
	}
	for name, is := range got {
		if !is {
			delete(got, name)
		}
	}
	want := map[string]bool{"input order": true, "input lines": true, "result total": true, "branch Refused": true, "branch Unknown": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("declared (-want +got):\n%s", diff)
	}
	for _, none := range []string{"", "{}", `{"input":{},"resultData":null,"transitions":{"results":[]}}`, `{"input":{"schema":{}}}`} {
		c, problems := ParseContract(none)
		if len(problems) > 0 || c.AcceptsInput("order") || c.HasResult("total") || c.HasBranch("Refused") {
			t.Errorf("%s declares something, or has problems: %v", none, problems)
		}
	}
}

func TestContractProblems(t *testing.T) {
	schema := func(s string) string { return `{"input":{"schema":` + s + `}}` }
	branches := func(names ...string) string {
		return `{"transitions":{"results":[{"name":"` + strings.Join(names, `"},{"name":"`) + `"}]}}`
	}
	tests := []struct{ name, settings, want string }{
		{"no JSON", "{", "not JSON"},
		{"no object", "[]", "not a JSON object"},
		{"unknown member", `{"output":{}}`, "Settings.output: is not known"},
		{"input is no object", `{"input":[]}`, "Settings.input: is not an object"},
		{"schema is no object", schema(`"object"`), "Settings.input.schema: is not an object"},
		{"schema of another type", schema(`{"type":"array"}`), "Settings.input.schema.type: must be object"},
		{"property without a type", schema(`{"type":"object","properties":{"a":{}}}`), "properties.a.type: must be one of"},
		{"property of an unknown type", schema(`{"type":"object","properties":{"a":{"type":"date"}}}`), "properties.a.type: must be one of"},
		{"property is no schema", schema(`{"type":"object","properties":{"a":"string"}}`), "properties.a: is not an object"},
		{"word that asks for more", schema(`{"type":"object","properties":{"a":{"type":"string","pattern":"x"}}}`), "properties.a.pattern: is not known"},
		{"any other property", schema(`{"type":"object","additionalProperties":true}`), "additionalProperties: must be false"},
		{"items of an unknown type", schema(`{"type":"object","properties":{"a":{"type":"array","items":{"type":1}}}}`), "properties.a.items.type"},
		{"nested too deep", schema(`{"type":"object","properties":{"a":` + strings.Repeat(`{"type":"array","items":`, 20) + `{"type":"string"}` + strings.Repeat("}", 22)), "nested 20 deep"},
		{"required is no property", schema(`{"type":"object","required":["b"],"properties":{"a":{"type":"string"}}}`), "schema.required[0]: names no property"},
		{"result data", `{"resultData":{"schema":{"type":"text"}}}`, "Settings.resultData.schema.type"},
		{"branches are no list", `{"transitions":{"results":{}}}`, "Settings.transitions.results: is not an array"},
		{"branch without a name", `{"transitions":{"results":[{"description":"x"}]}}`, "results[0].name: must be a text"},
		{"blank branch", branches(" "), "results[0].name: must be a text"},
		{"reserved branch", branches("a", "Success"), "results[1].name: Success"},
		{"another reserved branch", branches("Error"), "results[0].name: Error"},
		{"branch declared twice", branches("a", "b", "a"), "results[2].name: a is declared twice"},
		{"too many branches", branches("1", "2", "3", "4", "5", "6", "7", "8", "9"), "9 of at most 8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, problems := ParseContract(tt.settings)
			if c == nil || len(problems) == 0 || !strings.Contains(problems[0].Message, tt.want) {
				t.Errorf("ParseContract = %v, %v; want %q", c, problems, tt.want)
			}
		})
	}
	if _, problems := ParseContract(branches("1", "2", "3", "4", "5", "6", "7", "8")); len(problems) > 0 {
		t.Errorf("8 branches: %v", problems)
	}
}

// ends is a module of actions that end it, with these parameters.
func ends(parameters ...string) string {
	actions := make([]string, len(parameters))
	for i, p := range parameters {
		actions[i] = fmt.Sprintf(`{"Identifier":"%d","Type":"EndFlowModuleExecution","Parameters":%s,"Transitions":{}}`, i, p)
	}
	return `{"Version":"2019-10-30","StartAction":"0","Settings":{},"Actions":[` + strings.Join(actions, ",") + `]}`
}

func TestModuleReturnsWhatItsContractDeclares(t *testing.T) {
	c, problems := ParseContract(refunds)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	doc, problems := Parse(ends(
		`{}`, `{"Result":"Refused","ResultData":{"total":12.5}}`,
		`{"Result":"Success"}`, `{"Result":"$.Attributes.x"}`, `{"ResultData":{"total":1,"tax":2,"order":3}}`,
	))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []Problem{
		{Message: "Invalid branch. Path: Actions[2].Parameters.Result"},
		{Message: "Invalid branch. Path: Actions[3].Parameters.Result"},
		{Message: "Invalid Action property value. Path: Actions[4].Parameters.ResultData.order"},
		{Message: "Invalid Action property value. Path: Actions[4].Parameters.ResultData.tax"},
	}
	if diff := cmp.Diff(want, c.check(doc), cmpopts.IgnoreFields(Problem{}, "Action", "Rule")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestModuleNeedsSettings(t *testing.T) {
	const end = `"Version":"2019-10-30","StartAction":"0","Actions":[{"Identifier":"0","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`
	if p, err := PublishModule(`{"Settings":{},`+end, &Contract{}, nil); err != nil || p == nil {
		t.Errorf("with Settings: %v, %v", p, err)
	}
	for _, without := range []string{`{` + end, `{"Settings":null,` + end} {
		if _, err := PublishModule(without, &Contract{}, nil); !fault.Is(err, fault.Unusable) || !strings.Contains(err.Error(), "settings") {
			t.Errorf("PublishModule(%s) = %v", without, err)
		}
	}
	if _, err := PublishModule(`{"Settings":{}}`, &Contract{}, nil); !fault.Is(err, fault.BadFlow) {
		t.Errorf("without actions: %v", err)
	}
}

func FuzzContract(f *testing.F) {
	f.Add(refunds)
	f.Add(`{"input":{"schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":1}}}}}}`)
	f.Fuzz(func(t *testing.T, settings string) {
		c, problems := ParseContract(settings)
		if c == nil || len(problems) > maxProblems {
			t.Fatalf("ParseContract = %v with %d problems", c, len(problems))
		}
		for _, p := range problems {
			if p.Message == "" || len([]rune(p.Message)) > maxProblemLength {
				t.Errorf("problem %q", p.Message)
			}
		}
	})
}
