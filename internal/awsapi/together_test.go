package awsapi_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

const clients = 64

// atOnce has as many clients call at the same moment, each with connections of its own.
func atOnce(s *servertest.Server, call func(*connect.Client)) {
	ready := make(chan struct{})
	var wg sync.WaitGroup
	for range clients {
		client := s.Client()
		wg.Go(func() {
			<-ready
			call(client)
		})
	}
	close(ready)
	wg.Wait()
}

// idempotent are the operations that make a task, once for each token. task is one that is there.
var idempotent = map[string]func(s *servertest.Server, c *connect.Client, task, token *string) (*string, error){
	"StartTaskContact": func(s *servertest.Server, c *connect.Client, _, token *string) (*string, error) {
		out, err := c.StartTaskContact(context.Background(), &connect.StartTaskContactInput{
			InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("Call back"), ClientToken: token,
		})
		if err != nil {
			return nil, err
		}
		return out.ContactId, nil
	},
	"TransferContact": func(s *servertest.Server, c *connect.Client, task, token *string) (*string, error) {
		out, err := c.TransferContact(context.Background(), &connect.TransferContactInput{
			InstanceId: &s.InstanceID, ContactId: task, ContactFlowId: &s.FlowID, QueueId: &s.QueueID, ClientToken: token,
		})
		if err != nil {
			return nil, err
		}
		return out.ContactId, nil
	},
	"CreateContact": func(s *servertest.Server, c *connect.Client, _, token *string) (*string, error) {
		out, err := c.CreateContact(context.Background(), &connect.CreateContactInput{
			InstanceId: &s.InstanceID, Channel: types.ChannelTask, InitiationMethod: types.ContactInitiationMethodApi,
			InitiateAs: types.InitiateAsConnectedToUser, UserInfo: &types.UserInfo{UserId: &s.Agent.UserID}, ClientToken: token,
		})
		if err != nil {
			return nil, err
		}
		return out.ContactId, nil
	},
}

func TestOneTokenOfManyClientsMakesOneTask(t *testing.T) {
	t.Parallel()
	for operation, call := range idempotent {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := servertest.New(t)
			task, token := s.StartTask("the one that is there"), aws.String("0123456789")
			ids := make(chan string, clients)
			atOnce(s, func(c *connect.Client) {
				if id, err := call(s, c, &task, token); err != nil {
					t.Error(err)
				} else {
					ids <- *id
				}
			})
			close(ids)
			first := <-ids
			for id := range ids {
				if id != first {
					t.Errorf("one client got %s, another %s", first, id)
				}
			}
			want := 2
			if operation == "TransferContact" {
				want = 1 // the new one takes the place of the old
			}
			if n := s.Metric("tasklane_active_tasks"); n != want {
				t.Errorf("%d tasks are active, want %d", n, want)
			}
		})
	}
}

func TestQuotaHoldsWhenManyStartAtOnce(t *testing.T) {
	t.Parallel()
	const quota = 23
	s := servertest.New(t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": quota} })
	var made, refused atomic.Int64
	atOnce(s, func(c *connect.Client) {
		_, err := c.StartTaskContact(context.Background(), &connect.StartTaskContactInput{
			InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("Call back"),
		})
		var exceeded *types.ServiceQuotaExceededException
		switch {
		case err == nil:
			made.Add(1)
		case errors.As(err, &exceeded):
			refused.Add(1)
		default:
			t.Error(err)
		}
	})
	if made.Load() != quota || refused.Load() != clients-quota {
		t.Errorf("%d tasks were made and %d refused, want %d and %d", made.Load(), refused.Load(), quota, clients-quota)
	}
	if n := s.Metric("tasklane_active_tasks"); n != quota {
		t.Errorf("%d tasks are active, want %d", n, quota)
	}
}
