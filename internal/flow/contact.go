package flow

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
)

// contactActions change the contact, or make another one.
var contactActions = map[string]behaviour{
	"UpdateContactAttributes": {rule: (*checker).emptyAttributes, run: runAttributes},
	"UpdateContactData":       {run: runData},
	"UpdateContactEventHooks": {run: runHook},
	"TagContact":              {rule: (*checker).tags, run: runTag},
	"UntagContact":            {run: runUntag},
	"ResumeContact":           {run: always(Resume{})},
	"CreateTask":              {run: runNewTask, learn: func(s *State, r Result) { s.Task = r.Contact }},
	"DisconnectParticipant":   {run: always(Disconnect{})},
	"UpdateContactTextToSpeechVoice": {foreign: true, run: func(v *view, _ *instruction, given Inputs) outcome {
		v.state.Voice = given.text("TextToSpeechVoice")
		return outcome{}
	}},
}

// Bounds of a task's data, in characters, and of how far ahead it may be scheduled, in seconds (API_StartTaskContact).
const (
	maxName        = 1024
	maxDescription = 4096
	maxCustomer    = 128
	maxDelay       = 518_400
	maxTagKey      = 128
	maxTagValue    = 256
	maxTags        = 6
)

func runAttributes(_ *view, _ *instruction, given Inputs) outcome {
	values := given.texts("Attributes")
	for key := range values {
		if key == "" || strings.ContainsAny(key, "$.") {
			return outcome{failure: NoMatchingError}
		}
	}
	return outcome{effect: SetAttributes{values, given.text("TargetContact") == "Related"}}
}

func runData(_ *view, _ *instruction, given Inputs) outcome {
	e := SetData{
		Name: given.optional("Name"), Description: given.optional("Description"),
		Language: given.optional("LanguageCode"), Customer: given.optional("CustomerId"),
		Template: given.optional("TaskTemplateId"), Related: given.text("TargetContact") == "Related",
	}
	tooLong := func(s *string, most int) bool { return s != nil && utf8.RuneCountInString(*s) > most }
	refs, ok := given.references()
	life, ok2 := given.life()
	if !ok || !ok2 || tooLong(e.Name, maxName) || tooLong(e.Description, maxDescription) || tooLong(e.Customer, maxCustomer) ||
		e.Language != nil && !languageCode(*e.Language) {
		return outcome{failure: NoMatchingError}
	}
	e.References, e.Expiry = refs, life
	return outcome{effect: e}
}

// languageCode reports whether a text has the form of a language code, such as en-US.
func languageCode(s string) bool {
	if len(s) < 2 || len(s) > 35 {
		return false
	}
	for part := range strings.SplitSeq(s, "-") {
		if part == "" || len(part) > 8 || leading(part, nameByte) != part || strings.Contains(part, "_") {
			return false
		}
	}
	return true
}

func runHook(_ *view, _ *instruction, given Inputs) outcome {
	configured := given.object("EventHooksConfiguration")
	for hook, v := range given.object("EventHooks") {
		flow, _ := text(v)
		settings, _ := configured[hook].(map[string]any)
		off, _ := text(settings["DisableExecution"])
		if Hook(hook) == HookAgentHold || Hook(hook) == HookCustomerHold || flow == "" {
			return outcome{failure: NoMatchingError}
		}
		return outcome{effect: SetHook{Hook(hook), flow, strings.EqualFold(off, "true")}}
	}
	return outcome{failure: NoMatchingError}
}

func runTag(_ *view, _ *instruction, given Inputs) outcome {
	tags := given.texts("Tags")
	for key, value := range tags {
		if key == "" || strings.HasPrefix(key, "aws:") ||
			utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(value) > maxTagValue {
			return outcome{failure: NoMatchingError}
		}
	}
	return outcome{effect: Tag{tags}}
}

func runUntag(_ *view, _ *instruction, given Inputs) outcome {
	var keys []string
	written, _ := given.get("TagKeys")
	list, _ := written.([]any)
	for _, v := range list {
		key, _ := text(v)
		keys = append(keys, key)
	}
	return outcome{effect: Untag{keys}}
}

func runNewTask(v *view, _ *instruction, given Inputs) outcome {
	e := NewTask{
		Name: given.text("Name"), Description: given.text("Description"), Flow: given.text("ContactFlowId"),
		Template: given.text("TaskTemplateId"), Attributes: given.texts("Attributes"),
		Related: given.text("RelatedContactId"), Previous: given.text("PreviousContactId"),
	}
	if linked := given.text("LinkToContact"); linked != "" && !strings.EqualFold(linked, "false") && e.Related == "" {
		self, _ := v.Lookup([]string{"ContactId"})
		e.Related, _ = text(self)
	}
	refs, ok := given.references()
	life, ok2 := given.life()
	if delay := given.text("DelaySeconds"); ok && delay != "" {
		var seconds int
		seconds, ok = number(delay, 1, maxDelay)
		e.Delay = time.Duration(seconds) * time.Second
	}
	if at := given.text("ScheduledTime"); ok && at != "" {
		var seconds int
		seconds, ok = number(at, 0, 1<<40)
		e.At = time.Unix(int64(seconds), 0).UTC()
	}
	_, dynamic := given.get("DelaySeconds")
	_, absolute := given.get("ScheduledTime")
	if !ok || !ok2 || dynamic && e.Delay == 0 || absolute && e.At.IsZero() || e.Template == "" && (e.Name == "" || e.Flow == "") ||
		utf8.RuneCountInString(e.Name) > maxName || utf8.RuneCountInString(e.Description) > maxDescription {
		return outcome{failure: NoMatchingError}
	}
	e.References, e.Expiry = refs, life
	return outcome{effect: e}
}

// references is the parameter References, and whether it makes sense.
func (in Inputs) references() (contact.References, bool) {
	written := in.object("References")
	if len(written) == 0 {
		return nil, true
	}
	all := make(contact.References, len(written))
	for name, v := range written {
		fields, _ := v.(map[string]any)
		value, _ := text(fields["Value"])
		kind, _ := text(fields["Type"])
		all[name] = contact.Reference{Type: contact.ReferenceType(kind), Value: value}
	}
	return all, all.Check() == nil
}

// life is how long the contact is to live, of the parameter SegmentAttributes, and whether it makes sense; 0: as
// long as it would.
func (in Inputs) life() (time.Duration, bool) {
	v, ok := Dig(in.object("SegmentAttributes"), []string{"connect:ContactExpiry"})
	if !ok {
		return 0, true
	}
	for range 3 { // the forms in which the console and the API write a map of one number
		m, nested := v.(map[string]any)
		if !nested {
			break
		}
		for _, name := range []string{"ValueMap", "ExpiryDuration", "ValueInteger", "ValueString"} {
			if inner, has := m[name]; has {
				v = inner
			}
		}
	}
	s, _ := text(v)
	minutes, err := strconv.Atoi(s)
	return time.Duration(minutes) * time.Minute, err == nil && minutes > 0 && minutes <= int(contact.MaxLife/time.Minute)
}
