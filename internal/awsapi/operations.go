package awsapi

import (
	"context"
	"net/http"

	"github.com/tasklane/tasklane/internal/fault"
)

type run = func(context.Context, *http.Request, []byte) (any, error)

// operations are those that Tasklane serves.
func (a *API) operations() map[string]run {
	return map[string]run{
		"StartTaskContact":         handle(a, a.startTaskContact),
		"DescribeContact":          handle(a, a.describeContact),
		"GetContactAttributes":     handle(a, a.getContactAttributes),
		"UpdateContactAttributes":  handle(a, a.updateContactAttributes),
		"ListContactReferences":    handle(a, a.listContactReferences),
		"StopContact":              handle(a, a.stopContact),
		"DescribeInstance":         handle(a, a.describeInstance),
		"ListInstances":            handle(a, a.listInstances),
		"DescribeQueue":            handle(a, a.describeQueue),
		"ListQueues":               handle(a, a.listQueues),
		"CreateQueue":              handle(a, a.createQueue),
		"CreateContactFlow":        handle(a, a.createContactFlow),
		"DescribeContactFlow":      handle(a, a.describeContactFlow),
		"ListContactFlows":         handle(a, a.listContactFlows),
		"UpdateContactFlowContent": handle(a, a.updateContactFlowContent),
		"CreateUser":               handle(a, a.createUser),
		"DescribeUser":             handle(a, a.describeUser),
		"ListUsers":                handle(a, a.listUsers),
		"PutUserStatus":            handle(a, a.putUserStatus),
		"CreateAgentStatus":        handle(a, a.createAgentStatus),
		"ListAgentStatuses":        handle(a, a.listAgentStatuses),
		"GetCurrentUserData":       handle(a, a.getCurrentUserData),
	}
}

// none is the answer of an operation whose response has no members.
type none = struct{}

// given says whether a request has a member.
type given struct {
	member string
	is     bool
}

// refuse names the first member that is given and that Tasklane does not honour: nothing is silently ignored.
// It fails with [fault.Unsupported].
func refuse(members ...given) error {
	for _, m := range members {
		if m.is {
			return fault.New(fault.Unsupported, "%s is not supported by this version of Tasklane", m.member)
		}
	}
	return nil
}
