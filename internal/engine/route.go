package engine

import (
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/template"
)

var errTwoFlows = fault.New(fault.Unusable,
	"Cannot identify a unique flow: specify only one of ContactFlowId, QuickConnectId, TaskTemplateId")

// route finds the one flow that a new task runs, and the queue or user that is preset for it (task-api.md §2.2). It
// returns what comes of the request when its template, if it has one, is applied.
// It fails with [fault.NotFound], with [fault.Unusable] unless exactly one flow results that can be run, and with
// [fault.Invalid] when the request does not keep to its template; in this order.
func (t *tenant) route(c *contact.Contact, in StartTask) (template.Task, error) {
	task := template.Task{
		Name: in.Name, Description: in.Description, References: in.References, ScheduledFor: in.ScheduledFor,
		Life: in.Segment.Life, QuickConnect: in.QuickConnect, SelfAssign: in.Segment.SelfAssign, Flow: in.Flow,
	}
	if err := t.exist(in); err != nil {
		return task, err
	}
	var err, wrong error
	if c.CreatedBy, err = t.creator(in.Segment); err != nil {
		return task, err
	}
	own := "" // the flow that is neither the request's nor a quick connect's
	if in.Template != "" {
		if task, own, wrong, err = t.applyTemplate(c, in.Template, task); err != nil {
			return task, err
		}
	}
	switch {
	case in.Flow != "":
		c.Flow, err = t.usableFlow(in.Flow, flow.TypeContactFlow)
		err = fault.In("ContactFlowId", err)
	case in.QuickConnect != "":
		err = fault.In("QuickConnectId", t.follow(c, in.QuickConnect))
	case task.QuickConnect != "":
		err = fault.In("TaskTemplateId", t.follow(c, task.QuickConnect))
	default:
		c.Flow, err = t.usableFlow(own, startTypes...)
		err = fault.In("TaskTemplateId", err)
	}
	if c.SelfAssigned = task.SelfAssign; c.SelfAssigned {
		c.Target = c.CreatedBy
	}
	if err != nil {
		return task, err
	}
	return task, wrong
}

// exist reports whether all configuration that a request names exists. It fails with [fault.NotFound].
func (t *tenant) exist(in StartTask) error {
	for _, named := range []struct {
		member string
		kind   arn.Kind
		id     string
	}{
		{"QuickConnectId", arn.QuickConnect, in.QuickConnect},
		{"TaskTemplateId", arn.TaskTemplate, in.Template},
		{"ContactFlowId", arn.Flow, in.Flow},
	} {
		if named.id == "" {
			continue
		}
		if _, err := t.object(named.kind, named.id); err != nil {
			return fault.In(named.member, err)
		}
	}
	return nil
}

// startTypes are the types of flow that a template or a transfer may start. A request itself names a CONTACT_FLOW.
var startTypes = []flow.Type{flow.TypeContactFlow, flow.TypeAgentTransfer, flow.TypeQueueTransfer}

// user finds the user that a request names; empty: it names nobody.
func (t *tenant) user(idOrARN string) (string, error) {
	if idOrARN == "" {
		return "", nil
	}
	u, err := find[directory.User](t, arn.User, idOrARN)
	return u.ID, err
}

// follow takes flow and target from a quick connect.
func (t *tenant) follow(c *contact.Contact, idOrARN string) (err error) {
	c.Flow, c.Target, err = t.leads(idOrARN)
	return err
}

// leads tells where a quick connect leads: the flow that takes a task there, and the queue or user that is preset for
// it. It fails with [fault.NotFound], and with [fault.Unusable] for one of a type that tasks cannot follow and for a
// flow that cannot run.
func (t *tenant) leads(idOrARN string) (program, target string, err error) {
	q, err := find[routing.QuickConnect](t, arn.QuickConnect, idOrARN)
	if err != nil {
		return "", "", err
	}
	if q.Value.Type != routing.QuickConnectUser && q.Value.Type != routing.QuickConnectQueue {
		return "", "", fault.New(fault.Unusable, "Quick connect %s is of type %s, which is not supported for tasks", idOrARN, q.Value.Type)
	}
	program, err = t.usableFlow(q.Value.Flow, startTypes...)
	return program, q.Value.Target, err
}

// applyTemplate applies a template and returns the flow that it brings itself; empty: none. What is wrong with a
// field is told last: the flow counts more.
func (t *tenant) applyTemplate(c *contact.Contact, idOrARN string, task template.Task) (_ template.Task, own string, wrong, err error) {
	tpl, err := find[template.Template](t, arn.TaskTemplate, idOrARN)
	if err != nil {
		return task, "", nil, err
	}
	said := task.SelfAssign
	if task, wrong = tpl.Value.Apply(task); fault.Is(wrong, fault.Unusable) {
		return task, "", nil, fault.In("TaskTemplateId", wrong)
	}
	// The box that is ticked by default means the one who fills the form in.
	task.SelfAssign = said || task.SelfAssign && c.CreatedBy != ""
	c.Template, c.TemplateVersion = tpl.ID, tpl.Version
	own, err = tpl.Value.Route(task)
	return task, own, wrong, err
}
