package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
)

// CreateAgentStatus makes a status that agents can choose, of type CUSTOM, and returns it.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Duplicate] when the name is taken, and with
// [fault.Quota].
func (e *Engine) CreateAgentStatus(ctx context.Context, instance string, s agent.Status) (Entry[agent.Status], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[agent.Status]{}, err
	}
	s.Type = agent.Custom
	return create(ctx, e, t, arn.AgentStatus, s.Name, &s, QuotaAgentStatuses, nil)
}

// AgentStatus finds an agent status. It fails with [fault.NotFound].
func (e *Engine) AgentStatus(instance, idOrARN string) (Entry[agent.Status], error) {
	return lookUp[agent.Status](e, instance, arn.AgentStatus, idOrARN)
}

// AgentStatuses returns all agent statuses, by name.
func (e *Engine) AgentStatuses(instance string) ([]Entry[agent.Status], error) {
	return listAll[agent.Status](e, instance, arn.AgentStatus)
}

// StatusUpdate is what of an agent status changes; nil stays as it is.
type StatusUpdate struct {
	Name, Description *string
	Disabled          *bool
	DisplayOrder      *int // 0: none
}

// UpdateAgentStatus changes an agent status. Agents who have a status that is disabled stay in it until they choose
// another. The statuses that every instance has can be renamed, but not disabled.
// It fails with [fault.NotFound], with [fault.Unusable] for such a status, and with [fault.Duplicate] when the name is
// taken.
func (e *Engine) UpdateAgentStatus(ctx context.Context, instance, idOrARN string, u StatusUpdate) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.AgentStatus, idOrARN, func(r *Resource, s *agent.Status) error {
		replace(&r.Name, u.Name)
		replace(&s.Description, u.Description)
		replace(&s.Disabled, u.Disabled)
		replace(&s.DisplayOrder, u.DisplayOrder)
		if s.Disabled && s.Type != agent.Custom {
			return fault.New(fault.Unusable, "Agent status %s is of type %s and cannot be disabled", r.ID, s.Type)
		}
		return nil
	})
}
