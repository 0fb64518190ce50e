package awsapi_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// connects makes quick connects on a server and looks at them.
type connects struct {
	*servertest.Server
	*testing.T
	ctx                  context.Context
	client               *connect.Client
	toUser, toQueue, any string // flows, by what they are for
}

func newConnects(t *testing.T, change ...func(*server.Config)) *connects {
	t.Helper()
	s := servertest.New(t, change...)
	c := &connects{Server: s, T: t, ctx: context.Background(), client: s.Client(), any: s.FlowID}
	flows, err := c.client.ListContactFlows(c.ctx, &connect.ListContactFlowsInput{InstanceId: &s.InstanceID})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows.ContactFlowSummaryList {
		switch f.ContactFlowType {
		case types.ContactFlowTypeAgentTransfer:
			c.toUser = *f.Id
		case types.ContactFlowTypeQueueTransfer:
			c.toQueue = *f.Id
		default: // is for something else
		}
	}
	return c
}

func (c *connects) queue(id, flow string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypeQueue, QueueConfig: &types.QueueQuickConnectConfig{QueueId: &id, ContactFlowId: &flow}}
}

func (c *connects) user(id, flow string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{UserId: &id, ContactFlowId: &flow}}
}

func phone(number string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: &number}}
}

func toFlow(id string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypeFlow, FlowConfig: &types.FlowQuickConnectConfig{ContactFlowId: &id}}
}

func (c *connects) try(name string, config *types.QuickConnectConfig) (*connect.CreateQuickConnectOutput, error) {
	return c.client.CreateQuickConnect(c.ctx, &connect.CreateQuickConnectInput{InstanceId: &c.InstanceID, Name: &name, QuickConnectConfig: config})
}

// create makes a quick connect and returns its id.
func (c *connects) create(name string, config *types.QuickConnectConfig) string {
	c.Helper()
	out, err := c.try(name, config)
	if err != nil {
		c.Fatalf("CreateQuickConnect %s: %v", name, err)
	}
	return *out.QuickConnectId
}

func (c *connects) describe(id string) *types.QuickConnect {
	c.Helper()
	out, err := c.client.DescribeQuickConnect(c.ctx, &connect.DescribeQuickConnectInput{InstanceId: &c.InstanceID, QuickConnectId: &id})
	if err != nil {
		c.Fatalf("DescribeQuickConnect: %v", err)
	}
	return out.QuickConnect
}

func summaries(list []types.QuickConnectSummary) []string {
	var names []string
	for _, q := range list {
		names = append(names, *q.Name)
	}
	return names
}

