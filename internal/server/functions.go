package server

import (
	"fmt"
	"os"

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
