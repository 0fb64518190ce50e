package desk

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// longestPoll bounds how long a request waits for a change, below what proxies cut off.
const longestPoll = 20 * time.Second

// snapshot tells all that is on the agent's desk. A client that has the present version already waits for the
// next one, as long as it said.
func (c *call) snapshot() (any, error) {
	w := c.hub.watch(c.session)
	defer c.hub.leave(w)
	if hold := min(time.Duration(c.in.Timeout)*time.Millisecond, longestPoll); hold > 0 && c.in.NextToken == c.hub.version(c.session.User) {
		timer := time.NewTimer(hold)
		defer timer.Stop()
		select {
		case <-w.changed:
		case <-w.ended:
		case <-timer.C:
		case <-c.r.Context().Done():
		}
	}
	// The version first: what changes between the two lines comes with the next snapshot.
	version := c.hub.version(c.session.User)
	d, err := c.engine.Desk(c.r.Context(), c.session.Instance, c.session.User)
	if err != nil {
		return nil, err
	}
	c.hub.shows(d.Agent)
	return object{"nextToken": version, "snapshot": view(d, c.engine.Now())}, nil
}

// view is a desk as the CTI protocol tells it (streams.md §3.4).
func view(d engine.Desk, now time.Time) object {
	since := seconds(d.Agent.StatusSince)
	out := object{
		"state": object{
			"agentStateARN": d.Status.ARN, "type": stateTypes[d.Agent.Type], "name": d.Status.Name, "startTimestamp": since,
		},
		"nextState":              nil,
		"agentAvailabilityState": object{"state": d.Status.Name, "timeStamp": since},
		"snapshotTimestamp":      seconds(now),
	}
	if d.Agent.Next != "" {
		out["nextState"] = object{
			"agentStateARN": d.Next.ARN, "type": stateTypes[d.Agent.NextType], "name": d.Next.Name, "startTimestamp": nil,
		}
	}
	contacts := []any{}
	for _, t := range d.Tasks {
		contacts = append(contacts, task(d.User.ID, t))
	}
	out["contacts"] = contacts
	return out
}

// legStates are the words of the CTI protocol for where a task stands: of the contact, and of its one connection.
var legStates = map[agent.LegState][2]string{
	agent.Connecting: {"connecting", "connecting"},
	agent.Connected:  {"connected", "connected"},
	agent.Paused:     {"paused", "connected"},
	agent.Missed:     {"missed", "disconnected"},
	agent.Rejected:   {"rejected", "rejected"},
	agent.Ended:      {"ended", "disconnected"},
}

func task(user string, t engine.DeskTask) object {
	c, since := t.Task, seconds(t.Since)
	states := legStates[t.State]
	return object{
		"contactId": c.ID, "initialContactId": c.Chain(), "relatedContactId": text(c.Related),
		"contactAssociationId": c.Association, "type": "task",
		"state":          object{"type": states[0], "timestamp": since},
		"queue":          queue(t.Queue),
		"queueTimestamp": seconds(c.Enqueued),
		"connections":    []any{connection(user, c.ID, states[1], since)},
		"attributes":     attributes(t.Attributes), "contactDuration": "0",
		"name": c.Name, "description": text(c.Description), "references": references(c.References),
		"initiationMethod": strings.ToLower(string(c.Method)),
		"contactFeatures": object{
			"attachmentsEnabled": false, "messagingMarkdownEnabled": false, "multiPartyConferenceEnabled": false,
		},
		"channelContext": object{
			"scheduledTime": scheduled(c.ScheduledFor), "taskTemplateId": text(c.Template), "taskTemplateVersion": version(c.TemplateVersion),
		},
		"segmentAttributes":          object{contact.SegmentSubtype: object{"ValueString": c.Subtype()}},
		"agentContactHandlingConfig": object{"autoAccept": false},
		"tasklane":                   beyond(t),
	}
}

// queue is where a task has waited; nil when it never did. The name of an agent's own queue is null.
func queue(q engine.Entry[routing.Queue]) any {
	if q.ARN == "" {
		return nil
	}
	return object{"queueARN": q.ARN, "name": text(q.Name)}
}

// connection is the agent's connection to a task; a task has no other.
func connection(user, contactID, state string, since any) object {
	return object{
		"connectionId": connectionID(user, contactID), "type": "agent", "initial": true, "state": object{"type": state, "timestamp": since},
		"endpoint": object{
			"type": "agent", "endpointARN": nil, "name": nil, "phoneNumber": nil, "agentLogin": nil, "queue": nil,
		},
		"softphoneMediaInfo": nil, "chatMediaInfo": nil, "monitoringInfo": nil, "mute": false, "forcedMute": false,
		"quickConnectName": nil, "monitorCapabilities": nil, "monitorStatus": nil, "capabilities": nil,
	}
}

// connectionID names an agent's connection to a task. It follows from the two, so nobody has to remember it.
func connectionID(user, contactID string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(contactID+"/"+user)).String()
}

func attributes(all map[string]string) object {
	out := object{}
	for name, value := range all {
		out[name] = object{"name": name, "value": value}
	}
	return out
}

// ordered is a JSON object whose members stay in their order.
type ordered []named

// MarshalJSON writes the members one after another.
func (all ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, member := range all {
		key, err := json.Marshal(member.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(member.item)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// references are in the order in which they were given.
func references(all contact.References) ordered {
	out := ordered{}
	for _, name := range all.Ordered() {
		r := all[name]
		out = append(out, named{name, object{
			"type": r.Type, "value": r.Value, "arn": text(r.ARN), "status": text(r.Status), "statusReason": text(r.StatusReason),
		}})
	}
	return out
}

// beyond is what the snapshot of Amazon Connect does not tell of a task, in a member of our own: times in epoch seconds,
// why it has ended, and the name of the agent it was transferred from. What does not apply is null.
func beyond(t engine.DeskTask) object {
	c, out := t.Task, object{
		"created": seconds(t.Task.Initiated), "accepted": nil, "ringsUntil": nil, "expires": nil, "endReason": nil, "transferred": false,
		"from": nil,
	}
	if t.From.ID != "" {
		out["from"] = fullName(t.From)
	}
	if live(t.State) {
		out["ringsUntil"], out["expires"] = seconds(t.Deadline), seconds(c.Expires)
	}
	if accepted := t.State == agent.Connected || t.State == agent.Paused || t.State == agent.Ended; accepted {
		out["accepted"] = seconds(c.ConnectedToAgent)
	}
	if t.State == agent.Ended {
		out["endReason"], out["transferred"] = text(string(c.Reason)), c.Next != ""
	}
	return out
}

// scheduled is when a task was scheduled for; 0 for one that was not.
func scheduled(t time.Time) any {
	if t.IsZero() {
		return 0
	}
	return seconds(t)
}

// version is nil for no version.
func version(v int64) any {
	if v == 0 {
		return nil
	}
	return v
}

// text is nil for an empty string.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
