// Package attachment is a file that is attached to a task: its states, its name, and the limits it must keep.
//
//	start upload ──►┌───────────┐ complete
//	                │ UPLOADING ├──────────────────────┐
//	                └─────┬─────┘                      ▼
//	                      │ delete, too late      ┌──────────┐ delete
//	                      ├──────────────────────►│ APPROVED ├────────┐
//	                      │                       └────▲─────┘        ▼
//	start task ────►┌─────┴────┐ fetched               │         ┌─────────┐ bytes removed
//	                │ FETCHING ├───────────────────────┤         │ DELETED ├──────────────► nothing is left
//	                └─────┬────┘                       │         └────▲────┘
//	                      │ too large, not a file ┌────┴─────┐        │
//	                      ├──────────────────────►│ REJECTED ├────────┤
//	                      │ no answer             └──────────┘        │
//	                      └──────────────────────►  FAILED  ──────────┘
//
// Callers see UPLOADING and FETCHING as PROCESSING, and a DELETED file not at all. It is kept until its bytes are
// gone, so that a crash in between leaves none behind.
package attachment

import (
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// State is where a file stands.
type State string

// The states; see the package comment.
const (
	Uploading State = "UPLOADING"
	Fetching  State = "FETCHING"
	Approved  State = "APPROVED"
	Rejected  State = "REJECTED"
	Failed    State = "FAILED"
	Deleted   State = "DELETED"
)

// moves lists every legal transition. A pair that is absent is illegal.
var moves = map[State][]State{
	Uploading: {Approved, Deleted},
	Fetching:  {Approved, Rejected, Failed, Deleted},
	Approved:  {Deleted},
	Rejected:  {Deleted},
	Failed:    {Deleted},
	Deleted:   {},
}

const (
	// UploadTime is how long an upload may take from its start to its completion; then it is given up.
	UploadTime = time.Hour
	// MaxFetches is how often a file is asked for before it is FAILED.
	MaxFetches = 4
	// retryAfter is the pause after the first fetch that found nobody; each later one is three times as long.
	retryAfter = 2 * time.Second
	// maxReason bounds the reason of a status, in characters (Reference.StatusReason).
	maxReason = 100
)

// File is one attached file; its bytes are kept elsewhere.
type File struct {
	ID      string
	Version int64 // of the row that was read; 0 when new. The store compares and raises it

	Contact string
	State   State
	Reason  string // why it is REJECTED or FAILED
	Name    string
	Size    int64 // in bytes; 0 until it has been fetched
	Created time.Time
	Creator Creator
	Tags    map[string]string

	Source  string    // URL to fetch it from; empty once that is over
	Fetches int       // begun so far
	Due     time.Time // when something is to be done with it: fetched, given up, removed. Zero: never
}

// Creator is who attached a file, as the caller says: one of the two, or neither.
type Creator struct {
	User     string `json:"user,omitempty"`     // ARN of a user of the instance
	Identity string `json:"identity,omitempty"` // ARN of an AWS identity
}

// Link is a URL for the bytes of a file that works without a signature of the caller's, for a while.
type Link struct {
	URL     string
	Expires time.Time
	Headers map[string]string // to be sent with it
}

// Status is the state as callers see it (FileStatusType, ReferenceStatus).
func (f *File) Status() string {
	switch f.State {
	case Uploading, Fetching:
		return "PROCESSING"
	default:
		return string(f.State)
	}
}

// Upload begins an upload.
func (f *File) Upload(now time.Time) {
	f.State, f.Created, f.Due = Uploading, now, now.Add(UploadTime)
}

// Complete ends an upload whose bytes are there. Completing it twice is one completion, and tells so.
// It fails with [fault.Unusable] for a file that was not uploaded.
func (f *File) Complete() (again bool, err error) {
	if f.State == Approved {
		return true, nil
	}
	if f.State != Uploading {
		return false, fault.New(fault.Unusable, "File %s is %s, and is not being uploaded", f.ID, f.Status())
	}
	return false, f.move(Approved)
}

// Fetch begins the life of a file that is to be fetched from a URL.
func (f *File) Fetch(source string, now time.Time) {
	f.State, f.Source, f.Created, f.Due = Fetching, source, now, now
}

// Claim takes a file that is due to be fetched, until a time by which the fetch is over: nobody else takes it
// before. It reports whether anything has changed: one that was taken often enough, and each time by a server that died,
// is FAILED instead.
func (f *File) Claim(now, until time.Time) bool {
	switch {
	case f.State != Fetching || f.Due.After(now):
		return false
	case f.Fetches >= MaxFetches:
		return f.EndFetch(Outcome{State: Failed, Reason: "The fetch was interrupted too often"}, now) == nil
	}
	f.Fetches++
	f.Due = until
	return true
}

// Outcome is how a fetch went: it is Approved with the Size of the bytes, Rejected or Failed for a Reason, Fetching
// when it is worth another try, or interrupted (the zero value) by the end of the server.
type Outcome struct {
	State  State
	Size   int64
	Reason string
}

// EndFetch ends a fetch. One that is worth another try has the file fetched again in a while, unless that has been
// tried often enough: then it is FAILED. It fails with [fault.Conflict] unless a fetch is under way.
func (f *File) EndFetch(o Outcome, now time.Time) error {
	if f.State != Fetching {
		return f.move(Fetching)
	}
	switch {
	case o.State == "":
		f.Fetches--
		f.Due = now
		return nil
	case o.State == Fetching && f.Fetches < MaxFetches:
		pause := retryAfter
		for range f.Fetches - 1 {
			pause *= 3
		}
		f.Due = now.Add(pause)
		return nil
	case o.State == Fetching:
		o.State = Failed
	}
	if err := f.move(o.State); err != nil {
		return err
	}
	f.Size, f.Reason = o.Size, cut(o.Reason, maxReason)
	return nil
}

// Delete has the bytes of the file removed, and then the file. Nobody sees it any more.
func (f *File) Delete(now time.Time) error {
	if err := f.move(Deleted); err != nil {
		return err
	}
	f.Due = now
	return nil
}

// move takes an edge of the graph. A state in which nothing is to be done is not due.
func (f *File) move(to State) error {
	if !slices.Contains(moves[f.State], to) {
		return fault.New(fault.Conflict, "file %s is %s and cannot become %s", f.ID, f.State, to)
	}
	f.State, f.Due, f.Source = to, time.Time{}, ""
	return nil
}

// cut shortens a text to a number of characters.
func cut(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}
