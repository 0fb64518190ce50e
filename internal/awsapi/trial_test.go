package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// unknown has the form of an id, and is the id of nothing.
const unknown = "99999999-9999-4999-8999-999999999999"

// trial is a server under test, with the SDK's client of it.
type trial struct {
	*servertest.Server

	t   *testing.T
	sdk *connect.Client
	ctx context.Context //nolint:containedctx // of the test
}

// newTrial starts a server that takes any access key, so that requests can be sent that no SDK would send.
func newTrial(t *testing.T, change ...func(*server.Config)) *trial {
	t.Helper()
	change = append([]func(*server.Config){func(c *server.Config) { c.Auth = "off" }}, change...)
	s := servertest.New(t, change...)
	return &trial{Server: s, t: t, sdk: s.Client(), ctx: context.Background()}
}

// in is the same trial in a subtest.
func (x *trial) in(t *testing.T) *trial {
	other := *x
	other.t, other.Server = t, x.In(t)
	return &other
}

// ok ends the test unless a call has succeeded.
func (x *trial) ok(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

// paginator is what the SDK has for an operation that answers in pages.
type paginator[O any] interface {
	HasMorePages() bool
	NextPage(ctx context.Context, change ...func(*connect.Options)) (O, error)
}

// pagesOf are all pages of an operation; the test ends unless every one of them is answered.
func pagesOf[O any](t *testing.T, p paginator[O]) (all []O) {
	t.Helper()
	for p.HasMorePages() {
		out, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatalf("page %d: %v", len(all)+1, err)
		}
		all = append(all, out)
	}
	return all
}

type startInput = connect.StartTaskContactInput

// try starts a task: unless the request says otherwise it is named "n", and runs the sample flow.
func (x *trial) try(in startInput) (string, error) {
	if in.InstanceId == nil {
		in.InstanceId = &x.InstanceID
	}
	if in.Name == nil {
		in.Name = aws.String("n")
	}
	if in.ContactFlowId == nil && in.QuickConnectId == nil && in.TaskTemplateId == nil {
		in.ContactFlowId = &x.FlowID
	}
	out, err := x.sdk.StartTaskContact(x.ctx, &in)
	if err != nil {
		return "", err
	}
	return *out.ContactId, nil
}

// start is try for a request that is accepted.
func (x *trial) start(in startInput) string {
	x.t.Helper()
	id, err := x.try(in)
	x.ok(err)
	return id
}

// begin starts a task with nothing special.
func (x *trial) begin() string {
	x.t.Helper()
	return x.start(startInput{})
}

func (x *trial) stop(id string) {
	x.t.Helper()
	x.ok(x.tryStop(id))
}

func (x *trial) tryStop(id string) error {
	_, err := x.sdk.StopContact(x.ctx, &connect.StopContactInput{InstanceId: &x.InstanceID, ContactId: &id})
	return err
}

// attributes are the user-defined attributes that GetContactAttributes tells.
func (x *trial) attributes(id string) map[string]string {
	x.t.Helper()
	out, err := x.sdk.GetContactAttributes(x.ctx, &connect.GetContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: &id})
	x.ok(err)
	return out.Attributes
}

func (x *trial) setAttribute(id, key, value string) {
	x.t.Helper()
	_, err := x.sdk.UpdateContactAttributes(x.ctx, &connect.UpdateContactAttributesInput{
		InstanceId: &x.InstanceID, InitialContactId: &id, Attributes: map[string]string{key: value},
	})
	x.ok(err)
}

// wantAttribute compares one attribute of several contacts.
func (x *trial) wantAttribute(key, want string, ids ...string) {
	x.t.Helper()
	for i, id := range ids {
		if got := x.attributes(id)[key]; got != want {
			x.t.Errorf("contact %d of %d (%s) has %s = %q, want %q", i+1, len(ids), id, key, got, want)
		}
	}
}

// answered is refused, or ok when kind is empty.
func (x *trial) answered(err error, kind string, status int, says ...string) {
	x.t.Helper()
	if kind == "" {
		x.ok(err)
		return
	}
	x.refused(err, kind, status, says...)
}

