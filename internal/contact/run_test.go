package contact

import (
	"encoding/json"
	"testing"
)

// A contact has one main run and one of an event beside it; a later run of either takes the place of the earlier.
func TestSuspendedRunsHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	for kind, main := range map[RunKind]bool{
		RunInbound: true, RunQueue: true, RunWhisper: true, RunDisconnect: true, RunPause: false, RunResume: false, RunAgentUI: false,
	} {
		f := Flows{Main: &Suspended{Kind: RunQueue, Stamp: 1}, Event: &Suspended{Kind: RunPause, Stamp: 2}, Stamp: 7}
		stamp := f.Suspend(kind, json.RawMessage(`"new"`))
		if stamp != 8 || kind.Main() != main || !kind.known() {
			t.Errorf("%s: stamp %d, main %t, known %t; want 8, %t, true", kind, stamp, kind.Main(), kind.known(), main)
		}
		if s := f.Waiting(stamp); s == nil || s.Kind != kind || string(s.Body) != `"new"` {
			t.Errorf("%s: the run that waits is %+v", kind, s)
		}
		if lost, kept := f.Waiting(2), f.Waiting(1); (lost == nil) == main || (kept == nil) != main {
			t.Errorf("%s: the event's run is %+v, and the main one %+v; want the other one kept", kind, lost, kept)
		}
		if was := f.Drop(kind); was == nil || was.Stamp != stamp || f.Waiting(stamp) != nil {
			t.Errorf("%s: Drop = %+v, want the run, and nothing left", kind, was)
		}
		if was := f.Drop(kind); was != nil {
			t.Errorf("%s: Drop of nothing = %+v", kind, was)
		}
	}
	if k := RunKind("NEWER"); k.known() || k.Main() {
		t.Errorf("kind %s: known %t, main %t", k, k.known(), k.Main())
	}
}

// Calls whose answer nobody waits for share the stamps of runs, and go one by one. What was handed out stays as it was.
func TestCallsOfFunctionsAreFoundByTheirStamps(t *testing.T) {
	t.Parallel()
	f := Flows{}
	run := f.Suspend(RunInbound, nil)
	first, second := f.Call(json.RawMessage(`1`)), f.Call(json.RawMessage(`2`))
	if run != 1 || first != 2 || second != 3 || f.Stamp != 3 {
		t.Errorf("stamps %d, %d, %d, and the last %d", run, first, second, f.Stamp)
	}
	if s := f.Waiting(second); s == nil || string(s.Body) != "2" {
		t.Errorf("call %d is %+v", second, s)
	}
	before := f.Calls
	if f.Called(first); f.Waiting(first) != nil || f.Waiting(second) == nil || f.Waiting(run) == nil || before[0].Stamp != first {
		t.Errorf("after call %d: calls %+v, were %+v", first, f.Calls, before)
	}
	if s := f.Waiting(9); s != nil {
		t.Errorf("a stamp that was not given finds %+v", s)
	}
}

// Rows of a newer version may have what this one does not know.
func TestCheckOfContactRefusesWhatThisVersionDoesNotKnow(t *testing.T) {
	t.Parallel()
	run := func(k RunKind) *Suspended { return &Suspended{Kind: k} }
	for _, tt := range []struct {
		name string
		c    Contact
		ok   bool
	}{
		{"waiting", Contact{State: Queued}, true},
		{"paused with an agent", Contact{State: Paused, PausedFrom: Connected}, true},
		{"runs", Contact{State: InFlow, Flows: Flows{Main: run(RunInbound), Event: run(RunPause)}}, true},
		{"only a run of an event", Contact{State: InFlow, Flows: Flows{Event: run(RunResume)}}, true},
		{"no state", Contact{}, false},
		{"another state", Contact{State: "NEWER"}, false},
		{"paused from another state", Contact{State: Paused, PausedFrom: "NEWER"}, false},
		{"another main run", Contact{State: InFlow, Flows: Flows{Main: run("NEWER")}}, false},
		{"another run of an event", Contact{State: InFlow, Flows: Flows{Main: run(RunQueue), Event: run("NEWER")}}, false},
	} {
		if err := tt.c.Check(); (err == nil) != tt.ok {
			t.Errorf("%s: Check = %v, want ok %t", tt.name, err, tt.ok)
		}
	}
}
