package engine

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/flow"
)

// Lookup finds what a flow refers to, such as $.Attributes.tier; flowRun is the flow's scope.
func (r *flowRun) Lookup(path []string) (any, bool) {
	switch path[0] {
	case "Attributes":
		return r.attribute(path[1:])
	case "References":
		return r.reference(path[1:])
	case "Tags":
		return within(r.tags(), path[1:])
	case "SegmentAttributes":
		return flow.Dig(r.segment(), path[1:])
	case "Queue":
		return one(r.queue, path[1:])
	case "Agent":
		return one(r.agent, path[1:])
	}
	return one(r.plain, path)
}

// one finds a value of which only one step of the path is left.
func one(find func(string) string, path []string) (any, bool) {
	if len(path) != 1 {
		return nil, false
	}
	v := find(path[0])
	return v, v != ""
}

// within finds a text in a map, or the map itself.
func within(m map[string]string, path []string) (any, bool) {
	switch len(path) {
	case 0:
		all := make(map[string]any, len(m))
		for key, v := range m {
			all[key] = v
		}
		return all, true
	case 1:
		v, ok := m[path[0]]
		return v, ok
	}
	return nil, false
}

func (r *flowRun) attribute(path []string) (any, bool) {
	chain, err := r.attributes()
	if err != nil {
		r.err = err
		return nil, false
	}
	return within(chain.Attributes, path)
}

func (r *flowRun) reference(path []string) (any, bool) {
	if len(path) == 0 {
		return nil, false
	}
	ref, ok := r.c.References[path[0]]
	if !ok {
		return nil, false
	}
	return flow.Dig(map[string]any{"Value": ref.Value, "Type": string(ref.Type)}, path[1:])
}

// plain finds the values that have no members.
func (r *flowRun) plain(name string) string {
	switch name {
	case "ContactId":
		return r.c.ID
	case "InitialContactId":
		return r.c.Chain()
	case "PreviousContactId":
		if r.c.Previous == "" {
			return r.c.ID // of a first contact it is its own (docs/divergences.md)
		}
		return r.c.Previous
	case "Channel":
		return "TASK"
	case "InstanceARN":
		return r.t.String()
	case "AwsRegion":
		return r.t.Region
	case "InitiationMethod":
		if r.kind == contact.RunWhisper {
			return "" // AG connect-attrib-list
		}
		return string(r.c.Method)
	case "Name":
		return r.c.Name
	case "Description":
		return r.c.Description
	case "CustomerId":
		return r.c.Customer
	case "LanguageCode":
		if r.c.Language == "" {
			return defaultLanguage
		}
		return r.c.Language
	}
	return ""
}

// segment are the contact's segment attributes, those of the system among them.
func (r *flowRun) segment() map[string]any {
	all := map[string]any{
		"connect:Subtype": r.c.Subtype(),
		"connect:ContactExpiry": map[string]any{
			"ExpiryDuration":  json.Number(strconv.Itoa(int(r.c.Life / time.Minute))),
			"ExpiryTimeStamp": r.c.Expires.UTC().Format(time.RFC3339),
		},
	}
	if r.c.CreatedBy != "" {
		all["connect:CreatedByUser"] = r.t.Of(arn.User, r.c.CreatedBy)
	}
	if r.c.SelfAssigned {
		all["connect:AssignmentType"] = "SELF"
	}
	for key, v := range r.c.Segment {
		all[key] = v
	}
	return all
}

// queue finds values of the queue that the flow has chosen. An agent's own queue has no name.
func (r *flowRun) queue(name string) string {
	q, err := r.t.queue(r.c.Target)
	if err != nil {
		return ""
	}
	switch name {
	case "Name":
		return q.Name
	case "ARN":
		return q.ARN
	}
	return ""
}

// agent finds values of the agent who has the contact, or had it last. A flow of type AGENT_TRANSFER sees the one
// it takes the contact to: the owner of the queue that is chosen; a flow that only brings a contact to a queue sees
// none (https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html).
func (r *flowRun) agent(name string) string {
	id := r.c.Agent
	switch r.kind {
	case contact.RunInbound:
		id = ""
		if f, err := find[Flow](r.t, arn.Flow, r.state.Document.ID); err == nil && f.Value.Type == flow.TypeAgentTransfer {
			id = r.c.Target
		}
	case contact.RunQueue:
		return ""
	default: // of whom the contact tells
	}
	u, err := find[directory.User](r.t, arn.User, id)
	if err != nil {
		return ""
	}
	switch name {
	case "UserName":
		return u.Name
	case "FirstName":
		return u.Value.FirstName
	case "LastName":
		return u.Value.LastName
	case "ARN":
		return u.ARN
	}
	return ""
}
