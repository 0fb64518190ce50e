package template

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// callBack is a template with a field of every type, which makes sense.
func callBack() *Template {
	return &Template{
		ID: "t-1", Name: "Call back", Active: true, Flow: "f-1", SelfAssignFlow: "f-2",
		Fields: []Field{
			{Name: "Title", Type: FieldName},
			{Name: "Notes", Type: FieldDescription},
			{Name: "When", Type: FieldScheduledTime},
			{Name: "Who", Type: FieldQuickConnect},
			{Name: "Mine", Type: FieldSelfAssign},
			{Name: "Until", Type: FieldExpiry},
			{Name: "Reason", Type: FieldText},
			{Name: "Letter", Type: FieldTextArea},
			{Name: "Urgent", Type: FieldBoolean},
			{Name: "Colour", Type: FieldSingleSelect, Options: []string{"red", "green"}},
			{Name: "Amount", Type: FieldNumber},
			{Name: "Born", Type: FieldDateTime},
			{Name: "Site", Type: FieldURL},
			{Name: "Mail", Type: FieldEmail},
		},
		Required: []string{"Title"},
	}
}

// problems are what Check finds, as "path reason".
func problems(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.BadProperty {
		t.Fatalf("got %v, want a fault of kind BadProperty", err)
	}
	var all []string
	for _, p := range f.Properties {
		if p.Message == "" {
			t.Errorf("%s %s has no message", p.Path, p.Reason)
		}
		all = append(all, p.Path+" "+string(p.Reason))
	}
	return all
}

