package awsapi_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The tests in terraform*_test.go make the calls that the AWS provider of Terraform makes for one resource after the
// other: create, read, update in place, read, change tags, delete, and read what is gone. What is read must be what was
// written, as a plan right after an apply would show any difference. The provider sends an empty text where a text was
// taken away, and leaves members out that are nil; docs/terraform.md has what it was read from.

// sameRead compares what a resource tells with what was written. What the SDK reads as nil or as empty is one.
func (x *trial) sameRead(what string, got, want any) {
	x.t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(
		types.HoursOfOperationConfig{}, types.HoursOfOperationTimeSlice{}, types.MediaConcurrency{}, types.CrossChannelBehavior{},
		types.QuickConnectConfig{}, types.QueueQuickConnectConfig{}, types.UserQuickConnectConfig{}, types.PhoneNumberQuickConnectConfig{},
		types.UserIdentityInfo{}, types.UserPhoneConfig{}, types.InstanceStorageConfig{}, types.S3Config{},
		types.EncryptionConfig{}, types.KinesisVideoStreamConfig{}, types.KinesisStreamConfig{}, types.KinesisFirehoseConfig{},
		types.OutboundCallerConfig{},
	)); d != "" {
		x.t.Errorf("%s differs from what was written (-written +read):\n%s", what, d)
	}
}

// asWritten are the tags that every resource of these tests is made with.
func asWritten() map[string]string { return map[string]string{"team": "a", "site": "b"} }

// retag changes the tags that asWritten gave: one goes, one gets another value, then all go.
func (x *trial) retag(resource string, told func() map[string]string) {
	x.t.Helper()
	x.sameRead("tags", told(), asWritten())
	x.ok(x.untag(resource, "site"))
	x.ok(x.tag(resource, map[string]string{"team": "c"}))
	x.sameRead("tags", told(), map[string]string{"team": "c"})
	x.ok(x.untag(resource, "team"))
	x.sameRead("tags", told(), map[string]string{})
}

// gone is the answer that makes the provider forget a resource.
func (x *trial) gone(err error) {
	x.t.Helper()
	x.refused(err, notFound, 404)
	if !isA[*types.ResourceNotFoundException](err) {
		x.t.Errorf("%v is no ResourceNotFoundException", err)
	}
}

// quickConnectsOf are the ids of the quick connects of a queue.
func (x *trial) quickConnectsOf(queue string) (ids []string) {
	x.t.Helper()
	pages := connect.NewListQueueQuickConnectsPaginator(x.sdk, &connect.ListQueueQuickConnectsInput{
		InstanceId: &x.InstanceID, QueueId: &queue, MaxResults: aws.Int32(60),
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(x.ctx)
		x.ok(err)
		for _, q := range out.QuickConnectSummaryList {
			ids = append(ids, *q.Id)
		}
	}
	return ids
}

func TestTerraformQueue(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	hours := x.hours("Office")
	id := x.makeQueue(connect.CreateQueueInput{
		Name: aws.String("Support"), Description: aws.String("d"), HoursOfOperationId: x.describeQueue(x.QueueID).HoursOfOperationId,
		MaxContacts: aws.Int32(5), QuickConnectIds: []string{x.QuickConnectIDs.Queue}, Tags: asWritten(),
	})
	q := x.describeQueue(id)
	if *q.QueueId != id || *q.QueueArn != x.InstanceARN+"/queue/"+id || *q.Description != "d" || q.OutboundCallerConfig != nil {
		t.Errorf("DescribeQueue = %+v", q)
	}
	x.sameRead("the queue", queueText(q), `Support "d" ENABLED 5`)
	x.sameRead("quick connects", x.quickConnectsOf(id), []string{x.QuickConnectIDs.Queue})

	x.ok(x.setHours(id, hours))
	_, err := x.sdk.UpdateQueueMaxContacts(x.ctx, &connect.UpdateQueueMaxContactsInput{InstanceId: &x.InstanceID, QueueId: &id, MaxContacts: aws.Int32(9)})
	x.ok(err)
	x.ok(x.renameQueue(id, aws.String("Help"), aws.String("other")))
	x.refused(x.renameQueue(id, aws.String("Help"), aws.String("")), invalidParameter, 400, "Description") // as Amazon's reference has it
	x.ok(x.setStatus(id, types.QueueStatusDisabled))
	_, err = x.sdk.AssociateQueueQuickConnects(x.ctx, &connect.AssociateQueueQuickConnectsInput{
		InstanceId: &x.InstanceID, QueueId: &id, QuickConnectIds: []string{x.QuickConnectIDs.Agent},
	})
	x.ok(err)
	_, err = x.sdk.DisassociateQueueQuickConnects(x.ctx, &connect.DisassociateQueueQuickConnectsInput{
		InstanceId: &x.InstanceID, QueueId: &id, QuickConnectIds: []string{x.QuickConnectIDs.Queue},
	})
	x.ok(err)
	q = x.describeQueue(id)
	x.sameRead("the queue", queueText(q), `Help "other" DISABLED 9`)
	x.sameRead("hours", *q.HoursOfOperationId, hours)
	x.sameRead("quick connects", x.quickConnectsOf(id), []string{x.QuickConnectIDs.Agent})
	x.retag(*q.QueueArn, func() map[string]string { return x.describeQueue(id).Tags })

	x.ok(x.deleteQueue(id))
	x.gone(x.deleteQueue(id))
	_, err = x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &id})
	x.gone(err)
}

