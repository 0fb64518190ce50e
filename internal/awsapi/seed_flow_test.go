package awsapi_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// connectTo makes a quick connect and returns its id.
func (x *trial) connectTo(name string, config *types.QuickConnectConfig) string {
	x.t.Helper()
	out, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{InstanceId: &x.InstanceID, Name: &name, QuickConnectConfig: config})
	x.ok(err)
	return *out.QuickConnectId
}

func toQueue(queue, flow string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{
		QuickConnectType: types.QuickConnectTypeQueue,
		QueueConfig:      &types.QueueQuickConnectConfig{QueueId: &queue, ContactFlowId: &flow},
	}
}

func toUser(user, flow string) *types.QuickConnectConfig {
	return &types.QuickConnectConfig{
		QuickConnectType: types.QuickConnectTypeUser,
		UserConfig:       &types.UserQuickConnectConfig{UserId: &user, ContactFlowId: &flow},
	}
}

// template makes the smallest template there can be. The request may be changed before it is sent.
func (x *trial) template(name string, change ...func(*connect.CreateTaskTemplateInput)) string {
	x.t.Helper()
	in := titled(x.Server, name)
	for _, f := range change {
		f(in)
	}
	return createTemplate(x.t, x.Server, in)
}

// flowless takes the flow of a template away. It then needs a field for a quick connect.
func flowless(in *connect.CreateTaskTemplateInput) {
	in.ContactFlowId = nil
	in.Fields = append(in.Fields, templateField("Who", types.TaskTemplateFieldTypeQuickConnect))
}

func s17(x *trial) {
	flow := x.marked("s17", types.ContactFlowTypeContactFlow, x.QueueID)
	for _, id := range []string{flow, x.InstanceARN + "/contact-flow/" + flow} {
		x.wantAttribute("ran", "s17", x.start(startInput{ContactFlowId: &id}))
	}
}

func s18(x *trial) {
	flow := x.marked("s18", types.ContactFlowTypeQueueTransfer)
	q := x.connectTo("s18", toQueue(x.QueueID, flow))
	x.wantAttribute("ran", "s18", x.start(startInput{QuickConnectId: &q}))
}

func s19(x *trial) {
	flow := x.marked("s19", types.ContactFlowTypeAgentTransfer)
	q := x.connectTo("s19", toUser(x.Admin.UserID, flow))
	id := x.start(startInput{QuickConnectId: &q})
	x.wantAttribute("ran", "s19", id)
	if got := inQueue(x.Describe(id)); got != x.Admin.UserID {
		x.t.Errorf("the task is in queue %q, want that of user %s", got, x.Admin.UserID)
	}
	stock := x.start(startInput{QuickConnectId: &x.QuickConnectIDs.Agent})
	if got := inQueue(x.Describe(stock)); got != x.Agent.UserID {
		x.t.Errorf("by the stock quick connect the task is in queue %q, want that of user %s", got, x.Agent.UserID)
	}
	x.stop(stock)
}

func s20(x *trial) {
	queue := x.queue("s20")
	q := x.connectTo("s20", toQueue(queue, x.marked("s20", types.ContactFlowTypeQueueTransfer)))
	id := x.start(startInput{QuickConnectId: &q})
	x.wantAttribute("ran", "s20", id)
	if got := inQueue(x.Describe(id)); got != queue {
		x.t.Errorf("the task is in queue %q, want %s", got, queue)
	}
	if got := inQueue(x.Describe(x.start(startInput{QuickConnectId: &x.QuickConnectIDs.Queue}))); got != x.QueueID {
		x.t.Errorf("by the stock quick connect the task is in queue %q, want BasicQueue", got)
	}
}

func s21(x *trial) {
	flow := x.marked("s21", types.ContactFlowTypeContactFlow, x.QueueID)
	template := x.template("s21", func(in *connect.CreateTaskTemplateInput) { in.ContactFlowId = &flow })
	id := x.start(startInput{TaskTemplateId: &template})
	x.wantAttribute("ran", "s21", id)
	x.start(startInput{TaskTemplateId: &x.TemplateID})
}

