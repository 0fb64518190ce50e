// Package flowchart draws flows: as a picture that browsers show, or as text that Mermaid draws.
//
// The picture is laid out in layers from left to right, as Sugiyama, Tagawa and Toda have it: ways back are turned
// around, actions get the layer behind all that lead to them, ways across several layers pass through points in
// between, the order within each layer follows the neighbours, and so does the height.
package flowchart

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tasklane/tasklane/internal/flow"
)

// chart is a flow as it is drawn.
type chart struct {
	nodes []node
	edges []edge
}

// node is an action. The start comes first.
type node struct {
	name    string // its Identifier, unless that is a UUID
	kind    string
	detail  string // what it is about, such as the queue; may be empty
	reached bool   // the start leads to it
}

// edge is a way from one action to another, for all branches that take it.
type edge struct {
	from, to int
	label    string
	failure  bool // every branch that takes it is for a failure
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func newChart(doc *flow.Document) *chart {
	c := &chart{}
	index := map[string]int{}
	add := func(a flow.Action) {
		if _, ok := index[a.Identifier]; ok {
			return
		}
		n := node{name: a.Identifier, kind: a.Type, detail: detail(a)}
		if uuidForm.MatchString(n.name) {
			n.name = ""
		}
		index[a.Identifier] = len(c.nodes)
		c.nodes = append(c.nodes, n)
	}
	for _, a := range doc.Actions {
		if a.Identifier == doc.StartAction {
			add(a)
		}
	}
	for _, a := range doc.Actions {
		add(a)
	}
	c.join(doc.Branches(), index)
	c.reach(0)
	return c
}

// telling are the parameters that say most about an action.
var telling = []string{
	"ComparisonValue", "QueueId", "AgentId", "ContactFlowId", "FlowModuleId", "HoursOfOperationId", "LambdaFunctionARN",
	"MetricType", "LoopCount", "TimeLimitSeconds", "QueuePriority", "Text", "Name",
}

// detail is the first of these that says something: ids do not.
func detail(a flow.Action) string {
	for _, name := range telling {
		text, _ := a.Parameters[name].(string)
		if strings.HasPrefix(text, "arn:") {
			text = text[strings.LastIndexAny(text, ":/")+1:]
		}
		if text != "" && !uuidForm.MatchString(text) {
			return text
		}
	}
	return ""
}

// join makes one edge of all branches between two actions.
func (c *chart) join(branches []flow.Branch, index map[string]int) {
	known := map[[2]int]int{}
	for _, b := range branches {
		way := [2]int{index[b.From], index[b.To]}
		i, ok := known[way]
		if !ok {
			known[way] = len(c.edges)
			c.edges = append(c.edges, edge{way[0], way[1], b.Name, b.Failure})
			continue
		}
		e := &c.edges[i]
		e.label = strings.Trim(e.label+", "+b.Name, ", ")
		e.failure = e.failure && b.Failure
	}
	ways := map[int]int{}
	for _, e := range c.edges {
		ways[e.from]++
	}
	for i := range c.edges {
		if e := &c.edges[i]; ways[e.from] == 1 && !e.failure {
			e.label = "" // whatever happens, it goes there
		}
	}
}

func (c *chart) reach(i int) {
	if c.nodes[i].reached {
		return
	}
	c.nodes[i].reached = true
	for _, e := range c.edges {
		if e.from == i {
			c.reach(e.to)
		}
	}
}

// Mermaid is the text of a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).
func Mermaid(doc *flow.Document) string {
	c := newChart(doc)
	var b strings.Builder
	b.WriteString("flowchart LR\n  start([Start]) --> a0\n")
	for i, n := range c.nodes {
		text := mermaidText(n.kind)
		if n.name != "" {
			text = "<b>" + mermaidText(n.name) + "</b><br>" + text
		}
		if n.detail != "" {
			text += "<br>" + mermaidText(cut(n.detail))
		}
		fmt.Fprintf(&b, "  a%d[\"%s\"]\n", i, text)
	}
	for _, e := range c.edges {
		arrow := "-->"
		if e.failure {
			arrow = "-.->"
		}
		if e.label != "" {
			arrow += `|"` + mermaidText(e.label) + `"|`
		}
		fmt.Fprintf(&b, "  a%d %s a%d\n", e.from, arrow, e.to)
	}
	return b.String()
}

// mermaidText writes the signs that mean something to Mermaid by their numbers.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < ' ' || strings.ContainsRune("\"#&<>|`[]{}\\;", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
