package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// cursor is what a NextToken holds: where the next page begins, so that pages stay right while the list
// changes.
type cursor struct {
	Of    string `json:"of"`    // the list it belongs to
	After string `json:"after"` // key of the last item of the page before
	Until int64  `json:"until"` // it is of no use later, in epoch seconds

	Place *engine.Place `json:"place,omitempty"` // instead of After, in a search for contacts
	Total int           `json:"total,omitempty"` // what was counted for its first page

	Rows    []string `json:"rows,omitempty"`    // instead of After, of real-time metrics: those that are left, in order
	Request string   `json:"request,omitempty"` // what they were asked for with
}

// tokenLife is how long a NextToken can be used.
const tokenLife = 24 * time.Hour

// What List operations give when no page size is asked for: usualPage where the reference says so in the words "The
// default MaxResult size is 100", and else their largest page, which for most of them is maxList. The reference of each
// operation: https://docs.aws.amazon.com/connect/latest/APIReference/API_Operations_Amazon_Connect_Service.html.
const (
	usualPage = 100
	maxList   = 1000
)

// page cuts one page out of a list that is sorted by key. It has size items, which the check of the request has bounded,
// or without a size as many as usual. It fails with [fault.Invalid] for a token that is not one of this list, or too old.
func page[T any](items []T, key func(T) string, of string, token *string, size *int64, usual int, now time.Time) ([]T, *string, error) {
	from := 0
	if token != nil && *token != "" {
		c, err := readCursor(*token, of, now)
		if err != nil {
			return nil, nil, err
		}
		if from = slices.IndexFunc(items, func(i T) bool { return key(i) > c.After }); from < 0 {
			from = len(items)
		}
	}
	if size != nil {
		usual = int(*size)
	}
	to := min(len(items), from+usual)
	part := append([]T{}, items[from:to]...)
	if to == len(items) || to == from {
		return part, nil, nil
	}
	next, err := cursor{Of: of, After: key(items[to-1])}.token(now)
	return part, next, err
}

// errToken is the fault of a NextToken that no operation has given, or that is too old.
var errToken = fault.New(fault.Invalid, "NextToken is not valid")

// readCursor reads a NextToken. It fails with [fault.Invalid] when it is not one of a list, or too old.
func readCursor(token, of string, now time.Time) (c cursor, err error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(text, &c) != nil || c.Of != of || now.Unix() > c.Until {
		return c, errToken
	}
	return c, nil
}

// token is the NextToken of the place.
func (c cursor) token(now time.Time) (*string, error) { return c.tokenFor(tokenLife, now) }

// tokenFor is the NextToken of the place, of use for a time.
func (c cursor) tokenFor(life time.Duration, now time.Time) (*string, error) {
	c.Until = now.Add(life).Unix()
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	next := base64.RawURLEncoding.EncodeToString(text)
	return &next, nil
}