func s22(x *trial) {
	flow, connectID, template := &x.FlowID, &x.QuickConnectIDs.Queue, &x.TemplateID
	for name, in := range map[string]startInput{
		"ContactFlowId, QuickConnectId":                 {ContactFlowId: flow, QuickConnectId: connectID},
		"ContactFlowId, TaskTemplateId":                 {ContactFlowId: flow, TaskTemplateId: template},
		"QuickConnectId, TaskTemplateId":                {QuickConnectId: connectID, TaskTemplateId: template},
		"ContactFlowId, QuickConnectId, TaskTemplateId": {ContactFlowId: flow, QuickConnectId: connectID, TaskTemplateId: template},
	} {
		_, err := x.try(in)
		x.refused(err, invalidRequest, 400, strings.Split(name, ", ")...)
	}
	// So it is when only one of them brings a flow ("if more than one parameter is specified").
	bare := x.template("s22", flowless)
	for _, in := range []startInput{
		{ContactFlowId: flow, TaskTemplateId: &bare},
		{QuickConnectId: connectID, TaskTemplateId: &bare},
		{ContactFlowId: flow, QuickConnectId: connectID, TaskTemplateId: &bare},
	} {
		_, err := x.try(in)
		x.refused(err, invalidRequest, 400, "only one of ContactFlowId, QuickConnectId, TaskTemplateId")
	}
}

// lenient is a server that takes more than one of flow, quick connect and template (--lenient-flow).
func lenient(c *server.Config) { c.LenientFlow = true }

func TestLenientFlowTakesWhatNamesOneFlow(t *testing.T) {
	t.Parallel()
	x := newTrial(t, lenient)
	flow, connectID, bare := &x.FlowID, &x.QuickConnectIDs.Queue, x.template("bare", flowless)
	for _, tt := range []struct {
		in    startInput
		taken bool
	}{
		{startInput{ContactFlowId: flow, TaskTemplateId: &bare}, true},
		{startInput{QuickConnectId: connectID, TaskTemplateId: &bare}, true},
		{startInput{ContactFlowId: flow, QuickConnectId: connectID, TaskTemplateId: &bare}, false},
		{startInput{ContactFlowId: flow, QuickConnectId: connectID}, false},
		{startInput{ContactFlowId: flow, TaskTemplateId: &x.TemplateID}, false},
		{startInput{QuickConnectId: connectID, TaskTemplateId: &x.TemplateID}, false},
	} {
		_, err := x.try(tt.in)
		if !tt.taken {
			x.refused(err, invalidRequest, 400, "unique flow")
			continue
		}
		x.ok(err)
	}
}

func s23(x *trial) {
	bare := x.template("s23", flowless)
	_, err := x.try(startInput{TaskTemplateId: &bare})
	x.refused(err, invalidRequest, 400, "TaskTemplateId", "no flow")
}

func s24(x *trial) {
	in := startInput{InstanceId: &x.InstanceID, Name: aws.String("n")}
	_, err := x.sdk.StartTaskContact(x.ctx, &in)
	x.refused(err, invalidRequest, 400, "ContactFlowId", "QuickConnectId", "TaskTemplateId")
}

func s25(x *trial) {
	x = newTrial(x.t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 3} })
	open := []string{x.begin(), x.start(startInput{ScheduledTime: aws.Time(x.Now().AddDate(0, 0, 1))}), x.begin()}
	_, err := x.sdk.PauseContact(x.ctx, &connect.PauseContactInput{InstanceId: &x.InstanceID, ContactId: &open[2]})
	x.ok(err) // scheduled and paused tasks count
	for range 2 {
		_, err = x.try(startInput{})
		x.refused(err, quotaExceeded, 402, "active tasks")
	}
	x.stop(open[1])
	x.begin()
	_, err = x.try(startInput{})
	x.refused(err, quotaExceeded, 402)
}

func s26(x *trial) {
	out, err := x.sdk.DescribeContactFlow(x.ctx, &connect.DescribeContactFlowInput{InstanceId: &x.InstanceID, ContactFlowId: &x.FlowID})
	x.ok(err)
	arn := *out.ContactFlow.Arn
	if last := arn[strings.LastIndex(arn, "/")+1:]; last != x.FlowID || *out.ContactFlow.Id != x.FlowID {
		x.t.Errorf("the ARN of flow %s is %s", x.FlowID, arn)
	}
}
