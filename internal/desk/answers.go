package desk

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
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
	manual, err := c.manualQueues()
	if err != nil {
		return nil, err
	}
	attachments, err := c.fileLimits()
	if err != nil {
		return nil, err
	}
	return object{"configuration": object{
		"name": fullName(c.user), "username": c.user.Name, "agentARN": c.user.ARN,
		"attachments": attachments, "sessionInactivity": c.inactivityLimit(), // ours
		"softphoneEnabled": false, "softphoneAutoAccept": false, "extension": "", "agentPreferences": preferences(c.user.Value),
		"routingProfile": object{
			"name": p.Name, "routingProfileARN": p.ARN,
			"defaultOutboundQueue":   object{"queueARN": outbound.ARN, "name": outbound.Name},
			"channelConcurrencyMap":  object{"VOICE": 0, "CHAT": 0, "TASK": p.Value.Slots},
			"manualAssignmentQueues": manual, // ours
		},
	}}, nil
}

// fullName is what a user is called: their name, or else the one they sign in with.
func fullName(u engine.Entry[directory.User]) string {
	if name := strings.TrimSpace(u.Value.FirstName + " " + u.Value.LastName); name != "" {
		return name
	}
	return u.Name
}

// language is the preference that every agent has. The library calls it so when it reads it, and locale when it writes
// it.
const (
	language = "LANGUAGE"
	locale   = "locale"
)

func preferences(u *directory.User) map[string]string {
	out := map[string]string{language: "en_US"}
	maps.Copy(out, u.Preferences)
	return out
}

// configure keeps the agent's preferences; the rest of a configuration is the administrator's.
func (c *call) configure() (any, error) {
	if c.in.Configuration.Preferences == nil {
		return object{}, nil
	}
	wanted := c.in.Configuration.Preferences
	if l, ok := wanted[locale]; ok {
		delete(wanted, locale)
		wanted[language] = l
	}
	return object{}, c.engine.SetPreferences(c.r.Context(), c.session.Instance, c.session.User, wanted)
}

func (c *call) permissions() (any, error) {
	part, next, err := page(c, c.engine.Permissions(c.session.Instance, c.user.Value), func(p string) string { return p })
	return object{"permissions": part, "nextToken": next}, err
}

// states are the statuses that the agent can choose, in their display order; those without one come last, by name.
func (c *call) states() (any, error) {
	states, err := c.statuses(c.session.Instance)
	if err != nil {
		return nil, err
	}
	return c.list("states", states)
}

func (d *Desk) statuses(instance string) (states []named, err error) {
	all, err := d.engine.AgentStatuses(instance)
	for _, s := range all {
		if !s.Value.Disabled {
			states = append(states, named{statusKey(s), object{"agentStateARN": s.ARN, "type": stateTypes[s.Value.Type], "name": s.Name}})
		}
	}
	return states, err
}

// statusKey sorts statuses: a display order has two digits at most.
func statusKey(s engine.Entry[agent.Status]) string {
	if s.Value.DisplayOrder == 0 {
		return lastKey + s.Name
	}
	return fmt.Sprintf("%03d ", s.Value.DisplayOrder) + s.Name
}

// queues are those of the agent's routing profile, and the agent's own.
func (c *call) queues() (any, error) {
	queues, err := c.queuesOf(c.session.Instance, c.user)
	if err != nil {
		return nil, err
	}
	return c.list("queues", queues)
}

func (d *Desk) queuesOf(instance string, u engine.Entry[directory.User]) ([]named, error) {
	mine, err := d.profileQueues(instance, u.Value)
	if err != nil {
		return nil, err
	}
	i, err := d.engine.Instance(instance)
	if err != nil {
		return nil, err
	}
	own := object{"queueARN": i.Of(arn.AgentQueue, u.ID), "name": nil}
	queues := []named{{lastKey, own}}
	for _, q := range mine {
		queues = append(queues, named{q.Name + "/" + q.ID, object{"queueARN": q.ARN, "name": q.Name}})
	}
	return queues, nil
}

