package awsapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/server"
)

// recorder keeps the bodies of requests.
type recorder struct{ bodies [][]byte }

func (r *recorder) Do(q *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	r.bodies = append(r.bodies, body)
	q.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(q)
}

func s37(x *trial) {
	r := &recorder{}
	opts := x.sdk.Options()
	opts.HTTPClient = r
	x.sdk = connect.New(opts)
	if first, second := x.begin(), x.begin(); first == second {
		x.t.Error("two calls without ClientToken made one task")
	}
	tokens := map[string]bool{}
	for _, body := range r.bodies {
		var in struct{ ClientToken string }
		if err := json.Unmarshal(body, &in); err != nil || uuid.Validate(in.ClientToken) != nil {
			x.t.Errorf("the SDK sends %s, want a ClientToken", body)
		}
		tokens[in.ClientToken] = true
	}
	if len(tokens) != 2 {
		x.t.Errorf("the SDK sends tokens %v, want two", tokens)
	}
	body := `{"InstanceId":"` + x.InstanceID + `","ContactFlowId":"` + x.FlowID + `","Name":"n"}`
	if status, _, message := send(x.t, x.Server, http.MethodPut, "/contact/task", body); status != 200 {
		x.t.Errorf("without ClientToken: %d %s", status, message)
	}
}

func s38(x *trial) {
	// There is room for one task: a second would be refused.
	x = newTrial(x.t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 1} })
	in := startInput{ClientToken: aws.String("s38"), Attributes: map[string]string{"a": "1", "b": "2"}}
	var ids [8]string
	var running sync.WaitGroup
	for i := range ids {
		running.Go(func() {
			var err error
			if ids[i], err = x.try(in); err != nil {
				x.t.Error(err)
			}
		})
	}
	running.Wait()
	for _, id := range ids {
		if id != ids[0] {
			x.t.Errorf("one token made %v", ids)
		}
	}
	x.stop(ids[0])
	x.Advance(7*24*time.Hour - time.Minute)
	if id, err := x.try(in); err != nil || id != ids[0] {
		x.t.Errorf("within 7 days, ended: %s, %v; want %s", id, err, ids[0])
	}
	in.Name = aws.String("other")
	_, err := x.try(in)
	x.refused(err, invalidRequest, 400, "ClientToken")
	x.Advance(2 * time.Minute)
	if id, err := x.try(in); err != nil || id == ids[0] {
		x.t.Errorf("after 7 days: %s, %v; want a new task", id, err)
	}
}

func s39(x *trial) {
	lower, upper := x.start(startInput{ClientToken: aws.String("token-s39")}), x.start(startInput{ClientToken: aws.String("TOKEN-s39")})
	if lower == upper {
		x.t.Error("tokens that differ in case made one task")
	}
}

func s40(x *trial) {
	x = newTrial(x.t) // whose clock is moved
	flow := x.marked("s40", "CONTACT_FLOW", x.QueueID)
	at := x.Now().Truncate(time.Second).Add(time.Hour)
	id := x.start(startInput{ContactFlowId: &flow, ScheduledTime: &at})
	if c := x.Describe(id); !near(c.ScheduledTimestamp, at) || c.InitiationTimestamp == nil || c.ConnectedToSystemTimestamp != nil {
		x.t.Errorf("scheduled for %v, initiated at %v, connected at %v; want %v, now, never", c.ScheduledTimestamp, c.InitiationTimestamp, c.ConnectedToSystemTimestamp, at)
	}
	x.AdvanceTo(at.Add(-5 * time.Second))
	x.wantAttribute("ran", "", id)
	x.AdvanceTo(at)
	x.wantAttribute("ran", "s40", id)
	if c := x.Describe(id); !near(c.ConnectedToSystemTimestamp, at) || inQueue(c) != x.QueueID || !near(c.QueueInfo.EnqueueTimestamp, at) {
		x.t.Errorf("the flow ran at %v, want %v", c.ConnectedToSystemTimestamp, at)
	}
}

func s41(x *trial) {
	for _, ago := range []time.Duration{2 * time.Second, time.Hour, 50 * 365 * 24 * time.Hour} {
		_, err := x.try(startInput{ScheduledTime: aws.Time(x.Now().Add(-ago))})
		x.refused(err, invalidParameter, 400, "ScheduledTime")
	}
}

func s42(x *trial) {
	ahead := 6 * 24 * time.Hour
	x.start(startInput{ScheduledTime: aws.Time(x.Now().Add(ahead))})
	_, err := x.try(startInput{ScheduledTime: aws.Time(x.Now().Add(ahead + 5*time.Second))})
	x.refused(err, invalidParameter, 400, "ScheduledTime", "6 days")
	wide := newTrial(x.t, func(c *server.Config) { c.ScheduleAhead = server.Span(90 * 24 * time.Hour) })
	wide.start(startInput{ScheduledTime: aws.Time(wide.Now().AddDate(0, 0, 90))})
	_, err = wide.try(startInput{ScheduledTime: aws.Time(wide.Now().AddDate(0, 0, 91))})
	wide.refused(err, invalidParameter, 400, "ScheduledTime", "90 days")
}

func s43(x *trial) {
	for _, id := range []string{unknown, uuid.NewString(), x.InstanceARN + "/task-template/" + uuid.NewString(), x.FlowID} {
		_, err := x.try(startInput{TaskTemplateId: &id})
		x.refused(err, notFound, 404, "TaskTemplateId", id)
	}
	arn := x.InstanceARN + "/task-template/" + x.TemplateID
	x.start(startInput{TaskTemplateId: &arn})
}

func s44(x *trial) {
	for _, id := range []string{unknown, uuid.NewString(), x.InstanceARN + "/transfer-destination/" + uuid.NewString(), x.FlowID} {
		_, err := x.try(startInput{QuickConnectId: &id})
		x.refused(err, notFound, 404, "QuickConnectId", id)
	}
	arn := x.InstanceARN + "/transfer-destination/" + x.QuickConnectIDs.Queue
	x.start(startInput{QuickConnectId: &arn})
}
