package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/wire"
)

type module = engine.Entry[engine.Module]

// createContactFlowModule publishes the module: there is no other way to make one.
func (a *API) createContactFlowModule(ctx context.Context, in *wire.CreateContactFlowModuleRequest) (*wire.CreateContactFlowModuleResponse, error) {
	id, err := a.opts.Engine.CreateModule(ctx, *in.InstanceId, engine.Module{
		Name: *in.Name, Description: wire.Value(in.Description), Tags: in.Tags,
		Saved:    engine.ModuleText{Content: *in.Content, Settings: wire.Value(in.Settings)},
		External: wire.Value(in.ExternalInvocationConfiguration).Enabled,
	}, wire.Value(in.ClientToken))
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	arnOf := i.Of(arn.Module, id)
	return &wire.CreateContactFlowModuleResponse{Id: &id, Arn: &arnOf}, err
}

func (a *API) describeContactFlowModule(_ context.Context, in *wire.DescribeContactFlowModuleRequest) (*wire.DescribeContactFlowModuleResponse, error) {
	m, err := a.opts.Engine.Module(*in.InstanceId, *in.ContactFlowModuleId)
	if err != nil {
		return nil, err
	}
	out := describeModule(m)
	return &wire.DescribeContactFlowModuleResponse{ContactFlowModule: &out}, nil
}

// What DescribeContactFlowModule says on the wire for [wire.ContactFlowModuleStatus], whose words are in capitals: tools
// that back instances up compare with the small letters (docs/divergences.md).
const modulePublished, moduleSaved wire.ContactFlowModuleStatus = "published", "saved"

// describeModule tells a module with one of its texts.
func describeModule(m engine.Text[engine.Module]) wire.ContactFlowModule {
	state, status, sum := moduleState(m.Entry), modulePublished, flow.Sum(m.Content)
	if m.Draft {
		status = moduleSaved
	}
	out := wire.ContactFlowModule{
		Id: &m.ID, Arn: &m.ARN, Name: &m.Name, Description: wire.String(m.Value.Description), State: &state, Status: &status,
		Content: &m.Content, FlowModuleContentSha256: &sum, Settings: wire.String(m.Settings), Tags: m.Value.Tags,
	}
	if m.Value.External != nil {
		out.ExternalInvocationConfiguration = &wire.ExternalInvocationConfiguration{Enabled: m.Value.External}
	}
	if v := m.Numbered; v != nil {
		out.Version, out.VersionDescription = &v.Value.Number, wire.String(v.Value.Description)
	}
	return out
}

func moduleState(m module) wire.ContactFlowModuleState {
	if m.Value.Archived {
		return wire.ContactFlowModuleStateArchived
	}
	return wire.ContactFlowModuleStateActive
}

func (a *API) listContactFlowModules(_ context.Context, in *wire.ListContactFlowModulesRequest) (*wire.ListContactFlowModulesResponse, error) {
	modules, err := a.opts.Engine.Modules(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []wire.ContactFlowModuleSummary
	for _, m := range modules {
		state := moduleState(m)
		if in.ContactFlowModuleState != nil && *in.ContactFlowModuleState != state {
			continue
		}
		all = append(all, wire.ContactFlowModuleSummary{Id: &m.ID, Arn: &m.ARN, Name: &m.Name, State: &state})
	}
	list, next, err := page(all, func(s wire.ContactFlowModuleSummary) string { return *s.Name }, "flow modules",
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	return &wire.ListContactFlowModulesResponse{ContactFlowModulesSummaryList: list, NextToken: next}, err
}

// moduleFields are what SearchContactFlowModules can ask for.
var moduleFields = []field[module]{
	text("name", func(m module) string { return m.Name }),
	text("description", func(m module) string { return m.Value.Description }),
	text("resourceID", func(m module) string { return m.ID }),
}

// moduleNode knows that every module was published when it was made.
func moduleNode(c wire.ContactFlowModuleSearchCriteria) node[wire.ContactFlowModuleSearchCriteria, module] {
	return nodeOf(c.AndConditions, c.OrConditions,
		stringCondition(c.StringCondition, moduleFields),
		equal("StateCondition", c.StateCondition, moduleState),
		equal("StatusCondition", c.StatusCondition, func(module) wire.ContactFlowModuleStatus { return wire.ContactFlowModuleStatusPublished }),
	)
}

// searchContactFlowModules tells modules whole, with what is published.
func (a *API) searchContactFlowModules(_ context.Context, in *wire.SearchContactFlowModulesRequest) (*wire.SearchContactFlowModulesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, moduleNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(m module) map[string]string { return m.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.Modules(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(m module) string { return m.ID }, "flow modules found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.ContactFlowModule, len(got.items))
	for i, m := range got.items {
		text := m.Value.Published
		out[i] = describeModule(engine.Text[engine.Module]{Entry: m, Content: text.Content, Settings: text.Settings})
	}
	return &wire.SearchContactFlowModulesResponse{ContactFlowModules: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateContactFlowModuleContent(ctx context.Context, in *wire.UpdateContactFlowModuleContentRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateModuleContent(ctx, *in.InstanceId, *in.ContactFlowModuleId, in.Content, in.Settings)
}

func (a *API) updateContactFlowModuleMetadata(ctx context.Context, in *wire.UpdateContactFlowModuleMetadataRequest) (*none, error) {
	m := engine.Metadata{Name: in.Name, Description: in.Description}
	if in.State != nil {
		archived := *in.State == wire.ContactFlowModuleStateArchived
		m.Archived = &archived
	}
	return &none{}, a.opts.Engine.UpdateModule(ctx, *in.InstanceId, *in.ContactFlowModuleId, m)
}

func (a *API) deleteContactFlowModule(ctx context.Context, in *wire.DeleteContactFlowModuleRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteModule(ctx, *in.InstanceId, *in.ContactFlowModuleId)
}
