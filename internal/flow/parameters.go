package flow

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// param is a parameter of an action.
type param struct {
	name     string
	required bool
	form     form
	exists   func(r Resources, name string) bool // whether a resource named by a literal exists; nil: not a resource
}

func (c *checker) knownParameters() {
	if c.kind.foreign {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.action.Parameters)) {
		if c.kind.param(name) == nil {
			c.report("Invalid Action property name. Path: %s.Parameters.%s", c.path, name)
		}
	}
}

func (c *checker) parameterValues() {
	for _, p := range c.kind.params {
		if v, ok := c.action.Parameters[p.name]; ok && !p.form.legal(v) {
			c.badValue("Parameters.%s", p.name)
		}
	}
}

func (c *checker) parameterGroups() {
	switch given := c.given(c.kind.oneOf...); {
	case c.kind.oneOf == nil:
	case given == 0:
		c.missingAll(c.kind.oneOf)
	case given > 1:
		c.tooMany(c.kind.oneOf)
	}
}

// given counts the parameters that are there.
func (c *checker) given(names ...string) int {
	n := 0
	for _, name := range names {
		if _, ok := c.action.Parameters[name]; ok {
			n++
		}
	}
	return n
}

func (c *checker) missingAll(names []string) {
	c.report("At least one of [%s] must be set. Path: %s.Parameters", strings.Join(names, ", "), c.path)
}

func (c *checker) tooMany(names []string) {
	c.report("Only one of these properties may be defined. Properties: [%s], Path: %s.Parameters", strings.Join(names, ", "), c.path)
}

func (c *checker) existingResources() {
	if c.resources == nil {
		return
	}
	for _, p := range c.kind.params {
		name := c.action.text(p.name)
		if p.exists == nil || name == "" || isReference(name) {
			continue
		}
		if !p.exists(c.resources, name) {
			c.badValue("Parameters.%s", p.name)
		}
	}
}

// blockRule looks at the block's own rule.
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
		c.report("Empty value in Parameters.Attributes. Path: %s", c.path)
	}
}

func (c *checker) tags() {
	m, _ := c.action.Parameters["Tags"].(map[string]any)
	if len(m) > maxTags {
		c.report("More than %d tags in Parameters.Tags. Path: %s", maxTags, c.path)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		v, _ := m[key].(string)
		if key == "" || v == "" || strings.HasPrefix(key, "aws:") ||
			utf8.RuneCountInString(key) > maxTagKey || utf8.RuneCountInString(v) > maxTagValue {
			c.badValue("Parameters.Tags.%s", key)
		}
	}
	if len(m) == 0 {
		c.report("Empty value in Parameters.Tags. Path: %s", c.path)
	}
}

func (c *checker) someData() {
	if len(c.action.Parameters) == c.given("TargetContact") {
		c.missingAll([]string{"Name", "Description", "LanguageCode", "CustomerId", "References"})
	}
}

// notBoth refuses a queue and an agent together; without either the target queue is meant.
func (c *checker) notBoth() {
	if c.given(queueOrAgent...) > 1 {
		c.tooMany(queueOrAgent)
	}
}

func (c *checker) metricRule() {
	c.notBoth()
	if len(c.action.Transitions.Conditions) == 0 {
		c.report("Action is missing required property. Path: %s.Transitions.Conditions", c.path)
	}
}

// percentages are compared with NumberLessThan and with nothing else.
func (c *checker) percentages() {
	for k, b := range c.action.Transitions.Conditions {
		if b.Operator != "NumberLessThan" {
			c.badValue("Transitions.Conditions[%d]", k)
		}
	}
}

// waitEvents wants a condition for each event that is waited for, and an event for each such condition.
func (c *checker) waitEvents() {
	list, _ := c.action.Parameters["Events"].([]any)
	for _, event := range []string{"CustomerReturned", "BotParticipantDisconnected"} {
		waited := slices.Contains(list, any(event))
		if waited != c.hasResult(event) {
			c.badValue("Parameters.Events")
		}
	}
}

// timeLimit bounds a synchronous call to 8 seconds.
func (c *checker) timeLimit() {
	seconds := c.action.text("InvocationTimeLimitSeconds")
	if _, ok := number(seconds, 1, maxSyncCall); !ok && c.action.text("InvocationType") != "ASYNCHRONOUS" {
		c.badValue("Parameters.InvocationTimeLimitSeconds")
	}
}

// maxSyncCall bounds a call whose answer is waited for, in seconds (AG invoke-lambda-function-block).
const maxSyncCall = 8

// hookFlow looks for the flow that is named for an event.
func (c *checker) hookFlow() {
	m, _ := c.action.Parameters["EventHooks"].(map[string]any)
	for hook, v := range m {
		name, _ := v.(string)
		if c.resources != nil && name != "" && !isReference(name) && !c.resources.Flow(name) {
			c.badValue("Parameters.EventHooks.%s", hook)
		}
	}
}

func (c *checker) newTask() {
	if c.given("Name", "TaskTemplateId") == 0 {
		c.report("Action is missing required property. Path: %s.Parameters.Name", c.path)
	}
	if c.given("ContactFlowId", "TaskTemplateId") == 0 {
		c.missingAll([]string{"ContactFlowId", "TaskTemplateId"})
	}
	for _, group := range [][]string{{"DelaySeconds", "ScheduledTime"}, {"RelatedContactId", "PreviousContactId"}} {
		if c.given(group...) > 1 {
			c.tooMany(group)
		}
	}
}
