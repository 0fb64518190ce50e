package awsapi

import (
	"encoding/json"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/wire"
)

// routingCriteria reads routing criteria, which are in an action of a flow as they are here; nil: there are none.
// It fails with [fault.Invalid].
func routingCriteria(in *wire.RoutingCriteriaInput) (*contact.Criteria, error) {
	if in == nil {
		return nil, nil //nolint:nilnil // none is no mistake
	}
	text, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	c, err := contact.ReadCriteria(string(text))
	if err != nil {
		return nil, err
	}
	for _, agent := range c.Agents() {
		if err := arn.CheckID("RoutingCriteria: agent", agent); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// describeCriteria are routing criteria as DescribeContact tells them; nil: there are none.
func describeCriteria(c *contact.Criteria) *wire.RoutingCriteria {
	if c == nil {
		return nil
	}
	index := int64(c.Index)
	out := &wire.RoutingCriteria{ActivationTimestamp: wire.Time(c.Activated), Index: &index}
	for _, s := range c.Steps {
		e := describeExpression(s.Expression)
		status := wire.RoutingCriteriaStepStatus(s.Status)
		if s.Status == contact.StepDeactivated { // the API has no word for it
			status = wire.RoutingCriteriaStepStatusInactive
		}
		step := wire.Step{Expression: &e, Status: &status}
		if s.Expiry > 0 {
			step.Expiry = &wire.Expiry{DurationInSeconds: whole(s.Expiry), ExpiryTimestamp: wire.Time(s.Expires)}
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func describeExpression(e contact.Expression) (out wire.Expression) {
	out.AttributeCondition, out.NotAttributeCondition = describeCondition(e.Attribute), describeCondition(e.Not)
	for _, inner := range e.And {
		out.AndExpression = append(out.AndExpression, describeExpression(inner))
	}
	for _, inner := range e.Or {
		out.OrExpression = append(out.OrExpression, describeExpression(inner))
	}
	return out
}

func describeCondition(c *contact.Condition) *wire.AttributeCondition {
	if c == nil {
		return nil
	}
	operator, out := "NumberGreaterOrEqualTo", &wire.AttributeCondition{}
	switch {
	case c.AgentIDs != nil:
		operator = "Match"
		out.MatchCriteria = &wire.MatchCriteria{AgentsCriteria: &wire.AgentsCriteria{AgentIds: c.AgentIDs}}
	case c.Max != 0:
		operator = "Range"
		out.Range = &wire.Range{MinProficiencyLevel: &c.Min, MaxProficiencyLevel: &c.Max}
	default:
		out.ProficiencyLevel = &c.Min
	}
	if c.AgentIDs == nil {
		out.Name, out.Value = &c.Name, &c.Value
	}
	out.ComparisonOperator = &operator
	return out
}
