package directory

import (
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{
		"Returns":      true,
		" Returns ":    true,
		"返品":           true,
		"نام\u200cها":  true, // a zero-width non-joiner belongs to Persian spelling
		"👩\u200d🔧":     true, // and a joiner to an emoji
		"-":            true,
		"7":            true,
		"":             false,
		" ":            false,
		"\u00a0\u2003": false,
		"\u200b\u200d": false,
		"\u3164":       false, // Hangul filler: a letter by its category
		"\u2800":       false, // Braille blank
		"\u0301":       false, // an accent on nothing
		"a\nb":         false,
		"a\tb":         false,
		"a\u2028b":     false,
		"a\x7f":        false,
	} {
		if err := CheckName(name); (err == nil) != fine || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("CheckName(%q) = %v, want it fine: %t", name, err, fine)
		}
	}
}

func TestNameKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b    string
		signsIn bool
		same    bool
	}{
		{"caf\u00e9", "cafe\u0301", false, true},
		{"Ann", "ann", false, false},
		{"Ann", "ann", true, true},
		{"ann", "anne", true, false},
	} {
		if got := NameKey(tt.a, tt.signsIn) == NameKey(tt.b, tt.signsIn); got != tt.same {
			t.Errorf("the keys of %q and %q (sign-in: %t) are the same: %t, want %t", tt.a, tt.b, tt.signsIn, got, tt.same)
		}
	}
	if IsComposed("e\u0301") || !IsComposed("\u00e9") {
		t.Error("IsComposed takes the forms for each other")
	}
}