func (c *connects) want(what string, got []string, want ...string) {
	c.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestQuickConnectsOfEveryTypeAreKept(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	for name, config := range map[string]*types.QuickConnectConfig{
		"to the agent": c.user(c.Agent.UserID, c.toUser), "to the queue": c.queue(c.QueueID, c.toQueue),
		"to a phone": phone("+14155550100"), "to a flow": toFlow(c.any),
	} {
		out, err := c.client.CreateQuickConnect(c.ctx, &connect.CreateQuickConnectInput{
			InstanceId: &c.InstanceARN, Name: &name, Description: aws.String("leads " + name), QuickConnectConfig: config,
			Tags: map[string]string{"team": "a"},
		})
		if err != nil {
			t.Fatalf("CreateQuickConnect %s: %v", name, err)
		}
		if want := c.InstanceARN + "/transfer-destination/" + *out.QuickConnectId; *out.QuickConnectARN != want {
			t.Errorf("QuickConnectARN = %s, want %s", *out.QuickConnectARN, want)
		}
		got := c.describe(*out.QuickConnectARN)
		if *got.Name != name || *got.Description != "leads "+name || got.Tags["team"] != "a" || got.LastModifiedTime == nil ||
			*got.LastModifiedRegion != c.Region || *got.QuickConnectId != *out.QuickConnectId {
			t.Errorf("DescribeQuickConnect = %+v", got)
		}
		if diff := cmp.Diff(describeConfig(config), describeConfig(got.QuickConnectConfig)); diff != "" {
			t.Errorf("configuration of %s (-want +got):\n%s", name, diff)
		}
	}
}

// describeConfig puts a configuration in one line.
func describeConfig(c *types.QuickConnectConfig) string {
	line := string(c.QuickConnectType)
	if u := c.UserConfig; u != nil {
		line += " user " + *u.UserId + " flow " + *u.ContactFlowId
	}
	if q := c.QueueConfig; q != nil {
		line += " queue " + *q.QueueId + " flow " + *q.ContactFlowId
	}
	if p := c.PhoneConfig; p != nil {
		line += " phone " + *p.PhoneNumber
	}
	if f := c.FlowConfig; f != nil {
		line += " only flow " + *f.ContactFlowId
	}
	return line
}

func TestQuickConnectKeepsIDsForARNs(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	id := c.create("by ARN", c.user(c.InstanceARN+"/agent/"+c.Agent.UserID, c.InstanceARN+"/contact-flow/"+c.toUser))
	if got, want := describeConfig(c.describe(id).QuickConnectConfig), describeConfig(c.user(c.Agent.UserID, c.toUser)); got != want {
		t.Errorf("configuration %s, want %s", got, want)
	}
}

func TestWrongQuickConnects(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	kept := c.create("kept", phone("+14155550100"))
	two := c.queue(c.QueueID, c.toQueue)
	two.PhoneConfig = phone("+14155550100").PhoneConfig
	other := phone("+14155550100")
	other.QuickConnectType = types.QuickConnectTypeFlow
	tests := []struct {
		name   string
		config *types.QuickConnectConfig
		wrong  func(error) bool
		says   string
	}{
		{"two members", two, isA[*types.InvalidParameterException], "PhoneConfig does not belong to QuickConnectType QUEUE"},
		{"no member", &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypeUser}, isA[*types.InvalidParameterException], "UserConfig is required"},
		{"another type's member", other, isA[*types.InvalidParameterException], "PhoneConfig does not belong"},
		{"no phone number", phone("555-0100"), isA[*types.InvalidParameterException], "PhoneNumber"},
		{"a phone number with a line end", phone("+14155550100\n"), isA[*types.InvalidParameterException], "PhoneNumber"},
		{"unknown user", c.user(unknown, c.toUser), isA[*types.ResourceNotFoundException], "user " + unknown},
		{"a user's ARN of another kind", c.user(c.InstanceARN+"/queue/"+c.QueueID, c.toUser), isA[*types.ResourceNotFoundException], "user"},
		{"unknown queue", c.queue(unknown, c.toQueue), isA[*types.ResourceNotFoundException], "queue " + unknown},
		{"unknown flow to a user", c.user(c.Agent.UserID, unknown), isA[*types.ResourceNotFoundException], "flow " + unknown},
		{"unknown flow to a queue", c.queue(c.QueueID, unknown), isA[*types.ResourceNotFoundException], "flow " + unknown},
		{"unknown flow", toFlow(unknown), isA[*types.ResourceNotFoundException], "flow " + unknown},
		{"queue flow to a user", c.user(c.Agent.UserID, c.toQueue), isA[*types.InvalidParameterException], "AGENT_TRANSFER"},
		{"agent flow to a queue", c.queue(c.QueueID, c.toUser), isA[*types.InvalidParameterException], "QUEUE_TRANSFER"},
		{"plain flow to a queue", c.queue(c.QueueID, c.any), isA[*types.InvalidParameterException], "CONTACT_FLOW"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := c.try("new", tt.config); !tt.wrong(err) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("CreateQuickConnect: %v, want one that says %s", err, tt.says)
			}
			_, err := c.client.UpdateQuickConnectConfig(c.ctx, &connect.UpdateQuickConnectConfigInput{
				InstanceId: &c.InstanceID, QuickConnectId: &kept, QuickConnectConfig: tt.config,
			})
			if !tt.wrong(err) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("UpdateQuickConnectConfig: %v, want one that says %s", err, tt.says)
			}
			if got := describeConfig(c.describe(kept).QuickConnectConfig); got != "PHONE_NUMBER phone +14155550100" {
				t.Errorf("a refused update has left %s", got)
			}
		})
	}
	if _, err := c.try("kept", phone("+14155550100")); !isA[*types.DuplicateResourceException](err) {
		t.Errorf("second quick connect of the name: %v", err)
	}
}

