package main

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// TestClients has each client tell the same story, unmodified and with its requests signed: look around, start a
// task for now and one for later, see it, have the agent work it, see what became of it, be refused.
func TestClients(t *testing.T) {
	b, _ := start(t, "serve")
	env := append(os.Environ(),
		"ENDPOINT="+b.Endpoint, "AWS_REGION="+b.Region, "AWS_DEFAULT_REGION="+b.Region,
		"AWS_ACCESS_KEY_ID="+b.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+b.SecretAccessKey,
		"INSTANCE_ID="+b.InstanceID, "FLOW_ID="+b.ContactFlowID, "QUEUE_ID="+b.QueueID,
		"AGENT_ID="+b.Agent.UserID, "AGENT_NAME="+b.Agent.Username, "AGENT_PASSWORD="+b.Agent.Password,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
	)
	t.Run("go", func(t *testing.T) { goStory(t, b) })
	for _, c := range []struct {
		name    string
		probe   []string // runs when the client is there
		command []string
	}{
		{"javascript", []string{"node", "-e", `require.resolve("@aws-sdk/client-connect", {paths: ["testdata/clients"]})`}, []string{"node", "testdata/clients/story.mjs"}},
		{"boto3", []string{"python3", "-c", "import boto3"}, []string{"python3", "testdata/clients/story.py"}},
		{"aws", []string{"aws", "--version"}, []string{"bash", "testdata/clients/story.sh"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.CommandContext(t.Context(), c.probe[0], c.probe[1:]...).CombinedOutput(); err != nil {
				need(t, "clients", c.name+" is not installed: "+string(out))
			}
			cmd := exec.CommandContext(t.Context(), c.command[0], c.command[1:]...)
			cmd.Env = env
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// goStory is the story with the AWS SDK for Go.
func goStory(t *testing.T, b bootstrap) {
	ctx := context.Background()
	client := connect.New(connect.Options{
		BaseEndpoint: &b.Endpoint, Region: b.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey}, nil
		}),
	})
	started, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{
		InstanceId: &b.InstanceID, ContactFlowId: &b.ContactFlowID, Name: aws.String("Go"),
		Attributes: map[string]string{"tier": "gold"},
		References: map[string]types.Reference{"Order": {Type: types.ReferenceTypeUrl, Value: aws.String("https://example.com/1")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	refs, err := client.ListContactReferences(ctx, &connect.ListContactReferencesInput{
		InstanceId: &b.InstanceID, ContactId: started.ContactId, ReferenceTypes: []types.ReferenceType{types.ReferenceTypeUrl},
	})
	if err != nil {
		t.Fatal(err)
	}
	if url, ok := refs.ReferenceSummaryList[0].(*types.ReferenceSummaryMemberUrl); !ok || *url.Value.Value != "https://example.com/1" {
		t.Errorf("ListContactReferences = %#v", refs.ReferenceSummaryList)
	}
	if _, err := client.StopContact(ctx, &connect.StopContactInput{InstanceId: &b.InstanceID, ContactId: started.ContactId}); err != nil {
		t.Fatal(err)
	}
	pages := connect.NewListContactFlowsPaginator(client, &connect.ListContactFlowsInput{InstanceId: &b.InstanceID, MaxResults: aws.Int32(4)})
	flows := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		flows += len(page.ContactFlowSummaryList)
	}
	if flows != 9 {
		t.Errorf("%d flows on the pages, want 9", flows)
	}
}
