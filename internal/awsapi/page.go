package awsapi

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// cursor is what a NextToken holds: where the next page begins, so that pages stay right while the list
// changes.
type cursor struct {
	Of    string `json:"of"`    // the list it belongs to
	After string `json:"after"` // key of the last item of the page before
	Until int64  `json:"until"` // it is of no use later, in epoch seconds
}

// tokenLife is how long a NextToken can be used.
const tokenLife = 24 * time.Hour

// page cuts one page out of a list that is sorted by key. Without MaxResults it has at most most items. It
// fails with [fault.Invalid] for a token that is not one of this list, or too old.
func page[T any](items []T, key func(T) string, of string, token *string, size *int64, most int, now time.Time) ([]T, *string, error) {
	from := 0
	if t := wire.Value(token); t != "" {
		var c cursor
		text, err := base64.RawURLEncoding.DecodeString(t)
		if err != nil || json.Unmarshal(text, &c) != nil || c.Of != of || now.Unix() > c.Until {
			return nil, nil, fault.New(fault.Invalid, "NextToken is not valid")
		}
		if from = slices.IndexFunc(items, func(i T) bool { return key(i) > c.After }); from < 0 {
			from = len(items)
		}
	}
	to := min(len(items), from+int(min(wire.Value(size), int64(most))))
	if size == nil {
		to = min(len(items), from+most)
	}
	part := append([]T{}, items[from:to]...)
	if to == len(items) || to == from {
		return part, nil, nil
	}
	text, err := json.Marshal(cursor{Of: of, After: key(items[to-1]), Until: now.Add(tokenLife).Unix()})
	if err != nil {
		return nil, nil, err
	}
	next := base64.RawURLEncoding.EncodeToString(text)
	return part, &next, nil
}
