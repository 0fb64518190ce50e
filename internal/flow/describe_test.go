package flow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the table says of an action is what is asked of it.
func TestTableIsRead(t *testing.T) {
	d := describe(strings.Join([]string{
		"# a note",
		"Do no next",
		"  only                queue hold",
		"  offered             inbound",
		"  Name*               text 5 when Kind is not Plain",
		"  Queue               value exists queue",
		"  Steps               list of object",
		"    Step*             a|B in any case or reference",
		"    at most one of    Step Jump",
		"    …",
		"  Last                boolean",
		"  exactly one of      Name Queue when Kind is set",
		"  errors              Bad",
		"  may fail            Worse when Kind is Plain and Flags holds x",
		"  results             Done",
		"  may result          Half when Kind is not set",
		"  conditions Equals required",
	}, "\n"))["Do"]
	if !d.noNext || d.terminal || d.open {
		t.Errorf("no next %t, terminal %t, open %t", d.noNext, d.terminal, d.open)
	}
	if diff := cmp.Diff([]Type{TypeCustomerQueue, TypeCustomerHold, TypeAgentHold}, d.only); diff != "" {
		t.Errorf("only (-want +got):\n%s", diff)
	}
	var names []string
	for _, p := range d.params {
		names = append(names, p.name)
	}
	if diff := cmp.Diff([]string{"Name", "Queue", "Steps", "Last"}, names); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	steps := d.params[2].form.members
	if !steps.open || len(steps.params) != 1 || !steps.params[0].required || len(steps.groups) != 1 {
		t.Errorf("steps are %+v", steps)
	}
	if d.own == nil || d.own.operator != "Equals" || !d.own.required {
		t.Errorf("conditions are %+v", d.own)
	}
	plain := &Action{Parameters: map[string]any{"Kind": "plain", "Flags": []any{"x"}}}
	bare := &Action{}
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"Name of Plain", d.param("Name", plain) != nil, false},
		{"Name of none", d.param("Name", bare) != nil, true},
		{"group of Plain", d.groups[0].when.holds(plain), true},
		{"group of none", d.groups[0].when.holds(bare), false},
		{"may fail of Plain", strings.Join(words(d.mayFail, plain), " "), "Worse"},
		{"may fail of none", strings.Join(words(d.mayFail, bare), " "), ""},
		{"may result of none", strings.Join(words(d.mayBe, bare), " "), "Half"},
		{"a step in any case", steps.params[0].form.legal("A"), true},
		{"a step by reference", steps.params[0].form.legal("$.Attributes.a"), true},
		{"no step", steps.params[0].form.legal("c"), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}

// A line that says nothing is a mistake in the program, and told at once.
func TestTableRefusesWhatItCannotRead(t *testing.T) {
	for _, line := range []string{
		"Name", "Name two words", "Name text many", "Name number a..b", "Name value exists moon", "only nowhere",
		"Name value when Kind", "Name value when Kind likes Plain",
	} {
		func() {
			defer func() {
				if said, _ := recover().(string); !strings.HasPrefix(said, "actions.txt:2: ") {
					t.Errorf("%q is read; panic %q", line, said)
				}
			}()
			describe("Do\n  " + line)
		}()
	}
}

// A refusal names the action and says what would be legal, beside the words of Amazon Connect.
func TestProblemNamesActionAndRule(t *testing.T) {
	content := alone(change(t, legalAction("x", "CreateCallbackContact", "end"), "259200", "a day"))
	_, err := Publish(content, TypeModule, nil)
	wantProblem(t, err, `Invalid Action property value. Path: Actions[0].Parameters.RetryDelaySeconds (action "x": a whole number from 1 to 259200, without references)`)
}
