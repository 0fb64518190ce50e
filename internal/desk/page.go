package desk

import (
	"encoding/base64"
	"slices"
	"strings"
)

// maxPage is the largest page of a list, and the one given when no size is asked for.
const maxPage = 1000

// page cuts one page out of a list that is sorted by a key without duplicates. The token of the next page is the key
// of the last item of this one, so that pages stay right while the list changes.
// It fails with a PaginationException for what is no token or no size.
func page[T any](c *call, items []T, key func(T) string) (part []T, next any, err error) {
	if c.in.MaxResults < 0 {
		return nil, nil, &typedError{"PaginationException", "maxResults must not be negative"}
	}
	if c.in.NextToken != "" {
		after, err := base64.RawURLEncoding.DecodeString(c.in.NextToken)
		if err != nil {
			return nil, nil, &typedError{"PaginationException", "nextToken is not one that this list has given"}
		}
		items = slices.DeleteFunc(slices.Clone(items), func(i T) bool { return key(i) <= string(after) })
	}
	size := maxPage
	if c.in.MaxResults > 0 {
		size = min(c.in.MaxResults, maxPage)
	}
	if len(items) <= size {
		return items, nil, nil
	}
	part = items[:size]
	return part, base64.RawURLEncoding.EncodeToString([]byte(key(part[size-1]))), nil
}

// named is a member of a JSON object, or an item of a list, by its name.
type named struct {
	key  string
	item object
}

// list answers with one page of a list, under the name of its member. Items come by key.
func (c *call) list(member string, items []named) (any, error) {
	slices.SortFunc(items, func(a, b named) int { return strings.Compare(a.key, b.key) })
	part, next, err := page(c, items, func(n named) string { return n.key })
	if err != nil {
		return nil, err
	}
	out := make([]object, len(part))
	for i, n := range part {
		out[i] = n.item
	}
	return object{member: out, "nextToken": next}, nil
}
