package contact

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Criteria say which agents a contact is for, in steps that widen the circle (AG set-routing-criteria).
type Criteria struct {
	Index     int       `json:"index"` // counts the criteria that the contact has had, from 0
	Activated time.Time `json:"activated,omitzero"`
	Offered   int       `json:"offered,omitempty"` // number, from 1, of the step under which it was last offered; 0: none
	Steps     []Step    `json:"steps"`
}

// Step is one step of routing criteria.
type Step struct {
	Expression Expression    `json:"expression"`
	Expiry     time.Duration `json:"expiry,omitempty"` // 0: never; whole seconds
	Status     StepStatus    `json:"status"`
	Expires    time.Time     `json:"expires,omitzero"` // once it is active
}

// StepStatus is where a step stands (RoutingCriteriaStepStatus).
type StepStatus string

// The statuses.
const (
	StepInactive StepStatus = "INACTIVE"
	StepActive   StepStatus = "ACTIVE"
	StepJoined   StepStatus = "JOINED"
	StepExpired  StepStatus = "EXPIRED"
	// StepDeactivated is told in contact events only: the contact has ended while the step was active.
	StepDeactivated StepStatus = "DEACTIVATED"
)

// Expression is met by some agents. Exactly one member is set.
type Expression struct {
	Attribute *Condition   `json:"attribute,omitempty"`
	Not       *Condition   `json:"not,omitempty"`
	And       []Expression `json:"and,omitempty"` // attributes, negated or not
	Or        []Expression `json:"or,omitempty"`  // attributes and Ands, only at the top
}

// Condition asks for a proficiency, or for certain agents.
type Condition struct {
	Name     string   `json:"name,omitempty"`
	Value    string   `json:"value,omitempty"`
	Min      float64  `json:"min,omitempty"`
	Max      float64  `json:"max,omitempty"` // 0: any level from Min on
	AgentIDs []string `json:"agentIds,omitempty"`
}

// Bounds of routing criteria (AG set-routing-criteria, connect model).
const (
	maxSteps      = 5
	maxAnd        = 8
	maxOr         = 3
	maxPreferred  = 10
	least         = 1 // of any number: a level, a duration in seconds
	maxLevel      = 5
	maxCriteriaID = 128 // characters of a value; of a name 100
)

// conditions calls fn with every condition of the criteria, and whether it is negated.
func (c *Criteria) conditions(fn func(condition *Condition, not bool)) {
	if c == nil {
		return
	}
	for _, s := range c.Steps {
		s.Expression.conditions(fn)
	}
}

func (e *Expression) conditions(fn func(condition *Condition, not bool)) {
	if e.Attribute != nil {
		fn(e.Attribute, false)
	}
	if e.Not != nil {
		fn(e.Not, true)
	}
	for _, inner := range slices.Concat(e.And, e.Or) {
		inner.conditions(fn)
	}
}

// Names are the attributes that the criteria ask for.
func (c *Criteria) Names() map[string]bool {
	names := map[string]bool{}
	c.conditions(func(condition *Condition, _ bool) {
		if condition.Name != "" {
			names[condition.Name] = true
		}
	})
	return names
}

// Preferred are the agents whom the criteria name, in any of their steps; some may be among them more than once.
func (c *Criteria) Preferred() (agents []string) {
	c.conditions(func(condition *Condition, not bool) {
		if !not {
			agents = append(agents, condition.AgentIDs...)
		}
	})
	return agents
}

// Agents are the agents whom the criteria name, preferred or excluded.
func (c *Criteria) Agents() (agents []string) {
	c.conditions(func(condition *Condition, _ bool) { agents = append(agents, condition.AgentIDs...) })
	return agents
}

// restarted is a copy of the criteria at their beginning; nil of none.
func (c *Criteria) restarted() *Criteria {
	if c == nil {
		return nil
	}
	again := &Criteria{Index: c.Index}
	for _, s := range c.Steps {
		again.Steps = append(again.Steps, Step{Expression: s.Expression, Expiry: s.Expiry, Status: StepInactive})
	}
	return again
}

