package awsapi_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// raises reports whether a request is answered with an exception that the SDK knows by type.
func raises[E smithy.APIError](x *trial, in startInput, status int, says ...string) {
	x.t.Helper()
	_, err := x.try(in)
	if e, ok := errors.AsType[E](err); ok {
		x.refused(err, e.ErrorCode(), status, says...)
		return
	}
	x.t.Errorf("err = %v, want %T", err, *new(E))
}

func s45(x *trial) {
	raises[*types.InvalidRequestException](x, startInput{PreviousContactId: aws.String("a"), RelatedContactId: aws.String("b")}, 400, "PreviousContactId")
}

func s46(x *trial) {
	raises[*types.InvalidParameterException](x, startInput{Name: aws.String(strings.Repeat("é", 1025))}, 400, "Name", "1024")
}

func s47(x *trial) {
	raises[*types.ResourceNotFoundException](x, startInput{ContactFlowId: aws.String(unknown)}, 404, "ContactFlowId", unknown)
}

func s48(x *trial) {
	x = newTrial(x.t, throttled)
	x.begin()
	raises[*types.ThrottlingException](x, startInput{}, 429, "Rate exceeded")
}

// throttled leaves room for one StartTaskContact, and for any number of other calls.
func throttled(c *server.Config) {
	file := filepath.Join(c.Data, "rates.json")
	if err := os.WriteFile(file, []byte(`{"StartTaskContact":{"perSecond":0.0001,"burst":1}}`), 0o600); err != nil {
		panic(err)
	}
	c.Throttle = file
}

func s49(x *trial) {
	x = newTrial(x.t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 1} })
	x.begin()
	raises[*types.ServiceQuotaExceededException](x, startInput{}, 402, "quota")
}

func s50(x *trial) {
	x = broken(x.t)
	raises[*types.InternalServiceException](x, startInput{}, 500, "Internal")
}

// broken is a server whose database has lost its tasks.
func broken(t *testing.T) *trial {
	t.Helper()
	dir := t.TempDir()
	x := newTrial(t, func(c *server.Config) { c.Data = dir })
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "tasklane.db")+"?_pragma=busy_timeout(10000)")
	x.ok(err)
	_, err = db.ExecContext(x.ctx, "ALTER TABLE contact RENAME TO lost")
	x.ok(errors.Join(err, db.Close()))
	return x
}

func s51(x *trial) {
	s := servertest.New(x.t) // which checks signatures
	x = &trial{Server: s, t: x.t, sdk: s.Client(), ctx: x.ctx}
	at := time.Now().Add(5 * 24 * time.Hour)
	id := x.start(startInput{
		Name: aws.String("stock"), Description: aws.String("d"), ScheduledTime: &at,
		Attributes: map[string]string{"k": "v"}, References: everyReference,
	})
	if got := x.Describe(id).ScheduledTimestamp; got == nil || got.Sub(at).Abs() > time.Millisecond {
		x.t.Errorf("ScheduledTimestamp = %v, want %v", got, at)
	}
}

func s52(x *trial) {
	if got := x.InstanceARN[strings.Index(x.InstanceARN, "instance/")+len("instance/"):]; got != x.InstanceID {
		x.t.Errorf("the ARN of instance %s is %s", x.InstanceID, x.InstanceARN)
	}
	x.start(startInput{InstanceId: &x.InstanceARN})
}

func s53(x *trial) {
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	x.ok(err)
	if !strings.Contains(string(manual), "`active-tasks` (2,500)") {
		x.t.Error("docs/operations.md does not tell the quota of active tasks")
	}
	x = newTrial(x.t)
	const many = 25 // at once, so that they share commits
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: many}}
	body := fmt.Sprintf(`{"InstanceId":%q,"ContactFlowId":%q,"Name":"n"}`, x.InstanceID, x.FlowID)
	var running sync.WaitGroup
	for range many {
		running.Go(func() {
			for range 2500 / many {
				r, _ := http.NewRequestWithContext(x.ctx, http.MethodPut, x.URL+"/contact/task", strings.NewReader(body))
				res, err := client.Do(r)
				if err != nil {
					x.t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				if _ = res.Body.Close(); res.StatusCode != http.StatusOK {
					x.t.Error(res.Status)
				}
			}
		})
	}
	running.Wait()
	client.CloseIdleConnections()
	_, err = x.try(startInput{})
	x.refused(err, quotaExceeded, 402, "2500")
}
