package awsapi_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// TestClientTokensAreCaseSensitive repeats a request with its token, which makes nothing, and with the token in small
// letters, which makes another. What can be there once only is refused then.
func TestClientTokensAreCaseSensitive(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	x := &trial{Server: f.Server, t: t, sdk: f.Client(), ctx: t.Context()}
	task := x.begin()
	const origin, gone, other = "https://example.com", "https://gone.example.com", lookup + "-2"
	x.ok(x.associate(other, "another"))
	x.ok(x.approve(gone, nil))
	stream, err := x.sdk.AssociateInstanceStorageConfig(x.ctx, &connect.AssociateInstanceStorageConfigInput{
		InstanceId: &x.InstanceID, ResourceType: types.InstanceStorageResourceTypeAgentEvents, StorageConfig: &types.InstanceStorageConfig{
			StorageType:         types.StorageTypeKinesisStream,
			KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/agents")},
		},
	})
	x.ok(err)
	for operation, do := range map[string]func(token *string, n string) (string, error){
		"StartTaskContact": func(token *string, _ string) (string, error) { return x.try(startInput{ClientToken: token}) },
		"CreateContact": func(token *string, _ string) (string, error) {
			out, err := x.tryCreate(connect.CreateContactInput{ClientToken: token})
			return aws.ToString(valueOf(out).ContactId), err
		},
		"TransferContact": func(token *string, _ string) (string, error) {
			out, err := x.tryTransfer(task, connect.TransferContactInput{ClientToken: token})
			return aws.ToString(valueOf(out).ContactId), err
		},
		"CreateTaskTemplate": func(token *string, n string) (string, error) {
			in := titled(x.Server, n)
			in.ClientToken = token
			out, err := x.sdk.CreateTaskTemplate(x.ctx, in)
			return aws.ToString(valueOf(out).Id), err
		},
		"CreateContactFlowModule": func(token *string, n string) (string, error) {
			out, err := x.tryModule(moduleInput{Name: &n, ClientToken: token})
			return aws.ToString(valueOf(out).Id), err
		},
		"StartAttachedFileUpload": func(token *string, _ string) (string, error) {
			out, err := f.start(connect.StartAttachedFileUploadInput{FileName: aws.String("a.txt"), FileSizeInBytes: aws.Int64(1), ClientToken: token})
			return aws.ToString(valueOf(out).FileId), err
		},
		"AssociateApprovedOrigin":    func(token *string, _ string) (string, error) { return "", x.approve(origin, token) },
		"AssociateLambdaFunction":    func(token *string, _ string) (string, error) { return "", x.associate(lookup, *token) },
		"DisassociateLambdaFunction": func(token *string, _ string) (string, error) { return "", x.disassociate(other, *token) },
		"DisassociateApprovedOrigin": func(token *string, _ string) (string, error) { return "", x.disapprove(gone, token) },
		"DisassociateInstanceStorageConfig": func(token *string, _ string) (string, error) {
			_, err := x.sdk.DisassociateInstanceStorageConfig(x.ctx, &connect.DisassociateInstanceStorageConfigInput{
				InstanceId: &x.InstanceID, ResourceType: types.InstanceStorageResourceTypeAgentEvents, AssociationId: stream.AssociationId, ClientToken: token,
			})
			return "", err
		},
	} {
		t.Run(operation, func(t *testing.T) {
			x := x.in(t)
			const token = "Token-A"
			first, err := do(aws.String(token), "first")
			x.ok(err)
			again, err := do(aws.String(token), "first")
			if err != nil || again != first {
				t.Errorf("with its token: %q, %v, want %q", again, err, first)
			}
			other, err := do(aws.String(strings.ToLower(token)), "second")
			if err == nil && other == first {
				t.Errorf("with the token in small letters: %q, which is the first, want another or a refusal", other)
			}
		})
	}
}
