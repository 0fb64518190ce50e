package flow

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// actionTable describes every action of the language; its head says how.
//
//go:embed actions.txt
var actionTable string

// description is what a document may and must say of an action of a type.
type description struct {
	shape              // of its Parameters
	only    []Type     // the flow types that may hold it; nil: every one
	offered []Type     // those in which Amazon's console offers it; nil: not known
	errors  []listed   // error types that must have a branch
	mayFail []listed   // and those that may
	results []listed   // words that must have a condition
	mayBe   []listed   // and those that may
	own     *ownBranch // conditions of the author's own; nil: none

	terminal bool // ends the document, so it has no transitions
	noNext   bool // need not have a NextAction
}

// shape is what an object has: the parameters of an action, or an object within them.
type shape struct {
	params []param
	open   bool // other members are not refused
	groups []group
}

// param is a parameter of an action, or a member of one.
type param struct {
	name     string
	required bool
	form     form
	exists   func(r Resources, name string) bool // whether a resource named by a literal exists; nil: not a resource
	kind     string                              // of that resource
	when     when
}

// group bounds how many of some members may be there.
type group struct {
	names       []string
	least, most int
	when        when
}

// listed are words that count in some case.
type listed struct {
	words []string
	when  when
}

// ownBranch are conditions of the author's own.
type ownBranch struct {
	operator string // the only one; empty: every one
	required bool   // at least one
	when     when
}

// when says in which case a line of the table counts; nil: always.
type when []struct {
	name, verb, value string
}

// holds reports whether the parameters of an action are as the line wants them.
func (w when) holds(a *Action) bool {
	for _, t := range w {
		v, set := a.Parameters[t.name]
		s, _ := text(v)
		is := set
		switch t.verb {
		case "is", "is not":
			is = set && strings.EqualFold(s, t.value)
		case "holds":
			list, _ := v.([]any)
			is = false
			for _, e := range list {
				is = is || e == any(t.value)
			}
		}
		if is == strings.HasPrefix(t.verb, "is not") {
			return false
		}
	}
	return true
}

// words are all words of the lines that count for an action.
func words(all []listed, a *Action) []string {
	var words []string
	for _, l := range all {
		if l.when.holds(a) {
			words = append(words, l.words...)
		}
	}
	return words
}

// every is all words of the lines, whether they count or not.
func every(all []listed) []string {
	var words []string
	for _, l := range all {
		words = append(words, l.words...)
	}
	return words
}

// param is the member of that name, as it counts for an action; nil when there is none.
func (s *shape) param(name string, a *Action) *param {
	for i := range s.params {
		if s.params[i].name == name && s.params[i].when.holds(a) {
			return &s.params[i]
		}
	}
	return nil
}

// flowTypeGroups are the words that the table has for flow types.
var flowTypeGroups = map[string][]Type{
	"inbound":  {TypeContactFlow},
	"campaign": {TypeCampaign},
	"queue":    {TypeCustomerQueue},
	"transfer": {TypeAgentTransfer, TypeQueueTransfer},
	"whisper":  {TypeCustomerWhisper, TypeAgentWhisper, TypeOutboundWhisper},
	"outbound": {TypeOutboundWhisper},
	"hold":     {TypeCustomerHold, TypeAgentHold},
	"modules":  {}, // no flow type
}

// describe reads the table. It panics on a line that it cannot read: the table is part of the program.
func describe(table string) map[string]*description {
	all := map[string]*description{}
	var d *description
	var path []*shape // of the object that the line is in, the innermost last
	for n, line := range strings.Split(table, "\n") {
		body := strings.TrimLeft(line, " ")
		if body == "" || strings.HasPrefix(body, "#") {
			continue
		}
		depth := (len(line) - len(body)) / 2
		if depth == 0 {
			words := strings.Fields(body)
			flags := strings.Join(words[1:], " ")
			d = &description{terminal: flags == "terminal", noNext: flags == "no next"}
			all[words[0]], path = d, []*shape{&d.shape}
			continue
		}
		inner, err := d.read(path[:min(depth, len(path))], body)
		if err != nil {
			panic(fmt.Sprintf("actions.txt:%d: %v", n+1, err))
		}
		path = append(path[:min(depth, len(path))], inner...)
	}
	return all
}

