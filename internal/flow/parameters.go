package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// eachObject calls do with the parameters of an action and with every described object within them.
func (s *shape) eachObject(a *Action, do func(path string, s *shape, m map[string]any)) {
	s.walk("Parameters", a, a.Parameters, do)
}

func (s *shape) walk(path string, a *Action, m map[string]any, do func(string, *shape, map[string]any)) {
	do(path, s, m)
	for _, name := range sortedKeys(m) {
		p := s.param(name, a)
		if p == nil || p.form.members == nil {
			continue
		}
		at := path + "." + name
		switch v := m[name].(type) {
		case map[string]any:
			p.form.members.walk(at, a, v, do)
		case []any:
			for i, e := range v {
				if inner, ok := e.(map[string]any); ok {
					p.form.members.walk(fmt.Sprintf("%s[%d]", at, i), a, inner, do)
				}
			}
		}
	}
}

func (c *checker) eachObject(do func(path string, s *shape, m map[string]any)) {
	c.kind.eachObject(c.action, do)
}

func (c *checker) requiredParameters() {
	c.eachObject(func(path string, s *shape, m map[string]any) {
		for _, p := range s.params {
			if _, ok := m[p.name]; !ok && p.required && p.when.holds(c.action) {
				c.report("", "Action is missing required property. Path: %s.%s.%s", c.path, path, p.name)
			}
		}
	})
}

func (c *checker) knownParameters() {
	c.eachObject(func(path string, s *shape, m map[string]any) {
		for _, name := range sortedKeys(m) {
			if !s.open && s.param(name, c.action) == nil {
				c.report("", "Invalid Action property name. Path: %s.%s.%s", c.path, path, name)
			}
		}
	})
}

func (c *checker) parameterValues() {
	c.eachObject(func(path string, s *shape, m map[string]any) {
		for _, name := range sortedKeys(m) {
			p := s.param(name, c.action)
			if p == nil {
				continue
			}
			says, legal := p.form.says, p.form.legal(m[name])
			if members, ok := m[name].(map[string]any); ok && p.required && p.form.members != nil && len(members) == 0 {
				says, legal = says+" that is not empty", false // it says nothing of what it is there for
			}
			if !legal {
				c.report(says, "Invalid Action property value. Path: %s.%s.%s", c.path, path, name)
			}
		}
	})
}

func (c *checker) parameterGroups() {
	c.eachObject(func(path string, s *shape, m map[string]any) {
		for _, g := range s.groups {
			given := 0
			for _, name := range g.names {
				if _, ok := m[name]; ok {
					given++
				}
			}
			names := strings.Join(g.names, ", ")
			switch {
			case !g.when.holds(c.action):
			case given < g.least:
				c.report("", "At least one of [%s] must be set. Path: %s.%s", names, c.path, path)
			case given > g.most:
				c.report("", "Only one of these properties may be defined. Properties: [%s], Path: %s.%s", names, c.path, path)
			}
		}
	})
}

func (c *checker) existingResources() {
	if c.resources == nil {
		return
	}
	for _, n := range c.action.named() {
		if !resourceKinds[n.kind](c.resources, n.name) {
			c.badValue(noSuch(n.kind, n.name), "%s", n.path)
		}
	}
}

// noSuch says that a resource is not there.
func noSuch(kind, name string) string { return fmt.Sprintf("this instance has no %s %s", kind, name) }

// blockRule looks at what the table cannot say.
func (c *checker) blockRule() {
	if c.kind.rule != nil {
		c.kind.rule(c)
	}
}

// emptyAttributes refuses an object of attributes that is empty or has an empty key or value.
func (c *checker) emptyAttributes() {
	m, ok := c.action.Parameters["Attributes"].(map[string]any)
	if !ok {
		return
	}
	empty := len(m) == 0
	for key, v := range m {
		empty = empty || key == "" || v == ""
	}
	if empty {
		c.report("", "Empty value in Parameters.Attributes. Path: %s", c.path)
	}
}

func (c *checker) tags() {
	m, _ := c.action.Parameters["Tags"].(map[string]any)
	if len(m) > maxTags {
		c.report("", "More than %d tags in Parameters.Tags. Path: %s", maxTags, c.path)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		v, _ := m[key].(string)
		if key == "" || v == "" || strings.HasPrefix(key, "aws:") ||
			utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(v) > maxTagValue {
			c.badValue("a key of 1 to 128 characters that does not begin with aws:, and a value of 1 to 256", "Parameters.Tags.%s", key)
		}
	}
	if len(m) == 0 {
		c.report("", "Empty value in Parameters.Tags. Path: %s", c.path)
	}
}
