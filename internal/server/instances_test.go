package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// at is an instance of a cluster at another of its servers.
func (n *node) at(t *testing.T, s *servertest.Server) *servertest.Server {
	other := *s.In(t)
	other.URL = n.URL
	return &other
}

// owned is how many instances a server owns, and known is how many it knows.
func (n *node) owned() int { return n.Metric("tasklane_owned_instances") }
func (n *node) known() int { return n.Metric("tasklane_instances") }

// goneAt reports whether an instance and what is in it do not exist at a server.
func goneAt(s *servertest.Server, contact string) error {
	ctx, sdk := context.Background(), s.Client()
	_, instance := sdk.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: &s.InstanceID})
	_, queues := sdk.ListQueues(ctx, &connect.ListQueuesInput{InstanceId: &s.InstanceID})
	_, queue := sdk.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &s.InstanceID, QueueId: &s.QueueID})
	_, task := sdk.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &s.InstanceID, ContactId: &contact})
	_, start := sdk.StartTaskContact(ctx, &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("x")})
	_, tags := sdk.ListTagsForResource(ctx, &connect.ListTagsForResourceInput{ResourceArn: aws.String(s.InstanceARN + "/queue/" + s.QueueID)})
	for what, err := range map[string]error{
		"DescribeInstance": instance, "ListQueues": queues, "DescribeQueue": queue, "DescribeContact": task, "StartTaskContact": start, "ListTagsForResource": tags,
	} {
		if err == nil || !strings.Contains(err.Error(), "StatusCode: 404") || !strings.Contains(err.Error(), "ResourceNotFoundException") {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// Every instance of a server goes on at another one when its server is killed, and again when that one stops.
func TestInstancesGoOnAtAnotherServer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2, "--quota", "instances=0")
	one, two := c.nodes[0], c.nodes[1]
	all := []*servertest.Server{one.Server}
	for i, n := range []*node{one, two, one, two} {
		all = append(all, n.NewInstance(t, fmt.Sprint("at-", i)))
	}
	one.Eventually("not every instance is owned", func() bool { return one.owned()+two.owned() == len(all) })
	if one.owned() == 0 {
		t.Error("the first server owns nothing")
	}
	// goOn has a task offered in every instance that waits there since before its server ended.
	goOn := func(survivor *node, end func()) {
		t.Helper()
		survivor.Eventually("a server does not know everybody", func() bool {
			for _, s := range all {
				_, err := survivor.Client().DescribeUser(context.Background(), &connect.DescribeUserInput{InstanceId: &s.InstanceID, UserId: &s.Agent.UserID})
				if err != nil {
					return false
				}
			}
			return true
		})
		var desks []*servertest.Desk
		var tasks []string
		for i, s := range all {
			here := survivor.at(t, s)
			desks = append(desks, here.SignIn(s.Agent))
			tasks = append(tasks, here.StartTask(fmt.Sprint("waits in ", i)))
		}
		end()
		began := time.Now()
		for i, s := range all {
			survivor.at(t, s).SetStatus(s.Agent.UserID, "Available")
			servertest.Within(t, "nobody matches", func() bool { return desks[i].State(tasks[i]) == "connecting" })
			desks[i].Accept(tasks[i])
			desks[i].End(tasks[i])
			desks[i].Clear(tasks[i])
			survivor.at(t, s).SetStatus(s.Agent.UserID, "Offline")
		}
		t.Logf("%d instances went on within %v", len(all), time.Since(began))
		if n := survivor.owned(); n != len(all) {
			t.Errorf("the server that is left owns %d instances, want %d", n, len(all))
		}
	}
	goOn(two, one.kill)
	c.start(one)
	goOn(one, func() {
		two.signal(syscall.SIGTERM)
		_ = two.process.Wait()
		two.process = nil
	})
}

// An instance that is deleted at a server which does not own it is gone at both: its owner lets go of it and of what waits
// there, its agents are signed out, and its rows follow.
func TestInstanceIsDeletedAtAnotherServerThanItsOwner(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, "--quota", "instances=0")
	one := c.nodes[0]
	mine := one.NewInstance(t, "doomed")
	one.Eventually("the first server does not own both instances", func() bool { return one.owned() == 2 })
	two := c.add()
	theirs := two.at(t, mine)
	two.Eventually("the second server does not know the instance", func() bool { return two.known() == 2 })
	desk := mine.SignIn(mine.Agent)
	var waiting string
	for i := range 20 {
		waiting = mine.StartTask(fmt.Sprint("waits ", i))
	}
	if n := two.owned(); n != 0 {
		t.Fatalf("the second server owns %d instances", n)
	}
	_, err := two.Client().DeleteInstance(t.Context(), &connect.DeleteInstanceInput{InstanceId: &mine.InstanceID})
	if err != nil {
		t.Fatal(err)
	}
	if err := goneAt(theirs, waiting); err != nil { // at once
		t.Errorf("at the server that deleted the instance: %v", err)
	}
	if status, out := desk.At(theirs).Call("GetAgentSnapshot", map[string]any{}); status != http.StatusUnauthorized {
		t.Errorf("at the server that deleted the instance its agent gets %d %v", status, out)
	}
	one.Eventually("the owner goes on", func() bool { return one.known() == 1 && one.owned() == 1 })
	if err := goneAt(mine, waiting); err != nil {
		t.Errorf("at the owner: %v", err)
	}
	if status, out := desk.Call("GetAgentSnapshot", map[string]any{}); status != http.StatusUnauthorized {
		t.Errorf("at the owner its agent gets %d %v", status, out)
	}
	_, err = one.Client().PutUserStatus(t.Context(), &connect.PutUserStatusInput{
		InstanceId: &mine.InstanceID, UserId: &mine.Agent.UserID, AgentStatusId: &mine.QueueID,
	})
	if err == nil || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("a status of its agent: %v", err)
	}
	db := c.database()
	for _, table := range []string{"contact", "chain", "event", "term", "agent", "timer", "session", "token", "resource", "resource_version", "file", "lease", "tombstone"} {
		n := -1
		one.Eventually("rows of the instance are left in table "+table, func() bool {
			err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM `+table+` WHERE instance_id = $1`, mine.InstanceID).Scan(&n)
			return err == nil && n == 0
		})
	}
	// The other instance goes on.
	other := one.SignIn(one.Agent)
	one.SetStatus(one.Agent.UserID, "Available")
	other.Accept(two.StartTask("goes on"))
}
