package routing

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/fault"
)

func rowOf(ch Channel, queue string, priority int) Row {
	return Row{ch, ProfileQueue{Queue: queue, Priority: priority, Delay: time.Duration(priority) * time.Second}}
}

func TestConcurrenciesAreChecked(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		give []Concurrency
		ok   bool
	}{
		{"none", nil, true},
		{"all", []Concurrency{{"VOICE", 1, false}, {"CHAT", 10, true}, {Task, 10, false}, {"EMAIL", 1, true}}, true},
		{"two telephones", []Concurrency{{"VOICE", 2, false}}, false},
		{"too many tasks", []Concurrency{{Task, 11, false}}, false},
		{"a channel twice", []Concurrency{{Task, 1, false}, {Task, 2, false}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Profile{Slots: 3, Queues: []ProfileQueue{{Queue: "q"}}}
			err := p.SetConcurrencies(tt.give)
			if tt.ok && (err != nil || !slices.Equal(p.Concurrencies(), tt.give)) {
				t.Errorf("concurrencies %v, %v, want %v", p.Concurrencies(), err, tt.give)
			}
			if !tt.ok && !fault.Is(err, fault.Invalid) {
				t.Errorf("err = %v, want an invalid value", err)
			}
			if len(p.Queues) != 1 {
				t.Errorf("queues %v", p.Queues)
			}
		})
	}
}

func TestQueuesOfProfile(t *testing.T) {
	t.Parallel()
	p := Profile{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want := func(rows, manual []Row) {
		t.Helper()
		if got := p.Rows(); !slices.Equal(got, rows) {
			t.Errorf("rows %v, want %v", got, rows)
		}
		if got := p.ManualRows(); !slices.Equal(got, manual) {
			t.Errorf("manual rows %v, want %v", got, manual)
		}
	}
	picked := Row{Task, ProfileQueue{Queue: "a"}}
	must(p.Associate([]Row{rowOf(Task, "a", 1), rowOf("CHAT", "a", 2), rowOf(Task, "b", 3)}, []Row{picked}, 0))
	want([]Row{rowOf("CHAT", "a", 2), rowOf(Task, "a", 1), rowOf(Task, "b", 3)}, []Row{picked})
	must(p.Associate([]Row{rowOf(Task, "a", 9)}, []Row{picked}, 3))
	want([]Row{rowOf("CHAT", "a", 2), rowOf(Task, "b", 3), rowOf(Task, "a", 9)}, []Row{picked})
	before := p
	for _, wrong := range []struct {
		err  error
		kind fault.Kind
	}{
		{p.UpdateQueues([]Row{rowOf("EMAIL", "a", 1)}), fault.NotFound},
		{p.UpdateQueues([]Row{rowOf(Task, "a", 1), rowOf(Task, "a", 2)}), fault.Invalid},
		{p.Associate([]Row{rowOf(Task, "c", 1), rowOf(Task, "c", 2)}, nil, 0), fault.Invalid},
		{p.Associate(nil, []Row{picked, picked}, 0), fault.Invalid},
	} {
		if !fault.Is(wrong.err, wrong.kind) {
			t.Errorf("err = %v, want kind %d", wrong.err, wrong.kind)
		}
	}
	want(before.Rows(), before.ManualRows())
	must(p.UpdateQueues([]Row{rowOf(Task, "b", 5)}))
	want([]Row{rowOf("CHAT", "a", 2), rowOf(Task, "b", 5), rowOf(Task, "a", 9)}, []Row{picked})
	for queue, names := range map[string]bool{"a": true, "b": true, "c": false} {
		if p.Names(queue) != names {
			t.Errorf("Names(%s) = %t", queue, !names)
		}
	}
	p.Disassociate([]Row{rowOf("CHAT", "a", 0), rowOf(Task, "a", 0), rowOf(Task, "none", 0)}, []Row{picked, rowOf("EMAIL", "a", 0)})
	want([]Row{rowOf(Task, "b", 5)}, nil)
	if p.Names("a") || len(p.Others) != 0 {
		t.Errorf("queue a is left: %+v", p)
	}
	if err := p.Associate([]Row{rowOf("CHAT", "c", 1)}, nil, 1); !fault.Is(err, fault.Limit) {
		t.Errorf("err = %v, want a limit", err)
	}
}

// Whatever is done to a profile, a copy that was made before stays as it was: commands change copies.
func TestChangesOfProfileLeaveCopiesAlone(t *testing.T) {
	t.Parallel()
	channel := rapid.SampledFrom(Channels)
	rows := rapid.Custom(func(t *rapid.T) []Row {
		return []Row{rowOf(channel.Draw(t, "channel"), fmt.Sprint("q", rapid.IntRange(0, 2).Draw(t, "queue")), rapid.IntRange(1, 9).Draw(t, "priority"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		p := Profile{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			old, told := p, fmt.Sprint(p)
			some := rows.Draw(t, "rows")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				_ = p.Associate(some, some, 0) // cannot fail
			case 1:
				_ = p.UpdateQueues(some) // one that is not there is refused
			case 2:
				p.Disassociate(some, some)
			case 3:
				_ = p.SetConcurrencies([]Concurrency{{some[0].Channel, agent.Slots(1), true}}) // cannot fail
			}
			if now := fmt.Sprint(old); now != told {
				t.Fatalf("the copy became %s, was %s", now, told)
			}
		}
	})
}
