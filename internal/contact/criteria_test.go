package contact

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// level is an attribute condition, as JSON.
func level(name, value, least string) string {
	return fmt.Sprintf(`{"AttributeCondition":{"Name":%q,"Value":%q,"ProficiencyLevel":%s,"ComparisonOperator":"NumberGreaterOrEqualTo"}}`, name, value, least)
}

// one makes criteria of one step of an expression, as JSON.
func one(expression string) string { return `{"Steps":[{"Expression":` + expression + `}]}` }

// french is level 3 of French.
var french = Expression{Attribute: &Condition{Name: "Lang", Value: "French", Min: 3}}

func TestReadCriteria(t *testing.T) {
	lang := level("Lang", "French", "3")
	match := `{"AttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":["u-1","arn:aws:connect:us-east-1:1:instance/i/agent/u-2",""]}}}}`
	tests := []struct {
		name, text string
		want       []Step
	}{
		{"a level", one(lang), []Step{{Expression: french, Status: StepInactive}}},
		{"a level as a text", one(level("Lang", "French", `"3"`)), []Step{{Expression: french, Status: StepInactive}}},
		{
			"a range", one(`{"NotAttributeCondition":{"Name":"Lang","Value":"French","ComparisonOperator":"Range","Range":{"MinProficiencyLevel":1.5,"MaxProficiencyLevel":"4"}}}`),
			[]Step{{Expression: Expression{Not: &Condition{Name: "Lang", Value: "French", Min: 1.5, Max: 4}}, Status: StepInactive}},
		},
		{
			"certain agents first", `{"Steps":[{"Expression":` + match + `,"Expiry":{"DurationInSeconds":"30"}},{"Expression":` + lang + `}]}`,
			[]Step{
				{Expression: Expression{Attribute: &Condition{AgentIDs: []string{"u-1", "u-2"}}}, Expiry: 30 * time.Second, Status: StepInactive},
				{Expression: french, Status: StepInactive},
			},
		},
		{
			"either of two, one of them both", one(`{"OrExpression":[` + lang + `,{"AndExpression":[` + lang + `,` + level("Product", "Card", "1") + `]}]}`),
			[]Step{{Expression: Expression{Or: []Expression{
				french, {And: []Expression{french, {Attribute: &Condition{Name: "Product", Value: "Card", Min: 1}}}},
			}}, Status: StepInactive}},
		},
		{
			"the last step may expire, too", `{"Steps":[{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":1}}]}`,
			[]Step{{Expression: french, Expiry: time.Second, Status: StepInactive}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, given := range []any{tt.text, decoded(t, tt.text)} {
				got, err := ReadCriteria(given)
				if err != nil {
					t.Fatalf("ReadCriteria(%v): %v", given, err)
				}
				if diff := cmp.Diff(tt.want, got.Steps); diff != "" {
					t.Errorf("ReadCriteria(%v) (-want +got):\n%s", given, diff)
				}
			}
		})
	}
}

