package lambda

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
)

// Endpoint is what answers the Invoke API of AWS Lambda.
type Endpoint struct {
	url         string // empty: AWS Lambda itself, in the Region of each function
	credentials aws.Credentials
}

// ParseEndpoint reads a setting, aws or a URL, with the credentials of the environment; empty is no endpoint. An
// emulator wants a signature and looks at no key, so that a URL needs no credentials. The error names what is wrong.
func ParseEndpoint(setting string, getenv func(string) string) (*Endpoint, error) {
	e := &Endpoint{credentials: aws.Credentials{
		AccessKeyID: getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: getenv("AWS_SESSION_TOKEN"),
	}}
	switch {
	case setting == "":
		return nil, nil //nolint:nilnil // there is none
	case setting == "aws" && !e.credentials.HasKeys():
		return nil, errors.New("aws needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	case setting == "aws":
		return e, nil
	case checkURL(setting) != nil:
		return nil, errors.New("it must be aws, or a URL that begins with http:// or https://")
	case !e.credentials.HasKeys():
		e.credentials = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	}
	e.url = setting
	return e, nil
}

// client makes a client that tries as often as [Invoker.post] does: when nobody is there, when nobody has time, and
// when the service itself fails.
func (e *Endpoint) client(over *http.Client) *awslambda.Client {
	o := awslambda.Options{
		HTTPClient:       over,
		Credentials:      aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return e.credentials, nil }),
		RetryMaxAttempts: attempts,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return pause(attempt), nil })
		}),
	}
	if e.url != "" {
		o.BaseEndpoint = &e.url
	}
	return awslambda.New(o)
}

// invokeAtEndpoint calls a function at the endpoint.
func (i *Invoker) invokeAtEndpoint(ctx context.Context, f arn.Function, c engine.Call) ([]byte, error) {
	in := &awslambda.InvokeInput{FunctionName: &c.Function, Payload: c.Event, InvocationType: types.InvocationTypeRequestResponse}
	if c.Async {
		in.InvocationType = types.InvocationTypeEvent
	}
	out, err := i.lambda.Invoke(ctx, in, func(o *awslambda.Options) { o.Region = f.Region })
	switch {
	case err != nil:
		return nil, err
	case out.FunctionError != nil:
		return nil, failure(out.Payload)
	}
	return check(out.Payload, c)
}
