package arn

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestFunctionIsTakenApart(t *testing.T) {
	const lookup = "arn:aws:lambda:eu-west-1:000000000000:function:lookup"
	for text, want := range map[string]Function{
		lookup:              {ARN: lookup, Region: "eu-west-1"},
		lookup + ":prod":    {ARN: lookup, Region: "eu-west-1", Qualifier: "prod"},
		lookup + ":7":       {ARN: lookup, Region: "eu-west-1", Qualifier: "7"},
		lookup + ":$LATEST": {ARN: lookup, Region: "eu-west-1", Qualifier: "$LATEST"},
		"arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:A_b-1": {
			ARN: "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:A_b-1", Region: "us-gov-west-1",
		},
	} {
		if got, err := ParseFunction(text); err != nil || got != want {
			t.Errorf("ParseFunction(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestWhatIsNoFunctionIsRefused(t *testing.T) {
	const lookup = "arn:aws:lambda:eu-west-1:000000000000:function:lookup"
	for _, text := range []string{
		"", "lookup", "arn:aws:lambda:eu-west-1:000000000000:layer:lookup", lookup + ":", lookup + ":a:b", lookup + "/a",
		"arn:aws:lambda:eu-west-1:12:function:lookup", "arn:aws:lambda::000000000000:function:lookup", lookup + "\n",
		"arn:aws:connect:eu-west-1:000000000000:function:lookup", " " + lookup, lookup + strings.Repeat("x", 64),
	} {
		if got, err := ParseFunction(text); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "is not the ARN of a Lambda function") {
			t.Errorf("ParseFunction(%q) = %+v, %v", text, got, err)
		}
	}
}
