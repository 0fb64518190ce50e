package template

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// refs are references of type STRING.
func refs(pairs ...string) contact.References {
	all := contact.References{}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = contact.Reference{Type: contact.ReferenceString, Value: pairs[i+1]}
	}
	return all
}

func TestApplyFillsInDefaults(t *testing.T) {
	t.Parallel()
	tm := callBack()
	tm.Flow = ""
	tm.Defaults = []Default{
		{"Title", "Call back"},
		{"Notes", "Be kind"},
		{"When", "1900000000"},
		{"Who", "q-1"},
		{"Until", "90"},
		{"Reason", "asked"},
		{"Urgent", "false"},
		{"Colour", "green"},
		{"Amount", "1.5"},
		{"Born", "86400"},
		{"Site", "https://example.com"},
		{"Mail", "ann@example.com"},
	}
	if err := tm.Check(); err != nil {
		t.Fatal(err)
	}
	empty, err := tm.Apply(Task{})
	want := Task{
		Name: "Call back", Description: "Be kind", ScheduledFor: time.Unix(1_900_000_000, 0).UTC(), QuickConnect: "q-1", Life: 90 * time.Minute,
		References: contact.References{
			"Reason": {Type: contact.ReferenceString, Value: "asked"},
			"Urgent": {Type: contact.ReferenceString, Value: "false"},
			"Colour": {Type: contact.ReferenceString, Value: "green"},
			"Amount": {Type: contact.ReferenceNumber, Value: "1.5"},
			"Born":   {Type: contact.ReferenceDate, Value: "86400"},
			"Site":   {Type: contact.ReferenceURL, Value: "https://example.com"},
			"Mail":   {Type: contact.ReferenceEmail, Value: "ann@example.com"},
		},
	}
	if diff := cmp.Diff(want, empty); diff != "" || err != nil {
		t.Errorf("Apply to nothing: %v (-want +got):\n%s", err, diff)
	}
	full := Task{
		Name: "Order 7", Description: "Late", ScheduledFor: time.UnixMilli(1_800_000_000_123), QuickConnect: "q-2", Life: time.Hour,
		References: refs("Reason", "late", "Letter", "Dear …", "Urgent", "true", "Colour", "red", "Ours", "an extra one"),
	}
	asked := len(full.References)
	got, err := tm.Apply(full)
	if err != nil {
		t.Fatal(err)
	}
	if len(full.References) != asked {
		t.Error("Apply has changed the references of the request")
	}
	if got.Name != full.Name || got.Description != full.Description || got.ScheduledFor != full.ScheduledFor || got.QuickConnect != "q-2" || got.Life != time.Hour {
		t.Errorf("Apply has replaced what was given: %+v", got)
	}
	for name, r := range full.References {
		if got.References[name] != r {
			t.Errorf("reference %s is %v, want %v", name, got.References[name], r)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	request := func() Task { return Task{Name: "Order 7"} }
	with := func(t contact.ReferenceType, name, value string) func(*Template, *Task) {
		return func(_ *Template, task *Task) { task.References = contact.References{name: {Type: t, Value: value}} }
	}
	fixed := func(list, field, value string) func(*Template) {
		return func(tm *Template) {
			tm.Defaults = append(tm.Defaults, Default{field, value})
			switch list {
			case "read-only":
				tm.ReadOnly = append(tm.ReadOnly, field)
			case "invisible":
				tm.Invisible = append(tm.Invisible, field)
			}
		}
	}
	tests := []struct {
		name   string
		change func(*Template, *Task)
		want   string // empty: accepted
	}{
		{"nothing wrong", func(*Template, *Task) {}, ""},
		{"no name", func(_ *Template, task *Task) { task.Name = "" }, "Field 'Title' is required"},
		{"no name, as a template of before constraints has it", func(tm *Template, task *Task) { tm.Required, task.Name = nil, "" }, "Field 'Title' is required"},
		{"name of 1024", func(_ *Template, task *Task) { task.Name = strings.Repeat("x", 1024) }, ""},
		{"no description", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "Notes") }, "Field 'Notes' is required"},
		{"no time", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "When") }, "Field 'When' is required"},
		{"no quick connect", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "Who") }, "Field 'Who' is required"},
		{"no expiry", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "Until") }, "Field 'Until' is required"},
		{"no text", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "Reason") }, "Field 'Reason' is required"},
		{"an empty text", func(tm *Template, task *Task) {
			tm.Required, task.References = append(tm.Required, "Reason"), refs("Reason", "")
		}, "Field 'Reason' is required"},
		{"an empty text that need not be", with(contact.ReferenceString, "Reason", ""), ""},
		{"a box that is not ticked", func(tm *Template, _ *Task) { tm.Required = append(tm.Required, "Mine") }, ""},
		{"a locked box without a default", func(tm *Template, _ *Task) { tm.Required, tm.ReadOnly = append(tm.Required, "Mine"), []string{"Mine"} }, ""},
		{"required, by default", func(tm *Template, _ *Task) {
			tm.Required = append(tm.Required, "Reason")
			fixed("", "Reason", "asked")(tm)
		}, ""},

		{"text as URL", with(contact.ReferenceURL, "Reason", "https://example.com"), "Field 'Reason' must be a reference of type STRING, not URL"},
		{"number as text", with(contact.ReferenceString, "Amount", "1"), "Field 'Amount' must be a reference of type NUMBER, not STRING"},
		{"date as number", with(contact.ReferenceNumber, "Born", "1"), "Field 'Born' must be a reference of type DATE, not NUMBER"},
		{"URL as text", with(contact.ReferenceString, "Site", "https://example.com"), "Field 'Site' must be a reference of type URL, not STRING"},
		{"address as text", with(contact.ReferenceString, "Mail", "a@b.org"), "Field 'Mail' must be a reference of type EMAIL, not STRING"},
		{"empty, of the wrong type", with(contact.ReferenceURL, "Reason", ""), "Field 'Reason' must be a reference of type STRING, not URL"},
		{"an extra of the name of a member", with(contact.ReferenceURL, "Title", "https://example.com"), ""},

		{"text too long", with(contact.ReferenceString, "Reason", strings.Repeat("x", 512)), "Field 'Reason' must have at most 511 characters"},
		{"area too long", with(contact.ReferenceString, "Letter", strings.Repeat("x", 4096)), "Field 'Letter' must have at most 4095 characters"},
		{"not a boolean", with(contact.ReferenceString, "Urgent", "yes"), "Field 'Urgent' must be true or false"},
		{"not an option", with(contact.ReferenceString, "Colour", "blue"), "Field 'Colour' must be one of: red, green"},
		{"not a number", with(contact.ReferenceNumber, "Amount", "one"), "Field 'Amount' must be a decimal number"},
		{"not a date", with(contact.ReferenceDate, "Born", "today"), "Field 'Born' must be a time in epoch seconds"},
		{"not a URL", with(contact.ReferenceURL, "Site", "example"), "Field 'Site' must be a URL with a scheme"},
		{"not an address", with(contact.ReferenceEmail, "Mail", "ann"), "Field 'Mail' must be an e-mail address"},
		{"too short a life", func(_ *Template, task *Task) { task.Life = 59 * time.Second }, "Field 'Until' must be 1 to 129600 minutes"},
		{"the shortest life", func(_ *Template, task *Task) { task.Life = time.Minute }, ""},
		{"the longest life", func(_ *Template, task *Task) { task.Life = 90 * 24 * time.Hour }, ""},
		{"too long a life", func(_ *Template, task *Task) { task.Life = 90*24*time.Hour + time.Minute }, "Field 'Until' must be 1 to 129600 minutes"},

		{"read-only, not given", func(tm *Template, _ *Task) { fixed("read-only", "Reason", "asked")(tm) }, ""},
		{"read-only, the same", func(tm *Template, task *Task) {
			fixed("read-only", "Reason", "asked")(tm)
			task.References = refs("Reason", "asked")
		}, ""},
		{"read-only, another", func(tm *Template, task *Task) {
			fixed("read-only", "Reason", "asked")(tm)
			task.References = refs("Reason", "late")
		}, "Field 'Reason' keeps the value that its task template gives it"},
		{"invisible, another", func(tm *Template, task *Task) {
			fixed("invisible", "Reason", "asked")(tm)
			task.References = refs("Reason", "late")
		}, "Field 'Reason' keeps"},
		{"read-only without a default", func(tm *Template, task *Task) {
			tm.ReadOnly, task.References = []string{"Reason"}, refs("Reason", "late")
		}, ""},
		{"read-only name", func(tm *Template, _ *Task) { fixed("read-only", "Title", "Call back")(tm) }, "Field 'Title' keeps"},
		{"invisible description", func(tm *Template, task *Task) {
			fixed("invisible", "Notes", "Be kind")(tm)
			task.Description = "Be quick"
		}, "Field 'Notes' keeps"},
		{"read-only time", func(tm *Template, task *Task) {
			fixed("read-only", "When", "1900000000")(tm)
			task.ScheduledFor = time.Unix(1_900_000_001, 0)
		}, "Field 'When' keeps"},
		{"read-only time, the same second", func(tm *Template, task *Task) {
			fixed("read-only", "When", "1900000000")(tm)
			task.ScheduledFor = time.UnixMilli(1_900_000_000_500)
		}, ""},
		{"read-only quick connect", func(tm *Template, task *Task) {
			fixed("read-only", "Who", "q-1")(tm)
			task.QuickConnect = "q-2"
		}, "Field 'Who' keeps"},
		{"read-only life", func(tm *Template, task *Task) {
			fixed("read-only", "Until", "60")(tm)
			task.Life = 2 * time.Hour
		}, "Field 'Until' keeps"},
		{"a box that stays empty", func(tm *Template, task *Task) {
			fixed("read-only", "Mine", "false")(tm)
			task.SelfAssign = true
		}, "Field 'Mine' keeps"},
		{"a box that may be ticked", func(tm *Template, task *Task) {
			fixed("", "Mine", "false")(tm)
			task.SelfAssign = true
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, task := callBack(), request()
			tt.change(tm, &task)
			_, err := tm.Apply(task)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Apply = %v, want no error", err)
			case tt.want != "" && (!fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("Apply = %v, want %s", err, tt.want)
			}
		})
	}
}

