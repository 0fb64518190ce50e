package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) associateLambdaFunction(ctx context.Context, in *wire.AssociateLambdaFunctionRequest) (*none, error) {
	return &none{}, ofFunction(a.opts.Engine.AssociateFunction(ctx, *in.InstanceId, *in.FunctionArn, wire.Value(in.ClientToken)))
}

// ofFunction has an error name the member that it is of.
func ofFunction(err error) error {
	if fault.Is(err, fault.Invalid) {
		return fault.In("FunctionArn", err)
	}
	return err
}

// maxFunctions is the largest page of ListLambdaFunctions, and the one it gives when none is asked for.
const maxFunctions = 25

func (a *API) listLambdaFunctions(_ context.Context, in *wire.ListLambdaFunctionsRequest) (*wire.ListLambdaFunctionsResponse, error) {
	all, err := a.opts.Engine.Functions(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(f engine.Entry[engine.LambdaFunction]) string { return f.Name }, "Lambda functions",
		in.NextToken, in.MaxResults, maxFunctions, a.opts.Engine.Now())
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = f.Name
	}
	return &wire.ListLambdaFunctionsResponse{LambdaFunctions: out, NextToken: next}, err
}

func (a *API) disassociateLambdaFunction(ctx context.Context, in *wire.DisassociateLambdaFunctionRequest) (*none, error) {
	return &none{}, ofFunction(a.opts.Engine.DisassociateFunction(ctx, *in.InstanceId, *in.FunctionArn, wire.Value(in.ClientToken)))
}
