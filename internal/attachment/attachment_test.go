package attachment

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/fault"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func fetching(fetches int) *File {
	return &File{ID: "f-1", State: Fetching, Source: "https://bucket/x", Fetches: fetches, Due: noon}
}

func TestFetchEnds(t *testing.T) {
	long := strings.Repeat("ä", maxReason)
	tests := []struct {
		name    string
		from    *File
		outcome Outcome
		want    File // ID and Created left out
	}{
		{"with the bytes", fetching(1), Outcome{State: Approved, Size: 5}, File{State: Approved, Size: 5, Fetches: 1}},
		{"with a file that is not wanted", fetching(1), Outcome{State: Rejected, Reason: "too large"}, File{State: Rejected, Reason: "too large", Fetches: 1}},
		{"for good", fetching(1), Outcome{State: Failed, Reason: long + "ä"}, File{State: Failed, Reason: long, Fetches: 1}},
		{"to be tried again", fetching(1), Outcome{State: Fetching, Reason: "503"}, File{State: Fetching, Source: "https://bucket/x", Fetches: 1, Due: noon.Add(2 * time.Second)}},
		{"to be tried again later", fetching(3), Outcome{State: Fetching}, File{State: Fetching, Source: "https://bucket/x", Fetches: 3, Due: noon.Add(18 * time.Second)}},
		{"often enough", fetching(MaxFetches), Outcome{State: Fetching, Reason: "503"}, File{State: Failed, Reason: "503", Fetches: MaxFetches}},
		{"with the server", fetching(2), Outcome{}, File{State: Fetching, Source: "https://bucket/x", Fetches: 1, Due: noon}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.from.EndFetch(tt.outcome, noon); err != nil {
				t.Fatal(err)
			}
			tt.want.ID = "f-1"
			if diff := cmp.Diff(&tt.want, tt.from); diff != "" {
				t.Errorf("EndFetch(%+v) (-want +got):\n%s", tt.outcome, diff)
			}
		})
	}
	for _, s := range []State{Uploading, Approved, Rejected, Failed, Deleted} {
		f := &File{State: s}
		if err := f.EndFetch(Outcome{State: Approved, Size: 1}, noon); !fault.Is(err, fault.Conflict) || f.State != s {
			t.Errorf("EndFetch of a file that is %s = %v, and it is %s", s, err, f.State)
		}
	}
}

func TestOneClaimAtATime(t *testing.T) {
	f := fetching(0)
	if f.Claim(noon.Add(-1), noon) {
		t.Error("a file was claimed before it was due")
	}
	if !f.Claim(noon, noon.Add(time.Minute)) || f.Fetches != 1 {
		t.Errorf("a file that is due was not claimed: %+v", f)
	}
	if f.Claim(noon.Add(59*time.Second), noon.Add(2*time.Minute)) {
		t.Error("a file was claimed twice")
	}
	if !f.Claim(noon.Add(time.Minute), noon.Add(2*time.Minute)) || f.Fetches != 2 {
		t.Errorf("a claim that ran out was not taken over: %+v", f)
	}
	if f := fetching(MaxFetches); !f.Claim(noon, noon) || f.State != Failed || f.Reason == "" {
		t.Errorf("a file that was claimed too often is %+v", f)
	}
	if f := (&File{State: Uploading, Due: noon}); f.Claim(noon, noon) {
		t.Error("an upload was claimed")
	}
}

func TestCompletingTwiceIsOneCompletion(t *testing.T) {
	f := &File{ID: "f-1"}
	f.Upload(noon)
	if f.Status() != "PROCESSING" || !f.Due.Equal(noon.Add(UploadTime)) {
		t.Errorf("an upload that begins is %s and due %v", f.Status(), f.Due)
	}
	if again, err := f.Complete(); again || err != nil || f.State != Approved || !f.Due.IsZero() {
		t.Errorf("Complete = %t, %v; the file is %+v", again, err, f)
	}
	if again, err := f.Complete(); !again || err != nil {
		t.Errorf("Complete again = %t, %v", again, err)
	}
	for _, s := range []State{Fetching, Rejected, Failed} {
		if _, err := (&File{State: s}).Complete(); !fault.Is(err, fault.Unusable) {
			t.Errorf("Complete of a file that is %s = %v", s, err)
		}
	}
}

// TestDeletedIsFinal: whatever is done with a file, a move is one of the graph, something is due exactly in the
// states that wait for something, and nothing leads out of DELETED.
func TestDeletedIsFinal(t *testing.T) {
	waiting := []State{Uploading, Fetching, Deleted}
	rapid.Check(t, func(t *rapid.T) {
		f := &File{ID: "f-1", Name: "a.txt", Size: 1}
		if rapid.Bool().Draw(t, "upload") {
			f.Upload(noon)
		} else {
			f.Fetch("https://bucket/x", noon)
		}
		now := noon
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "seconds")) * time.Second)
			was := f.State
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				_, err = f.Complete()
			case 1:
				f.Claim(now, now.Add(time.Minute))
			case 2:
				to := rapid.SampledFrom([]State{"", Approved, Rejected, Failed, Fetching}).Draw(t, "outcome")
				err = f.EndFetch(Outcome{State: to, Size: 1}, now)
			case 3:
				err = f.Delete(now)
			}
			if f.State != was && (err != nil || !slices.Contains(moves[was], f.State)) {
				t.Fatalf("%s became %s with %v", was, f.State, err)
			}
			if f.Due.IsZero() == slices.Contains(waiting, f.State) || (f.Source != "") != (f.State == Fetching) {
				t.Fatalf("%+v: due and source do not go with the state", f)
			}
		}
	})
}
