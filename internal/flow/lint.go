package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxContent is how long the content of a flow or module may be, in characters (ContactFlowContent of the API).
const MaxContent = 256_000

// Report is what there is to say about a flow before it is published.
type Report struct {
	Type     Type      // empty: not known; what depends on it was not looked at
	Problems []Problem // it cannot be published with them
	Warnings []Problem // it can, but an author wants to know
}

// Linter looks at flows as their authors do.
type Linter struct {
	Type     Type   // of the flow; empty: as the content says
	Instance string // ARN of the instance that it is for; empty: not known
}

// Lint looks at a flow of a type; an empty one is read from the content.
func Lint(content string, t Type) Report { return Linter{Type: t}.Lint(content) }

// Lint looks at the content of a flow, or at what DescribeContactFlow answers. Unlike [Check] it tells the problems of
// every action: the first stage that refuses one action hides nothing of the others.
func (l Linter) Lint(text string) Report {
	content, t := Described(text)
	report := Report{Type: l.Type}
	if report.Type == "" {
		report.Type = t
	}
	if n := utf8.RuneCountInString(content); n > MaxContent {
		report.Problems = append(report.Problems, problem("", "The content has %d characters, at most %d are allowed", n, MaxContent))
	}
	doc, problems := Parse(content)
	if len(problems) > 0 {
		report.Problems = append(report.Problems, problems...)
		return report
	}
	possible, odd := possibleTypes(doc)
	if report.Type == "" && odd == nil {
		report.Type = typeOfContent(content, possible)
	}
	if report.Type != "" {
		possible, odd = []Type{report.Type}, nil
	}
	c := newChecker(doc, report.Type, nil)
	for i := range doc.Actions {
		before := len(c.problems)
		for _, stage := range stages {
			c.look(i, &doc.Actions[i])
			if stage(c); len(c.problems) > before {
				break
			}
		}
	}
	report.Problems = append(report.Problems, c.problems...)
	if odd != nil {
		p := problem(odd.Identifier, "Invalid Action type. Type: %s", odd.Type)
		p.Rule = "no type of flow may hold it together with the actions before it"
		report.Problems = append(report.Problems, p)
	}
	if report.Type == TypeModule && !hasSettings(content) {
		report.Problems = append(report.Problems, problem("", noSettings))
	}
	report.Warnings = warnings(doc, possible)
	foreign := namesElsewhere(doc, l.Instance)
	if l.Instance == "" {
		report.Warnings = append(report.Warnings, foreign...)
	} else {
		report.Problems = append(report.Problems, foreign...)
	}
	return report
}

// Described takes what DescribeContactFlow and DescribeContactFlowModule answer apart, into content and type. Any other
// text is a content whose type is not told.
func Described(text string) (content string, t Type) {
	var out struct {
		ContactFlow       *struct{ Content, Type string }
		ContactFlowModule *struct{ Content string }
	}
	switch err := json.Unmarshal([]byte(text), &out); {
	case err != nil:
	case out.ContactFlow != nil:
		return out.ContactFlow.Content, namedType(out.ContactFlow.Type)
	case out.ContactFlowModule != nil:
		return out.ContactFlowModule.Content, TypeModule
	}
	return text, ""
}

// possibleTypes are the types of flow that may hold all actions of a document; [TypeModule] alone when one of them ends
// a module. Where there is none, odd is the first action that rules the last one out.
func possibleTypes(doc *Document) (possible []Type, odd *Action) {
	possible = slices.DeleteFunc(slices.Clone(AllTypes), func(t Type) bool { return t == TypeModule })
	for i := range doc.Actions {
		kind := typeOf(doc.Actions[i].Type)
		if kind == nil || kind.only == nil {
			continue
		}
		if len(kind.only) == 0 {
			return []Type{TypeModule}, nil
		}
		left := slices.DeleteFunc(slices.Clone(possible), func(t Type) bool { return !slices.Contains(kind.only, t) })
		if len(left) == 0 && odd == nil {
			odd = &doc.Actions[i]
		}
		if odd == nil {
			possible = left
		}
	}
	return possible, odd
}

// typeOfContent is the type that the console has written into a flow's Metadata, else the only one that may hold its
// actions; empty: not known.
func typeOfContent(content string, possible []Type) Type {
	top, err := decodeObject(content)
	if err == nil {
		metadata, _ := top["Metadata"].(map[string]any)
		told, _ := metadata["type"].(string)
		if known := namedType(told); known != "" {
			return known
		}
	}
	if hasSettings(content) {
		return TypeModule // flows have none
	}
	if len(possible) == 1 {
		return possible[0]
	}
	return ""
}

