package flow

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
)

// form says how a parameter may be written, and how it is read.
type form struct {
	reads reading
	legal func(v any) bool // whether a document may hold this value
}

// The forms. A literal is checked when the flow is published; a reference can only be checked when it runs.
var (
	// plain is a text that may hold no reference.
	plain = form{readStatic, func(v any) bool { return oneValue(v) && !strings.HasPrefix(v.(string), "$.") }}
	// value is a literal or one reference. An empty text is never legal; one blank is.
	value = form{readValue, oneValue}
	// reference is one reference to something that can have a value of its own.
	reference = form{readValue, leafReference}
	// texts is an object of texts in which references may stand, in keys too. Whether it may be empty is the
	// block's own rule.
	texts = form{readText, textMap}
	// tree is any object; references stand in its texts.
	tree = form{readTyped, func(v any) bool { _, ok := v.(map[string]any); return ok }}

	references = form{readText, each(func(fields map[string]any) bool {
		kind, _ := fields["Type"].(string)
		return oneValue(fields["Value"]) && contact.Creatable(contact.ReferenceType(kind))
	})}
	flowAttributes = form{readText, each(func(fields map[string]any) bool {
		_, ok := fields["Value"].(string)
		return ok && (fields["Type"] == nil || fields["Type"] == "String")
	})}
	hooks = form{readValue, func(v any) bool {
		m, ok := v.(map[string]any)
		for name, flow := range m {
			ok = ok && slices.Contains(allHooks, Hook(name)) && oneValue(flow)
		}
		return ok && len(m) == 1
	}}
	criteria = form{readTyped, func(v any) bool {
		if s, ok := v.(string); ok {
			_, dynamic := wholeReference(s)
			return dynamic || contact.CheckCriteria(s, isReference) == nil
		}
		return contact.CheckCriteria(v, isReference) == nil
	}}
	// expiry is an object that may set how long the task lives, and nothing else.
	expiry = form{readValue, func(v any) bool {
		m, ok := v.(map[string]any)
		_, has := m["connect:ContactExpiry"]
		return ok && has && len(m) == 1
	}}
	someTexts = form{readStatic, func(v any) bool {
		l, ok := v.([]any)
		return ok && len(l) > 0 && !slices.ContainsFunc(l, func(e any) bool { return !plain.legal(e) })
	}}
)

var allHooks = []Hook{
	HookCustomerQueue, HookAgentWhisper, HookCustomerWhisper, HookCustomerHold, HookAgentHold, HookCustomerRemaining,
	HookPauseContact, HookResumeContact, HookDefaultAgentUI, HookDisconnectAgentUI,
}

func isReference(s string) bool { _, ok := wholeReference(s); return ok }

// oneValue tells whether v is a text that is not empty.
func oneValue(v any) bool {
	s, ok := v.(string)
	return ok && s != ""
}

// word is one of the words given.
func word(allowed ...string) form {
	return form{readStatic, func(v any) bool {
		s, ok := v.(string)
		return ok && slices.Contains(allowed, s)
	}}
}

// words is a list of words out of those given.
func words(allowed ...string) form {
	return form{readStatic, func(v any) bool {
		l, ok := v.([]any)
		return ok && !slices.ContainsFunc(l, func(e any) bool { s, _ := e.(string); return !slices.Contains(allowed, s) })
	}}
}

// valueOf is a literal that passes a test, or a reference.
func valueOf(test func(string) bool) form {
	return form{readValue, func(v any) bool {
		s, ok := v.(string)
		return ok && s != "" && (isReference(s) || test(s))
	}}
}

// wholeNumber is a number within bounds, or a reference.
func wholeNumber(least, most int) form {
	return valueOf(func(s string) bool { _, ok := number(s, least, most); return ok })
}

// staticNumber is a number within bounds.
func staticNumber(least, most int) form {
	return form{readStatic, func(v any) bool {
		s, _ := v.(string)
		n, err := strconv.Atoi(s)
		return err == nil && n >= least && n <= most
	}}
}

// textUpTo is a text in which references may stand, of so many characters at most.
func textUpTo(most int) form {
	return form{readText, func(v any) bool {
		s, ok := v.(string)
		return ok && s != "" && utf8.RuneCountInString(s) <= most
	}}
}

// object1 is an object of one member, which is one of the words.
func object1(name string, allowed ...string) form {
	return form{readStatic, func(v any) bool {
		m, ok := v.(map[string]any)
		s, _ := m[name].(string)
		return ok && len(m) == 1 && slices.Contains(allowed, s)
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
