// Package lambda calls the functions that flows ask for: at a URL that the operator has given a function, or at what
// answers AWS Lambda's Invoke API.
//
//	commit ──► Caller.Start ──► Invoker.Invoke ──┬─► POST URL                      --function ARN=URL
//	   ▲                                         └─► Lambda Invoke, signed         --lambda-endpoint aws|URL
//	   └────── engine.EndCall ◄── answer, or why there is none
//
// A call is made at least once. An attempt that found nobody, or nobody who had time, is made again, up to three times
// within the limit of the call; a function that answers with an error has answered
// (https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html). A call that the end of the
// server cuts short is told to nobody: the engine asks for it again when it starts the next time.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// attempts is how often a call is tried at most.
const attempts = 3

// firstPause is how long a call waits at most before its second attempt; before the third it is twice that.
const firstPause = 200 * time.Millisecond

// Options of an invoker. The zero value of a field means its default.
type Options struct {
	// Functions are those that have a URL of their own: none.
	Functions Functions
	// Endpoint takes the calls of all other functions: nothing does.
	Endpoint *Endpoint
	// Associated reports whether an instance may call a function at the endpoint. A function that the operator has given
	// a URL may be called by every instance (docs/divergences.md). Required with Endpoint.
	Associated func(instance string, f arn.Function) bool
}

// Invoker calls functions.
type Invoker struct {
	opts   Options
	client *http.Client
	lambda *awslambda.Client // nil: there is no endpoint
}

// NewInvoker makes an invoker.
func NewInvoker(opts Options) *Invoker {
	i := &Invoker{opts: opts, client: newClient()}
	if opts.Endpoint != nil {
		i.lambda = opts.Endpoint.client(i.client)
	}
	return i
}

// errLimit ends a call whose time is over.
var errLimit = errors.New("the time limit is over")

// Invoke calls a function and returns its answer, which is JSON; nothing when the call is asynchronous. The error says
// why there is no answer, in words for the operator.
func (i *Invoker) Invoke(ctx context.Context, c engine.Call) ([]byte, error) {
	limited, cancel := context.WithTimeoutCause(ctx, c.Limit, errLimit)
	defer cancel()
	answer, err := i.invoke(limited, c)
	if err != nil && errors.Is(context.Cause(limited), errLimit) {
		return nil, fmt.Errorf("no answer within %s: %w", c.Limit, err)
	}
	return answer, err
}

func (i *Invoker) invoke(ctx context.Context, c engine.Call) ([]byte, error) {
	f, err := arn.ParseFunction(c.Function)
	if err != nil {
		return nil, err
	}
	if url, ok := i.opts.Functions.url(c.Function, f); ok {
		return i.post(ctx, url, c)
	}
	switch {
	case i.lambda == nil:
		return nil, errors.New("the function has no URL (--function ARN=URL), and there is no --lambda-endpoint")
	case !i.opts.Associated(c.Instance, f):
		return nil, fault.New(fault.Denied, "the function is neither associated with the instance (AssociateLambdaFunction), nor has it a URL (--function ARN=URL)")
	}
	return i.invokeAtEndpoint(ctx, f, c)
}