// Playable is the type as which a flow can be tried when nothing says which it has: the first that may hold its actions.
func Playable(text string) Type {
	report := Lint(text, "")
	if report.Type != "" {
		return report.Type
	}
	content, _ := Described(text)
	doc, problems := Parse(content)
	if len(problems) > 0 {
		return TypeContactFlow
	}
	possible, _ := possibleTypes(doc)
	return possible[0]
}

// namedType finds a type by the name that the API or the console has for it, such as CUSTOMER_QUEUE or
// customerQueue; empty: none has it.
func namedType(name string) Type {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	for _, t := range AllTypes {
		if plain(string(t)) == plain(name) {
			return t
		}
	}
	switch plain(name) {
	case "contactflowmodule", "flowmodule":
		return TypeModule
	case "transfertoagent":
		return TypeAgentTransfer
	case "transfertoqueue":
		return TypeQueueTransfer
	}
	return ""
}

// warnings are what an author wants to know of a flow that can be published.
func warnings(doc *Document, possible []Type) []Problem {
	p := Compile(doc)
	reached := p.reachable()
	var all []Problem
	for i := range p.actions {
		in := &p.actions[i]
		warn := func(format string, args ...any) {
			all = append(all, problem(in.identifier, "%s. Path: Actions[%d]", fmt.Sprintf(format, args...), i))
		}
		if !reached[i] {
			warn("Nothing leads to this action")
		}
		if why := p.onTask(in); why != "" {
			warn("%s: %s", in.typeName, why)
		}
		fits := func(t Type) bool { return t == TypeModule || slices.Contains(in.kind.offered, t) }
		if in.kind.offered != nil && !slices.ContainsFunc(possible, fits) {
			does := "does not offer"
			if in.typeName == "EndFlowExecution" {
				does = "refuses"
			}
			warn("Amazon Connect %s %s in flows of type %s", does, in.typeName, oneOfTypes(possible))
		}
	}
	return all
}

// oneOfTypes names the types that a flow may have.
func oneOfTypes(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, " or ")
}

// reachable tells which actions the start leads to.
func (p *Program) reachable() []bool {
	reached := make([]bool, len(p.actions))
	todo := []int{p.target(p.start)}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i == nowhere || reached[i] {
			continue
		}
		reached[i] = true
		in := &p.actions[i]
		todo = append(todo, in.next)
		for _, to := range in.failures {
			todo = append(todo, to)
		}
		for _, c := range in.conditions {
			todo = append(todo, c.next)
		}
	}
	return reached
}

// onTask tells what an action does on a task that does not do what it is for; empty: it does.
func (p *Program) onTask(in *instruction) string {
	switch {
	case in.typeName == "TransferContactToAgent":
		return "on a task it works only where a transfer has chosen the agent; else it fails"
	case in.typeName == "UpdateContactEventHooks":
		return p.hookOnTask(in)
	case in.typeName == "Wait" && len(in.conditions) > 1:
		return "a task waits for the time only; the other events never come"
	case !in.kind.foreign:
		return ""
	}
	out := in.kind.run(&view{&State{}, nobody{}}, in, nil)
	if out.failure == "" {
		return "does nothing to a task; the flow goes on"
	}
	return "a task cannot use it; " + p.leads(in, out.failure)
}

// hookOnTask tells about events that tasks do not have.
func (p *Program) hookOnTask(in *instruction) string {
	hooks, _ := in.param("EventHooks").(object)
	for _, m := range hooks {
		switch Hook(m.key.text(&view{&State{}, nobody{}})) {
		case HookCustomerHold, HookAgentHold:
			return "a task is never on hold; " + p.leads(in, NoMatchingError)
		case HookCustomerWhisper:
			return "a task has no customer to whisper to; the flow never runs"
		default: // tasks have it
		}
	}
	return ""
}

// leads tells where a failure leads.
func (p *Program) leads(in *instruction, f Failure) string {
	b := in.failed(f)
	switch {
	case b.to == nowhere:
		return "it stops the flow, for it has no branch for " + string(f)
	case b.failure == "":
		return fmt.Sprintf("the flow goes on with %q", p.actions[b.to].identifier)
	default:
		return fmt.Sprintf("it takes its branch %s to %q", b.failure, p.actions[b.to].identifier)
	}
}

// nobody is the scope of a run without a contact.
type nobody struct{}

func (nobody) Lookup([]string) (any, bool) { return nil, false }
