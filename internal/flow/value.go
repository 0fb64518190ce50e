package flow

import (
	"encoding/json"
	"maps"
	"slices"
)

// node is a parameter, or a part of one, with its references parsed.
type node interface {
	// resolve is the value with every reference replaced by what it stands for. What stands for nothing is "".
	resolve(*view) any
}

// reading says which references a value may hold.
type reading int

const (
	readStatic reading = iota // none: text is taken as it is
	readValue                 // one, which is then the whole text
	readText                  // any number, within text
	readTyped                 // as readText; one that is the whole text keeps its kind: number, object, …
)

// compile parses the references of a value.
func compile(v any, r reading) node {
	switch v := v.(type) {
	case string:
		return compileText(v, r)
	case map[string]any:
		o := make(object, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o = append(o, member{parseText(key), compile(v[key], r)})
		}
		return o
	case []any:
		l := make(list, 0, len(v))
		for _, e := range v {
			l = append(l, compile(e, r))
		}
		return l
	default:
		return literal{v}
	}
}

func compileText(s string, r reading) node {
	if p, ok := wholeReference(s); ok && (r == readValue || r == readTyped) {
		return whole(p)
	}
	if t := parseText(s); r == readText || r == readTyped {
		return t.node(s)
	}
	return literal{s}
}

// node is the template as a node; one without references is the text itself.
func (t template) node(s string) node {
	for _, p := range t {
		if p.path != nil {
			return t
		}
	}
	return literal{s}
}

type literal struct{ value any }

func (l literal) resolve(*view) any { return l.value }

// whole is a value that is one reference.
type whole path

func (w whole) resolve(v *view) any {
	if value, ok := v.Lookup(w); ok {
		return value
	}
	return ""
}

func (t template) resolve(v *view) any { return t.text(v) }

type list []node

func (l list) resolve(v *view) any {
	all := make([]any, len(l))
	for i, n := range l {
		all[i] = n.resolve(v)
	}
	return all
}

// object is an object; its keys may hold references, too. Where two keys become one, the one whose written form
// sorts last wins.
type object []member

type member struct {
	key   template
	value node
}

func (o object) resolve(v *view) any {
	all := make(map[string]any, len(o))
	for _, m := range o {
		all[m.key.text(v)] = m.value.resolve(v)
	}
	return all
}

// get is a parameter, and whether it is there.
func (in Inputs) get(name string) (any, bool) {
	for i := range in {
		if in[i].Name == name {
			return in[i].Value, true
		}
	}
	return nil, false
}

// text is a parameter that is a text, or nothing.
func (in Inputs) text(name string) string {
	v, _ := in.get(name)
	s, _ := text(v)
	return s
}

// object is a parameter that is an object, or nothing.
func (in Inputs) object(name string) map[string]any {
	v, _ := in.get(name)
	m, _ := v.(map[string]any)
	return m
}

// texts is a parameter that is an object of texts.
func (in Inputs) texts(name string) map[string]string {
	m := in.object(name)
	all := make(map[string]string, len(m))
	for key, v := range m {
		all[key], _ = text(v)
	}
	return all
}

// optional is a parameter that is a text, or nil when it is not given.
func (in Inputs) optional(name string) *string {
	v, ok := in.get(name)
	if !ok {
		return nil
	}
	s, _ := text(v)
	return &s
}

// scalar is the text of a value as a document may write it: the service takes "5" and 5, "true" and true alike.
func scalar(v any) any {
	switch v := v.(type) {
	case json.Number, bool:
		s, _ := text(v)
		return s
	}
	return v
}

// normal gives every scalar within a value its text.
func normal(v any) any {
	switch v := v.(type) {
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = normal(v[i])
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(v))
		for name := range v {
			all[name] = normal(v[name])
		}
		return all
	}
	return scalar(v)
}
