package main

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// TestClients has each client tell the same story, unmodified and with its requests signed: look around, start a
// task for now and one for later, see it, have the agent work it, see what became of it, be refused. And have more
// tasks: by quick connect and template, set aside and taken up, handed on, put off, changed, tagged, recorded.
func TestClients(t *testing.T) {
	b, _ := start(t, "serve")
	env := append(os.Environ(),
		"ENDPOINT="+b.Endpoint, "AWS_REGION="+b.Region, "AWS_DEFAULT_REGION="+b.Region,
		"AWS_ACCESS_KEY_ID="+b.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+b.SecretAccessKey,
		"INSTANCE_ID="+b.InstanceID, "FLOW_ID="+b.ContactFlowID, "QUEUE_ID="+b.QueueID,
		"TEMPLATE_ID="+b.TaskTemplateID, "QUICK_CONNECT_ID="+b.QuickConnectIDs.Queue,
		"AGENT_ID="+b.Agent.UserID, "AGENT_NAME="+b.Agent.Username, "AGENT_PASSWORD="+b.Agent.Password,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
	)
	t.Run("go", func(t *testing.T) { goStory(t, b) })
	for _, c := range []struct {
		name    string
		probe   []string // runs when the client is there
		command []string
		get     string // how to get the client where it is missing
	}{
		{"javascript", []string{"node", "-e", `require.resolve("@aws-sdk/client-connect", {paths: ["testdata/clients"]})`}, []string{"node", "testdata/clients/story.mjs"}, "run `make prepare`, with Node.js 20 or later"},
		{"boto3", []string{"python3", "-c", "import boto3"}, []string{"python3", "testdata/clients/story.py"}, "install python3-boto3"},
		{"aws", []string{"aws", "--version"}, []string{"bash", "testdata/clients/story.sh"}, "install awscli"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.CommandContext(t.Context(), c.probe[0], c.probe[1:]...).CombinedOutput(); err != nil {
				t.Logf("%s", out)
				need(t, "clients", "the client for "+c.name+" is not installed: "+c.get)
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
	goMoreTasks(t, client, b)
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

// goMoreTasks is the part of the story about the rest of a task's life.
func goMoreTasks(t *testing.T, client *connect.Client, b bootstrap) {
	ctx := context.Background()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	describe := func(id *string) *types.Contact {
		t.Helper()
		out, err := client.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &b.InstanceID, ContactId: id})
		must(out, err)
		return out.Contact
	}
	task, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{
		InstanceId: &b.InstanceID, QuickConnectId: &b.QuickConnectIDs.Queue, Name: aws.String("by quick connect"),
	})
	must(task, err)
	must(client.TagContact(ctx, &connect.TagContactInput{InstanceId: &b.InstanceID, ContactId: task.ContactId, Tags: map[string]string{"team": "refunds"}}))
	must(client.PauseContact(ctx, &connect.PauseContactInput{InstanceId: &b.InstanceID, ContactId: task.ContactId}))
	if c := describe(task.ContactId); c.LastPausedTimestamp == nil || c.Tags["team"] != "refunds" {
		t.Errorf("paused: %+v", c)
	}
	must(client.ResumeContact(ctx, &connect.ResumeContactInput{InstanceId: &b.InstanceID, ContactId: task.ContactId, ContactFlowId: &b.ContactFlowID}))
	next, err := client.TransferContact(ctx, &connect.TransferContactInput{
		InstanceId: &b.InstanceID, ContactId: task.ContactId, ContactFlowId: &b.ContactFlowID, QueueId: &b.QueueID,
	})
	must(next, err)
	if c := describe(next.ContactId); *c.PreviousContactId != *task.ContactId || c.InitiationMethod != types.ContactInitiationMethodTransfer {
		t.Errorf("transferred: %+v", c)
	}
	must(client.StopContact(ctx, &connect.StopContactInput{InstanceId: &b.InstanceID, ContactId: next.ContactId}))

	at := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	later, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{
		InstanceId: &b.InstanceID, TaskTemplateId: &b.TaskTemplateID, Name: aws.String("by template"), ScheduledTime: &at,
	})
	must(later, err)
	at = at.Add(time.Hour)
	must(client.UpdateContactSchedule(ctx, &connect.UpdateContactScheduleInput{InstanceId: &b.InstanceID, ContactId: later.ContactId, ScheduledTime: &at}))
	must(client.UpdateContact(ctx, &connect.UpdateContactInput{InstanceId: &b.InstanceID, ContactId: later.ContactId, Name: aws.String("renamed")}))
	if c := describe(later.ContactId); !c.ScheduledTimestamp.Equal(at) || *c.Name != "renamed" {
		t.Errorf("put off and renamed: %+v", c)
	}
	must(client.StopContact(ctx, &connect.StopContactInput{InstanceId: &b.InstanceID, ContactId: later.ContactId}))

	done, err := client.CreateContact(ctx, &connect.CreateContactInput{
		InstanceId: &b.InstanceID, Channel: types.ChannelTask, InitiationMethod: types.ContactInitiationMethodApi,
		InitiateAs: types.InitiateAsCompleted, Name: aws.String("done by hand"),
	})
	must(done, err)
	if c := describe(done.ContactId); c.DisconnectTimestamp == nil {
		t.Errorf("recorded as done: %+v", c)
	}
}
