package flow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
)

// form says how a parameter may be written, and how it is read.
type form struct {
	reads   reading
	legal   func(v any) bool // whether a document may hold this value
	says    string           // what is legal, in words for an author
	members *shape           // what an object, or each object of a list, has; nil: neither
}

// forms are those that the table of actions names. A literal is checked when the flow is published; a reference can
// only be checked when it runs.
var forms = map[string]form{
	"value":     {readValue, oneValue, "a text or one reference, not empty", nil},
	"text":      {readText, oneValue, "a text that is not empty", nil},
	"static":    {readStatic, staticText, "a text without references, not empty", nil},
	"string":    {readText, func(v any) bool { _, ok := v.(string); return ok }, "a text", nil},
	"reference": {readValue, leafReference, "one reference to something that has a value", nil},
	"any":       {readText, func(any) bool { return true }, "", nil},
	"boolean":   oneOf([]string{"True", "False"}, true, false),
	// Whether it may be empty is the block's own rule.
	"texts":          {readText, textMap, "an object of texts", nil},
	"references":     {readText, each(legalReference), "an object of {Value, Type}", nil},
	"flowAttributes": {readText, legalFlowAttributes, "an object of {Value}, not empty", nil},
	"hooks":          {readValue, legalHooks, "an object with one hook and its flow", nil},
	"hookSettings":   {readStatic, each(legalHookSetting), "an object of {DisableExecution}", nil},
	"criteria":       {readTyped, legalCriteria, "routing criteria, or one reference to them", nil},
	"expiry":         {readValue, legalExpiry, "an object with connect:ContactExpiry", nil},
	"priority":       valueOf("a whole number from 1", func(s string) bool { return priority(s) != nil }),
	"adjustment":     valueOf("a whole number of seconds", func(s string) bool { return adjustment(s) != nil }),
	"phoneNumber":    valueOf("a number such as +15550100", phoneNumber),
	"digits":         valueOf("at most 50 of the digits 0 to 9, commas, * and #", dtmf),
}

func legalReference(fields map[string]any) bool {
	kind, _ := fields["Type"].(string)
	return oneValue(fields["Value"]) && contact.Creatable(contact.ReferenceType(kind))
}

func legalFlowAttributes(v any) bool {
	m, ok := v.(map[string]any)
	return ok && len(m) > 0 && each(legalFlowAttribute)(v)
}

func legalFlowAttribute(fields map[string]any) bool {
	_, ok := fields["Value"].(string)
	return ok && (fields["Type"] == nil || fields["Type"] == "String")
}

func legalHooks(v any) bool {
	m, ok := v.(map[string]any)
	for name, flow := range m {
		ok = ok && slices.Contains(allHooks, Hook(name)) && oneValue(flow)
	}
	return ok && len(m) == 1
}

func legalHookSetting(fields map[string]any) bool {
	for name, v := range fields {
		s, _ := v.(string)
		if name != "DisableExecution" || !strings.EqualFold(s, "true") && !strings.EqualFold(s, "false") {
			return false
		}
	}
	return true
}

func legalCriteria(v any) bool {
	if s, ok := v.(string); ok && isReference(s) {
		return true
	}
	return contact.CheckCriteria(v, isReference) == nil
}

// legalExpiry accepts an object that sets how long the task lives, and nothing else.
func legalExpiry(v any) bool {
	m, ok := v.(map[string]any)
	_, has := m["connect:ContactExpiry"]
	return ok && has && len(m) == 1
}

// phoneNumber reports whether a text has the form of E.164, a plus sign and at most 15 digits, or will have it when a
// template's own tool has filled it in, as an exported flow has it.
func phoneNumber(s string) bool {
	if strings.Contains(s, "{{") {
		return true
	}
	digits, ok := strings.CutPrefix(s, "+")
	return ok && digits != "" && len(digits) <= 15 && leading(digits, digitByte) == digits
}

