package awsapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// emptyList serves an operation that lists resources of a kind that an instance of tasks has none of, such as telephone
// numbers: tools that back up, copy or audit an instance list all there is. What else the request names must exist.
// It fails with [fault.NotFound] and, as every NextToken must come from a page before, with [fault.Invalid].
func (a *API) emptyList(op wire.Operation) run {
	return func(ctx context.Context, r *http.Request, body []byte) (any, error) {
		in := &wire.ListRequest{}
		if err := wire.Read(r, body, in); err != nil {
			return nil, err
		}
		if in.InstanceId == nil {
			in.InstanceId = in.TargetArn
		}
		if in.InstanceId != nil {
			if err := a.visible(ctx, *in.InstanceId); err != nil {
				return nil, err
			}
		}
		if err := a.parents(ctx, in); err != nil {
			return nil, err
		}
		if wire.Value(in.NextToken) != "" {
			return nil, errToken
		}
		out := map[string]any{op.Empty: []any{}}
		if strings.HasPrefix(op.Path, "/search-") {
			out["ApproximateTotalCount"] = 0
		}
		return out, nil
	}
}

// parents checks what a request names besides its instance. It fails with [fault.NotFound], also for everything that is
// of a kind that there is none of.
func (a *API) parents(ctx context.Context, in *wire.ListRequest) error {
	if in.ContactId != nil {
		if _, _, err := a.opts.Engine.Contact(ctx, *in.InstanceId, *in.ContactId); err != nil {
			return err
		}
	}
	for label, id := range in.Labels {
		var err error
		switch label {
		case "QueueId":
			_, err = a.opts.Engine.Queue(*in.InstanceId, id)
		case "UserId":
			_, err = a.opts.Engine.User(*in.InstanceId, id)
		default:
			err = fault.New(fault.NotFound, "%s %s does not exist", strings.TrimSuffix(label, "Id"), id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