// ReadCriteria reads routing criteria: a JSON text, or what was decoded of one.
// It fails with [fault.Invalid], naming what is wrong.
func ReadCriteria(v any) (*Criteria, error) {
	r := criteriaReader{}
	c := r.criteria(v)
	return c, r.err
}

// CheckCriteria reports whether routing criteria are well formed in which references may stand for texts and
// numbers. It fails as [ReadCriteria] does.
func CheckCriteria(v any, isReference func(string) bool) error {
	r := criteriaReader{isReference: isReference}
	r.criteria(v)
	return r.err
}

// criteriaReader reads routing criteria and remembers the first thing that is wrong.
type criteriaReader struct {
	isReference func(string) bool // nil: nothing is
	err         error
}

func (r *criteriaReader) refuse(format string, args ...any) {
	if r.err == nil {
		r.err = fault.New(fault.Invalid, "RoutingCriteria: "+format, args...)
	}
}

// unknown reports whether a text is a reference, whose value is not known yet.
func (r *criteriaReader) unknown(s string) bool { return r.isReference != nil && r.isReference(s) }

func (r *criteriaReader) unknownValue(v any) bool {
	s, ok := v.(string)
	return ok && r.unknown(s)
}

func (r *criteriaReader) criteria(v any) *Criteria {
	if s, ok := v.(string); ok {
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			r.refuse("the text is not JSON")
			return nil
		}
	}
	m := r.object(v, "the criteria", "Steps")
	steps, _ := m["Steps"].([]any)
	if len(steps) == 0 || len(steps) > maxSteps {
		r.refuse("there must be 1 to %d Steps", maxSteps)
	}
	c := &Criteria{}
	for i, v := range steps {
		c.Steps = append(c.Steps, r.step(v, i == len(steps)-1))
	}
	return c
}

func (r *criteriaReader) step(v any, last bool) Step {
	m := r.object(v, "a step", "Expression", "Expiry")
	s := Step{Expression: r.expression(m["Expression"], true), Status: StepInactive}
	if m["Expiry"] == nil {
		if !last {
			r.refuse("every step but the last needs an Expiry")
		}
		return s
	}
	expiry := r.object(m["Expiry"], "Expiry", "DurationInSeconds")
	seconds := r.number(expiry["DurationInSeconds"], "DurationInSeconds", 1<<30)
	if seconds != math.Trunc(seconds) {
		r.refuse("DurationInSeconds must be a whole number")
	}
	s.Expiry = time.Duration(seconds) * time.Second
	return s
}

func (r *criteriaReader) expression(v any, top bool) Expression {
	m := r.object(v, "an expression", "AttributeCondition", "NotAttributeCondition", "AndExpression", "OrExpression")
	if len(m) != 1 {
		r.refuse("an expression must have exactly one member")
		return Expression{}
	}
	switch {
	case m["AttributeCondition"] != nil:
		return Expression{Attribute: r.condition(m["AttributeCondition"])}
	case m["NotAttributeCondition"] != nil:
		return Expression{Not: r.condition(m["NotAttributeCondition"])}
	case m["AndExpression"] != nil:
		return Expression{And: r.all(m["AndExpression"], "AndExpression", maxAnd, func(e Expression) bool { return e.Attribute != nil || e.Not != nil })}
	case top:
		return Expression{Or: r.all(m["OrExpression"], "OrExpression", maxOr, func(e Expression) bool { return e.Or == nil })}
	}
	r.refuse("OrExpression must be the outermost expression")
	return Expression{}
}

