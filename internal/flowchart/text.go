package flowchart

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// cut shortens a label that is too long. It does not part signs that are made of several characters.
func cut(s string) string {
	if uniseg.StringWidth(s) <= mostLetter {
		return s
	}
	var b strings.Builder
	room := mostLetter - 1
	for signs := uniseg.NewGraphemes(s); signs.Next(); {
		if room -= signs.Width(); room < 0 {
			break
		}
		b.WriteString(signs.Str())
	}
	return b.String() + "…"
}

// textWidth is how wide a text is, roughly: by the East Asian width of its signs, as the font is that of the reader.
func textWidth(s string) float64 {
	w := 0.0
	for signs := uniseg.NewGraphemes(s); signs.Next(); {
		first := signs.Runes()[0]
		switch cells := float64(signs.Width()); {
		case unicode.IsUpper(first) && cells == 1:
			w += 1.25 * letter
		case cells >= 2 && unicode.Is(unicode.So, first):
			w += emoji
		default:
			w += cells * letter
		}
	}
	return w
}
