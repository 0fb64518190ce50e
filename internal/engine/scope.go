package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/flow"
)

// Lookup finds what a flow refers to, such as $.Attributes.tier; flowRun is the flow's scope.
func (r *flowRun) Lookup(path []string) (string, bool) {
	if len(path) == 1 {
		v := r.plain(path[0])
		return v, v != ""
	}
	switch {
	case path[0] == "Attributes" && len(path) == 2:
		v, ok := r.chain.Attributes[path[1]]
		return v, ok
	case path[0] == "Queue" && len(path) == 2:
		v := r.queue(path[1])
		return v, v != ""
	case path[0] == "Agent" && len(path) == 2:
		v := r.agent(path[1])
		return v, v != ""
	case path[0] == "References" && len(path) == 3:
		ref, ok := r.c.References[path[1]]
		switch path[2] {
		case "Value":
			return ref.Value, ok
		case "Type":
			return string(ref.Type), ok
		}
	}
	return "", false
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
		return string(r.c.Method)
	case "Name":
		return r.c.Name
	case "Description":
		return r.c.Description
	}
	return ""
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

// agent finds values of the agent whom a flow of type AGENT_TRANSFER takes the contact to: the owner of the queue
// that is chosen (https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html).
func (r *flowRun) agent(name string) string {
	f, err := find[Flow](r.t, arn.Flow, r.c.Flow)
	if err != nil || f.Value.Type != flow.TypeAgentTransfer {
		return ""
	}
	u, err := find[directory.User](r.t, arn.User, r.c.Target)
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