// dtmf reports whether a text can be sent as tones (DG participant-actions-transferparticipanttothirdparty).
func dtmf(s string) bool { return len(s) <= 50 && strings.Trim(s, "0123456789,*#") == "" }

var allHooks = []Hook{
	HookCustomerQueue, HookAgentWhisper, HookCustomerWhisper, HookCustomerHold, HookAgentHold, HookCustomerRemaining,
	HookPauseContact, HookResumeContact, HookDefaultAgentUI, HookDisconnectAgentUI,
}

func isReference(s string) bool { _, ok := wholeReference(s); return ok }

// oneValue reports whether v is a text that is not empty. One blank is not empty.
func oneValue(v any) bool {
	s, ok := v.(string)
	return ok && s != ""
}

func staticText(v any) bool { return oneValue(v) && !strings.HasPrefix(v.(string), "$.") }

// oneOf is one of the words given, or, where that may be, a reference.
func oneOf(words []string, anyCase, dynamic bool) form {
	f := form{reads: readStatic, says: "one of " + strings.Join(words, ", ")}
	if dynamic {
		f.reads, f.says = readValue, f.says+", or one reference"
	}
	f.legal = func(v any) bool {
		s, ok := v.(string)
		is := func(w string) bool { return w == s || anyCase && strings.EqualFold(w, s) }
		return ok && (slices.ContainsFunc(words, is) || dynamic && isReference(s))
	}
	return f
}

// listOf is an array of so many elements at least.
func listOf(element form, least int) form {
	return form{reads: element.reads, members: element.members, says: "an array of: " + element.says, legal: func(v any) bool {
		l, ok := v.([]any)
		return ok && len(l) >= least && !slices.ContainsFunc(l, func(e any) bool { return !element.legal(e) })
	}}
}

// objectForm is an object; members that are described are checked by themselves. References stand in its texts. Of an
// object that is not described no member is an empty text; deeper down the console writes those, too.
func objectForm() form {
	s := &shape{open: true}
	return form{readTyped, func(v any) bool {
		m, ok := v.(map[string]any)
		for _, member := range m {
			ok = ok && (member != "" || len(s.params) > 0)
		}
		return ok
	}, "an object without empty texts", s}
}

// valueOf is a literal that passes a test, or a reference.
func valueOf(says string, test func(string) bool) form {
	return form{reads: readValue, says: says + ", or one reference", legal: func(v any) bool {
		s, ok := v.(string)
		return ok && s != "" && (isReference(s) || test(s))
	}}
}

// wholeNumber is a number within bounds, or a reference.
func wholeNumber(least, most int) form {
	return valueOf(bounds(least, most), func(s string) bool { _, ok := number(s, least, most); return ok })
}

func bounds(least, most int) string {
	if most == unbounded {
		return fmt.Sprintf("a whole number from %d", least)
	}
	return fmt.Sprintf("a whole number from %d to %d", least, most)
}

// staticNumber is a number within bounds.
func staticNumber(least, most int) form {
	return form{reads: readStatic, says: bounds(least, most) + ", without references", legal: func(v any) bool {
		s, _ := v.(string)
		n, err := strconv.Atoi(s)
		return err == nil && n >= least && n <= most
	}}
}

// textUpTo is a text in which references may stand, of so many characters at most.
func textUpTo(most int) form {
	return form{reads: readText, says: fmt.Sprintf("a text of 1 to %d characters", most), legal: func(v any) bool {
		s, ok := v.(string)
		return ok && s != "" && utf8.RuneCountInString(s) <= most
	}}
}

// each is an object of objects that pass a test.
func each(test func(map[string]any) bool) func(any) bool {
	return func(v any) bool {
		m, ok := v.(map[string]any)
		for key, inner := range m {
			fields, isObject := inner.(map[string]any)
			ok = ok && isObject && key != "" && test(fields)
		}
		return ok
	}
}

// textMap accepts an object of texts.
func textMap(v any) bool {
	m, ok := v.(map[string]any)
	for _, inner := range m {
		if _, isText := inner.(string); !isText {
			return false
		}
	}
	return ok
}
