package awsapi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// createQueue makes a queue with quick connects.
func (c *connects) createQueue(name string, ids ...string) (string, error) {
	c.Helper()
	base, err := c.client.DescribeQueue(c.ctx, &connect.DescribeQueueInput{InstanceId: &c.InstanceID, QueueId: &c.QueueID})
	if err != nil {
		c.Fatal(err)
	}
	out, err := c.client.CreateQueue(c.ctx, &connect.CreateQueueInput{
		InstanceId: &c.InstanceID, Name: &name, HoursOfOperationId: base.Queue.HoursOfOperationId, QuickConnectIds: ids,
	})
	if err != nil {
		return "", err
	}
	return *out.QueueId, nil
}

// of lists the names of a queue's quick connects.
func (c *connects) of(queue string) []string {
	c.Helper()
	out, err := c.client.ListQueueQuickConnects(c.ctx, &connect.ListQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &queue})
	if err != nil {
		c.Fatalf("ListQueueQuickConnects: %v", err)
	}
	if out.LastModifiedTime == nil || *out.LastModifiedRegion != c.Region {
		c.Errorf("ListQueueQuickConnects: modified %v in %v", out.LastModifiedTime, out.LastModifiedRegion)
	}
	return summaries(out.QuickConnectSummaryList)
}

func (c *connects) associate(queue string, ids ...string) error {
	_, err := c.client.AssociateQueueQuickConnects(c.ctx, &connect.AssociateQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &queue, QuickConnectIds: ids})
	return err
}

func (c *connects) disassociate(queue string, ids ...string) error {
	_, err := c.client.DisassociateQueueQuickConnects(c.ctx, &connect.DisassociateQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &queue, QuickConnectIds: ids})
	return err
}

func TestQueueHasQuickConnects(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	c.want("of BasicQueue at first", c.of(c.QueueID), "BasicQueue", "agent")
	one, two := c.create("one", phone("+14155550100")), c.create("two", phone("+14155550100"))
	queue, err := c.createQueue("Refunds", two, two, c.InstanceARN+"/transfer-destination/"+one)
	if err != nil {
		t.Fatal(err)
	}
	c.want("at first", c.of(queue), "one", "two")
	three := c.create("three", phone("+14155550100"))
	for range 2 { // the second time changes nothing
		if err := c.associate(queue, three, one); err != nil {
			t.Fatal(err)
		}
		c.want("after associate", c.of(queue), "one", "three", "two")
	}
	for range 2 {
		if err := c.disassociate(queue, one, three, three); err != nil {
			t.Fatal(err)
		}
		c.want("after disassociate", c.of(queue), "two")
	}
	if err := c.associate(queue, one, unknown); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("associate with an unknown one: %v", err)
	}
	c.want("after a refused associate", c.of(queue), "two")
	first, err := c.client.ListQueueQuickConnects(c.ctx, &connect.ListQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &c.QueueID, MaxResults: aws.Int32(1)})
	if err != nil || len(first.QuickConnectSummaryList) != 1 || first.NextToken == nil {
		t.Fatalf("first page: %v, %v", first, err)
	}
	second, err := c.client.ListQueueQuickConnects(c.ctx, &connect.ListQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &c.QueueID, NextToken: first.NextToken})
	if err != nil || second.NextToken != nil {
		t.Fatalf("second page: %v, %v", second, err)
	}
	c.want("second page", summaries(second.QuickConnectSummaryList), "agent")
	if _, err := c.client.ListQueueQuickConnects(c.ctx, &connect.ListQueueQuickConnectsInput{InstanceId: &c.InstanceID, QueueId: &queue, NextToken: first.NextToken}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("another queue's token: %v", err)
	}
}

func TestDeletedQuickConnectLeavesItsQueues(t *testing.T) {
	t.Parallel()
	c := newConnects(t)
	stock, err := c.client.ListQuickConnects(c.ctx, &connect.ListQuickConnectsInput{InstanceId: &c.InstanceID})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(stock.QuickConnectSummaryList, func(q types.QuickConnectSummary) bool { return *q.Name == "agent" })
	id := *stock.QuickConnectSummaryList[i].Id
	queue, err := c.createQueue("Refunds", id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.client.DeleteQuickConnect(c.ctx, &connect.DeleteQuickConnectInput{InstanceId: &c.InstanceID, QuickConnectId: stock.QuickConnectSummaryList[i].Arn}); err != nil {
		t.Fatal(err)
	}
	c.want("of BasicQueue", c.of(c.QueueID), "BasicQueue")
	c.want("of Refunds", c.of(queue))
	if err := c.associate(queue, id); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("associate what was deleted: %v", err)
	}
	again := c.create("agent", c.user(c.Agent.UserID, c.toUser))
	if again == id {
		t.Error("the new quick connect has the id of the old one")
	}
	c.want("of Refunds, when there is another of the name", c.of(queue))
}

func TestQuotasOfQuickConnects(t *testing.T) {
	t.Parallel()
	c := newConnects(t, func(c *server.Config) {
		c.Quota = map[string]int{"quick-connects": 5, "quick-connects-per-queue": 2}
	})
	var ids []string
	for i := range 3 {
		ids = append(ids, c.create(fmt.Sprint("n", i), phone("+14155550100")))
	}
	if _, err := c.try("sixth", phone("+14155550100")); !isA[*types.LimitExceededException](err) {
		t.Errorf("sixth quick connect of five: %v", err)
	}
	if _, err := c.createQueue("three", ids...); !isA[*types.LimitExceededException](err) {
		t.Errorf("queue of three: %v", err)
	}
	queue, err := c.createQueue("two", ids[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.associate(queue, ids[2]); !isA[*types.LimitExceededException](err) {
		t.Errorf("third of two: %v", err)
	}
	c.want("after the refusal", c.of(queue), "n0", "n1")
	if err := c.associate(queue, ids[:2]...); err != nil {
		t.Errorf("the same two again: %v", err)
	}
	if _, err := c.client.DeleteQuickConnect(c.ctx, &connect.DeleteQuickConnectInput{InstanceId: &c.InstanceID, QuickConnectId: &ids[0]}); err != nil {
		t.Fatal(err)
	}
	if err := c.associate(queue, ids[2]); err != nil {
		t.Errorf("when one was deleted: %v", err)
	}
	c.want("after that", c.of(queue), "n1", "n2")
}
