package awsapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

func storages(t *testing.T, s *servertest.Server, kind types.InstanceStorageResourceType) []types.InstanceStorageConfig {
	t.Helper()
	out, err := s.Client().ListInstanceStorageConfigs(context.Background(), &connect.ListInstanceStorageConfigsInput{
		InstanceId: &s.InstanceID, ResourceType: kind,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.StorageConfigs
}

func bucket(name string) *types.InstanceStorageConfig {
	return &types.InstanceStorageConfig{
		StorageType: types.StorageTypeS3, S3Config: &types.S3Config{BucketName: &name, BucketPrefix: aws.String("files")},
	}
}

func TestStorageConfigSwitchesAttachments(t *testing.T) {
	t.Parallel()
	f := newFiling(t)
	c, ctx := f.Client(), context.Background()
	all := storages(t, f.Server, types.InstanceStorageResourceTypeAttachments)
	if len(all) != 1 || all[0].StorageType != types.StorageTypeS3 || *all[0].S3Config.BucketName == "" {
		t.Fatalf("a new instance has %+v", all)
	}
	stock := all[0].AssociationId
	if none := storages(t, f.Server, types.InstanceStorageResourceTypeCallRecordings); len(none) > 0 {
		t.Errorf("call recordings have %v", none)
	}
	associate := &connect.AssociateInstanceStorageConfigInput{
		InstanceId: &f.InstanceID, ResourceType: types.InstanceStorageResourceTypeAttachments, StorageConfig: bucket("mine"),
		ClientToken: aws.String("T"),
	}
	_, err := c.AssociateInstanceStorageConfig(ctx, associate)
	if _, is := errors.AsType[*types.ResourceConflictException](err); !is {
		t.Errorf("a second one: %v", err)
	}
	id := f.upload("a.txt", "hello")
	disassociate := &connect.DisassociateInstanceStorageConfigInput{
		InstanceId: &f.InstanceID, ResourceType: types.InstanceStorageResourceTypeAttachments, AssociationId: stock,
		ClientToken: aws.String("D"),
	}
	for range 2 { // the token makes one of it
		if _, err := c.DisassociateInstanceStorageConfig(ctx, disassociate); err != nil {
			t.Fatal(err)
		}
	}
	_, err = f.start(connect.StartAttachedFileUploadInput{FileName: aws.String("b.txt"), FileSizeInBytes: aws.Int64(1)})
	if _, is := errors.AsType[*types.InvalidRequestException](err); !is || !strings.Contains(err.Error(), "not enabled") {
		t.Errorf("upload without a storage: %v", err)
	}
	_, err = c.StartTaskContact(ctx, &connect.StartTaskContactInput{
		InstanceId: &f.InstanceID, ContactFlowId: &f.FlowID, Name: aws.String("n"),
		Attachments: []types.TaskAttachment{{FileName: aws.String("a.txt"), S3Url: aws.String("https://bucket/a")}},
	})
	if _, is := errors.AsType[*types.InvalidRequestException](err); !is || !strings.Contains(err.Error(), "not enabled") {
		t.Errorf("a task with a file without a storage: %v", err)
	}
	if _, err := f.get(id, nil); err != nil {
		t.Errorf("the file that was there: %v", err)
	}
	first, err := c.AssociateInstanceStorageConfig(ctx, associate)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.AssociateInstanceStorageConfig(ctx, associate)
	if err != nil || *again.AssociationId != *first.AssociationId {
		t.Errorf("again: %v, %v", again, err)
	}
	f.upload("b.txt", "hello")
}

func TestStorageConfigIsKept(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	c, ctx := s.Client(), context.Background()
	id := storages(t, s, types.InstanceStorageResourceTypeAttachments)[0].AssociationId
	_, err := c.UpdateInstanceStorageConfig(ctx, &connect.UpdateInstanceStorageConfigInput{
		InstanceId: &s.InstanceID, AssociationId: id, ResourceType: types.InstanceStorageResourceTypeAttachments, StorageConfig: bucket("other"),
	})
	if err != nil {
		t.Fatal(err)
	}
	describe := func(kind types.InstanceStorageResourceType, id string) (*connect.DescribeInstanceStorageConfigOutput, error) {
		return c.DescribeInstanceStorageConfig(ctx, &connect.DescribeInstanceStorageConfigInput{
			InstanceId: &s.InstanceID, AssociationId: &id, ResourceType: kind,
		})
	}
	got, err := describe(types.InstanceStorageResourceTypeAttachments, *id)
	if err != nil || *got.StorageConfig.AssociationId != *id || *got.StorageConfig.S3Config.BucketName != "other" || *got.StorageConfig.S3Config.BucketPrefix != "files" {
		t.Errorf("DescribeInstanceStorageConfig = %+v, %v", got, err)
	}
	_, nothing := describe(types.InstanceStorageResourceTypeAttachments, unknown)
	_, other := describe(types.InstanceStorageResourceTypeAgentEvents, *id)
	_, update := c.UpdateInstanceStorageConfig(ctx, &connect.UpdateInstanceStorageConfigInput{
		InstanceId: &s.InstanceID, AssociationId: id, ResourceType: types.InstanceStorageResourceTypeAgentEvents, StorageConfig: bucket("other"),
	})
	_, disassociate := c.DisassociateInstanceStorageConfig(ctx, &connect.DisassociateInstanceStorageConfigInput{
		InstanceId: &s.InstanceID, AssociationId: aws.String(unknown), ResourceType: types.InstanceStorageResourceTypeAttachments,
	})
	for name, err := range map[string]error{"unknown": nothing, "other type": other, "update": update, "disassociate": disassociate} {
		if _, is := errors.AsType[*types.ResourceNotFoundException](err); !is {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStorageConfigIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	both := bucket("mine")
	both.KinesisStreamConfig = &types.KinesisStreamConfig{StreamArn: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/s")}
	for _, tt := range []struct {
		name   string
		kind   types.InstanceStorageResourceType
		config *types.InstanceStorageConfig
		says   string
	}{
		{"a stream besides", types.InstanceStorageResourceTypeAttachments, both, "StorageType S3, and only that"},
		{"another member", types.InstanceStorageResourceTypeAgentEvents, &types.InstanceStorageConfig{
			StorageType: types.StorageTypeKinesisFirehose, KinesisStreamConfig: both.KinesisStreamConfig,
		}, "StorageType KINESIS_FIREHOSE, and only that"},
		{"a stream", types.InstanceStorageResourceTypeAttachments, &types.InstanceStorageConfig{
			StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: both.KinesisStreamConfig,
		}, "StorageType S3"},
		{"no bucket", types.InstanceStorageResourceTypeAttachments, &types.InstanceStorageConfig{StorageType: types.StorageTypeS3}, "StorageType S3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Client().AssociateInstanceStorageConfig(context.Background(), &connect.AssociateInstanceStorageConfigInput{
				InstanceId: &s.InstanceID, ResourceType: tt.kind, StorageConfig: tt.config,
			})
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "StatusCode: 500") {
				t.Errorf("%v, want %q", err, tt.says)
			}
		})
	}
}
