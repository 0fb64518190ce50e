package awsapi

import (
	"context"
	"strconv"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/template"
	"github.com/tasklane/tasklane/internal/wire"
)

// createTaskTemplate makes an active template unless it is told otherwise.
func (a *API) createTaskTemplate(ctx context.Context, in *wire.CreateTaskTemplateRequest) (*wire.CreateTaskTemplateResponse, error) {
	tm := templateOf(in.Fields, in.Constraints, in.Defaults)
	tm.Name, tm.Description = *in.Name, wire.Value(in.Description)
	tm.Flow, tm.SelfAssignFlow = wire.Value(in.ContactFlowId), wire.Value(in.SelfAssignFlowId)
	tm.Active = wire.Value(in.Status) != wire.TaskTemplateStatusInactive
	id, err := a.opts.Engine.CreateTaskTemplate(ctx, *in.InstanceId, tm, wire.Value(in.ClientToken))
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	arnOf := i.Of(arn.TaskTemplate, id)
	return &wire.CreateTaskTemplateResponse{Id: &id, Arn: &arnOf}, err
}

// updateTaskTemplate replaces the whole template: a member that is absent is cleared.
func (a *API) updateTaskTemplate(ctx context.Context, in *wire.UpdateTaskTemplateRequest) (*wire.UpdateTaskTemplateResponse, error) {
	if in.Status == nil {
		return nil, fault.Properties(fault.Property{
			Path: "Status", Reason: fault.RequiredMissing, Message: "an update replaces the whole template, with its status",
		})
	}
	tm := templateOf(in.Fields, in.Constraints, in.Defaults)
	tm.Name, tm.Description = wire.Value(in.Name), wire.Value(in.Description)
	tm.Flow, tm.SelfAssignFlow = wire.Value(in.ContactFlowId), wire.Value(in.SelfAssignFlowId)
	tm.Active = *in.Status == wire.TaskTemplateStatusActive
	updated, err := a.opts.Engine.UpdateTaskTemplate(ctx, *in.InstanceId, *in.TaskTemplateId, tm)
	if err != nil {
		return nil, err
	}
	whole, err := a.taskTemplate(*in.InstanceId, updated)
	if err != nil {
		return nil, err
	}
	return &wire.UpdateTaskTemplateResponse{
		InstanceId: whole.InstanceId, Id: whole.Id, Arn: whole.Arn, Name: whole.Name, Description: whole.Description,
		ContactFlowId: whole.ContactFlowId, SelfAssignFlowId: whole.SelfAssignFlowId, Constraints: whole.Constraints,
		Defaults: whole.Defaults, Fields: whole.Fields, Status: whole.Status,
		CreatedTime: whole.CreatedTime, LastModifiedTime: whole.LastModifiedTime,
	}, nil
}

func (a *API) deleteTaskTemplate(ctx context.Context, in *wire.DeleteTaskTemplateRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteTaskTemplate(ctx, *in.InstanceId, *in.TaskTemplateId)
}

func (a *API) getTaskTemplate(ctx context.Context, in *wire.GetTaskTemplateRequest) (*wire.GetTaskTemplateResponse, error) {
	version := int64(0)
	if v := wire.Value(in.SnapshotVersion); v != "" {
		var err error
		if version, err = strconv.ParseInt(v, 10, 64); err != nil || version < 1 {
			return nil, fault.New(fault.NotFound, "Version %s of task template %s does not exist", v, *in.TaskTemplateId)
		}
	}
	tm, err := a.opts.Engine.TaskTemplate(ctx, *in.InstanceId, *in.TaskTemplateId, version)
	if err != nil {
		return nil, err
	}
	return a.taskTemplate(*in.InstanceId, tm)
}

// taskTemplate is a whole template as it travels.
func (a *API) taskTemplate(instance string, tm engine.Entry[template.Template]) (*wire.GetTaskTemplateResponse, error) {
	i, err := a.opts.Engine.Instance(instance)
	if err != nil {
		return nil, err
	}
	v := tm.Value
	return &wire.GetTaskTemplateResponse{
		InstanceId: &i.ID, Id: &tm.ID, Arn: &tm.ARN, Name: &tm.Name, Description: wire.String(v.Description),
		ContactFlowId: wire.String(v.Flow), SelfAssignFlowId: wire.String(v.SelfAssignFlow),
		Constraints: wireConstraints(v), Defaults: wireDefaults(v.Defaults), Fields: wireFields(v.Fields),
		Status: templateStatus(v), Tags: v.Tags,
		CreatedTime: wire.Time(v.Created), LastModifiedTime: wire.Time(tm.Modified),
	}, nil
}

// listTaskTemplates lists by name. All come in one page, whatever size is asked for: NextToken is always null
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_ListTaskTemplates.html).
func (a *API) listTaskTemplates(_ context.Context, in *wire.ListTaskTemplatesRequest) (*wire.ListTaskTemplatesResponse, error) {
	templates, err := a.opts.Engine.TaskTemplates(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	all := []wire.TaskTemplateMetadata{}
	for _, tm := range templates {
		status := templateStatus(tm.Value)
		if in.Status != nil && *in.Status != *status || in.Name != nil && *in.Name != tm.Name {
			continue
		}
		all = append(all, wire.TaskTemplateMetadata{
			Id: &tm.ID, Arn: &tm.ARN, Name: &tm.Name, Description: wire.String(tm.Value.Description), Status: status,
			CreatedTime: wire.Time(tm.Value.Created), LastModifiedTime: wire.Time(tm.Modified),
		})
	}
	if wire.Value(in.NextToken) != "" {
		return nil, errToken
	}
	return &wire.ListTaskTemplatesResponse{TaskTemplates: all}, nil
}

func templateStatus(tm *template.Template) *wire.TaskTemplateStatus {
	status := wire.TaskTemplateStatusInactive
	if tm.Active {
		status = wire.TaskTemplateStatusActive
	}
	return &status
}
