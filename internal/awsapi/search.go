package awsapi

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// The Search operations of configuration have one grammar: criteria are a tree, whose nodes are all of several
// others, any of several others, or one condition; and a filter looks at tags.
//
//	{"OrConditions": [{"StringCondition": {…}}, {"AndConditions": [{"StringCondition": {…}}, …]}]}
//
// The wire has a type of criteria for each operation. [criteria] reads any of them through a function that makes a
// [node] of it; what it finds wrong it names by its path.

const (
	// searchPage is the page that Search operations give when none is asked for.
	searchPage = 100
	// maxDepth is how deep criteria may be nested, the outermost included (docs/divergences.md).
	maxDepth = 5
)

// wanted reports whether an item is asked for.
type wanted[T any] func(T) bool

func every[T any](T) bool { return true }

// node is one node of the criteria C of a search for items T. An empty list is as good as none.
type node[C, T any] struct {
	and, or []C
	leaves  []condition[T]
}

// condition is a member of a node that has no others below it.
type condition[T any] struct {
	member string
	given  bool
	// compile makes the condition's test; what is wrong with it is named by the path of the member.
	compile func(path string) (wanted[T], error)
}

func nodeOf[C, T any](and, or []C, leaves ...condition[T]) node[C, T] {
	return node[C, T]{and, or, leaves}
}

// criteria makes the test of a search's criteria; none, or criteria without members, want everything.
// It fails with [fault.Unusable] for a node that has not exactly one member and for criteria nested too deep, and
// as conditions do.
func criteria[C, T any](c *C, read func(C) node[C, T]) (wanted[T], error) {
	const path = "SearchCriteria"
	if c == nil {
		return every[T], nil
	}
	if n := read(*c); len(n.members()) == 0 {
		return every[T], nil
	}
	return compile(path, *c, read, 1)
}

func compile[C, T any](path string, c C, read func(C) node[C, T], depth int) (wanted[T], error) {
	n := read(c)
	members := n.members()
	switch {
	case depth > maxDepth:
		return nil, fault.New(fault.Unusable, "%s: SearchCriteria may be nested %d deep at most", path, maxDepth)
	case len(members) != 1:
		return nil, notOne(path, members)
	case len(n.and) > 0:
		all, err := compileAll(path+".AndConditions", n.and, read, depth)
		return func(item T) bool {
			return !slices.ContainsFunc(all, func(w wanted[T]) bool { return !w(item) })
		}, err
	case len(n.or) > 0:
		some, err := compileAll(path+".OrConditions", n.or, read, depth)
		return func(item T) bool {
			return slices.ContainsFunc(some, func(w wanted[T]) bool { return w(item) })
		}, err
	}
	leaf := n.leaves[slices.IndexFunc(n.leaves, func(l condition[T]) bool { return l.given })]
	return leaf.compile(path + "." + leaf.member)
}

func compileAll[C, T any](path string, list []C, read func(C) node[C, T], depth int) ([]wanted[T], error) {
	all := make([]wanted[T], len(list))
	for i, c := range list {
		w, err := compile(element(path, i), c, read, depth+1)
		if err != nil {
			return nil, err
		}
		all[i] = w
	}
	return all, nil
}

func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// members names those that the node has.
func (n node[C, T]) members() []string {
	var names []string
	if len(n.and) > 0 {
		names = append(names, "AndConditions")
	}
	if len(n.or) > 0 {
		names = append(names, "OrConditions")
	}
	for _, l := range n.leaves {
		if l.given {
			names = append(names, l.member)
		}
	}
	return names
}

// notOne is the fault of a union without exactly one member.
func notOne(path string, members []string) error {
	if len(members) == 0 {
		return fault.New(fault.Unusable, "%s must have a member", path)
	}
	return fault.New(fault.Unusable, "%s must have exactly one member, not %s", path, strings.Join(members, " and "))
}

// found is one page of what a search has found, in the order of the items' keys.
type found[T any] struct {
	items []T
	next  *string
	total *int64
}

// search picks the items that fulfil all tests, in the list's own place, and cuts one page out of them. of names the
// list, for its NextToken; the check of the request has bounded size.
// It fails with [fault.Invalid] for a token that is not one of this list, or too old.
func search[T any](items []T, key func(T) string, of string, token *string, size *int64, now time.Time, tests ...wanted[T]) (found[T], error) {
	items = slices.DeleteFunc(items, func(item T) bool {
		return slices.ContainsFunc(tests, func(w wanted[T]) bool { return !w(item) })
	})
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	total, most := int64(len(items)), searchPage
	if size != nil {
		most = int(*size)
	}
	list, next, err := page(items, key, of, token, size, most, now)
	return found[T]{list, next, &total}, err
}