// all reads the expressions that are combined.
func (r *criteriaReader) all(v any, name string, most int, may func(Expression) bool) []Expression {
	list, _ := v.([]any)
	if len(list) == 0 || len(list) > most {
		r.refuse("%s must have 1 to %d members", name, most)
	}
	var all []Expression
	var names []string
	for _, v := range list {
		e := r.expression(v, false)
		if !may(e) {
			r.refuse("%s cannot hold such an expression", name)
		}
		if e.Attribute != nil && e.Attribute.Name != "" && !r.unknown(e.Attribute.Name) && name == "AndExpression" {
			if slices.Contains(names, e.Attribute.Name) {
				r.refuse("attribute %s stands twice in one AndExpression", e.Attribute.Name)
			}
			names = append(names, e.Attribute.Name)
		}
		all = append(all, e)
	}
	return all
}

func (r *criteriaReader) condition(v any) *Condition {
	m := r.object(v, "an attribute condition", "Name", "Value", "ProficiencyLevel", "ComparisonOperator", "Range", "MatchCriteria")
	c := &Condition{}
	if operator, _ := m["ComparisonOperator"].(string); operator == "Match" || operator == "" && m["MatchCriteria"] != nil {
		c.AgentIDs = r.agents(m["MatchCriteria"])
		return c
	} else if operator == "Range" {
		bounds := r.object(m["Range"], "Range", "MinProficiencyLevel", "MaxProficiencyLevel")
		c.Min = r.number(bounds["MinProficiencyLevel"], "MinProficiencyLevel", maxLevel)
		c.Max = r.number(bounds["MaxProficiencyLevel"], "MaxProficiencyLevel", maxLevel)
		if c.Max < c.Min && !r.unknownValue(bounds["MinProficiencyLevel"]) && !r.unknownValue(bounds["MaxProficiencyLevel"]) {
			r.refuse("MaxProficiencyLevel is below MinProficiencyLevel")
		}
	} else if operator == "NumberGreaterOrEqualTo" {
		c.Min = r.number(m["ProficiencyLevel"], "ProficiencyLevel", maxLevel)
	} else {
		r.refuse("ComparisonOperator must be NumberGreaterOrEqualTo, Range or Match")
	}
	c.Name, c.Value = r.text(m["Name"], "Name", 100), r.text(m["Value"], "Value", maxCriteriaID)
	return c
}

func (r *criteriaReader) agents(v any) []string {
	m := r.object(v, "MatchCriteria", "AgentsCriteria")
	m = r.object(m["AgentsCriteria"], "AgentsCriteria", "AgentIds")
	list, _ := m["AgentIds"].([]any)
	if len(list) > maxPreferred {
		r.refuse("AgentIds must have 1 to %d members", maxPreferred)
	}
	var ids []string
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			r.refuse("AgentIds must be texts")
		}
		if s = s[strings.LastIndexByte(s, '/')+1:]; s != "" {
			ids = append(ids, s)
		}
	}
	if len(ids) == 0 {
		r.refuse("AgentIds must have 1 to %d members", maxPreferred)
	}
	return ids
}

// object is a value that must be an object with none but these members.
func (r *criteriaReader) object(v any, what string, members ...string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		r.refuse("%s must be an object", what)
	}
	for name := range m {
		if !slices.Contains(members, name) {
			r.refuse("%s has an unknown member %s", what, name)
		}
	}
	return m
}

func (r *criteriaReader) text(v any, name string, most int) string {
	s, ok := v.(string)
	if !ok || s == "" || len([]rune(s)) > most && !r.unknown(s) {
		r.refuse("%s must be a text of 1 to %d characters", name, most)
	}
	return s
}

// number reads a number from 1 up, which may be written as a text.
func (r *criteriaReader) number(v any, name string, most float64) float64 {
	var n float64
	var err error
	switch v := v.(type) {
	case float64:
		n = v
	case json.Number:
		n, err = v.Float64()
	case string:
		if r.unknown(v) {
			return 1
		}
		if n, err = strconv.ParseFloat(v, 64); strings.ContainsAny(v, "xX") {
			err = strconv.ErrSyntax
		}
	default:
		err = strconv.ErrSyntax
	}
	if within := n >= 1 && n <= most; err != nil || !within {
		r.refuse("%s must be a number from 1 to %g", name, most)
	}
	return n
}
