package awsapi_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/awsapi"
	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

func TestRatesAreKeptForEachOperation(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Throttle = "aws" })
	in := &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("n")}
	taken := 0
	for range 12 { // a burst of 5, and what the bucket gets back meanwhile
		_, err := s.Client().StartTaskContact(context.Background(), in)
		if err == nil {
			taken++
		} else if !isA[*types.ThrottlingException](err) {
			t.Fatal(err)
		}
	}
	if taken < 5 || taken > 8 {
		t.Errorf("%d of 12 calls were taken, want about 5", taken)
	}
	if _, err := s.Client().ListQueues(context.Background(), &connect.ListQueuesInput{InstanceId: &s.InstanceID}); err != nil {
		t.Errorf("another operation has its own bucket: %v", err)
	}
}

func TestReadRates(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"StopContact": {"perSecond": 0.5, "burst": 1}}`: true,
		`{"default": {"perSecond": 1, "burst": 1}}`:       true,
		`{"StopTask": {"perSecond": 1, "burst": 1}}`:      false,
		`{"StopContact": {"perSecond": 1}}`:               false,
		`{"StopContact": {"perSecond": -1, "burst": 1}}`:  false,
		`[]`: false,
	} {
		file := filepath.Join(t.TempDir(), "rates.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if rates, err := awsapi.ReadRates(file); (err == nil) != ok || ok && len(rates) != 1 {
			t.Errorf("ReadRates(%s) = %v, %v; want ok %t", text, rates, err, ok)
		}
	}
}
