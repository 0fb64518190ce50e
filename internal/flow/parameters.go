package flow

import (
	"maps"
	"slices"
	"strings"
)

// param is a parameter of an action.
type param struct {
	name     string
	required bool
	valid    func(v any) bool                    // whether a document may hold this value
	exists   func(r Resources, name string) bool // whether a resource named by a literal exists; nil: not a resource
}

// oneValue accepts a literal or a reference. An empty text is never legal; one blank is.
func oneValue(v any) bool {
	s, ok := v.(string)
	return ok && s != ""
}

// oneWord accepts the words given and no reference.
func oneWord(words ...string) func(any) bool {
	return func(v any) bool {
		for _, w := range words {
			if v == w {
				return true
			}
		}
		return false
	}
}

// textMap accepts an object of texts. Emptiness is the block's own rule: see checker.emptyAttributes.
func textMap(v any) bool {
	m, ok := v.(map[string]any)
	for _, value := range m {
		if _, text := value.(string); !text {
			return false
		}
	}
	return ok
}

func (c *checker) knownParameters() {
	for _, name := range slices.Sorted(maps.Keys(c.action.Parameters)) {
		if !slices.ContainsFunc(c.kind.params, func(p param) bool { return p.name == name }) {
			c.report("Invalid Action property name. Path: %s.Parameters.%s", c.path, name)
		}
	}
}

func (c *checker) parameterValues() {
	for _, p := range c.kind.params {
		if v, ok := c.action.Parameters[p.name]; ok && !p.valid(v) {
			c.badValue("Parameters.%s", p.name)
		}
	}
}

func (c *checker) parameterGroups() {
	if c.kind.oneOf == nil {
		return
	}
	given := 0
	for _, name := range c.kind.oneOf {
		if _, ok := c.action.Parameters[name]; ok {
			given++
		}
	}
	names := strings.Join(c.kind.oneOf, ", ")
	switch {
	case given == 0:
		c.report("At least one of [%s] must be set. Path: %s.Parameters", names, c.path)
	case given > 1:
		c.report("Only one of these properties may be defined. Properties: [%s], Path: %s.Parameters", names, c.path)
	}
}

func (c *checker) existingResources() {
	if c.resources == nil {
		return
	}
	for _, p := range c.kind.params {
		name := c.action.text(p.name)
		if _, dynamic := wholeReference(name); p.exists == nil || name == "" || dynamic {
			continue
		}
		if !p.exists(c.resources, name) {
			c.badValue("Parameters.%s", p.name)
		}
	}
}

// emptyAttributes refuses an object of attributes that is empty or has an empty key or value.
func (c *checker) emptyAttributes() {
	m, ok := c.action.Parameters["Attributes"].(map[string]any)
	if !ok {
		return
	}
	empty := len(m) == 0
	for key, value := range m {
		empty = empty || key == "" || value == ""
	}
	if empty {
		c.report("Empty value in Parameters.Attributes. Path: %s", c.path)
	}
}
