package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// emitChecks writes a check method for each request and for each structure that a request can hold.
func (a *api) emitChecks(b *bytes.Buffer) {
	reached := map[string]bool{}
	for _, op := range a.operations {
		if op.class != "full" {
			continue
		}
		a.reach(op.in, reached)
		a.emitCheck(b, op.name+"Request", op.in, false)
	}
	for _, name := range a.order {
		if reached[name] {
			s := a.structures[name]
			a.emitCheck(b, name, s.members, s.union)
		}
	}
}

// reach notes the structures that members can hold.
func (a *api) reach(members []member, reached map[string]bool) {
	for _, m := range members {
		for t := &m.of; t != nil; t = t.of {
			if t.kind == 'S' && !reached[t.name] {
				reached[t.name] = true
				a.reach(a.structures[t.name].members, reached)
			}
		}
	}
}

// emitCheck writes a line for each member that has to be there, or of which something has to hold.
func (a *api) emitCheck(b *bytes.Buffer, name string, members []member, union bool) {
	var lines bytes.Buffer
	var alternatives []string
	for _, m := range members {
		field := "v." + exported(m.name)
		alternatives = append(alternatives, field+" != nil")
		lines.WriteString(checkOf(m, field))
	}
	if union {
		fmt.Fprintf(&lines, "c.union(%s)\n", strings.Join(alternatives, ", "))
	}
	if lines.Len() == 0 {
		fmt.Fprintf(b, "func (*%s) check(*checker) {}\n\n", name)
		return
	}
	fmt.Fprintf(b, "func (v *%s) check(c *checker) {\n%s}\n\n", name, &lines)
}

// named gives the text of a member that names a resource, or each text of a list of such, its least length: no id is empty,
// and none is meant by a member that is left out.
func named(m member) typ {
	t := m.of
	switch {
	case t.kind == 's' && t.min == "" && hasSuffix(m.name, "Id", "Arn", "ARN"):
		t.min = "1"
	case t.kind == '[' && t.of.kind == 's' && t.of.min == "" && hasSuffix(m.name, "Ids", "Arns"):
		of := *t.of
		of.min, t.of = "1", &of
	}
	return t
}

func hasSuffix(name string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// checkOf is the line of a member; empty: there is nothing to check.
func checkOf(m member, field string) string {
	t, need := named(m), "optional"
	if m.required {
		need = "required"
	}
	switch where := fmt.Sprintf("%q, %s, %s", m.name, field, need); {
	case t.valueCheck("") == "":
		if m.required {
			return fmt.Sprintf("c.needs(%q, %s != nil)\n", m.name, field)
		}
		return ""
	case t.kind == 's':
		return fmt.Sprintf("c.text(%s, %s)\n", where, t.limits())
	case t.kind == 'e':
		return fmt.Sprintf("choice(c, %s, values%s)\n", where, t.name)
	case t.kind == 'i' || t.kind == 'l':
		return fmt.Sprintf("c.whole(%s, %s)\n", where, t.limits())
	case t.kind == 'd':
		return fmt.Sprintf("c.decimal(%s, %s)\n", where, t.limits())
	case t.kind == 'S':
		return fmt.Sprintf("inner(c, %s)\n", where)
	case t.kind == '[':
		return fmt.Sprintf("list(c, %s, %s, %s)\n", where, t.limits(), t.of.function("e", true))
	default:
		return fmt.Sprintf("table(c, %s, %s, %s, %s)\n", where, t.limits(), t.key.function("k", false), t.of.function("e", true))
	}
}

// limits are the bounds of a value, and of a text its pattern, as arguments.
func (t typ) limits() string {
	lower, upper := cmp.Or(t.min, "none"), cmp.Or(t.max, "none")
	switch t.kind {
	case 's':
		pattern := "nil"
		if t.pattern != "" {
			pattern = "pattern" + exported(t.pattern)
		}
		return fmt.Sprintf("%s, %s, %s", lower, upper, pattern)
	case 'i':
		return fmt.Sprintf("%s, %s", cmp.Or(t.min, "minInt"), cmp.Or(t.max, "maxInt"))
	default:
		return lower + ", " + upper
	}
}

// function is a function that checks a value, or a pointer to it; nil: there is nothing to check.
func (t typ) function(name string, pointer bool) string {
	value, star := name, ""
	if pointer {
		star = "*"
		if t.kind != 'S' {
			value = "*" + name
		}
	}
	check := t.valueCheck(value)
	if check == "" {
		return "nil"
	}
	return fmt.Sprintf("func(%s %s%s) { %s }", name, star, t.plain(), check)
}

// valueCheck is the statement that checks a value that is there; empty: there is nothing to check.
func (t typ) valueCheck(value string) string {
	bounded := t.min != "" || t.max != ""
	switch t.kind {
	case 's':
		if bounded || t.pattern != "" {
			return fmt.Sprintf("c.textIs(%s, %s)", value, t.limits())
		}
	case 'e':
		return fmt.Sprintf("c.oneOf(string(%s), values%s)", value, t.name)
	case 'i', 'l':
		if bounded || t.kind == 'i' {
			return fmt.Sprintf("c.bounds(%s, %s, \"value\")", value, t.limits())
		}
	case 'd':
		if bounded {
			return fmt.Sprintf("c.within(%s, %s)", value, t.limits())
		}
	case 'S':
		return value + ".check(c)"
	case '[':
		if each := t.of.function("e", true); bounded || each != "nil" {
			return fmt.Sprintf("each(c, %s, %s, %s)", value, t.limits(), each)
		}
	case '{':
		if key, of := t.key.function("k", false), t.of.function("e", true); bounded || key != "nil" || of != "nil" {
			return fmt.Sprintf("entries(c, %s, %s, %s, %s)", value, t.limits(), key, of)
		}
	}
	return ""
}
