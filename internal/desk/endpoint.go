package desk

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// endpoint is where a task can be sent. Tasks go to quick connects only.
type endpoint struct {
	ARN string `json:"endpointARN"`
}

// endpointTypes are the words of the CTI protocol for types of quick connect. It has none for those of type FLOW.
var endpointTypes = map[routing.QuickConnectType]string{
	routing.QuickConnectUser: "agent", routing.QuickConnectQueue: "queue", routing.QuickConnectPhone: "phone_number",
}

// endpoints are the quick connects of the queues that are named, or else of all queues of the agent's routing
// profile. The agent's own queue has none.
func (c *call) endpoints() (any, error) {
	connects, err := c.quickConnects()
	if err != nil {
		return nil, err
	}
	var list []named
	for _, q := range connects {
		list = append(list, named{q.Name, c.endpointOf(q)})
	}
	return c.list("endpoints", list)
}

// quickConnects are those that a request asks for, each once, but for those of a type that the protocol does not have.
func (c *call) quickConnects() (list []engine.Entry[routing.QuickConnect], err error) {
	wanted, err := c.endpointQueues()
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, id := range wanted {
		_, connects, err := c.engine.QueueQuickConnects(c.session.Instance, id)
		if err != nil {
			return nil, err
		}
		for _, q := range connects {
			if !seen[q.ID] && endpointTypes[q.Value.Type] != "" {
				list = append(list, q)
			}
			seen[q.ID] = true
		}
	}
	return list, nil
}

// endpointDetails tells what an endpoint has no room for: the description of the quick connect, and the agent to whom it
// leads, with their name, their status and since when they have it, the next one, and how many tasks they have in hand.
func (c *call) endpointDetails() (any, error) {
	connects, err := c.quickConnects()
	if err != nil {
		return nil, err
	}
	var users []string
	for _, q := range connects {
		if q.Value.Type == routing.QuickConnectUser {
			users = append(users, q.Value.Target)
		}
	}
	desks, err := c.engine.Presence(c.r.Context(), c.session.Instance, users)
	if err != nil {
		return nil, err
	}
	told := make([]object, len(connects))
	for i, q := range connects {
		told[i] = object{"endpointARN": q.ARN, "description": text(q.Value.Description), "agent": nil}
		if d, ok := desks[q.Value.Target]; ok {
			told[i]["agent"] = object{
				"name": fullName(d.User), "status": d.Status.Name, "type": stateTypes[d.Agent.Type],
				"since": seconds(d.Agent.StatusSince), "next": text(d.Next.Name), "tasks": len(d.Agent.Legs),
			}
		}
	}
	return object{"endpoints": told}, nil
}

// endpointQueues are the ids of the queues whose quick connects are asked for. It fails with [fault.NotFound].
func (c *call) endpointQueues() (ids []string, err error) {
	if len(c.in.QueueARNs) == 0 {
		mine, err := c.profileQueues(c.session.Instance, c.user.Value)
		for _, q := range mine {
			ids = append(ids, q.ID)
		}
		return ids, err
	}
	for _, name := range c.in.QueueARNs {
		q, err := c.engine.Queue(c.session.Instance, name)
		if err != nil {
			return nil, fault.In("queueARNs", err)
		}
		if q.Kind == arn.Queue {
			ids = append(ids, q.ID)
		}
	}
	return ids, nil
}

// endpointOf is a quick connect as it travels. What it leads to may be gone, and is then not told.
func (c *call) endpointOf(q engine.Entry[routing.QuickConnect]) object {
	out := object{
		"endpointARN": q.ARN, "type": endpointTypes[q.Value.Type], "name": q.Name, "displayName": q.Name,
		"phoneNumber": text(q.Value.Phone), "agentLogin": nil, "queue": nil, "emailAddress": nil,
	}
	switch q.Value.Type {
	case routing.QuickConnectUser:
		if u, err := c.engine.User(c.session.Instance, q.Value.Target); err == nil {
			out["agentLogin"] = u.Name
		}
	case routing.QuickConnectQueue:
		if to, err := c.engine.Queue(c.session.Instance, q.Value.Target); err == nil {
			out["queue"] = queue(to)
		}
	default: // has no more than its number
	}
	return out
}

// quickConnect is the one that the request's endpoint names. It fails with [fault.Invalid] when there is no endpoint,
// and with a BadEndpointException for one that a task cannot be sent to.
func (c *call) quickConnect() (string, error) {
	if c.in.Endpoint.ARN == "" {
		return "", fault.New(fault.Invalid, "endpoint.endpointARN is required")
	}
	q, err := c.engine.QuickConnect(c.session.Instance, c.in.Endpoint.ARN)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return "", &typedError{"BadEndpointException", "endpoint.endpointARN " + c.in.Endpoint.ARN + " is no quick connect"}
	}
	if err != nil {
		return "", err
	}
	if q.Value.Type != routing.QuickConnectUser && q.Value.Type != routing.QuickConnectQueue {
		return "", &typedError{"BadEndpointException", "Quick connect " + q.Name + " is of type " + string(q.Value.Type) + ", which is not for tasks"}
	}
	return q.ID, nil
}

// transfer sends a task that the agent has to where an endpoint leads. The agent keeps it for after-contact work.
func (c *call) transfer() (any, error) {
	if c.in.ContactID == "" {
		return nil, fault.New(fault.Invalid, "contactId is required")
	}
	to, err := c.quickConnect()
	if err != nil {
		return nil, err
	}
	_, err = c.engine.TransferInHand(c.r.Context(), c.session.Instance, c.in.ContactID, c.session.User, to)
	if err != nil {
		c.tellFailed(c.in.ContactID)
	}
	return object{}, err
}