// lastKey comes after every name.
const lastKey = "\U0010ffff"

// profileQueues are the queues of a user's routing profile.
func (d *Desk) profileQueues(instance string, u *directory.User) (queues []engine.Entry[routing.Queue], err error) {
	p, err := d.engine.RoutingProfile(instance, u.RoutingProfile)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, pq := range p.Value.Queues {
		q, err := d.engine.Queue(instance, pq.Queue)
		if fault.Is(err, fault.NotFound) {
			continue // the others are there
		}
		if err != nil {
			return nil, err
		}
		if !seen[q.ID] { // a profile can have a queue for several channels
			queues = append(queues, q)
		}
		seen[q.ID] = true
	}
	return queues, nil
}

// newToken tells of the token that a refresh token stands for. The two are one here, and last as long as the session.
func (c *call) newToken() (any, error) {
	if c.in.RefreshToken == "" {
		return nil, fault.New(fault.Invalid, "refreshToken is required")
	}
	s, ok, err := c.sessions.Find(c.r.Context(), c.in.RefreshToken)
	if err != nil {
		return nil, err
	}
	if !ok || s.User != c.session.User {
		return nil, &typedError{"RefreshTokenExpiredException", "The refresh token is not valid, or no longer"}
	}
	return object{"newAuthToken": c.in.RefreshToken, "expirationDateTime": seconds(s.Expires)}, nil
}

// transport gives a ticket for the socket.
func (c *call) transport() (any, error) {
	if c.in.TransportType != "web_socket" {
		return nil, fault.New(fault.Unsupported, "Transport %q is not for tasks; web_socket is", c.in.TransportType)
	}
	ticket, err := c.sessions.Ticket(c.r.Context(), c.session, directory.OpenSocket)
	if err != nil {
		return nil, err
	}
	expiry := c.sessions.Now().Add(transportLife * time.Second)
	return object{"webSocketTransport": object{
		"url": socketURL(c.r, ticket), "transportLifeTimeInSeconds": transportLife, "expiry": expiry.Format(time.RFC3339),
	}}, nil
}

// putState chooses a status. While tasks are in hand, one that is not routable can only wait as the next one,
// and the request must ask for that (streams.md C15).
func (c *call) putState() (any, error) {
	if c.in.State.ARN == "" {
		return nil, fault.New(fault.Invalid, "state.agentStateARN is required")
	}
	s, err := c.engine.AgentStatus(c.session.Instance, c.in.State.ARN)
	if err != nil {
		return nil, err
	}
	if s.Value.Type != agent.Routable && !c.in.EnqueueNextState {
		if err := c.handsFree(); err != nil {
			return nil, err
		}
	}
	return object{}, c.engine.SetStatus(c.r.Context(), c.session.Instance, c.session.User, s.ID)
}

// handsFree fails with [fault.Unusable] while the agent works a task or one rings.
func (c *call) handsFree() error {
	d, err := c.engine.Desk(c.r.Context(), c.session.Instance, c.session.User)
	if err != nil {
		return err
	}
	for _, t := range d.Tasks {
		if t.State == agent.Connecting || t.State == agent.Connected {
			return fault.New(fault.Unusable, "The state cannot change while contact %s is %s, unless enqueueNextState is set", t.Contact, t.State)
		}
	}
	return nil
}

// destroy ends a task: the agent's connection is the only one it has, so a request need not name it.
func (c *call) destroy() (any, error) {
	if c.in.ConnectionID != "" && c.in.ConnectionID != connectionID(c.session.User, c.in.ContactID) {
		return nil, fault.New(fault.NotFound, "contact %s has no connection %s with you", c.in.ContactID, c.in.ConnectionID)
	}
	return onTask((*engine.Engine).End)(c)
}