// refused reports whether a call was answered with an exception of a type, an HTTP status and a message that holds
// every one of some texts.
func (x *trial) refused(err error, kind string, status int, says ...string) {
	x.t.Helper()
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		x.t.Errorf("err = %v, want %s", err, kind)
		return
	}
	got := 0
	if res, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		got = res.HTTPStatusCode()
	}
	if api.ErrorCode() != kind || got != status {
		x.t.Errorf("%s %d %q, want %s %d", api.ErrorCode(), got, api.ErrorMessage(), kind, status)
	}
	for _, s := range says {
		if !strings.Contains(api.ErrorMessage(), s) {
			x.t.Errorf("message %q does not say %q", api.ErrorMessage(), s)
		}
	}
}

// Short names of exceptions, as the specification has them.
const (
	invalidParameter = "InvalidParameterException"
	invalidRequest   = "InvalidRequestException"
	notFound         = "ResourceNotFoundException"
	quotaExceeded    = "ServiceQuotaExceededException"
	limitExceeded    = "LimitExceededException"
	conflict         = "ConflictException"
	reused           = "IdempotencyException"
	contactGone      = "ContactNotFoundException"
)

// queue makes a queue.
func (x *trial) queue(name string) string {
	x.t.Helper()
	stock, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &x.QueueID})
	x.ok(err)
	out, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{
		InstanceId: &x.InstanceID, Name: &name, HoursOfOperationId: stock.Queue.HoursOfOperationId,
	})
	x.ok(err)
	return *out.QueueId
}

// publish makes a flow and returns its id.
func (x *trial) publish(name string, of types.ContactFlowType, content string) string {
	x.t.Helper()
	out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{InstanceId: &x.InstanceID, Name: &name, Type: of, Content: &content})
	x.ok(err)
	return *out.ContactFlowId
}

// marked is a flow that writes its name into the attribute "ran", and puts the task into a queue: the one that is
// preset, or the one that is named.
func (x *trial) marked(name string, of types.ContactFlowType, queue ...string) string {
	x.t.Helper()
	return x.publish(name, of, script(append([]string{mark("ran", name)}, enqueue(queue...)...)...))
}

// script is the content of a flow whose actions follow one another; any that fails goes to the last, which
// disconnects. An action is its type, a space, its parameters in JSON, and the errors it knows.
func script(actions ...string) string {
	var list []string
	for i, a := range actions {
		kind, rest, _ := strings.Cut(a, " ")
		parameters, failures, _ := strings.Cut(rest, " ! ")
		var branches []string
		for f := range strings.FieldsSeq(failures) {
			branches = append(branches, fmt.Sprintf(`{"ErrorType":%q,"NextAction":"end"}`, f))
		}
		next := fmt.Sprint(i + 1)
		if i == len(actions)-1 {
			next = "end"
		}
		transitions := fmt.Sprintf(`{"NextAction":%q,"Errors":[%s]}`, next, strings.Join(branches, ","))
		if failures == "" {
			transitions = "{}"
		}
		list = append(list, fmt.Sprintf(`{"Identifier":"%d","Type":%q,"Parameters":%s,"Transitions":%s}`, i, kind, parameters, transitions))
	}
	list = append(list, `{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`)
	return `{"Version":"2019-10-30","StartAction":"0","Actions":[` + strings.Join(list, ",") + `]}`
}

// mark is the action that sets an attribute.
func mark(key, value string) string {
	return fmt.Sprintf(`UpdateContactAttributes {"Attributes":{%q:%q}} ! NoMatchingError`, key, value)
}

// enqueue are the actions that put a task into a queue.
func enqueue(queue ...string) []string {
	transfer := `TransferContactToQueue {} ! NoMatchingError QueueAtCapacity`
	if len(queue) == 0 {
		return []string{transfer}
	}
	return []string{fmt.Sprintf(`UpdateContactTargetQueue {"QueueId":%q} ! NoMatchingError`, queue[0]), transfer}
}

// inQueue is the id of the queue that a contact is or was in; empty: none.
func inQueue(c *types.Contact) string {
	if c.QueueInfo == nil {
		return ""
	}
	return *c.QueueInfo.Id
}

// near reports whether a time is another one to the second, or was told within the second after.
func near(got *time.Time, want time.Time) bool {
	return got != nil && got.Sub(want) >= 0 && got.Sub(want) < time.Second
}
