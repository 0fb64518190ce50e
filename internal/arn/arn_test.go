package arn

import (
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

var home = Instance{Region: "us-east-1", Account: "000000000000", ID: "11111111-1111-4111-8111-111111111111"}

func TestResolve(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		in   string
		want string // empty means refused
	}{
		{"an id", Queue, "q-1", "q-1"},
		{"its ARN", Queue, home.Of(Queue, "q-1"), "q-1"},
		{"an agent queue is not a queue", Queue, home.Of(AgentQueue, "u-1"), ""},
		{"an agent queue", AgentQueue, home.Of(AgentQueue, "u-1"), "u-1"},
		{"another kind", Queue, home.Of(Flow, "q-1"), ""},
		{"another instance", Queue, Instance{Region: "us-east-1", Account: "000000000000", ID: "x"}.Of(Queue, "q-1"), ""},
		{"no id", Queue, home.String() + "/queue/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := home.Resolve(tt.kind, tt.in)
			if got != tt.want || (tt.want == "") != fault.Is(err, fault.NotFound) {
				t.Errorf("Resolve(%q, %q) = %q, %v; want %q", tt.kind, tt.in, got, err, tt.want)
			}
		})
	}
}

func TestInstanceID(t *testing.T) {
	for in, want := range map[string]string{
		home.ID:       home.ID,
		home.String(): home.ID,
		"arn:aws:s3:": "arn:aws:s3:",
	} {
		if got := InstanceID(in); got != want {
			t.Errorf("InstanceID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	const instance = "arn:aws:connect:us-east-1:000000000000:instance/i"
	for _, tt := range []struct {
		give string
		kind Kind
		id   string // empty: refused
	}{
		{instance + "/queue/q", Queue, "q"},
		{instance + "/queue/agent/u", AgentQueue, "u"},
		{instance + "/agent-group/g", HierarchyGroup, "g"},
		{instance, "", ""},
		{instance + "/queue", "", ""},
		{instance + "/queue/", "", ""},
		{"q", "", ""},
		{"", "", ""},
		{"arn:aws:s3:::bucket/key/more", "", ""},
		{":instance/i/queue/q", "", ""},
	} {
		of, kind, id, err := Split(tt.give)
		if (err != nil) != (tt.id == "") || kind != tt.kind || id != tt.id || err == nil && of != instance {
			t.Errorf("Split(%q) = %q, %q, %q, %v; want kind %q and id %q", tt.give, of, kind, id, err, tt.kind, tt.id)
		}
	}
}
