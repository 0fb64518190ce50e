package directory

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestSettingsByChannel(t *testing.T) {
	t.Parallel()
	u := User{Others: map[string]Setting{"VOICE": {AutoAccept: new(true), Phone: "+49"}}}
	before := u
	u.Set(map[string]Setting{
		TaskChannel: {AutoAccept: new(true), AfterContactWork: new(time.Minute)},
		"VOICE":     {AfterContactWork: new(time.Second), PhoneType: "DESK_PHONE"},
	})
	want := User{AutoAccept: true, AfterContactWork: time.Minute, Others: map[string]Setting{
		"VOICE": {AutoAccept: new(true), AfterContactWork: new(time.Second), PhoneType: "DESK_PHONE", Phone: "+49"},
	}}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	u.Set(map[string]Setting{TaskChannel: {AutoAccept: new(false)}})
	if u.AutoAccept || u.AfterContactWork != time.Minute {
		t.Errorf("auto-accept %t, after-contact work %v", u.AutoAccept, u.AfterContactWork)
	}
	u.SetPhone(Phone{AutoAccept: true, Desk: "+1"}, []string{TaskChannel})
	if diff := cmp.Diff(User{AutoAccept: true, DeskPhone: "+1"}, u); diff != "" {
		t.Errorf("for all channels (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(User{Others: map[string]Setting{"VOICE": {AutoAccept: new(true), Phone: "+49"}}}, before); diff != "" {
		t.Errorf("the copy has changed (-want +got):\n%s", diff)
	}
}

func TestProficienciesAreAddedAndChanged(t *testing.T) {
	t.Parallel()
	u := User{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(u.AddProficiencies([]Proficiency{{"b", "x", 1}, {"a", "y", 2}}, 2))
	before := u
	must(u.AddProficiencies([]Proficiency{{"b", "x", 3}}, 2))
	must(u.UpdateProficiencies([]Proficiency{{"a", "y", 4}}))
	if diff := cmp.Diff([]Proficiency{{"a", "y", 4}, {"b", "x", 3}}, u.Proficiencies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []struct {
		err  error
		kind fault.Kind
	}{
		{u.AddProficiencies([]Proficiency{{"c", "z", 1}}, 2), fault.Limit},
		{u.AddProficiencies([]Proficiency{{"c", "z", 1}, {"c", "z", 2}}, 0), fault.Invalid},
		{u.UpdateProficiencies([]Proficiency{{"a", "z", 1}}), fault.NotFound},
		{u.UpdateProficiencies([]Proficiency{{"a", "y", 1}, {"a", "y", 2}}), fault.Invalid},
	} {
		if !fault.Is(wrong.err, wrong.kind) {
			t.Errorf("err = %v, want kind %d", wrong.err, wrong.kind)
		}
	}
	u.DropProficiencies([]Proficiency{{Name: "a", Value: "y"}, {Name: "none", Value: "y"}})
	if diff := cmp.Diff([]Proficiency{{"b", "x", 3}}, u.Proficiencies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Proficiency{{"a", "y", 2}, {"b", "x", 1}}, before.Proficiencies); diff != "" {
		t.Errorf("the copy has changed (-want +got):\n%s", diff)
	}
}

func TestLevelsAreRenamed(t *testing.T) {
	t.Parallel()
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	h, err := Hierarchy{}.Rename([MaxLevels]string{"Region", "Site"}, early)
	if err != nil {
		t.Fatal(err)
	}
	next, err := h.Rename([MaxLevels]string{"Region", "Town", "Room"}, late)
	want := Hierarchy{[]Level{{"1", "Region", early}, {"2", "Town", late}, {"3", "Room", late}}}
	if diff := cmp.Diff(want, next); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(Hierarchy{[]Level{{"1", "Region", early}, {"2", "Site", early}}}, h); diff != "" {
		t.Errorf("the copy has changed (-want +got):\n%s", diff)
	}
	if next, err = next.Rename([MaxLevels]string{}, late); err != nil || len(next.Levels) != 0 {
		t.Errorf("without names: %v, %v", next, err)
	}
	for _, names := range [][MaxLevels]string{{"", "Site"}, {"A", "", "C"}, {"A", "A"}, {" "}} {
		if _, err := h.Rename(names, late); !fault.Is(err, fault.Invalid) {
			t.Errorf("Rename(%q) = %v, want an invalid value", names, err)
		}
	}
}
