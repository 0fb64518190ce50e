package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

// named is what a flow may name: what exists, or anything.
type named struct {
	*tenant
	anything bool
}

// nameable is what a flow that is published may name: anything, or with [Options.StrictResources] what exists.
func (t *tenant) nameable() named { return named{t, !t.strictResources} }

// may reports whether something may be named that is there unless err says otherwise.
func (n named) may(err error) bool { return err == nil || n.anything }

// Unresolved is what a flow or module names in its published text that is not there: a task that comes to such an action
// takes its error branch.
type Unresolved struct {
	Instance string
	Kind     arn.Kind // Flow or Module
	Name     string
	Problems []flow.Problem
}

// unresolved looks for what a text names that is not there.
func (t *tenant) unresolved(content string) []flow.Problem {
	doc, problems := flow.Parse(content)
	if len(problems) > 0 {
		return nil
	}
	return flow.Missing(doc, named{t, false})
}

// published tells the operator of a text that was published and names what is not there.
func (e *Engine) published(t *tenant, kind arn.Kind, name, content string) {
	if e.warn == nil || t.strictResources {
		return
	}
	if problems := t.unresolved(content); len(problems) > 0 {
		e.warn(Unresolved{t.ID, kind, name, problems})
	}
}

// UnresolvedIn returns what flows, named by their ids, have published that names what is not there. Flows that are not
// there or not published name nothing. It fails with [fault.NotFound] for an unknown instance.
func (e *Engine) UnresolvedIn(instance string, flows ...string) ([]Unresolved, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	var all []Unresolved
	for _, id := range flows {
		f, err := find[Flow](t, arn.Flow, id)
		if err != nil {
			continue
		}
		if problems := t.unresolved(f.Value.Published); len(problems) > 0 {
			all = append(all, Unresolved{t.ID, arn.Flow, f.Name, problems})
		}
	}
	return all, nil
}

func (n named) Queue(name string) bool {
	_, err := n.target(name, "")
	return n.may(err)
}

func (n named) Agent(name string) bool {
	_, err := n.agentNamed(name)
	return n.may(err)
}

func (n named) Hours(name string) bool {
	_, err := n.object(arn.Hours, name)
	return n.may(err)
}

func (n named) Flow(name string) bool {
	_, err := n.object(arn.Flow, name)
	return n.may(err)
}

func (n named) Module(name string) bool {
	_, _, _, err := n.moduleNamed(name)
	return n.may(err)
}

func (n named) Template(name string) bool {
	_, err := n.object(arn.TaskTemplate, name)
	return n.may(err)
}

func (n named) Prompt(name string) bool {
	_, err := n.object(arn.Prompt, name)
	return n.may(err)
}

// View knows those of Amazon Connect itself: an instance has none of its own.
func (n named) View(name string) bool { return n.anything || flow.IsManagedView(name) }

func (n named) Attribute(name string) bool {
	_, err := findNamed[routing.PredefinedAttribute](n.tenant, arn.PredefinedAttribute, name)
	return n.may(err)
}

func (n named) Contract(name string) *flow.Contract {
	_, _, contract, err := n.moduleNamed(name)
	if err != nil {
		return nil
	}
	return contract
}
