package template

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// values are such as fields may hold, and some that no field may.
var values = rapid.SampledFrom([]string{
	"", "a", "b", "true", "false", "1", "90", "1900000000", "-1", "https://example.com", "ann@example.com", "q-1",
})

// drawTemplate draws a template that often makes sense.
func drawTemplate(t *rapid.T) *Template {
	tm := &Template{ID: "t-1", Name: "Call back", Active: true}
	tm.Flow = rapid.SampledFrom([]string{"", "f-1"}).Draw(t, "flow")
	tm.SelfAssignFlow = rapid.SampledFrom([]string{"", "f-2"}).Draw(t, "self-assign flow")
	types := rapid.SliceOfDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(kinds))), rapid.ID[FieldType]).Draw(t, "types")
	if !slices.Contains(types, FieldName) {
		types = append(types, FieldName)
	}
	var names []string
	for i, of := range types {
		f := Field{Name: fmt.Sprint("f", i), Type: of}
		if of == FieldSingleSelect {
			f.Options = []string{"a", "b"}
		}
		names = append(names, f.Name)
		tm.Fields = append(tm.Fields, f)
		value := values.Filter(func(v string) bool { return f.wrong(v) == "" || v == "" }).Draw(t, "default of "+string(of))
		tm.Defaults = append(tm.Defaults, Default{f.Name, value})
	}
	some := rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID[string])
	tm.Required, tm.ReadOnly, tm.Invisible = some.Draw(t, "required"), some.Draw(t, "read-only"), some.Draw(t, "invisible")
	if i := slices.Index(types, FieldName); !slices.Contains(tm.Required, names[i]) {
		tm.Required = append(tm.Required, names[i])
	}
	return tm
}

// drawTask draws a request that often keeps to the template.
func drawTask(t *rapid.T, tm *Template) Task {
	task := Task{Flow: rapid.SampledFrom([]string{"", "f-9"}).Draw(t, "flow of the request")}
	for _, f := range append(slices.Clone(tm.Fields), Field{Name: "extra", Type: FieldText}) {
		if !rapid.Bool().Draw(t, f.Name+" is given") {
			continue
		}
		v := values.Draw(t, f.Name)
		if f.reference() == "" {
			if f.wrong(v) == "" {
				task.fill(f, v)
			}
			continue
		}
		of := rapid.SampledFrom([]contact.ReferenceType{f.reference(), f.reference(), contact.ReferenceString}).Draw(t, "type of "+f.Name)
		if task.References == nil {
			task.References = contact.References{}
		}
		task.References[f.Name] = contact.Reference{Type: of, Value: v}
	}
	return task
}

func TestLawsOfApply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tm := drawTemplate(t)
		if tm.Check() != nil {
			return
		}
		task := drawTask(t, tm)
		got, err := tm.Apply(task)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("Apply = %v, want it invalid", err)
			}
			return
		}
		wantStable(t, tm, got)
		if err := tm.Fits(got.References); err != nil {
			t.Errorf("Apply has taken references that do not fit: %v", err)
		}
		for _, f := range tm.Fields {
			v, preset := got.value(f), tm.preset(f.Name)
			if tm.requires(f) && v == "" && preset == "" && f.Type != FieldSelfAssign {
				t.Errorf("field %s (%s) is required and has no value", f.Name, f.Type)
			}
			if given := task.value(f); given != "" && v != given {
				t.Errorf("field %s (%s) was %q in the request and is %q", f.Name, f.Type, given, v)
			}
			fills := preset != "" && f.Type != FieldQuickConnect && f.Type != FieldSelfAssign
			if fills && tm.locked(f) && v != preset {
				t.Errorf("field %s (%s) is %q, want its default %q", f.Name, f.Type, v, preset)
			}
		}
		for name := range task.References {
			if _, ok := got.References[name]; !ok {
				t.Errorf("reference %s is lost", name)
			}
		}
		if flow, err := tm.Route(got); err == nil && flow == "" && got.QuickConnect == "" {
			t.Error("Route has found no flow")
		}
	})
}

// wantStable reports whether a task that was taken is taken again, as it is.
func wantStable(t interface{ Errorf(string, ...any) }, tm *Template, task Task) {
	again, err := tm.Apply(task)
	if diff := cmp.Diff(task, again); diff != "" || err != nil {
		t.Errorf("Apply to its own result: %v (-first +second):\n%s", err, diff)
	}
}

func FuzzTemplate(f *testing.F) {
	seed := func(tm *Template, task Task) {
		template, err := json.Marshal(tm)
		if err != nil {
			f.Fatal(err)
		}
		request, err := json.Marshal(task)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(template, request)
	}
	tm := callBack()
	seed(tm, Task{Name: "Order 7", References: refs("Reason", "late")})
	tm.Defaults = []Default{{"When", "1900000000"}, {"Who", "q-1"}, {"Until", "90"}, {"Mine", "true"}, {"Born", "0"}}
	tm.ReadOnly, tm.Invisible = []string{"When", "Until"}, []string{"Mine"}
	seed(tm, Task{Name: "Order 7", ScheduledFor: time.Unix(1_900_000_000, 0).UTC(), Life: 90 * time.Minute, SelfAssign: true})
	seed(&Template{Fields: []Field{{Name: "A", Type: "?"}, {Type: FieldNumber}}}, Task{})
	f.Fuzz(func(t *testing.T, template, request []byte) {
		var tm Template
		var task Task
		if json.Unmarshal(template, &tm) != nil || json.Unmarshal(request, &task) != nil {
			return
		}
		tm.Name = "Call back"
		if err := tm.Check(); err != nil && !fault.Is(err, fault.BadProperty) {
			t.Errorf("Check = %v", err)
		}
		got, err := tm.Apply(task)
		if err != nil {
			return
		}
		wantStable(t, &tm, got)
		if _, err := tm.Route(got); err != nil && !fault.Is(err, fault.Unusable) {
			t.Errorf("Route = %v", err)
		}
		if err := tm.Fits(got.References); err != nil {
			t.Errorf("Apply has taken references that do not fit: %v", err)
		}
	})
}
