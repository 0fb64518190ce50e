package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// reference is a path to a value: $.Attributes.tier is [Attributes tier].
type reference []string

// Scope is where the values are that a flow refers to.
type Scope interface {
	// Lookup finds the value at a path, as text. What is not there, and what is not a text, number or
	// boolean, is no value.
	Lookup(path []string) (string, bool)
}

// parseReference reads a text that is one reference and nothing else.
func parseReference(s string) (reference, bool) {
	ref, rest := cutReference(s)
	return ref, ref != nil && rest == ""
}

// cutReference reads the reference at the beginning of s; nil when there is none. It takes as much as can belong
// to it: $.AwsRegion:1 is a reference and ":1".
//
//	ref  = "$" step+
//	step = "." name | "['" any "']" | ".['" any "']" (or with double quotes) | "[" digits "]"
func cutReference(s string) (reference, string) {
	rest, ok := strings.CutPrefix(s, "$")
	if !ok {
		return nil, s
	}
	var ref reference
	for {
		step, left, ok := cutStep(rest)
		if !ok {
			if ref == nil {
				return nil, s
			}
			return ref, rest
		}
		ref, rest = append(ref, step), left
	}
}

func cutStep(s string) (step, rest string, ok bool) {
	dotted, dot := strings.CutPrefix(s, ".")
	bracketed, bracket := strings.CutPrefix(dotted, "[")
	switch {
	case bracket:
		for _, quote := range []string{"'", `"`} {
			if inner, ok := strings.CutPrefix(bracketed, quote); ok {
				return strings.Cut(inner, quote+"]")
			}
		}
		digits := bracketed[:len(bracketed)-len(strings.TrimLeft(bracketed, "0123456789"))]
		rest, ok = strings.CutPrefix(bracketed[len(digits):], "]")
		return digits, rest, ok && digits != "" && !dot
	case dot:
		n := 0
		for n < len(dotted) {
			r, size := utf8.DecodeRuneInString(dotted[n:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' {
				break
			}
			n += size
		}
		return dotted[:n], dotted[n:], n > 0
	}
	return "", s, false
}

// template is a text with references in it.
type template []segment

// segment is a piece of literal text, or a reference.
type segment struct {
	literal string
	ref     reference
}

func parseTemplate(s string) template {
	var t template
	literal := 0 // where the literal that is being read begins
	for i := 0; i < len(s); {
		ref, rest := cutReference(s[i:])
		if ref == nil {
			i++
			continue
		}
		if literal < i {
			t = append(t, segment{literal: s[literal:i]})
		}
		t = append(t, segment{ref: ref})
		i = len(s) - len(rest)
		literal = i
	}
	if literal < len(s) {
		t = append(t, segment{literal: s[literal:]})
	}
	return t
}

// text fills the references in; what has no value becomes nothing.
func (t template) text(scope Scope) string {
	if len(t) == 1 && t[0].ref == nil {
		return t[0].literal
	}
	var b strings.Builder
	for _, s := range t {
		if s.ref == nil {
			b.WriteString(s.literal)
		} else if v, ok := scope.Lookup(s.ref); ok {
			b.WriteString(v)
		}
	}
	return b.String()
}

// operand is a value that is one reference, or a literal.
func operand(s string) template {
	if ref, ok := parseReference(s); ok {
		return template{{ref: ref}}
	}
	return template{{literal: s}}
}
