package awsapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// traced reports whether an instance tells the trace of a contact.
func (x *trial) traced(contact string) bool {
	x.t.Helper()
	res, err := http.Get(x.URL + "/_tasklane/contacts/" + contact + "/trace?instance=" + x.InstanceID)
	x.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	x.ok(err)
	return res.StatusCode == http.StatusOK && strings.Contains(string(text), contact)
}

// What an instance counts, finds, tells and removes is its own: its quota, metrics, search, traces and retention.
func TestFiguresOfInstancesAreApart(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	x := newTrial(t, func(c *server.Config) {
		c.Quota = map[string]int{"active-tasks": 2}
		c.Retention = server.Span(30 * day)
	})
	y := *x
	y.Server = x.NewInstance(t, "twin")
	both := []*trial{x, &y}

	// One that is full leaves the other free.
	x.begin()
	first := x.begin()
	_, err := x.try(startInput{})
	x.refused(err, quotaExceeded, 402)
	other := y.StartTask("theirs")
	x.Advance(time.Minute)

	waiting := metricInput{CurrentMetrics: metrics(types.CurrentMetricNameContactsInQueue)}
	past := historyInput{Metrics: historical("CONTACTS_QUEUED_BY_ENQUEUE")}
	for i, want := range []struct{ current, past, names string }{
		{"CONTACTS_IN_QUEUE=2", "CONTACTS_QUEUED_BY_ENQUEUE=2", "n,n"},
		{"CONTACTS_IN_QUEUE=1", "CONTACTS_QUEUED_BY_ENQUEUE=1", "theirs"},
	} {
		x := both[i]
		x.wantNumbers(waiting, want.current)
		x.wantPast(past, want.past)
		if names, _ := found(t, x.Server, &connect.SearchContactsInput{}); strings.Join(names, ",") != want.names {
			t.Errorf("instance %d: found %v, want %s", i, names, want.names)
		}
	}
	for _, tt := range []struct {
		of      *trial
		contact string
		want    bool
	}{{x, first, true}, {&y, other, true}, {x, other, false}, {&y, first, false}} {
		if got := tt.of.traced(tt.contact); got != tt.want {
			t.Errorf("instance %s tells the trace of %s: %t, want %t", tt.of.InstanceID, tt.contact, got, tt.want)
		}
	}

	// What is removed of one, as it was kept for long enough, leaves what the other has.
	x.Advance(20 * day) // all tasks have expired meanwhile
	late := y.StartTask("late")
	x.Advance(11 * day)
	_, err = x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &x.InstanceID, ContactId: &first})
	x.refused(err, notFound, 404)
	if c := y.Describe(late); *c.Name != "late" {
		t.Errorf("the task of the other instance is %+v", c)
	}
	if x.traced(first) || !y.traced(late) {
		t.Error("traces are not kept as long as their contacts")
	}
}