// The greatest there may be of everything is taken.
func TestCriteriaAtTheirBounds(t *testing.T) {
	lang := level("Lang", "French", "5")
	list := func(n int, of func(i int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = of(i)
		}
		return strings.Join(all, ",")
	}
	step := func(int) string { return `{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":30}}` }
	for name, text := range map[string]string{
		"5 steps":        `{"Steps":[` + list(5, step) + `]}`,
		"8 attributes":   one(`{"AndExpression":[` + list(8, func(i int) string { return level(fmt.Sprint("a", i), "x", "1") }) + `]}`),
		"3 choices":      one(`{"OrExpression":[` + list(3, func(int) string { return lang }) + `]}`),
		"a range of 1":   one(`{"AttributeCondition":{"Name":"a","Value":"b","ComparisonOperator":"Range","Range":{"MinProficiencyLevel":2,"MaxProficiencyLevel":2}}}`),
		"a long name":    one(level(strings.Repeat("ä", 100), "x", "1")),
		"a long value":   one(level("x", strings.Repeat("ä", 128), "1")),
		"10 agents":      one(`{"AttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":[` + list(10, func(i int) string { return fmt.Sprintf(`"u-%d"`, i) }) + `]}}}}`),
		"an agent, bare": one(`{"AttributeCondition":{"MatchCriteria":{"AgentsCriteria":{"AgentIds":["u-1"]}}}}`),
	} {
		if _, err := ReadCriteria(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// decoded is a text as the flow language decodes it.
func decoded(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCriteriaRefused(t *testing.T) {
	lang := level("Lang", "French", "3")
	step := `{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":30}}`
	many := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	names := make([]string, 9)
	for i := range names {
		names[i] = level(fmt.Sprint("a", i), "x", "1")
	}
	agents := func(ids string) string {
		return one(`{"AttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":` + ids + `}}}}`)
	}
	between := func(least, most string) string {
		return one(`{"AttributeCondition":{"Name":"a","Value":"b","ComparisonOperator":"Range","Range":{"MinProficiencyLevel":` + least + `,"MaxProficiencyLevel":` + most + `}}}`)
	}
	tests := []struct{ text, want string }{
		{`Steps`, "the text is not JSON"},
		{`"Steps"`, "the criteria must be an object"},
		{`[]`, "the criteria must be an object"},
		{`{}`, "there must be 1 to 5 Steps"},
		{`{"steps":[]}`, "the criteria has an unknown member steps"},
		{`{"Steps":[` + many(6, step) + `]}`, "there must be 1 to 5 Steps"},
		{`{"Steps":[5]}`, "a step must be an object"},
		{`{"Steps":[{"Expression":` + lang + `},` + step + `]}`, "every step but the last needs an Expiry"},
		{`{"Steps":[{"Expression":` + lang + `,"Expiry":30}]}`, "Expiry must be an object"},
		{`{"Steps":[{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":0}}]}`, "DurationInSeconds must be a number from 1"},
		{`{"Steps":[{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":"NaN"}}]}`, "DurationInSeconds must be a number from 1"},
		{`{"Steps":[{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":"0x10"}}]}`, "DurationInSeconds must be a number from 1"},
		{`{"Steps":[{"Expression":` + lang + `,"Expiry":{"DurationInSeconds":1.5}}]}`, "DurationInSeconds must be a whole number"},
		{`{"Steps":[{}]}`, "an expression must be an object"},
		{one(`{}`), "an expression must have exactly one member"},
		{one(`{"XorExpression":[]}`), "an expression has an unknown member XorExpression"},
		{one(`{"AndExpression":[]}`), "AndExpression must have 1 to 8 members"},
		{one(`{"AndExpression":[` + strings.Join(names, ",") + `]}`), "AndExpression must have 1 to 8 members"},
		{one(`{"AndExpression":[` + lang + `,` + lang + `]}`), "attribute Lang stands twice in one AndExpression"},
		{one(`{"AndExpression":[{"AndExpression":[` + lang + `]}]}`), "AndExpression cannot hold such an expression"},
		{one(`{"AndExpression":[{"OrExpression":[` + lang + `]}]}`), "OrExpression must be the outermost expression"},
		{one(`{"OrExpression":[` + many(4, lang) + `]}`), "OrExpression must have 1 to 3 members"},
		{one(`{"OrExpression":[{"OrExpression":[` + lang + `]}]}`), "OrExpression must be the outermost expression"},
		{one(level("Lang", "French", "0.5")), "ProficiencyLevel must be a number from 1 to 5"},
		{one(level("Lang", "French", "6")), "ProficiencyLevel must be a number from 1 to 5"},
		{one(level("Lang", "French", `"high"`)), "ProficiencyLevel must be a number from 1 to 5"},
		{one(level("Lang", "French", `null`)), "ProficiencyLevel must be a number from 1 to 5"},
		{one(level("", "French", "3")), "Name must be a text of 1 to 100 characters"},
		{one(level(strings.Repeat("é", 101), "French", "3")), "Name must be a text of 1 to 100 characters"},
		{one(level("Lang", strings.Repeat("é", 129), "3")), "Value must be a text of 1 to 128 characters"},
		{one(`{"AttributeCondition":{"Name":"a","Value":"b","ProficiencyLevel":3}}`), "ComparisonOperator must be"},
		{one(`{"AttributeCondition":{"Name":"a","Value":"b","ProficiencyLevel":3,"ComparisonOperator":"Equals"}}`), "ComparisonOperator must be"},
		{between("4", "3"), "MaxProficiencyLevel is below MinProficiencyLevel"},
		{between("0", "3"), "MinProficiencyLevel must be a number"},
		{agents(`[]`), "AgentIds must have 1 to 10 members"},
		{agents(`[""]`), "AgentIds must have 1 to 10 members"},
		{agents(`[5]`), "AgentIds must be texts"},
		{agents(`[` + many(11, `"u"`) + `]`), "AgentIds must have 1 to 10 members"},
		{one(`{"AttributeCondition":{"ComparisonOperator":"Match"}}`), "MatchCriteria must be an object"},
	}
	for _, tt := range tests {
		_, err := ReadCriteria(tt.text)
		if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), "RoutingCriteria: "+tt.want) {
			t.Errorf("ReadCriteria(%s): %v, want %q", tt.text, err, tt.want)
		}
	}
}

// A reference may stand for any text or number while its value is not known, and for none once it must be.
func TestCriteriaWithReferences(t *testing.T) {
	isReference := func(s string) bool { return strings.HasPrefix(s, "$.") }
	for _, text := range []string{
		one(level("$.Attributes.name", "$.Attributes.value", `"$.Attributes.level"`)),
		one(level("$."+strings.Repeat("a", 200), "x", "1")),
		one(`{"AttributeCondition":{"Name":"a","Value":"b","ComparisonOperator":"Range","Range":{"MinProficiencyLevel":3,"MaxProficiencyLevel":"$.External.most"}}}`),
		one(`{"AndExpression":[` + level("$.A.n", "x", "1") + `,` + level("$.A.n", "y", "1") + `]}`),
		`{"Steps":[{"Expression":` + level("a", "b", "1") + `,"Expiry":{"DurationInSeconds":"$.External.seconds"}}]}`,
	} {
		if err := CheckCriteria(text, isReference); err != nil {
			t.Errorf("CheckCriteria(%s): %v", text, err)
		}
	}
	if _, err := ReadCriteria(one(level("Lang", "French", `"$.Attributes.level"`))); !fault.Is(err, fault.Invalid) {
		t.Errorf("ReadCriteria takes a reference for a number: %v", err)
	}
}

// What can be read is within the bounds and survives the store.
func FuzzCriteria(f *testing.F) {
	f.Add(one(level("Lang", "French", "3")))
	f.Add(`{"Steps":[{"Expression":{"OrExpression":[{"AndExpression":[{"NotAttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":["u"]}}}}]}]},"Expiry":{"DurationInSeconds":"1e3"}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ReadCriteria(text)
		if err != nil {
			return
		}
		stored, err := json.Marshal(c)
		if err != nil {
			t.Fatalf("store %+v: %v", c, err)
		}
		var back Criteria
		if err := json.Unmarshal(stored, &back); err != nil || !cmp.Equal(*c, back) {
			t.Fatalf("%+v comes back from %s as %+v (%v)", c, stored, back, err)
		}
		for i, s := range c.Steps {
			if s.Status != StepInactive || s.Expiry < 0 || s.Expiry%time.Second != 0 || s.Expiry == 0 && i < len(c.Steps)-1 {
				t.Fatalf("step %d is %+v", i, s)
			}
		}
	})
}