func TestTerraformHoursOfOperation(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	written := []types.HoursOfOperationConfig{
		slot(types.HoursOfOperationDaysTuesday, 9, 17), slot(types.HoursOfOperationDaysMonday, 0, 0), slot(types.HoursOfOperationDaysMonday, 8, 12),
	}
	id, err := x.tryHours(connect.CreateHoursOfOperationInput{
		Name: aws.String("Office"), Description: aws.String("d"), TimeZone: aws.String("EST"), Config: written, Tags: asWritten(),
	})
	x.ok(err)
	h := x.describeHours(id)
	x.sameRead("hours", h.Config, written)
	x.sameRead("hours", []string{*h.Name, *h.Description, *h.TimeZone, *h.HoursOfOperationId, *h.HoursOfOperationArn},
		[]string{"Office", "d", "EST", id, x.InstanceARN + "/operating-hours/" + id})

	changed := []types.HoursOfOperationConfig{slot(types.HoursOfOperationDaysSunday, 10, 11)}
	_, err = x.sdk.UpdateHoursOfOperation(x.ctx, &connect.UpdateHoursOfOperationInput{
		InstanceId: &x.InstanceID, HoursOfOperationId: &id, Config: changed, Name: aws.String("Late"), Description: aws.String(""),
		TimeZone: aws.String("Europe/Berlin"),
	})
	x.ok(err)
	h = x.describeHours(id)
	x.sameRead("hours", h.Config, changed)
	x.sameRead("hours", []string{*h.Name, aws.ToString(h.Description), *h.TimeZone}, []string{"Late", "", "Europe/Berlin"})
	x.retag(*h.HoursOfOperationArn, func() map[string]string { return x.describeHours(id).Tags })

	remove := func() error {
		_, err := x.sdk.DeleteHoursOfOperation(x.ctx, &connect.DeleteHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: &id})
		return err
	}
	x.ok(remove())
	x.gone(remove())
	_, err = x.sdk.DescribeHoursOfOperation(x.ctx, &connect.DescribeHoursOfOperationInput{InstanceId: &x.InstanceID, HoursOfOperationId: &id})
	x.gone(err)
}

func TestTerraformQuickConnect(t *testing.T) {
	t.Parallel()
	x := newConnects(t)
	y := &trial{Server: x.Server, t: t, sdk: x.client, ctx: x.ctx}
	for i, written := range []*types.QuickConnectConfig{x.queue(x.QueueID, x.toQueue), x.user(x.Agent.UserID, x.toUser), phone("+12065550100")} {
		out, err := y.sdk.CreateQuickConnect(y.ctx, &connect.CreateQuickConnectInput{
			InstanceId: &x.InstanceID, Name: aws.String(fmt.Sprint("Q", i)), Description: aws.String("d"), QuickConnectConfig: written, Tags: asWritten(),
		})
		y.ok(err)
		read := func() (*types.QuickConnect, error) {
			got, err := y.sdk.DescribeQuickConnect(y.ctx, &connect.DescribeQuickConnectInput{InstanceId: &x.InstanceID, QuickConnectId: out.QuickConnectId})
			return valueOf(got).QuickConnect, err
		}
		q, err := read()
		y.ok(err)
		y.sameRead("the quick connect", []string{*q.Name, *q.Description, *q.QuickConnectId, *q.QuickConnectARN},
			[]string{fmt.Sprint("Q", i), "d", *out.QuickConnectId, *out.QuickConnectARN})
		y.sameRead("what it leads to", q.QuickConnectConfig, written)

		_, err = y.sdk.UpdateQuickConnectName(y.ctx, &connect.UpdateQuickConnectNameInput{
			InstanceId: &x.InstanceID, QuickConnectId: out.QuickConnectId, Name: aws.String(fmt.Sprint("R", i)), Description: aws.String(""),
		})
		y.ok(err)
		_, err = y.sdk.UpdateQuickConnectConfig(y.ctx, &connect.UpdateQuickConnectConfigInput{
			InstanceId: &x.InstanceID, QuickConnectId: out.QuickConnectId, QuickConnectConfig: phone("+493012345"),
		})
		y.ok(err)
		q, err = read()
		y.ok(err)
		y.sameRead("the quick connect", []string{*q.Name, aws.ToString(q.Description)}, []string{fmt.Sprint("R", i), ""})
		y.sameRead("what it leads to", q.QuickConnectConfig, phone("+493012345"))
		y.retag(*q.QuickConnectARN, func() map[string]string {
			q, err := read()
			y.ok(err)
			return q.Tags
		})

		remove := func() error {
			_, err := y.sdk.DeleteQuickConnect(y.ctx, &connect.DeleteQuickConnectInput{InstanceId: &x.InstanceID, QuickConnectId: out.QuickConnectId})
			return err
		}
		y.ok(remove())
		y.gone(remove())
		_, err = read()
		y.gone(err)
	}
}

