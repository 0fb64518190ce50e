package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) associateApprovedOrigin(ctx context.Context, in *wire.AssociateApprovedOriginRequest) (*none, error) {
	return &none{}, a.opts.Engine.ApproveOrigin(ctx, *in.InstanceId, *in.Origin, wire.Value(in.ClientToken))
}

// maxOrigins is the largest page of ListApprovedOrigins, and the one it gives when none is asked for.
const maxOrigins = 25

func (a *API) listApprovedOrigins(_ context.Context, in *wire.ListApprovedOriginsRequest) (*wire.ListApprovedOriginsResponse, error) {
	all, err := a.opts.Engine.ApprovedOrigins(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(all, func(o engine.Entry[engine.ApprovedOrigin]) string { return o.Name }, "approved origins",
		in.NextToken, in.MaxResults, maxOrigins, a.opts.Engine.Now())
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = o.Name
	}
	return &wire.ListApprovedOriginsResponse{Origins: out, NextToken: next}, err
}

func (a *API) disassociateApprovedOrigin(ctx context.Context, in *wire.DisassociateApprovedOriginRequest) (*none, error) {
	return &none{}, a.opts.Engine.DisapproveOrigin(ctx, *in.InstanceId, *in.Origin, wire.Value(in.ClientToken))
}
