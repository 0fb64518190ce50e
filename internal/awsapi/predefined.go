package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

type predefined = engine.Entry[routing.PredefinedAttribute]

func predefinedName(a predefined) string { return a.Name }

func (a *API) createPredefinedAttribute(ctx context.Context, in *wire.CreatePredefinedAttributeRequest) (*none, error) {
	return &none{}, a.opts.Engine.CreatePredefinedAttribute(ctx, *in.InstanceId, routing.PredefinedAttribute{
		Name: *in.Name, Values: wire.Value(in.Values).StringList, Purposes: in.Purposes,
		Enforced: wire.Value(wire.Value(in.AttributeConfiguration).EnableValueValidationOnAssociation),
	})
}

func (a *API) describePredefinedAttribute(_ context.Context, in *wire.DescribePredefinedAttributeRequest) (*wire.DescribePredefinedAttributeResponse, error) {
	p, err := a.opts.Engine.PredefinedAttribute(*in.InstanceId, *in.Name)
	if err != nil {
		return nil, err
	}
	out := describePredefined(p, a.region(*in.InstanceId))
	return &wire.DescribePredefinedAttributeResponse{PredefinedAttribute: &out}, nil
}

// describePredefined tells the values also when there are none: they are a union that must have its member.
func describePredefined(p predefined, region string) wire.PredefinedAttribute {
	readOnly := false
	return wire.PredefinedAttribute{
		Name: &p.Name, Purposes: p.Value.Purposes,
		Values: &wire.PredefinedAttributeValues{StringList: append([]string{}, p.Value.Values...)},
		AttributeConfiguration: &wire.PredefinedAttributeConfiguration{
			EnableValueValidationOnAssociation: &p.Value.Enforced, IsReadOnly: &readOnly,
		},
		LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region,
	}
}

// maxPredefined is the largest page of ListPredefinedAttributes, and the one it gives when none is asked for.
const maxPredefined = 100

func (a *API) listPredefinedAttributes(_ context.Context, in *wire.ListPredefinedAttributesRequest) (*wire.ListPredefinedAttributesResponse, error) {
	all, err := a.opts.Engine.PredefinedAttributes(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, predefinedName, "predefined attributes",
		in.NextToken, in.MaxResults, maxPredefined, a.opts.Engine.Now())
	out := make([]wire.PredefinedAttributeSummary, len(list))
	region := a.region(*in.InstanceId)
	for i, p := range list {
		out[i] = wire.PredefinedAttributeSummary{Name: &p.Name, LastModifiedTime: wire.Time(p.Modified), LastModifiedRegion: &region}
	}
	return &wire.ListPredefinedAttributesResponse{PredefinedAttributeSummaryList: out, NextToken: next}, err
}

// predefinedFields are what SearchPredefinedAttributes can ask for.
var predefinedFields = []field[predefined]{text("name", predefinedName)}

func predefinedNode(c wire.PredefinedAttributeSearchCriteria) node[wire.PredefinedAttributeSearchCriteria, predefined] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, predefinedFields))
}

// searchPredefinedAttributes finds predefined attributes in the order of their names, which are their identifiers.
func (a *API) searchPredefinedAttributes(_ context.Context, in *wire.SearchPredefinedAttributesRequest) (*wire.SearchPredefinedAttributesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, predefinedNode)
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.PredefinedAttributes(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, predefinedName, "predefined attributes found", in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted)
	out := make([]wire.PredefinedAttribute, len(got.items))
	region := a.region(*in.InstanceId)
	for i, p := range got.items {
		out[i] = describePredefined(p, region)
	}
	return &wire.SearchPredefinedAttributesResponse{
		PredefinedAttributes: out, NextToken: got.next, ApproximateTotalCount: got.total,
	}, err
}

func (a *API) updatePredefinedAttribute(ctx context.Context, in *wire.UpdatePredefinedAttributeRequest) (*none, error) {
	u := engine.PredefinedAttributeUpdate{Values: wire.Value(in.Values).StringList, Purposes: in.Purposes}
	if c := in.AttributeConfiguration; c != nil {
		// Some SDKs leave out a member that is false.
		enforced := wire.Value(c.EnableValueValidationOnAssociation)
		u.Enforced = &enforced
	}
	return &none{}, a.opts.Engine.UpdatePredefinedAttribute(ctx, *in.InstanceId, *in.Name, u)
}

func (a *API) deletePredefinedAttribute(ctx context.Context, in *wire.DeletePredefinedAttributeRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeletePredefinedAttribute(ctx, *in.InstanceId, *in.Name)
}
