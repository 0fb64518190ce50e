package desk

import (
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
)

// stateTypes are the words of the CTI protocol for the types of status.
var stateTypes = map[agent.StatusType]string{
	agent.Routable: "routable", agent.Custom: "not_routable", agent.Offline: "offline",
}

// seconds is how times travel: epoch seconds with milliseconds; nil for none.
func seconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(t.UnixMilli()) / 1000
}

// configuration says who the agent is and what they may do.
func (c *call) configuration() (any, error) {
	p, err := c.engine.RoutingProfile(c.session.Instance, c.user.Value.RoutingProfile)
	if err != nil {
		return nil, err
	}
	outbound, err := c.engine.Queue(c.session.Instance, p.Value.DefaultOutbound)
	if err != nil {
		return nil, err
	}
	name := c.user.Value.FirstName + " " + c.user.Value.LastName
	return object{"configuration": object{
		"name": name, "username": c.user.Name, "agentARN": c.user.ARN,
		"softphoneEnabled": false, "softphoneAutoAccept": false, "extension": "", "agentPreferences": object{},
		"routingProfile": object{
			"name": p.Name, "routingProfileARN": p.ARN,
			"defaultOutboundQueue":  object{"queueARN": outbound.ARN, "name": outbound.Name},
			"channelConcurrencyMap": object{"VOICE": 0, "CHAT": 0, "TASK": p.Value.Slots},
		},
	}}, nil
}

func (c *call) permissions() (any, error) {
	return object{"permissions": c.engine.Permissions(c.session.Instance, c.user.Value), "nextToken": nil}, nil
}

// states are the statuses that the agent can choose.
func (c *call) states() (any, error) {
	all, err := c.engine.AgentStatuses(c.session.Instance)
	if err != nil {
		return nil, err
	}
	states := []any{}
	for _, s := range all {
		if !s.Value.Disabled {
			states = append(states, object{"agentStateARN": s.ARN, "type": stateTypes[s.Value.Type], "name": s.Name})
		}
	}
	return object{"states": states, "nextToken": nil}, nil
}

// queues are those of the agent's routing profile, and the agent's own.
func (c *call) queues() (any, error) {
	p, err := c.engine.RoutingProfile(c.session.Instance, c.user.Value.RoutingProfile)
	if err != nil {
		return nil, err
	}
	queues := []any{}
	for _, pq := range p.Value.Queues {
		q, err := c.engine.Queue(c.session.Instance, pq.Queue)
		if err != nil {
			return nil, err
		}
		queues = append(queues, object{"queueARN": q.ARN, "name": q.Name})
	}
	i, err := c.engine.Instance(c.session.Instance)
	if err != nil {
		return nil, err
	}
	queues = append(queues, object{"queueARN": i.Of(arn.AgentQueue, c.user.ID), "name": nil})
	return object{"queues": queues, "nextToken": nil}, nil
}

// transport gives a ticket for the socket.
func (c *call) transport() (any, error) {
	if c.in.TransportType != "web_socket" {
		return nil, fault.New(fault.Unsupported, "Transport %q is not for tasks; web_socket is", c.in.TransportType)
	}
	ticket, err := c.sessions.Ticket(c.r.Context(), c.session)
	if err != nil {
		return nil, err
	}
	expiry := c.engine.Now().Add(transportLife * time.Second)
	return object{"webSocketTransport": object{
		"url": socketURL(c.r, ticket), "transportLifeTimeInSeconds": transportLife, "expiry": expiry.Format(time.RFC3339),
	}}, nil
}

// putState chooses a status; while tasks are in hand it waits as the next one.
func (c *call) putState() (any, error) {
	if c.in.State.ARN == "" {
		return nil, fault.New(fault.Invalid, "state.agentStateARN is required")
	}
	return object{}, c.engine.SetStatus(c.r.Context(), c.session.Instance, c.session.User, c.in.State.ARN)
}