func TestUnknownQuickConnects(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	none, name := unknown, "n"
	for what, call := range map[string]func() error{
		"describe": func() error {
			_, err := c.client.DescribeQuickConnect(c.ctx, &connect.DescribeQuickConnectInput{InstanceId: &c.InstanceID, QuickConnectId: &none})
			return err
		},
		"rename": func() error {
			_, err := c.client.UpdateQuickConnectName(c.ctx, &connect.UpdateQuickConnectNameInput{InstanceId: &c.InstanceID, QuickConnectId: &none, Name: &name})
			return err
		},
		"configure": func() error {
			_, err := c.client.UpdateQuickConnectConfig(c.ctx, &connect.UpdateQuickConnectConfigInput{InstanceId: &c.InstanceID, QuickConnectId: &none, QuickConnectConfig: phone("+14155550100")})
			return err
		},
		"delete": func() error {
			_, err := c.client.DeleteQuickConnect(c.ctx, &connect.DeleteQuickConnectInput{InstanceId: &c.InstanceID, QuickConnectId: &none})
			return err
		},
		"associate":                     func() error { return c.associate(c.QueueID, none) },
		"disassociate":                  func() error { return c.disassociate(c.QueueID, none) },
		"associate with no queue":       func() error { return c.associate(none, c.create("spare", phone("+14155550100"))) },
		"disassociate from no queue":    func() error { return c.disassociate(none, c.create("spare too", phone("+14155550100"))) },
		"a queue of an unknown connect": func() error { _, err := c.createQueue("q", none); return err },
		"list of no queue": func() error {
			_, err := c.client.ListQueueQuickConnects(c.ctx, &connect.ListQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &none})
			return err
		},
	} {
		if err := call(); !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("%s: %v, want ResourceNotFoundException", what, err)
		}
	}
}

func TestQuickConnectIsReplacedAndRenamed(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	id := c.create("one", c.queue(c.QueueID, c.toQueue))
	c.create("two", phone("+14155550100"))
	if _, err := c.client.UpdateQuickConnectConfig(c.ctx, &connect.UpdateQuickConnectConfigInput{
		InstanceId: &c.InstanceID, QuickConnectId: &id, QuickConnectConfig: phone("+442071838750"),
	}); err != nil {
		t.Fatal(err)
	}
	if got := describeConfig(c.describe(id).QuickConnectConfig); got != "PHONE_NUMBER phone +442071838750" {
		t.Errorf("after the update: %s; nothing of the queue may be left", got)
	}
	rename := func(name, description *string) error {
		_, err := c.client.UpdateQuickConnectName(c.ctx, &connect.UpdateQuickConnectNameInput{
			InstanceId: &c.InstanceID, QuickConnectId: &id, Name: name, Description: description,
		})
		return err
	}
	for _, step := range []struct {
		name, description         *string
		wantName, wantDescription string
	}{
		{nil, aws.String("a telephone"), "one", "a telephone"},
		{aws.String("three"), nil, "three", "a telephone"},
		{aws.String("three"), aws.String(""), "three", ""},
	} {
		if err := rename(step.name, step.description); err != nil {
			t.Fatal(err)
		}
		if err := rename(nil, nil); !is[*types.InvalidRequestException](err) {
			t.Errorf("neither name nor description: %v", err)
		}
		got := c.describe(id)
		if *got.Name != step.wantName || aws.ToString(got.Description) != step.wantDescription {
			t.Errorf("after the update: %s, %v; want %s, %q", *got.Name, got.Description, step.wantName, step.wantDescription)
		}
	}
	if err := rename(aws.String("two"), nil); !isA[*types.InvalidRequestException](err) { // declares no DuplicateResource
		t.Errorf("renamed to a name that is taken: %v", err)
	}
	c.create("one", phone("+14155550100")) // the name is free again
}

func TestQuickConnectsAreListedByType(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	c.create("b phone", phone("+14155550100"))
	c.create("a flow", toFlow(c.any))
	list := func(in connect.ListQuickConnectsInput) []string {
		t.Helper()
		in.InstanceId = &c.InstanceID
		names := []string{}
		pages := connect.NewListQuickConnectsPaginator(c.client, &in)
		for _, out := range pagesOf(t, pages) {
			names = append(names, summaries(out.QuickConnectSummaryList)...)
		}
		return names
	}
	c.want("all", list(connect.ListQuickConnectsInput{}), "BasicQueue", "a flow", "agent", "b phone")
	c.want("all, page by page", list(connect.ListQuickConnectsInput{MaxResults: aws.Int32(1)}), "BasicQueue", "a flow", "agent", "b phone")
	c.want("queues and phones", list(connect.ListQuickConnectsInput{
		MaxResults: aws.Int32(1), QuickConnectTypes: []types.QuickConnectType{types.QuickConnectTypeQueue, types.QuickConnectTypePhoneNumber},
	}), "BasicQueue", "b phone")
	c.want("users", list(connect.ListQuickConnectsInput{QuickConnectTypes: []types.QuickConnectType{types.QuickConnectTypeUser}}), "agent")
}
