package awsapi_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
)

// TestMalformedIDs names resources by what has neither the form of an id nor that of an ARN.
func TestMalformedIDs(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	task := x.begin()
	calls := map[string]func(instance, id string) error{
		"ListQueues": func(instance, _ string) error {
			_, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &instance})
			return err
		},
		"DescribeQueue": func(instance, id string) error {
			_, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &instance, QueueId: &id})
			return err
		},
		"DescribeContactFlow": func(instance, id string) error {
			_, err := x.sdk.DescribeContactFlow(x.ctx, &connect.DescribeContactFlowInput{InstanceId: &instance, ContactFlowId: &id})
			return err
		},
		"DescribeUser": func(instance, id string) error {
			_, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &instance, UserId: &id})
			return err
		},
		"DescribeContact": func(instance, id string) error {
			_, err := x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &instance, ContactId: &id})
			return err
		},
		"GetTaskTemplate": func(instance, id string) error {
			_, err := x.sdk.GetTaskTemplate(x.ctx, &connect.GetTaskTemplateInput{InstanceId: &instance, TaskTemplateId: &id})
			return err
		},
		"StartTaskContact": func(instance, id string) error {
			_, err := x.try(startInput{InstanceId: &instance, ContactFlowId: &id})
			return err
		},
		"StartTaskContact with a link": func(instance, id string) error {
			_, err := x.try(startInput{InstanceId: &instance, PreviousContactId: &id})
			return err
		},
		"UpdateUserRoutingProfile": func(instance, id string) error {
			_, err := x.sdk.UpdateUserRoutingProfile(x.ctx, &connect.UpdateUserRoutingProfileInput{
				InstanceId: &instance, UserId: &x.Agent.UserID, RoutingProfileId: &id,
			})
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := x.in(t)
			for _, id := range []string{"abc", x.QueueID + " ", x.InstanceARN + "/queue/abc", "arn:aws:s3:::bucket"} {
				if name != "ListQueues" {
					x.refused(call(x.InstanceID, id), invalidParameter, 400)
				}
			}
			for _, id := range []string{"abc", x.InstanceID + " ", x.InstanceARN + "x", "arn"} {
				x.refused(call(id, task), invalidParameter, 400, id)
			}
			x.refused(call(unknown, task), notFound, 404, unknown)
		})
	}
	_, err := x.sdk.GetContactAttributes(x.ctx, &connect.GetContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: aws.String("abc")})
	x.refused(err, invalidRequest, 400, "abc") // the operation declares no InvalidParameterException
}
