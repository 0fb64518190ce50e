package arn

import (
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

var home = Instance{Region: "us-east-1", Account: "000000000000", ID: "11111111-1111-4111-8111-111111111111"}

func TestResolve(t *testing.T) {
	t.Parallel()
	const id = "22222222-2222-4222-8222-22222222aAfF"
	elsewhere := Instance{Region: "us-east-1", Account: "000000000000", ID: "33333333-3333-4333-8333-333333333333"}
	for _, tt := range []struct {
		name string
		kind Kind
		in   string
		want string
		err  fault.Kind // 0: none
	}{
		{"an id", Queue, id, id, 0},
		{"its ARN", Queue, home.Of(Queue, id), id, 0},
		{"an agent queue", AgentQueue, home.Of(AgentQueue, id), id, 0},
		{"a level of the hierarchy", HierarchyLevel, home.Of(HierarchyLevel, "1"), "1", 0},
		{"an agent queue is not a queue", Queue, home.Of(AgentQueue, id), "", fault.NotFound},
		{"another kind", Queue, home.Of(Flow, id), "", fault.NotFound},
		{"another instance", Queue, elsewhere.Of(Queue, id), "", fault.NotFound},
		{"a word", Queue, "abc", "", fault.Invalid},
		{"nothing", Queue, "", "", fault.Invalid},
		{"nothing of a kind with ids of other forms", HierarchyLevel, "", "", fault.Invalid},
		{"a trailing blank", Queue, id + " ", "", fault.Invalid},
		{"a leading blank", Queue, " " + id, "", fault.Invalid},
		{"too short", Queue, id[:35], "", fault.Invalid},
		{"a letter beyond f", Queue, "g" + id[1:], "", fault.Invalid},
		{"a dash in the wrong place", Queue, "-" + id[1:], "", fault.Invalid},
		{"no dash in its place", Queue, id[:8] + "0" + id[9:], "", fault.Invalid},
		{"an ARN with a word for an id", Queue, home.Of(Queue, "abc"), "", fault.Invalid},
		{"an ARN without an id", Queue, home.String() + "/queue/", "", fault.Invalid},
		{"an ARN of another service", Queue, "arn:aws:s3:::bucket", "", fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := home.Resolve(tt.kind, tt.in)
			if got != tt.want || (err != nil) != (tt.err != 0) || err != nil && !fault.Is(err, tt.err) {
				t.Errorf("Resolve(%q, %q) = %q, %v; want %q and %v", tt.kind, tt.in, got, err, tt.want, tt.err)
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
