package flow

import "strings"

// path is a parsed reference: $.Attributes.tier is ["Attributes", "tier"]. It has at least one step.
type path []string

// scanReference reads the longest reference at the beginning of s and tells how many bytes it takes; none takes 0.
//
//	ref  = "$" step+
//	step = "." name | ["."] "['" any "']" | ["."] `["` any `"]` | "[" digits "]"
//
// A name is made of ASCII letters, digits, "_" and "-": the signs Amazon Connect allows in attribute keys. Text
// in any other script can follow a reference without a blank; keys with other signs take brackets.
func scanReference(s string) (path, int) {
	if !strings.HasPrefix(s, "$") {
		return nil, 0
	}
	var p path
	n := 1
	for {
		step, size := scanStep(s[n:])
		if size == 0 {
			break
		}
		p = append(p, step)
		n += size
	}
	if p == nil {
		return nil, 0
	}
	return p, n
}

// scanStep reads one step of a reference and tells how many bytes it takes; none takes 0.
func scanStep(s string) (step string, size int) {
	rest, dotted := strings.CutPrefix(s, ".")
	if dotted {
		if name := leading(rest, nameByte); name != "" {
			return name, 1 + len(name)
		}
	}
	inside, ok := strings.CutPrefix(rest, "[")
	if !ok || inside == "" {
		return "", 0
	}
	offset := len(s) - len(inside)
	if quote := inside[0]; quote == '\'' || quote == '"' {
		if end := strings.Index(inside[1:], string(quote)+"]"); end > 0 {
			return inside[1 : 1+end], offset + end + 3
		}
		return "", 0
	}
	index := leading(inside, digitByte)
	if dotted || index == "" || !strings.HasPrefix(inside[len(index):], "]") {
		return "", 0
	}
	return index, offset + len(index) + 1
}

// leading is the part of s before the first byte that does not belong.
func leading(s string, belongs func(byte) bool) string {
	for i := range len(s) {
		if !belongs(s[i]) {
			return s[:i]
		}
	}
	return s
}

func digitByte(b byte) bool { return '0' <= b && b <= '9' }

func nameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || digitByte(b) || b == '_' || b == '-'
}

// wholeReference parses a text that is one reference from end to end.
func wholeReference(s string) (path, bool) {
	p, n := scanReference(s)
	return p, n > 0 && n == len(s)
}

// template is a text whose references have been found: pieces that are put together when an action runs.
type template []piece

// piece is a reference, or literal text when it has no path.
type piece struct {
	path path
	text string
}

// parseValue reads a value that may be a literal or one whole reference.
func parseValue(s string) template {
	if p, ok := wholeReference(s); ok {
		return template{{path: p}}
	}
	return template{{text: s}}
}

// parseText reads a text in which references may stand anywhere. A $ that begins no reference is a plain sign.
func parseText(s string) template {
	var t template
	literal := 0 // where the literal text before i begins
	for i := 0; i < len(s); {
		p, n := scanReference(s[i:])
		if n == 0 {
			i++
			continue
		}
		if literal < i {
			t = append(t, piece{text: s[literal:i]})
		}
		t = append(t, piece{path: p})
		i += n
		literal = i
	}
	if literal < len(s) {
		t = append(t, piece{text: s[literal:]})
	}
	return t
}

// text puts the text together. A reference to nothing leaves nothing.
func (t template) text(v *view) string {
	if len(t) == 1 {
		return t[0].resolve(v)
	}
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.resolve(v))
	}
	return b.String()
}

func (p piece) resolve(v *view) string {
	if p.path == nil {
		return p.text
	}
	value, _ := v.Lookup(p.path)
	s, _ := text(value)
	return s
}
