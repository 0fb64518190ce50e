package flow

import (
	"cmp"
	"strconv"
	"strings"
)

// decimal is a number held exactly, as ±0.d₁d₂d₃… × 10^exp with d₁ ≠ 0. Zero has no digits, no sign and exp 0.
type decimal struct {
	negative bool
	digits   string // no zero at either end; may hold one point, which means nothing any more
	exp      int
}

// maxExponent bounds what is taken for a number, so that exponents can be added up safely.
const maxExponent = 1_000_000_000

// parseDecimal reads an optional sign, digits with an optional fraction, and an optional exponent. Anything else
// is not a number: no blanks, separators, hexadecimal, NaN or Infinity.
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e < -maxExponent || e > maxExponent {
			return decimal{}, false
		}
		d.exp, s = e, s[:i]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if !allDigits(whole) || point && !allDigits(fraction) {
		return decimal{}, false
	}
	d.digits = strings.TrimLeft(s, "0")
	d.exp += len(whole) - (len(s) - len(d.digits))
	if after, ok := strings.CutPrefix(d.digits, "."); ok {
		d.digits = strings.TrimLeft(after, "0")
		d.exp -= len(after) - len(d.digits)
	}
	d.digits = strings.TrimRight(d.digits, "0.")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// sign is -1, 0 or 1.
func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	default:
		return 1
	}
}

// compare is negative when d is the smaller number, zero when they are equal, positive when d is the greater.
func (d decimal) compare(e decimal) int {
	if c := cmp.Compare(d.sign(), e.sign()); c != 0 {
		return c
	}
	c := cmp.Compare(d.exp, e.exp)
	if c == 0 {
		c = compareDigits(d.digits, e.digits)
	}
	return c * d.sign()
}

// compareDigits compares fractions digit by digit, passing over points. Neither ends in a zero, so the longer of
// two that begin alike is the greater.
func compareDigits(a, b string) int {
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		if i < len(a) && a[i] == '.' {
			i++
		}
		if j < len(b) && b[j] == '.' {
			j++
		}
		if i == len(a) || j == len(b) {
			return cmp.Compare(len(a)-i, len(b)-j)
		}
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
	}
}

// shortest is the shortest decimal text of a JSON number: 5.0 and 0.5e1 are both 5. A number whose zeros would
// fill a line keeps its own notation.
func shortest(number string) string {
	d, ok := parseDecimal(number)
	if !ok || d.exp > 40 || d.exp < -40 {
		return number
	}
	digits := strings.Replace(d.digits, ".", "", 1)
	sign := ""
	if d.negative {
		sign = "-"
	}
	switch n := len(digits); {
	case n == 0:
		return "0"
	case d.exp <= 0:
		return sign + "0." + strings.Repeat("0", -d.exp) + digits
	case d.exp >= n:
		return sign + digits + strings.Repeat("0", d.exp-n)
	default:
		return sign + digits[:d.exp] + "." + digits[d.exp:]
	}
}
