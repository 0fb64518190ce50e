// Package wire is the Amazon Connect API as it travels: AWS REST-JSON 1.1, version 2017-08-08.
//
// connect.api describes it. From that file come the types, the table of operations and the checks
// (*_gen.go); the rest of the package reads a request into its type, checks every member and writes answers:
//
//	in := new(wire.StartTaskContactRequest)
//	err := wire.Read(r, body, in)       // labels, query, JSON body, then required, length, range, pattern, enum
//	…
//	err = wire.Write(w, &wire.StartTaskContactResponse{ContactId: &id})
//
// A member that may be absent is a pointer, a slice or a map. JSON null means absent, unknown members are
// ignored, names are case-sensitive.
package wire

//go:generate go run -C ../../tools ./wiregen ../internal/wire/connect.api ../internal/wire

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Operation is one operation of the API.
type Operation struct {
	Name   string
	Method string
	Path   string   // with {labels}
	Errors []string // exceptions that its callers expect; nil when only the name is known here
	// Empty is the list in the answer of an operation that lists resources of a kind that there are none of.
	Empty string
	// Foreign operations belong to a channel or feature that Tasklane does not have; the others can be served.
	Foreign bool
}

// Pattern is the operation's pattern for [net/http.ServeMux].
func (o Operation) Pattern() string {
	// ARNs in the path of the tag operations may come with their slashes as they are.
	return o.Method + " " + strings.Replace(o.Path, "{resourceArn}", "{resourceArn...}", 1)
}

// Declares reports whether callers of the operation expect an exception.
func (o Operation) Declares(exception string) bool {
	return slices.Contains(o.Errors, exception)
}

// Timestamp is a time as it travels: a JSON number of epoch seconds, with milliseconds.
type Timestamp struct{ time.Time }

// Time returns the timestamp of a time; nil for the zero time.
func Time(t time.Time) *Timestamp {
	if t.IsZero() {
		return nil
	}
	return &Timestamp{t}
}

// MarshalJSON writes epoch seconds with at most three decimals.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(t.UnixMilli())/1000, 'f', -1, 64), nil
}

// latest is the end of the year 9999, in epoch seconds.
const latest = 253402300799

// UnmarshalJSON reads epoch seconds: an integer, a decimal or a number with an exponent.
func (t *Timestamp) UnmarshalJSON(text []byte) error {
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsNaN(seconds) {
		return errNotEpoch
	}
	if seconds < 0 || seconds > latest {
		return errEpoch
	}
	t.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}

// String returns a pointer to a string that is not empty, and nil for one that is.
func String[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

// Value returns what a pointer points to, or the zero value for nil.
func Value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