func TestOnlyActiveTemplatesStartTasks(t *testing.T) {
	t.Parallel()
	tm := callBack()
	tm.Active = false
	if _, err := tm.Apply(Task{Name: "Order 7"}); !fault.Is(err, fault.Unusable) {
		t.Errorf("Apply = %v, want it unusable", err)
	}
}

func TestSelfAssignDefaultTicksTheBoxBeforehand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		preset string
		locked bool
		asked  bool
		want   bool
	}{
		{"true", false, false, false}, // somebody has unticked it
		{"true", false, true, true},
		{"true", true, false, true},
		{"true", true, true, true},
		{"false", true, false, false},
		{"", true, true, true},
	} {
		tm := callBack()
		tm.Defaults = []Default{{"Mine", tt.preset}}
		if tt.locked {
			tm.ReadOnly = []string{"Mine"}
		}
		got, err := tm.Apply(Task{Name: "Order 7", SelfAssign: tt.asked})
		if err != nil || got.SelfAssign != tt.want {
			t.Errorf("%+v: %t, %v", tt, got.SelfAssign, err)
		}
	}
}

func TestFieldsBesideAWrongOneAreFilledIn(t *testing.T) {
	t.Parallel()
	tm := callBack()
	tm.Flow, tm.Defaults = "", []Default{{"Who", "q-1"}}
	task, err := tm.Apply(Task{}) // without a name
	if !fault.Is(err, fault.Invalid) || task.QuickConnect != "q-1" {
		t.Errorf("Apply = %+v, %v; want a fault, and the default quick connect", task, err)
	}
	if _, err := tm.Route(task); err != nil {
		t.Errorf("Route = %v, want the quick connect's flow", err)
	}
}

