package main

import (
	"bytes"
	"cmp"
	"fmt"
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

func (a *api) emitCheck(b *bytes.Buffer, name string, members []member, union bool) {
	fmt.Fprintf(b, "func (v *%s) check(c *checker) {\n", name)
	if union {
		b.WriteString("set := 0\n")
	}
	for _, m := range members {
		field := "v." + exported(m.name)
		if union {
			fmt.Fprintf(b, "if %s != nil {\nset++\n}\n", field)
		}
		value := field
		if m.of.optional()[0] == '*' && m.of.kind != 'S' {
			value = "*" + field
		}
		var body bytes.Buffer
		emitValue(&body, m.of, value, 0)
		switch {
		case m.required && body.Len() > 0:
			fmt.Fprintf(b, "if %s == nil {\nc.missing(%q)\n} else {\n", field, m.name)
		case m.required:
			fmt.Fprintf(b, "if %s == nil {\nc.missing(%q)\n}\n", field, m.name)
			continue
		case body.Len() > 0:
			fmt.Fprintf(b, "if %s != nil {\n", field)
		default:
			continue
		}
		fmt.Fprintf(b, "c.enter(%q)\n%sc.leave()\n}\n", m.name, body.String())
	}
	if union {
		b.WriteString("c.union(set)\n")
	}
	b.WriteString("}\n\n")
}

// emitValue writes the checks of a value that is there; nothing when it has none.
func emitValue(b *bytes.Buffer, t typ, value string, depth int) {
	lower, upper := cmp.Or(t.min, "none"), cmp.Or(t.max, "none")
	bounded := t.min != "" || t.max != ""
	switch t.kind {
	case 's':
		if bounded {
			fmt.Fprintf(b, "c.length(%s, %s, %s)\n", value, lower, upper)
		}
		if t.pattern != "" {
			fmt.Fprintf(b, "c.matches(%s, pattern%s)\n", value, exported(t.pattern))
		}
	case 'e':
		fmt.Fprintf(b, "c.oneOf(string(%s), values%s)\n", value, t.name)
	case 'i':
		fmt.Fprintf(b, "c.between(%s, %s, %s)\n", value, cmp.Or(t.min, "minInt"), cmp.Or(t.max, "maxInt"))
	case 'l':
		if bounded {
			fmt.Fprintf(b, "c.between(%s, %s, %s)\n", value, lower, upper)
		}
	case 'd':
		if bounded {
			fmt.Fprintf(b, "c.within(%s, %s, %s)\n", value, t.min, t.max)
		}
	case 'S':
		fmt.Fprintf(b, "%s.check(c)\n", value)
	case '[':
		if bounded {
			fmt.Fprintf(b, "c.size(len(%s), %s, %s)\n", value, lower, upper)
		}
		emitElements(b, *t.of, value, depth)
	case '{':
		if bounded {
			fmt.Fprintf(b, "c.size(len(%s), %s, %s)\n", value, lower, upper)
		}
		emitEntries(b, t, value, depth)
	}
}

func emitElements(b *bytes.Buffer, of typ, value string, depth int) {
	i := fmt.Sprintf("i%d", depth)
	var body bytes.Buffer
	emitValue(&body, of, value+"["+i+"]", depth+1)
	if body.Len() > 0 {
		fmt.Fprintf(b, "for %s := range %s {\nc.index(%s)\n%sc.leave()\n}\n", i, value, i, body.String())
	}
}

func emitEntries(b *bytes.Buffer, t typ, value string, depth int) {
	k, e := fmt.Sprintf("k%d", depth), fmt.Sprintf("e%d", depth)
	var body bytes.Buffer
	if t.key.min != "" || t.key.max != "" || t.key.pattern != "" || t.key.kind == 'e' {
		emitValue(&body, *t.key, k, depth+1)
	}
	var of bytes.Buffer
	emitValue(&of, *t.of, e, depth+1)
	if body.Len()+of.Len() == 0 {
		return
	}
	fmt.Fprintf(b, "for _, %s := range sortedKeys(%s) {\n", k, value)
	if of.Len() > 0 {
		fmt.Fprintf(b, "%s := %s[%s]\n", e, value, k)
	}
	fmt.Fprintf(b, "c.key(string(%s))\n%s%sc.leave()\n}\n", k, body.String(), of.String())
}
