package contact

import (
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Active is the index of the step that is active; -1: none is, and any agent will do.
func (c *Criteria) Active() int {
	if c == nil {
		return -1
	}
	return slices.IndexFunc(c.Steps, func(s Step) bool { return s.Status == StepActive })
}

// Stamp names a step among all that the contact has had.
func (c *Criteria) Stamp(step int) int { return c.Index*maxSteps + step }

// Filter says which agents the contact is for at this moment; nil: for any.
func (c *Contact) Filter() *Expression {
	if i := c.Criteria.Active(); i >= 0 {
		return &c.Criteria.Steps[i].Expression
	}
	return nil
}

// with puts a changed copy of the criteria in their place: what was handed out stays as it was.
func (c *Contact) with(now time.Time, change func(*Criteria)) []Event {
	changed := *c.Criteria
	changed.Steps = slices.Clone(changed.Steps)
	change(&changed)
	c.Criteria, c.Updated = &changed, now
	return Changed(now, stepChanged)
}

// begin makes a step active.
func (c *Criteria) begin(i int, now time.Time) {
	s := &c.Steps[i]
	s.Status = StepActive
	if s.Expiry > 0 {
		s.Expires = now.Add(s.Expiry)
	}
}

// Activate begins routing criteria that have not begun, of a contact that waits in a queue: with their first step,
// or in an agent's own queue with none. Otherwise nothing happens.
func (c *Contact) Activate(ownQueue bool, now time.Time) []Event {
	if c.State != Queued || c.Criteria == nil || !c.Criteria.Activated.IsZero() {
		return nil
	}
	events := c.with(now, func(criteria *Criteria) {
		criteria.Activated = now
		if !ownQueue {
			criteria.begin(0, now)
		}
	})
	if ownQueue {
		return nil
	}
	return events
}

// StepDue is when the step with a stamp expires; the zero time when it is not active or never does.
func (c *Contact) StepDue(stamp int) time.Time {
	if i := c.Criteria.Active(); i >= 0 && c.Criteria.Stamp(i) == stamp {
		return c.Criteria.Steps[i].Expires
	}
	return time.Time{}
}

// StepExpired ends the step with a stamp, and begins the next. After the last one the contact is for any agent.
// Nothing happens when the step is not active any more.
func (c *Contact) StepExpired(stamp int, now time.Time) []Event {
	i := c.Criteria.Active()
	if i < 0 || c.Criteria.Stamp(i) != stamp {
		return nil
	}
	return c.with(now, func(criteria *Criteria) {
		criteria.Steps[i].Status = StepExpired
		if i+1 < len(criteria.Steps) {
			criteria.begin(i+1, now)
		}
	})
}

// offered remembers the step under which the contact is offered to an agent.
func (c *Contact) offered() {
	if c.Criteria != nil {
		offered := *c.Criteria
		offered.Offered = c.Criteria.Active() + 1
		c.Criteria = &offered
	}
}

// joined marks the step under which the contact was offered. One that became active while it rang has not led to
// the agent.
func (c *Contact) joined(now time.Time) []Event {
	if c.Criteria == nil || c.Criteria.Offered == 0 {
		return c.abandon(StepInactive, now)
	}
	return c.with(now, func(criteria *Criteria) {
		offered := criteria.Offered - 1
		if criteria.Active() != offered {
			criteria.leave(StepInactive)
		}
		criteria.Steps[offered].Status = StepJoined
	})
}

// leave takes the active step out of work.
func (c *Criteria) leave(status StepStatus) {
	if i := c.Active(); i >= 0 {
		c.Steps[i].Status, c.Steps[i].Expires = status, time.Time{}
	}
}

// abandon takes the active step out of work, if there is one.
func (c *Contact) abandon(status StepStatus, now time.Time) []Event {
	if c.Criteria.Active() < 0 {
		return nil
	}
	return c.with(now, func(criteria *Criteria) { criteria.leave(status) })
}

// Met reports whether an agent meets the expression, by their id and by the level of what they can do.
func (e *Expression) Met(agent string, level func(name, value string) (float64, bool)) bool {
	met := func(inner Expression) bool { return inner.Met(agent, level) }
	switch {
	case e.Attribute != nil:
		return e.Attribute.met(agent, level)
	case e.Not != nil:
		return !e.Not.met(agent, level)
	case e.And != nil:
		return !slices.ContainsFunc(e.And, func(inner Expression) bool { return !met(inner) })
	default:
		return slices.ContainsFunc(e.Or, met)
	}
}

func (c *Condition) met(agent string, level func(name, value string) (float64, bool)) bool {
	if c.AgentIDs != nil {
		return slices.Contains(c.AgentIDs, agent)
	}
	n, has := level(c.Name, c.Value)
	return has && n >= c.Min && (c.Max == 0 || n <= c.Max)
}

// Prefers reports whether the expression, or a part of it, names agents.
func (e *Expression) Prefers() (prefers bool) {
	e.conditions(func(condition *Condition, _ bool) { prefers = prefers || condition.AgentIDs != nil })
	return prefers
}

// SetCriteria gives the contact routing criteria in the place of those it has. They begin when it waits in a queue:
// [Contact.Activate].
// It fails with [fault.Conflict] when an agent has accepted the task or it has ended.
func (c *Contact) SetCriteria(criteria *Criteria, now time.Time) ([]Event, error) {
	if criteria == nil {
		return nil, fault.New(fault.Invalid, "RoutingCriteria: there are none")
	}
	return c.reroute(criteriaChanged, now, func() {
		if c.Criteria != nil {
			criteria.Index = c.Criteria.Index + 1
		}
		c.Criteria = criteria
	})
}
