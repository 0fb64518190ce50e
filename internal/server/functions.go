package server

import (
	"fmt"
	"os"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/lambda"
)

// functions say where the functions are that flows call. The error names the setting.
func (c *Config) functions() (lambda.Options, error) {
	functions, err := lambda.ParseFunctions(c.Functions)
	if err != nil {
		return lambda.Options{}, fmt.Errorf("--function: %w", err)
	}
	endpoint, err := lambda.ParseEndpoint(c.LambdaEndpoint, os.Getenv)
	if err != nil {
		return lambda.Options{}, fmt.Errorf("--lambda-endpoint: %w", err)
	}
	return lambda.Options{Functions: functions, Endpoint: endpoint}, nil
}

// functions has the functions called that flows ask for.
func (s *server) functions() error {
	opts, err := s.config.functions()
	if err != nil {
		return err
	}
	opts.Associated = s.engine.Associated
	s.caller = lambda.NewCaller(lambda.CallerOptions{Engine: s.engine, Invoker: lambda.NewInvoker(opts), Metrics: s.metrics})
	s.engine.Watch(func(c engine.Commit) {
		for _, call := range c.Calls {
			s.caller.Start(call)
		}
	})
	return nil
}
