package awsapi_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/smithy-go"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// A server takes what is signed for its own Region only. Where signatures are not checked, any will do.
func TestRegionOfSignature(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ auth, region, want string }{
		{"sigv4", "us-east-1", ""},
		{"sigv4", "eu-central-1", "InvalidSignatureException: Credential should be scoped to a valid region."},
		{"off", "eu-central-1", ""},
	} {
		t.Run(tt.auth+" "+tt.region, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t, func(c *server.Config) { c.Auth = tt.auth })
			s.Region = tt.region
			_, err := s.Client().ListQueues(t.Context(), &connect.ListQueuesInput{InstanceId: &s.InstanceID})
			got := ""
			if api, ok := errors.AsType[smithy.APIError](err); ok {
				got = api.ErrorCode() + ": " + api.ErrorMessage()
			} else if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