func TestCheckNamesEveryProblem(t *testing.T) {
	t.Parallel()
	many := func(n int) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprint("x", i)
		}
		return all
	}
	tests := []struct {
		name   string
		change func(*Template)
		want   []string
	}{
		{"as it is", func(*Template) {}, nil},
		{"no name", func(t *Template) { t.Name = "" }, []string{"Name REQUIRED_PROPERTY_MISSING"}},
		{"no flow, but a quick connect", func(t *Template) { t.Flow = "" }, nil},
		{"neither flow nor quick connect", func(t *Template) { t.Flow = ""; t.Fields[3].Type = FieldText }, []string{"ContactFlowId REQUIRED_PROPERTY_MISSING"}},
		{"no fields", func(t *Template) { t.Fields = nil }, []string{
			"Fields REQUIRED_PROPERTY_MISSING", "Constraints.RequiredFields.Title REFERENCED_RESOURCE_NOT_FOUND",
		}},
		{"no NAME", func(t *Template) { t.Fields[0].Type = FieldText }, []string{"Fields REQUIRED_PROPERTY_MISSING"}},
		{"two NAMEs", func(t *Template) { t.Fields[6].Type = FieldName }, []string{"Fields.Reason.Type UNIQUE_CONSTRAINT_VIOLATED"}},
		{"two quick connects", func(t *Template) { t.Fields[6].Type = FieldQuickConnect }, []string{"Fields.Reason.Type UNIQUE_CONSTRAINT_VIOLATED"}},
		{"two texts", func(t *Template) { t.Fields[7].Type = FieldText }, nil},
		{"NAME is not required", func(t *Template) { t.Required = nil }, []string{"Constraints.RequiredFields REQUIRED_PROPERTY_MISSING"}},
		{"a field without a name", func(t *Template) { t.Fields[6].Name = "" }, []string{"Fields[6].Id.Name REQUIRED_PROPERTY_MISSING"}},
		{"a name twice", func(t *Template) { t.Fields[6].Name = "Letter" }, []string{"Fields.Letter.Id UNIQUE_CONSTRAINT_VIOLATED"}},
		{"a field without a type", func(t *Template) { t.Fields[6].Type = "" }, []string{"Fields.Reason.Type REQUIRED_PROPERTY_MISSING"}},
		{"two fields without a type", func(t *Template) { t.Fields[6].Type, t.Fields[7].Type = "", "" }, []string{
			"Fields.Reason.Type REQUIRED_PROPERTY_MISSING", "Fields.Letter.Type REQUIRED_PROPERTY_MISSING",
		}},
		{"a type that is none", func(t *Template) { t.Fields[6].Type = "PHONE" }, []string{"Fields.Reason.Type INVALID_FORMAT"}},
		{"no options", func(t *Template) { t.Fields[9].Options = nil }, []string{"Fields.Colour.SingleSelectOptions REQUIRED_PROPERTY_MISSING"}},
		{"50 options", func(t *Template) { t.Fields[9].Options = many(50) }, nil},
		{"51 options", func(t *Template) { t.Fields[9].Options = many(51) }, []string{"Fields.Colour.SingleSelectOptions INVALID_FORMAT"}},
		{"an empty option", func(t *Template) { t.Fields[9].Options = []string{"red", ""} }, []string{"Fields.Colour.SingleSelectOptions[1] INVALID_FORMAT"}},
		{"an option twice", func(t *Template) { t.Fields[9].Options = []string{"red", "red"} }, []string{"Fields.Colour.SingleSelectOptions[1] UNIQUE_CONSTRAINT_VIOLATED"}},
		{"options of a text", func(t *Template) { t.Fields[6].Options = []string{"red"} }, []string{"Fields.Reason.SingleSelectOptions NOT_SUPPORTED"}},
		{"50 fields", func(t *Template) {
			for _, n := range many(36) {
				t.Fields = append(t.Fields, Field{Name: n, Type: FieldText})
			}
		}, nil},
		{"51 fields", func(t *Template) {
			for _, n := range many(37) {
				t.Fields = append(t.Fields, Field{Name: n, Type: FieldText})
			}
		}, []string{"Fields INVALID_FORMAT"}},
		{"constraints on no field", func(t *Template) {
			t.Required, t.ReadOnly, t.Invisible = append(t.Required, "a"), []string{"b"}, []string{"c"}
		}, []string{
			"Constraints.RequiredFields.a REFERENCED_RESOURCE_NOT_FOUND", "Constraints.ReadOnlyFields.b REFERENCED_RESOURCE_NOT_FOUND",
			"Constraints.InvisibleFields.c REFERENCED_RESOURCE_NOT_FOUND",
		}},
		{"a constraint without a name", func(t *Template) { t.ReadOnly = []string{"Notes", ""} }, []string{"Constraints.ReadOnlyFields[1].Id.Name REQUIRED_PROPERTY_MISSING"}},
		{"a constraint twice", func(t *Template) { t.Required = []string{"Title", "Title"} }, []string{"Constraints.RequiredFields.Title UNIQUE_CONSTRAINT_VIOLATED"}},
		{"51 constraints", func(t *Template) { t.Invisible = many(51) }, []string{"Constraints.InvisibleFields INVALID_FORMAT"}},
		{"51 defaults", func(t *Template) {
			for _, n := range many(51) {
				t.Defaults = append(t.Defaults, Default{n, "v"})
			}
		}, []string{"Defaults.DefaultFieldValues INVALID_FORMAT"}},
		{"defaults of no field", func(t *Template) { t.Defaults = []Default{{"a", "v"}, {"", "v"}} }, []string{
			"Defaults.DefaultFieldValues.a REFERENCED_RESOURCE_NOT_FOUND", "Defaults.DefaultFieldValues[1].Id.Name REQUIRED_PROPERTY_MISSING",
		}},
		{"a default twice", func(t *Template) { t.Defaults = []Default{{"Reason", "a"}, {"Reason", "b"}} }, []string{"Defaults.DefaultFieldValues.Reason UNIQUE_CONSTRAINT_VIOLATED"}},
		{"an empty default", func(t *Template) { t.Defaults = []Default{{"Urgent", ""}} }, nil},
		{"a default that is no value", func(t *Template) { t.Defaults = []Default{{"Urgent", "yes"}} }, []string{"Defaults.DefaultFieldValues.Urgent INVALID_FORMAT"}},
		{"required, read-only", func(t *Template) { t.ReadOnly = []string{"Title"} }, nil},
		{"required, invisible", func(t *Template) { t.Invisible = []string{"Title"} }, []string{"Defaults.DefaultFieldValues.Title REQUIRED_PROPERTY_MISSING"}},
		{"required, invisible, with an empty default", func(t *Template) {
			t.Invisible, t.Defaults = []string{"Title"}, []Default{{"Title", ""}}
		}, []string{"Defaults.DefaultFieldValues.Title REQUIRED_PROPERTY_MISSING"}},
		{"required, invisible, with a default", func(t *Template) {
			t.Invisible, t.Defaults = []string{"Title"}, []Default{{"Title", "Call back"}}
		}, nil},
		{"invisible, without a default", func(t *Template) { t.Invisible = []string{"Reason"} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm := callBack()
			tt.change(tm)
			if diff := cmp.Diff(tt.want, problems(t, tm.Check())); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValuesOfEachType(t *testing.T) {
	t.Parallel()
	x := strings.Repeat
	tests := []struct {
		field string
		right []string
		wrong []string
	}{
		{"Title", []string{"a", x("ü", 1024)}, []string{x("ü", 1025)}},
		{"Notes", []string{"a", x("ü", 4096)}, []string{x("ü", 4097)}},
		{"When", []string{"0", "1900000000"}, []string{"tomorrow", "-1", "+1", "1.5", "1900000000000"}},
		{"Who", []string{"any id"}, nil},
		{"Mine", []string{"true", "false"}, []string{"TRUE", "1", "yes"}},
		{"Until", []string{"1", "129600"}, []string{"0", "129601", "-5", "1h", "1.5", x("9", 30)}},
		{"Reason", []string{"a", x("ü", 511)}, []string{x("ü", 512)}},
		{"Letter", []string{"a", x("ü", 4095)}, []string{x("ü", 4096)}},
		{"Urgent", []string{"true", "false"}, []string{"True", "0"}},
		{"Colour", []string{"red", "green"}, []string{"Red", "blue", "red,green"}},
		{"Amount", []string{"1", "-1.50", "+0.5", ".5", "5."}, []string{"one", "1e3", "1,5", ".", "-", "0x10", "1 "}},
		{"Born", []string{"0", "1900000000"}, []string{"1900-01-01", "1.0", "99999999999999999999"}},
		{"Site", []string{"https://example.com/a?b=c", "http://localhost:80", "mailto:ann@example.com"}, []string{"example.com", "/path", "https://", "http://[::1", ":"}},
		{"Mail", []string{"ann@example.com", "a+b@x.org"}, []string{"ann", "Ann <ann@example.com>", "ann@", "@example.com", " ann@example.com"}},
	}
	tm := callBack()
	for _, tt := range tests {
		i := slices.IndexFunc(tm.Fields, func(f Field) bool { return f.Name == tt.field })
		f := tm.Fields[i]
		t.Run(string(f.Type), func(t *testing.T) {
			for _, v := range tt.right {
				if wrong := f.wrong(v); wrong != "" {
					t.Errorf("%.40q %s", v, wrong)
				}
			}
			for _, v := range tt.wrong {
				if f.wrong(v) == "" {
					t.Errorf("%.40q was taken", v)
				}
				tm := callBack()
				tm.Defaults = []Default{{tt.field, v}}
				want := []string{"Defaults.DefaultFieldValues." + tt.field + " INVALID_FORMAT"}
				if diff := cmp.Diff(want, problems(t, tm.Check())); diff != "" {
					t.Errorf("Check with default %.40q (-want +got):\n%s", v, diff)
				}
			}
		})
	}
	if len(tests) != len(kinds) {
		t.Errorf("%d types of %d are tested", len(tests), len(kinds))
	}
}
