package contact

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

func types(events []Event) (all []EventType) {
	for _, e := range events {
		all = append(all, e.Type)
	}
	return all
}

func TestTemplateIsChangedWhileNobodyWorksOnTheTask(t *testing.T) {
	for s, want := range map[State]fault.Kind{
		Scheduled: 0, InFlow: 0, Queued: 0, Connecting: 0, Connected: fault.Unusable, Paused: fault.Unusable,
		ACW: fault.Unusable, Ended: fault.Unusable,
	} {
		c := at(s)
		events, err := c.ChangeTemplate("t-1", 7, 1, after(time.Minute))
		if want != 0 {
			if !fault.Is(err, want) || c.Template != "" {
				t.Errorf("%s: ChangeTemplate = %v, template %q; want it refused", s, err, c.Template)
			}
			continue
		}
		if err != nil || c.Template != "t-1" || c.TemplateVersion != 7 || c.TemplateChanges != 1 || !c.Updated.Equal(after(time.Minute)) || len(events) != 1 {
			t.Errorf("%s: ChangeTemplate = %v, %v; the task is %+v", s, types(events), err, c)
		}
	}
}

func TestTemplateChangesAreBounded(t *testing.T) {
	c := at(Queued)
	for i, tt := range []struct {
		template string
		limit    int
		want     fault.Kind
	}{
		{"t-1", 2, 0},
		{"t-1", 2, fault.Unusable}, // has it already
		{"t-2", 2, 0},
		{"t-3", 2, fault.Limit},
		{"t-3", 0, 0},
	} {
		_, err := c.ChangeTemplate(tt.template, 1, tt.limit, start)
		if tt.want == 0 && err != nil || tt.want != 0 && !fault.Is(err, tt.want) {
			t.Errorf("change %d to %s: %v, want %v", i, tt.template, err, tt.want)
		}
	}
	if c.TemplateChanges != 3 || c.Template != "t-3" {
		t.Errorf("after 3 changes the task has counted %d, and has template %s", c.TemplateChanges, c.Template)
	}
	call := &Contact{ID: "c-2", Channel: Voice}
	if _, err := call.ChangeTemplate("t-1", 1, 0, start); !fault.Is(err, fault.Unusable) {
		t.Errorf("a call: %v, want it refused", err)
	}
}

func TestTagsOfOneTask(t *testing.T) {
	c := at(Queued)
	set := func(tags map[string]string, want int) {
		t.Helper()
		events, err := c.Tag(tags, after(time.Minute))
		if err != nil || len(events) != want {
			t.Errorf("Tag(%v) = %v, %v; want %d events", tags, types(events), err, want)
		}
	}
	set(map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}, 1)
	set(map[string]string{"a": "1"}, 0)
	set(map[string]string{"a": "0"}, 1)
	if _, err := c.Tag(map[string]string{"g": "7"}, start); !fault.Is(err, fault.Invalid) || len(c.Tags) != MaxTags {
		t.Errorf("a seventh tag: %v, and the task has %d", err, len(c.Tags))
	}
	if events := c.Untag([]string{"a", "none"}, after(time.Hour)); len(events) != 1 || len(c.Tags) != 5 || !c.Updated.Equal(after(time.Hour)) {
		t.Errorf("Untag = %v, and the task has tags %v of %v", types(events), c.Tags, c.Updated)
	}
	if events := c.Untag([]string{"none"}, start); len(events) != 0 {
		t.Errorf("Untag of a tag that is not there = %v", types(events))
	}
}

// An edit tells what it has changed, and nothing that it has not.
func TestEditTellsWhatChanged(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, tt := range []struct {
		name string
		edit Edit
		want []string
	}{
		{"nothing", Edit{}, nil},
		{"the same", Edit{Name: text("old"), Description: text("was"), Life: time.Hour, Segment: map[string]string{"k": "v"}, References: References{"r": {Type: ReferenceString, Value: "x"}}}, nil},
		{"a name", Edit{Name: text("new")}, []string{nameChanged}},
		{"a description", Edit{Description: text("")}, []string{descriptionChanged}},
		{"a reference", Edit{References: References{"r": {Type: ReferenceString, Value: "y"}}}, []string{referencesChanged}},
		{"a reference that goes", Edit{Removed: []string{"r"}}, []string{referencesChanged}},
		{"a segment attribute", Edit{Segment: map[string]string{"k": "w"}}, []string{segmentChanged}},
		{"how long it lives", Edit{Life: 2 * time.Hour}, []string{segmentChanged}},
	} {
		c := at(Queued)
		c.Name, c.Description, c.Segment, c.References = "old", "was", map[string]string{"k": "v"}, References{"r": {Type: ReferenceString, Value: "x"}}
		c.SetLife(time.Hour)
		events, err := c.Edit(tt.edit, after(time.Minute))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var got []string
		for _, e := range events {
			got = append(got, e.Updated...)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v has changed, want %v", tt.name, got, tt.want)
		}
	}
	file := at(Queued)
	file.References = References{"f": {Type: ReferenceAttachment, Value: "id"}}
	for name, edit := range map[string]Edit{
		"a file that goes":              {Removed: []string{"f"}},
		"a reference given and removed": {Removed: []string{"r"}, References: References{"r": {Type: ReferenceString, Value: "x"}}},
		"a reference without a value":   {Name: text("new"), References: References{"r": {Type: ReferenceString}}},
	} {
		if _, err := file.Edit(edit, start); !fault.Is(err, fault.Invalid) || file.Name != "" {
			t.Errorf("%s: %v, name %q; want it refused, and nothing changed", name, err, file.Name)
		}
	}
}

// An edit that gives no references is not refused for those that the task has, and one that gives some is.
func TestEditIsRefusedOnlyForWhatItGives(t *testing.T) {
	c := at(Queued)
	c.References = References{"k": {Type: ReferenceString, Value: strings.Repeat("x", MaxReferenceBytes)}} // one byte too many
	name := "new"
	if _, err := c.Edit(Edit{Name: &name}, start); err != nil || c.Name != "new" {
		t.Errorf("Edit of the name = %v, and the name is %q", err, c.Name)
	}
	if _, err := c.Edit(Edit{References: References{"r": {Type: ReferenceString, Value: "x"}}}, start); !fault.Is(err, fault.Invalid) {
		t.Errorf("Edit with one more reference = %v, want it refused", err)
	}
}