// read reads one line of an action. It returns the shape that the lines below it belong to when they are deeper.
func (d *description) read(path []*shape, line string) (inner []*shape, err error) {
	s := path[len(path)-1]
	said, condition, _ := strings.Cut(line, " when ")
	w, err := readWhen(condition)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(said)
	rest := func(n int) []string { return words[n:] }
	switch {
	case words[0] == "…":
		s.open = true
	case hasWords(words, "exactly", "one", "of"):
		s.groups = append(s.groups, group{rest(3), 1, 1, w})
	case hasWords(words, "at", "most", "one", "of"):
		s.groups = append(s.groups, group{rest(4), 0, 1, w})
	case hasWords(words, "at", "least", "one", "of"):
		s.groups = append(s.groups, group{rest(4), 1, len(rest(4)), w})
	case words[0] == "only":
		d.only, err = readFlowTypes(rest(1))
	case words[0] == "offered":
		d.offered, err = readFlowTypes(rest(1))
	case words[0] == "errors":
		d.errors = append(d.errors, listed{rest(1), w})
	case hasWords(words, "may", "fail"):
		d.mayFail = append(d.mayFail, listed{rest(2), w})
	case words[0] == "results":
		d.results = append(d.results, listed{rest(1), w})
	case hasWords(words, "may", "result"):
		d.mayBe = append(d.mayBe, listed{rest(2), w})
	case words[0] == "conditions":
		d.own = &ownBranch{when: w}
		for _, word := range rest(1) {
			if word == "required" {
				d.own.required = true
			} else {
				d.own.operator = word
			}
		}
	default:
		var p param
		if p, err = readParam(words, w); err != nil {
			return nil, err
		}
		s.params, s.open = append(s.params, p), false
		if p.form.members != nil {
			return []*shape{p.form.members}, nil
		}
	}
	return nil, err
}

func hasWords(words []string, begin ...string) bool {
	if len(words) < len(begin) {
		return false
	}
	for i, w := range begin {
		if words[i] != w {
			return false
		}
	}
	return true
}

func readFlowTypes(groups []string) ([]Type, error) {
	types := []Type{}
	for _, name := range groups {
		group, ok := flowTypeGroups[name]
		if !ok {
			return nil, fmt.Errorf("%q is no group of flow types", name)
		}
		types = append(types, group...)
	}
	return types, nil
}

func readWhen(text string) (when, error) {
	if text == "" {
		return nil, nil
	}
	var w when
	for part := range strings.SplitSeq(text, " and ") {
		words := strings.Fields(part)
		if len(words) < 3 {
			return nil, fmt.Errorf("%q is no case", part)
		}
		name, verb, value := words[0], strings.Join(words[1:len(words)-1], " "), words[len(words)-1]
		if value == "set" {
			verb += " set"
		}
		switch verb {
		case "is", "is not", "holds", "is set", "is not set":
		default:
			return nil, fmt.Errorf("%q is no case", part)
		}
		w = append(w, struct{ name, verb, value string }{name, verb, value})
	}
	return w, nil
}

func readParam(words []string, w when) (param, error) {
	name, required := strings.CutSuffix(words[0], "*")
	p := param{name: name, required: required, when: w}
	said := words[1:]
	if n := len(said); n > 2 && said[n-2] == "exists" {
		p.kind = said[n-1]
		if p.exists = resourceKinds[p.kind]; p.exists == nil {
			return p, fmt.Errorf("%q is no kind of resource", p.kind)
		}
		said = said[:n-2]
	}
	var err error
	p.form, err = readForm(strings.Join(said, " "))
	return p, err
}

// readForm reads the words for a form.
func readForm(said string) (form, error) {
	if f, ok := forms[said]; ok {
		return f, nil
	}
	if of, ok := strings.CutPrefix(said, "any list of "); ok {
		element, err := readForm(of)
		return listOf(element, 0), err
	}
	if of, ok := strings.CutPrefix(said, "list of "); ok {
		element, err := readForm(of)
		return listOf(element, 1), err
	}
	if said == "object" {
		return objectForm(), nil
	}
	if most, ok := strings.CutPrefix(said, "text "); ok {
		n, err := strconv.Atoi(most)
		return textUpTo(n), err
	}
	if bounds, ok := strings.CutPrefix(said, "static number "); ok {
		least, most, err := readBounds(bounds)
		return staticNumber(least, most), err
	}
	if bounds, ok := strings.CutPrefix(said, "number "); ok {
		least, most, err := readBounds(bounds)
		return wholeNumber(least, most), err
	}
	said, dynamic := strings.CutSuffix(said, " or reference")
	said, anyCase := strings.CutSuffix(said, " in any case")
	if strings.Contains(said, " ") || said == "" {
		return form{}, fmt.Errorf("%q is no form", said)
	}
	if said == "boolean" {
		said, anyCase = "True|False", true
	}
	return oneOf(strings.Split(said, "|"), anyCase, dynamic), nil
}

// unbounded is the most that a number without an upper bound may be.
const unbounded = 1<<53 - 1

func readBounds(s string) (least, most int, err error) {
	low, high, _ := strings.Cut(s, "..")
	if least, err = strconv.Atoi(low); err != nil || high == "" {
		return least, unbounded, err
	}
	most, err = strconv.Atoi(high)
	return least, most, err
}
