package flow

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestDecimalOrder(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"1", "1", 0},
		{"1", "1.0", 0},
		{"001", "1e0", 0},
		{"1200", "1.2e3", 0},
		{"0.0012", "12e-4", 0},
		{"-0", "0.00", 0},
		{"0e999", "0", 0},
		{"0.1", "0.10000000000000000000000000000001", -1},
		{"10", "9.99999999999999999999", 1},
		{"12345678901234567891", "12345678901234567890", 1},
		{"-3", "-2.5", -1},
		{"-1", "0", -1},
		{"100.5", "100.05", 1},
		{"1e999999999", "1e999999998", 1},
		{"+7", "7", 0},
	}
	for _, tt := range tests {
		a, okA := parseDecimal(tt.a)
		b, okB := parseDecimal(tt.b)
		if !okA || !okB {
			t.Errorf("parseDecimal(%q), parseDecimal(%q): %t, %t, want numbers", tt.a, tt.b, okA, okB)
		}
		if got, back := a.compare(b), b.compare(a); got != tt.want || back != -tt.want {
			t.Errorf("%s compared to %s = %d and back %d, want %d", tt.a, tt.b, got, back, tt.want)
		}
	}
}

func TestNotANumber(t *testing.T) {
	for _, s := range []string{
		"", "-", ".", "1.", ".5", " 1", "1 ", "1,000", "0x10", "NaN", "Infinity", "1e", "1e+", "1e1.5", "1_0", "--1",
		"+-1", "1.2.3", "½", "٣", "1e9999999999", "1e99999999999999999999",
	} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("parseDecimal(%q) = %v, want no number", s, d)
		}
	}
}

func TestShortest(t *testing.T) {
	for in, want := range map[string]string{
		"5": "5", "5.0": "5", "0.5e1": "5", "-0.50": "-0.5", "0": "0", "-0": "0", "1e3": "1000", "1.25e1": "12.5",
		"12e-4": "0.0012", "12345678901234567890": "12345678901234567890", "1e99": "1e99", "1E-99": "1E-99",
	} {
		if got := shortest(in); got != want {
			t.Errorf("shortest(%q) = %q, want %q", in, got, want)
		}
	}
}

// Decimals order as exact fractions do, and the shortest text is the same number.
func TestDecimalsAreExact(t *testing.T) {
	number := rapid.StringMatching(`[+-]?[0-9]{1,25}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, okX := parseDecimal(a)
		y, okY := parseDecimal(b)
		exactX, _ := new(big.Rat).SetString(a)
		exactY, _ := new(big.Rat).SetString(b)
		if !okX || !okY || x.compare(y) != exactX.Cmp(exactY) {
			t.Fatalf("%s compared to %s = %d, want %d", a, b, x.compare(y), exactX.Cmp(exactY))
		}
		if short, ok := new(big.Rat).SetString(shortest(a)); !ok || short.Cmp(exactX) != 0 {
			t.Fatalf("shortest(%s) = %s, another number", a, shortest(a))
		}
	})
}