// servedBy are the queues of a routing profile, by name.
func (x *trial) servedBy(profile string) map[string]types.RoutingProfileQueueConfig {
	x.t.Helper()
	all := map[string]types.RoutingProfileQueueConfig{}
	pages := connect.NewListRoutingProfileQueuesPaginator(x.sdk, &connect.ListRoutingProfileQueuesInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &profile, MaxResults: aws.Int32(60),
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(x.ctx)
		x.ok(err)
		for _, q := range out.RoutingProfileQueueConfigSummaryList {
			all[*q.QueueName+"/"+string(q.Channel)] = served(*q.QueueId, q.Channel, *q.Priority, q.Delay)
		}
	}
	return all
}

func TestTerraformRoutingProfile(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	// Without a behavior the provider takes whatever is told; with one it must come back.
	id := x.profile(connect.CreateRoutingProfileInput{
		Name: aws.String("P"), Tags: asWritten(), MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelVoice, 1), media(types.ChannelTask, 3)},
		QueueConfigs: []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 1, 0)},
	})
	x.sameRead("the profile", x.profileText(id), `P "a profile" ACTIVITY VOICE=1/CURRENT_CHANNEL_ONLY TASK=3/CURRENT_CHANNEL_ONLY`)

	// Queues that change are taken away, then associated, at most ten at a time.
	other := x.queue("Other")
	many := []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 2, 30)}
	want := map[string]types.RoutingProfileQueueConfig{"BasicQueue/TASK": many[0]}
	for i := range 9 {
		name := fmt.Sprint("N", i)
		many = append(many, served(x.queue(name), types.ChannelTask, int32(i+1), 0))
		want[name+"/TASK"] = many[i+1]
	}
	_, err := x.sdk.DisassociateRoutingProfileQueues(x.ctx, &connect.DisassociateRoutingProfileQueuesInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueReferences: []types.RoutingProfileQueueReference{*queueRef(x.QueueID, types.ChannelTask)},
	})
	x.ok(err)
	want["Other/VOICE"] = served(other, types.ChannelVoice, 1, 0)
	for _, chunk := range [][]types.RoutingProfileQueueConfig{many, {want["Other/VOICE"]}} {
		_, err := x.sdk.AssociateRoutingProfileQueues(x.ctx, &connect.AssociateRoutingProfileQueuesInput{
			InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueConfigs: chunk,
		})
		x.ok(err)
	}
	got := x.servedBy(id)
	for name, w := range want {
		g := got[name]
		if g.QueueReference == nil || *g.QueueReference.QueueId != *w.QueueReference.QueueId || *g.Priority != *w.Priority || *g.Delay != *w.Delay {
			t.Errorf("queue %s is %+v, want %+v", name, g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d queues, want %d", len(got), len(want))
	}

	_, err = x.sdk.UpdateRoutingProfileConcurrency(x.ctx, &connect.UpdateRoutingProfileConcurrencyInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id,
		MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelTask, 5, types.BehaviorTypeRouteAnyChannel), media(types.ChannelVoice, 1)},
	})
	x.ok(err)
	_, err = x.sdk.UpdateRoutingProfileDefaultOutboundQueue(x.ctx, &connect.UpdateRoutingProfileDefaultOutboundQueueInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id, DefaultOutboundQueueId: &other,
	})
	x.ok(err)
	_, err = x.sdk.UpdateRoutingProfileName(x.ctx, &connect.UpdateRoutingProfileNameInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id, Name: aws.String("R"), Description: aws.String("other"),
	})
	x.ok(err)
	x.sameRead("the profile", x.profileText(id), `R "other" ACTIVITY VOICE=1/CURRENT_CHANNEL_ONLY TASK=5/ANY_CHANNEL`) // a set
	p := x.describeProfile(id)
	x.sameRead("the profile", []string{*p.DefaultOutboundQueueId, *p.RoutingProfileId, *p.RoutingProfileArn},
		[]string{other, id, x.InstanceARN + "/routing-profile/" + id})
	x.retag(*p.RoutingProfileArn, func() map[string]string { return x.describeProfile(id).Tags })

	x.ok(x.deleteProfile(id))
	x.gone(x.deleteProfile(id))
	_, err = x.sdk.DescribeRoutingProfile(x.ctx, &connect.DescribeRoutingProfileInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	x.gone(err)
}
