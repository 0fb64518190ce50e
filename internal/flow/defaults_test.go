package flow

import (
	"strings"
	"testing"
)

func TestDefaultsCanBePublished(t *testing.T) {
	const queue = "arn:aws:connect:us-east-1:000000000000:instance/i/queue/q"
	for _, d := range Defaults(queue) {
		if _, err := Publish(d.Content, d.Type, resources{"queue " + queue: true}); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
}

// The defaults that run for tasks bring them where they should be, whether or not there is room.
func TestDefaultsAreFitForTasks(t *testing.T) {
	ok, full := Failure(""), QueueAtCapacity
	tests := []struct {
		name   string
		answer Failure
		want   Effect
	}{
		{"Default agent transfer", ok, Transferred{}},
		{"Default agent transfer", full, Disconnect{}},
		{"Default queue transfer", ok, Transferred{}},
		{"Default customer queue", ok, End{}},
		{"Default agent whisper", ok, End{}},
		{SampleTaskFlow, ok, Transferred{}},
		{SampleTaskFlow, full, Disconnect{}},
	}
	contents := map[string]string{}
	for _, d := range Defaults("q-a") {
		contents[d.Name] = d.Content
	}
	for _, tt := range tests {
		p, err := Load(contents[tt.name])
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := finish(t, runner(p, &scope{}), func(Effect) Result { return Result{Error: tt.answer} }); got != tt.want {
			t.Errorf("%s with %q ends with %+v, want %+v", tt.name, tt.answer, got, tt.want)
		}
	}
}

func TestSampleFlowUsesTheQueue(t *testing.T) {
	for _, d := range Defaults("q-a") {
		if d.Name == SampleTaskFlow && !strings.Contains(d.Content, `"QueueId": "q-a"`) {
			t.Errorf("%s does not name the queue:\n%s", d.Name, d.Content)
		}
	}
}
