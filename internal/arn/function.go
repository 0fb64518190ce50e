package arn

import (
	"regexp"

	"github.com/tasklane/tasklane/internal/fault"
)

// Function identifies an AWS Lambda function.
//
//	arn:aws:lambda:us-east-1:000000000000:function:lookup
//	arn:aws:lambda:us-east-1:000000000000:function:lookup:prod
type Function struct {
	ARN       string // without the qualifier
	Region    string
	Qualifier string // version or alias; empty for none
}

// function takes an ARN of a function apart
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName).
var function = regexp.MustCompile(`^(arn:aws[a-z-]*:lambda:([a-z0-9-]{1,32}):[0-9]{12}:function:[a-zA-Z0-9_-]{1,64})(?::([a-zA-Z0-9$_-]{1,128}))?$`)

// ParseFunction reads the ARN of a function. It fails with [fault.Invalid].
func ParseFunction(text string) (Function, error) {
	m := function.FindStringSubmatch(text)
	if m == nil {
		return Function{}, fault.New(fault.Invalid, "%q is not the ARN of a Lambda function", text)
	}
	return Function{ARN: m[1], Region: m[2], Qualifier: m[3]}, nil
}
