package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
)

// resourceKinds are the words that the table has for what a parameter names.
var resourceKinds = map[string]func(Resources, string) bool{
	"queue": Resources.Queue, "agent": Resources.Agent, "hours": Resources.Hours, "flow": Resources.Flow,
	"module": Resources.Module, "template": Resources.Template, "prompt": Resources.Prompt, "view": Resources.View,
	attributeKind: Resources.Attribute,
}

// attributeKind is what routing criteria ask for by its name.
const attributeKind = "predefined attribute"

// kindsOf are the kinds of ARNs that name a resource. Predefined attributes have none.
var kindsOf = map[string][]arn.Kind{
	"queue": {arn.Queue, arn.AgentQueue}, "agent": {arn.User}, "hours": {arn.Hours}, "flow": {arn.Flow}, "module": {arn.Module},
	"template": {arn.TaskTemplate}, "prompt": {arn.Prompt}, "view": {arn.View},
}

// resourceName is a resource that an action names, and where.
type resourceName struct{ path, kind, name string }

// named are the resources that an action names by literals.
func (a *Action) named() []resourceName {
	kind := typeOf(a.Type)
	if kind == nil {
		return nil
	}
	var all []resourceName
	add := func(path, kind string, v any) {
		if name, _ := v.(string); name != "" && !isReference(name) {
			all = append(all, resourceName{path, kind, name})
		}
	}
	kind.eachObject(a, func(path string, s *shape, m map[string]any) {
		for _, name := range sortedKeys(m) {
			if p := s.param(name, a); p != nil && p.exists != nil {
				add(path+"."+name, p.kind, m[name])
			}
		}
	})
	hooks, _ := a.Parameters["EventHooks"].(map[string]any)
	for _, hook := range sortedKeys(hooks) {
		add("Parameters.EventHooks."+hook, "flow", hooks[hook])
	}
	namedByCriteria("Parameters.RoutingCriteria", a.Parameters["RoutingCriteria"], add)
	return all
}

// namedByCriteria calls add with the predefined attributes and the agents that routing criteria ask for.
func namedByCriteria(path string, v any, add func(path, kind string, v any)) {
	switch v := v.(type) {
	case string: // criteria may be a text of JSON
		var criteria map[string]any
		if json.Unmarshal([]byte(v), &criteria) == nil {
			namedByCriteria(path, criteria, add)
		}
	case []any:
		for i, inner := range v {
			namedByCriteria(fmt.Sprintf("%s[%d]", path, i), inner, add)
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			at := path + "." + name
			switch name {
			case "AttributeCondition", "NotAttributeCondition":
				condition, _ := v[name].(map[string]any)
				if condition["MatchCriteria"] == nil {
					add(at+".Name", attributeKind, condition["Name"])
				}
				namedByCriteria(at, condition, add)
			case "AgentIds":
				agents, _ := v[name].([]any)
				for i, agent := range agents {
					add(fmt.Sprintf("%s[%d]", at, i), "agent", agent)
				}
			default:
				if _, text := v[name].(string); !text {
					namedByCriteria(at, v[name], add)
				}
			}
		}
	}
}

// isPlaceholder reports whether a name is one that a template's own tool fills in, such as ${QUEUE} or <queue>.
func isPlaceholder(name string) bool {
	return strings.ContainsAny(name, "{<%") || strings.Contains(name, "$.")
}

// managedViews are the views of Amazon Connect itself that a ShowView may name without an ARN, as exported flows do
// (AG view-resources-managed-view).
var managedViews = []string{"after-contact-work", "cards", "confirmation", "detail", "form", "list"}

// IsManagedView reports whether a name is that of a view of Amazon Connect itself, with a version behind it or without.
//
//	arn:aws:connect:us-east-1:aws:view/form:1
//
// Which there are differs by Region and is published nowhere in full, so every ARN of that form is one.
func IsManagedView(name string) bool {
	head, id, isARN := strings.Cut(name, ":aws:view/")
	if isARN {
		return strings.HasPrefix(head, "arn:") && strings.Contains(head, ":connect:") && id != "" && !strings.Contains(id, "/")
	}
	id, _, _ = strings.Cut(name, ":")
	return slices.Contains(managedViews, id)
}

// namesElsewhere finds the resources that a document names by the ARN of another instance than the one that it is for,
// or, when that is not known, by any; those that are of another kind than the parameter wants; and what has neither the
// form of an ARN nor that of an id. Placeholders that a template fills in are left alone.
func namesElsewhere(doc *Document, instance string) []Problem {
	var all []Problem
	for i := range doc.Actions {
		a := &doc.Actions[i]
		for _, n := range a.named() {
			if says := n.elsewhere(instance); says != "" {
				all = append(all, problem(a.Identifier, "%s. Path: Actions[%d].%s", says, i, n.path))
			}
		}
	}
	return all
}

// elsewhere says why a name is none of a resource in the instance; empty: it may be one.
func (n resourceName) elsewhere(instance string) string {
	known := kindsOf[n.kind]
	switch {
	case known == nil || isPlaceholder(n.name) || n.kind == "view" && IsManagedView(n.name):
		return ""
	case !strings.HasPrefix(n.name, "arn:"):
		if n.kind == "agent" || isID(n.name) { // an agent may be named by login
			return ""
		}
		return fmt.Sprintf("%s is neither the id nor the ARN of %s", n.name, n.one())
	}
	of, kind, _, err := arn.Split(n.name)
	switch {
	case err != nil || !slices.Contains(known, kind):
		return fmt.Sprintf("%s is the ARN of no %s", n.name, n.kind)
	case instance == "":
		return fmt.Sprintf("%s is %s of one instance; in others the action fails (--instance ARN names yours)", n.name, n.one())
	case of != instance:
		return fmt.Sprintf("%s is %s of another instance than %s", n.name, n.one(), instance)
	}
	return ""
}

// one is the kind with its article.
func (n resourceName) one() string {
	switch n.kind {
	case "agent":
		return "an agent"
	case "hours":
		return "hours of operation"
	}
	return "a " + n.kind
}

// isID reports whether a name is an id, with a version or an alias behind it or without.
func isID(name string) bool {
	id, _, _ := strings.Cut(name, ":")
	return arn.IsUUID(id)
}

// Missing are the resources that a document names and that are not there.
func Missing(doc *Document, r Resources) []Problem {
	c := newChecker(doc, "", r)
	for i := range doc.Actions {
		if c.look(i, &doc.Actions[i]); c.kind != nil {
			c.existingResources()
		}
	}
	return c.problems
}
