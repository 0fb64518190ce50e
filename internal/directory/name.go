package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tasklane/tasklane/internal/fault"
)

// CheckName fails with [fault.Invalid] for a name that nobody could read or type: one without a character to be seen, such
// as a name of blanks, and one with a control character or a line break. Its length is for the API's bounds to say.
func CheckName(name string) error {
	for _, r := range name {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return fault.New(fault.Invalid, "The name %q has a control character or a line break", name)
		}
	}
	return CheckVisible("The name", name)
}

// CheckVisible fails with [fault.Invalid] for a text without a character to be seen, such as one of blanks, line breaks or
// characters without width: nobody could tell it from another. what names it in the message.
func CheckVisible(what, text string) error {
	if !strings.ContainsFunc(text, isVisible) {
		return fault.New(fault.Invalid, "%s %q has no character that can be seen", what, text)
	}
	return nil
}

// brailleBlank is a symbol by its category, and drawn as nothing.
const brailleBlank = '\u2800'

func isVisible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && r != brailleBlank &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// IsComposed reports whether text is in Unicode Normalization Form C, in which it has one spelling.
func IsComposed(text string) bool { return norm.NFC.IsNormalString(text) }

// NameKey is what the names of two resources of one kind must not share: the name in its one Unicode spelling, without
// regard to case where the name is one that people sign in with.
func NameKey(name string, signsIn bool) string {
	key := norm.NFC.String(name)
	if signsIn {
		key = strings.ToLower(key)
	}
	return key
}
