package server_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// What one server has answered, the next call at another sees, be it made, changed or deleted.
func TestAnswersOfOneServerAreSeenAtTheOther(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	c := settings(t.TempDir(), database).ForDevelopment()
	one := servertest.Start(t, c)
	c.Listen, c.Data = freeAddress(t), t.TempDir()
	two := restarted(t, c, one)
	two.URL = "http://" + c.Listen
	ctx := t.Context()
	basic, err := one.Client().DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &one.InstanceID, QueueId: &one.QueueID})
	if err != nil {
		t.Fatal(err)
	}
	describe := func(s *servertest.Server, id *string) (string, error) {
		out, err := s.Client().DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &s.InstanceID, QueueId: id})
		if err != nil {
			return "", err
		}
		return *out.Queue.Name, nil
	}
	for i := range 10 {
		at, other := one, two
		if i%2 == 1 {
			at, other = two, one
		}
		name := fmt.Sprint("queue ", i)
		made, err := at.Client().CreateQueue(ctx, &connect.CreateQueueInput{
			InstanceId: &at.InstanceID, Name: &name, HoursOfOperationId: basic.Queue.HoursOfOperationId,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := describe(other, made.QueueId); err != nil || got != name {
			t.Fatalf("%d: made: DescribeQueue at the other server = %q, %v", i, got, err)
		}
		// The other server writes over what this one has just written, without losing.
		name += " renamed"
		if _, err := other.Client().UpdateQueueName(ctx, &connect.UpdateQueueNameInput{InstanceId: &at.InstanceID, QueueId: made.QueueId, Name: &name}); err != nil {
			t.Fatalf("%d: rename: %v", i, err)
		}
		if got, err := describe(at, made.QueueId); err != nil || got != name {
			t.Fatalf("%d: renamed: DescribeQueue = %q, %v", i, got, err)
		}
		if _, err := at.Client().DeleteQueue(ctx, &connect.DeleteQueueInput{InstanceId: &at.InstanceID, QueueId: made.QueueId}); err != nil {
			t.Fatalf("%d: delete: %v", i, err)
		}
		if _, err := describe(other, made.QueueId); !isNotFound(err) {
			t.Fatalf("%d: deleted: DescribeQueue at the other server: %v", i, err)
		}
	}
	instance, err := one.Client().CreateInstance(ctx, &connect.CreateInstanceInput{
		InstanceAlias: aws.String("second"), IdentityManagementType: types.DirectoryTypeConnectManaged,
		InboundCallsEnabled: aws.Bool(false), OutboundCallsEnabled: aws.Bool(false),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Client().DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: instance.Id}); err != nil {
		t.Errorf("an instance that was made at the other server: %v", err)
	}
}

func isNotFound(err error) bool {
	_, is := errors.AsType[*types.ResourceNotFoundException](err)
	return is
}
