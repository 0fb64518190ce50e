package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

type promptEntry = engine.Entry[engine.Prompt]

func (a *API) listPrompts(_ context.Context, in *wire.ListPromptsRequest) (*wire.ListPromptsResponse, error) {
	all, err := a.opts.Engine.Prompts(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(p promptEntry) string { return p.Name }, "prompts",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	out := make([]wire.PromptSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, p := range list {
		out[i] = wire.PromptSummary{
			Id: &p.ID, Arn: &p.ARN, Name: &p.Name, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
		}
	}
	return &wire.ListPromptsResponse{PromptSummaryList: out, NextToken: next}, err
}

func (a *API) describePrompt(_ context.Context, in *wire.DescribePromptRequest) (*wire.DescribePromptResponse, error) {
	p, err := a.opts.Engine.Prompt(*in.InstanceId, *in.PromptId)
	if err != nil {
		return nil, err
	}
	out := describePrompt(p, a.region(*in.InstanceId))
	return &wire.DescribePromptResponse{Prompt: &out}, nil
}

func describePrompt(p promptEntry, region string) wire.Prompt {
	return wire.Prompt{
		PromptId: &p.ID, PromptARN: &p.ARN, Name: &p.Name, Tags: p.Value.Tags,
		LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
	}
}

// promptFields are what SearchPrompts can ask for. No prompt has a description.
var promptFields = []field[promptEntry]{
	text("name", func(p promptEntry) string { return p.Name }),
	text("description", func(promptEntry) string { return "" }),
	text("resourceID", func(p promptEntry) string { return p.ID }),
}

func promptNode(c wire.PromptSearchCriteria) node[wire.PromptSearchCriteria, promptEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, promptFields))
}

func (a *API) searchPrompts(_ context.Context, in *wire.SearchPromptsRequest) (*wire.SearchPromptsResponse, error) {
	wanted, err := criteria(in.SearchCriteria, promptNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(p promptEntry) map[string]string { return p.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.Prompts(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(p promptEntry) string { return p.ID }, "prompts found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.Prompt, len(got.items))
	region := a.region(*in.InstanceId)
	for i, p := range got.items {
		out[i] = describePrompt(p, region)
	}
	return &wire.SearchPromptsResponse{Prompts: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}
