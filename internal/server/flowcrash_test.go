package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

const (
	flowCrashes = 6
	helper      = "arn:aws:lambda:us-east-1:000000000000:function:helper"
)

// busy is a flow that waits, has a function called (again when that failed, as it does at a server that is stopped
// meanwhile), makes a task, says which, and transfers to a queue.
const busy = `{"Version":"2019-10-30","StartAction":"wait","Actions":[
 {"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"fail","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}],"Conditions":[{"NextAction":"call","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
 {"Identifier":"call","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":%[1]q,"InvocationTimeLimitSeconds":"2"},"Transitions":{"NextAction":"new","Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"new","Type":"CreateTask","Parameters":{"Name":"of $.Name","ContactFlowId":%[2]q},"Transitions":{"NextAction":"mark","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"mark","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"child":"$.Task.ContactId","word":"$.External.word"}},"Transitions":{"NextAction":"set","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%[3]q},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"fail","Errors":[{"NextAction":"fail","ErrorType":"NoMatchingError"},{"NextAction":"fail","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"fail","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// A flow goes on where it was: whatever was under way when the server died, each task gets to its queue, and has made
// one task of its own.
func TestFlowsGoOnWhenTheServerIsKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		goOn(t)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		goOn(t, "--database", pgtest.URL(t))
	})
}

func goOn(t *testing.T, extra ...string) {
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		_, _ = w.Write([]byte(`{"word":"done"}`))
	}))
	defer f.Close()
	extra = append(extra, "--function", helper+"="+f.URL)
	dir, address := t.TempDir(), freeAddress(t)
	var mu sync.Mutex // guards acked
	var acked []string
	flowID := ""
	for range flowCrashes {
		child := startChild(t, dir, address, extra...)
		s := clientOf(t, dir, address)
		if flowID == "" {
			flowID = publishBusy(t, s)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for ctx.Err() == nil {
					out, err := s.Client().StartTaskContact(ctx, &connect.StartTaskContactInput{
						InstanceId: &s.InstanceID, ContactFlowId: &flowID, Name: aws.String("busy"),
					})
					if err == nil {
						mu.Lock()
						acked = append(acked, *out.ContactId)
						mu.Unlock()
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		time.Sleep(time.Duration(400+rand.IntN(900)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		cancel()
		wg.Wait()
	}
	child := startChild(t, dir, address, extra...)
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	auditBusy(t, clientOf(t, dir, address), acked)
}

func publishBusy(t *testing.T, s *servertest.Server) string {
	t.Helper()
	out, err := s.Client().CreateContactFlow(context.Background(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("busy"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(fmt.Sprintf(busy, helper, s.FlowID, s.QueueID)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ContactFlowId
}

// auditBusy looks whether each task got to its queue, with one task of its own. Tasks whose start nobody acknowledged
// may be there, too, but only with theirs.
func auditBusy(t *testing.T, s *servertest.Server, acked []string) {
	t.Helper()
	if len(acked) < flowCrashes {
		t.Fatalf("only %d tasks were acknowledged", len(acked))
	}
	children := map[string]bool{}
	for _, id := range acked {
		// A call that was lost is made again when its time limit and its grace are over, after 13 s.
		servertest.Within(t, "task "+id+" did not get to its queue", func() bool {
			c := s.Describe(id)
			return c.QueueInfo != nil || c.DisconnectTimestamp != nil
		})
		c := s.Describe(id)
		child := c.Attributes["child"]
		if c.DisconnectTimestamp != nil || c.Attributes["word"] != "done" || child == "" || children[child] {
			t.Fatalf("task %s ended at %v, with attributes %v", id, c.DisconnectTimestamp, c.Attributes)
		}
		children[child] = true
		s.Eventually("task "+child+" of "+id+" did not get to its queue", func() bool { return s.Describe(child).QueueInfo != nil })
	}
	s.Eventually("there are tasks without one of their own", func() bool { return s.Metric("tasklane_active_tasks")%2 == 0 })
	if active := s.Metric("tasklane_active_tasks"); active < 2*len(acked) {
		t.Errorf("%d tasks are there, want twice the %d that were acknowledged", active, len(acked))
	}
	t.Logf("%d tasks, each with one of its own", len(acked))
}
