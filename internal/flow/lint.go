package flow

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxContent is how long the content of a flow or module may be, in characters (ContactFlowContent of the API).
const MaxContent = 256_000

// Report is what there is to say about a flow before it is published.
type Report struct {
	Type     Type
	Guessed  bool      // the type was not told, neither by the caller nor by the content
	Problems []Problem // it cannot be published with them
	Warnings []Problem // it can, but an author wants to know
}

// Lint looks at the content of a flow as its author does. Unlike [Check] it tells the problems of every action: the
// first stage that refuses one action hides nothing of the others. An empty type is read from the content.
func Lint(content string, t Type) Report {
	report := Report{Type: t}
	if n := utf8.RuneCountInString(content); n > MaxContent {
		report.Problems = append(report.Problems, problem("", "The content has %d characters, at most %d are allowed", n, MaxContent))
	}
	doc, problems := Parse(content)
	if len(problems) > 0 {
		report.Problems = append(report.Problems, problems...)
		return report
	}
	if t == "" {
		report.Type, report.Guessed = typeOfContent(content, doc)
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
	if report.Type == TypeModule && !hasSettings(content) {
		report.Problems = append(report.Problems, problem("", noSettings))
	}
	report.Warnings = warnings(doc, report.Type)
	return report
}

// typeOfContent is the type that the console has written into a flow's Metadata, else the only one, or the usual
// one, that can hold its actions.
func typeOfContent(content string, doc *Document) (t Type, guessed bool) {
	top, err := decodeObject(content)
	if err == nil {
		metadata, _ := top["Metadata"].(map[string]any)
		told, _ := metadata["type"].(string)
		if known := namedType(told); known != "" {
			return known, false
		}
	}
	if hasSettings(content) {
		return TypeModule, false // flows have none
	}
	for _, a := range doc.Actions {
		if kind := typeOf(a.Type); kind != nil && kind.only != nil && !slices.Contains(kind.only, TypeContactFlow) {
			if slices.Contains(kind.only, TypeCustomerQueue) {
				return TypeCustomerQueue, true
			}
			return TypeModule, true
		}
	}
	return TypeContactFlow, true
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
func warnings(doc *Document, t Type) []Problem {
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
		if offered := in.kind.offered; offered != nil && t != TypeModule && !slices.Contains(offered, t) {
			does := "does not offer"
			if in.typeName == "EndFlowExecution" {
				does = "refuses"
			}
			warn("Amazon Connect %s %s in flows of type %s", does, in.typeName, t)
		}
	}
	return all
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