func TestExactlyOneFlowRuns(t *testing.T) {
	t.Parallel()
	const two, none, self = "Cannot identify a unique flow", "TaskTemplateId: the task template has no flow configured", "Self assignment needs"
	tests := []struct {
		name           string
		flow, selfFlow string // of the template
		preset         string // quick connect
		task           Task
		want           string // flow, "connect" for that of the quick connect, or the error
	}{
		{"template's", "f-1", "", "", Task{}, "f-1"},
		{"nobody's", "", "", "", Task{}, none},
		{"request's", "", "", "", Task{Flow: "f-9"}, "f-9"},
		{"quick connect's", "", "", "", Task{QuickConnect: "q-9"}, "connect"},
		{"default quick connect's", "", "", "q-1", Task{}, "connect"},
		{"request's before the default quick connect's", "", "", "q-1", Task{Flow: "f-9"}, "f-9"},
		{"template's before its default quick connect's", "f-1", "", "q-1", Task{}, "f-1"},
		{"template's and request's", "f-1", "", "", Task{Flow: "f-9"}, two},
		{"template's and request's, the same", "f-1", "", "", Task{Flow: "f-1"}, two},
		{"template's and quick connect's", "f-1", "", "", Task{QuickConnect: "q-9"}, two},
		{"request's and quick connect's", "", "", "", Task{Flow: "f-9", QuickConnect: "q-9"}, two},
		{"all three", "f-1", "", "", Task{Flow: "f-9", QuickConnect: "q-9"}, two},
		{"self-assigned", "f-1", "f-2", "", Task{SelfAssign: true}, "f-2"},
		{"self-assigned, no other", "", "f-2", "q-1", Task{SelfAssign: true}, "f-2"},
		{"self-assigned and request's", "", "f-2", "", Task{SelfAssign: true, Flow: "f-9"}, two},
		{"self-assigned without such a flow", "f-1", "", "", Task{SelfAssign: true}, self},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm := callBack()
			tm.Flow, tm.SelfAssignFlow, tm.Defaults = tt.flow, tt.selfFlow, []Default{{"Who", tt.preset}}
			tt.task.Name = "Order 7"
			task, err := tm.Apply(tt.task)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tm.Route(task)
			switch {
			case err != nil:
				if got = err.Error(); !fault.Is(err, fault.Unusable) {
					t.Errorf("Route = %v, want it unusable", err)
				}
			case got == "" && task.QuickConnect != "":
				got = "connect"
			}
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("Route = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		required []string
		refs     contact.References
		want     []string
	}{
		{"nothing is required", []string{"Title"}, nil, nil},
		{"members are no references", []string{"Title", "Notes", "When", "Who", "Mine", "Until"}, nil, nil},
		{"all there", []string{"Title", "Reason", "Urgent"}, refs("Reason", "asked", "Urgent", "true", "Ours", "extra"), nil},
		{"missing", []string{"Title", "Reason", "Amount"}, refs("Reason", "asked"), []string{"References.Amount REQUIRED_PROPERTY_MISSING"}},
		{"empty", []string{"Title", "Reason"}, refs("Reason", ""), []string{"References.Reason REQUIRED_PROPERTY_MISSING"}},
		{"of another type", []string{"Title", "Amount", "Site"}, refs("Amount", "1", "Site", "https://example.com"), []string{
			"References.Amount TYPE_MISMATCH", "References.Site TYPE_MISMATCH",
		}},
		{"of another type, not required", []string{"Title"}, refs("Amount", "1"), nil},
		{"not such a value", []string{"Title", "Urgent"}, refs("Urgent", "yes", "Reason", strings.Repeat("x", 512), "Letter", strings.Repeat("x", 4096), "Colour", "blue"), []string{
			"References.Reason INVALID_FORMAT", "References.Letter INVALID_FORMAT", "References.Urgent INVALID_FORMAT", "References.Colour INVALID_FORMAT",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm := callBack()
			tm.Required = tt.required
			if diff := cmp.Diff(tt.want, problems(t, tm.Fits(tt.refs))); diff != "" {
				t.Errorf("Fits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTemplatesOfBeforeConstraintsAreRead(t *testing.T) {
	t.Parallel()
	var got Template
	err := json.Unmarshal([]byte(`{"flow":"f-1","active":true,"fields":[{"name":"Task name","type":"NAME"},{"name":"Description","type":"DESCRIPTION"}],"created":"2026-11-24T10:07:02Z"}`), &got)
	want := Template{
		Flow: "f-1", Active: true, Created: time.Date(2026, 11, 24, 10, 7, 2, 0, time.UTC),
		Fields: []Field{{Name: "Task name", Type: FieldName}, {Name: "Description", Type: FieldDescription}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := got.Apply(Task{Name: "Order 7"}); err != nil {
		t.Errorf("Apply: %v", err)
	}
}
