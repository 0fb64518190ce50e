package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// api is a parsed description.
type api struct {
	exceptions []exception
	patterns   []pattern
	operations []operation
	structures map[string]*structure
	order      []string // of the structures
	enums      []enum
}

type exception struct{ code, name, status string }

type pattern struct{ name, text, not string }

type operation struct {
	name, method, path string
	class              string // full, empty, later or never
	list               string // of an empty one: the member that is the list
	in, out            []member
	errors             []string // codes
}

type structure struct {
	name    string
	union   bool
	members []member
}

type member struct {
	name     string
	required bool
	query    string // wire name in the query
	of       typ
}

// typ is the type of a member. Kind is one of s i l d b t e [ { and S, a structure.
type typ struct {
	kind     byte
	min, max string // bounds, empty where there are none
	pattern  string
	name     string // of the enum or structure
	key, of  *typ   // of a map; of a list or map
}

type enum struct {
	name   string
	values []string
}

// parse reads a description.
func parse(r io.Reader) (*api, error) {
	a := &api{structures: map[string]*structure{}}
	var statement string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "      "):
			statement += " " + strings.TrimSpace(line)
			continue
		case strings.HasPrefix(line, "#"):
			line = ""
		}
		if err := a.statement(statement); err != nil {
			return nil, fmt.Errorf("%w\nin: %s", err, statement)
		}
		statement = line
	}
	if err := a.statement(statement); err != nil {
		return nil, fmt.Errorf("%w\nin: %s", err, statement)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return a, a.resolve()
}

// resolve checks that everything that is named is there.
func (a *api) resolve() error {
	for _, op := range a.operations {
		for _, code := range op.errors {
			if !slices.ContainsFunc(a.exceptions, func(x exception) bool { return x.code == code }) {
				return fmt.Errorf("operation %s: no exception has code %s", op.name, code)
			}
		}
		for _, m := range slices.Concat(op.in, op.out) {
			if err := a.resolveType(m.of); err != nil {
				return fmt.Errorf("operation %s: member %s: %w", op.name, m.name, err)
			}
		}
	}
	for _, name := range a.order {
		for _, m := range a.structures[name].members {
			if err := a.resolveType(m.of); err != nil {
				return fmt.Errorf("structure %s: member %s: %w", name, m.name, err)
			}
		}
	}
	return nil
}

func (a *api) resolveType(t typ) error {
	for _, inner := range []*typ{t.key, t.of} {
		if inner == nil {
			continue
		}
		if err := a.resolveType(*inner); err != nil {
			return err
		}
	}
	switch {
	case t.kind == 'S' && a.structures[t.name] == nil:
		return fmt.Errorf("there is no structure %s", t.name)
	case t.kind == 'e' && !slices.ContainsFunc(a.enums, func(e enum) bool { return e.name == t.name }):
		return fmt.Errorf("there is no enum %s", t.name)
	case t.pattern != "" && !slices.ContainsFunc(a.patterns, func(p pattern) bool { return p.name == t.pattern }):
		return fmt.Errorf("there is no pattern %s", t.pattern)
	}
	return nil
}

func (a *api) statement(s string) error {
	words := strings.Fields(s)
	switch {
	case len(words) == 0:
		return nil
	case words[0] == "exception" && len(words) == 4:
		a.exceptions = append(a.exceptions, exception{words[1], words[2], words[3]})
	case words[0] == "pattern":
		text, not, _ := strings.Cut(strings.TrimSpace(strings.SplitN(s, words[1], 2)[1]), " but not ")
		a.patterns = append(a.patterns, pattern{words[1], text, not})
	case words[0] == "enum":
		a.enums = append(a.enums, enum{words[1], words[2:]})
	case (words[0] == "later" || words[0] == "never") && len(words) == 5:
		a.operations = append(a.operations, operation{class: words[0], name: words[1], method: words[3], path: words[4]})
	case words[0] == "empty" && len(words) == 6:
		a.operations = append(a.operations, operation{class: words[0], name: words[1], method: words[3], path: words[4], list: words[5]})
	case len(words) == 4 && words[1] == "=":
		a.operations = append(a.operations, operation{class: "full", name: words[0], method: words[2], path: words[3]})
	case words[0] == ">" || words[0] == "<" || words[0] == "!":
		return a.part(words[0], strings.TrimSpace(s)[1:])
	case strings.HasSuffix(s, "}"):
		return a.structure(s)
	default:
		return fmt.Errorf("cannot read the statement")
	}
	return nil
}

// part reads one line of the operation before it.
func (a *api) part(sign, s string) (err error) {
	if len(a.operations) == 0 {
		return fmt.Errorf("there is no operation before it")
	}
	op := &a.operations[len(a.operations)-1]
	switch sign {
	case ">":
		op.in, err = members(s)
	case "<":
		op.out, err = members(s)
	default:
		op.errors = strings.Fields(s)
	}
	return err
}

func (a *api) structure(s string) error {
	head, body, _ := strings.Cut(strings.TrimSuffix(s, "}"), "{")
	st := &structure{name: strings.TrimSpace(head)}
	if name, ok := strings.CutPrefix(st.name, "union "); ok {
		st.name, st.union = name, true
	}
	var err error
	st.members, err = members(body)
	a.structures[st.name] = st
	a.order = append(a.order, st.name)
	return err
}

func members(s string) ([]member, error) {
	var all []member
	for part := range strings.SplitSeq(s, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, rest, _ := strings.Cut(part, " ")
		m := member{}
		m.name, m.required = strings.CutSuffix(name, "*")
		if q, ok := strings.CutPrefix(rest, "?"); ok {
			m.query, rest, _ = strings.Cut(q, " ")
		}
		t, left, err := readType(strings.TrimSpace(rest))
		if err != nil || left != "" {
			return nil, fmt.Errorf("member %s: cannot read type %q: %w", name, rest, cmp.Or(err, fmt.Errorf("%q is left", left)))
		}
		m.of = t
		all = append(all, m)
	}
	return all, nil
}

var (
	bounds    = regexp.MustCompile(`^\((-?\d*(?:\.\d+)?)\.\.(-?\d*(?:\.\d+)?)\)`)
	reference = regexp.MustCompile(`^ /(\w+)/`)
	word      = regexp.MustCompile(`^[A-Za-z]\w*`)
)

// readType reads a type at the beginning of s and returns what is left.
func readType(s string) (t typ, left string, err error) {
	switch {
	case s == "":
		return t, s, fmt.Errorf("no type")
	case s[0] == '[':
		t.kind = '['
		if t.of, s, err = inner(s[1:], "]"); err != nil {
			return t, s, err
		}
	case s[0] == '{':
		t.kind = '{'
		if t.key, s, err = inner(s[1:], ":"); err != nil {
			return t, s, err
		}
		if t.of, s, err = inner(s, "}"); err != nil {
			return t, s, err
		}
	default:
		w := word.FindString(s)
		s = s[len(w):]
		switch {
		case len(w) == 1 && strings.Contains("sildbt", w):
			t.kind = w[0]
		case w == "e" && strings.HasPrefix(s, ":"): // handled below
		default:
			t.kind, t.name = 'S', w
		}
		if t.kind == 0 {
			t.kind, t.name = 'e', word.FindString(s[1:])
			s = s[1+len(t.name):]
		}
	}
	if b := bounds.FindStringSubmatch(s); b != nil {
		t.min, t.max, s = b[1], b[2], s[len(b[0]):]
	}
	if p := reference.FindStringSubmatch(s); p != nil {
		t.pattern, s = p[1], s[len(p[0]):]
	}
	return t, s, nil
}

func inner(s, end string) (*typ, string, error) {
	t, left, err := readType(s)
	if err != nil {
		return nil, left, err
	}
	rest, ok := strings.CutPrefix(left, end)
	if !ok {
		return nil, left, fmt.Errorf("%q expected before %q", end, left)
	}
	return &t, rest, nil
}
