package wire

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/fault"
)

// none stands for a bound that is not there.
const none = math.MinInt64

// minInt and maxInt bound an integer of 32 bits that has no bounds of its own.
const (
	minInt = math.MinInt32
	maxInt = math.MaxInt32
)

// checker walks a request and keeps the first thing that is wrong. Its path names the member it is at.
type checker struct {
	path  []string
	fault *fault.Error
}

func (c *checker) enter(name string) { c.path = append(c.path, name) }
func (c *checker) leave()            { c.path = c.path[:len(c.path)-1] }

// at is the path as a message shows it: References[Order].Type.
func (c *checker) at() string {
	var b strings.Builder
	for i, p := range c.path {
		if i > 0 && !strings.HasPrefix(p, "[") {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

func (c *checker) fail(format string, args ...any) {
	if c.fault == nil {
		c.fault = fault.New(fault.Invalid, "Value at '%s' failed to satisfy constraint: %s", c.at(), fmt.Sprintf(format, args...))
	}
}

func (c *checker) missing(name string) {
	if c.fault == nil {
		c.enter(name)
		c.fault = fault.New(fault.Invalid, "%s is required", c.at())
		c.leave()
	}
}

// bounds checks a count against bounds, either of which may be absent.
func (c *checker) bounds(n, lower, upper int64, what string) {
	if lower != none && n < lower {
		c.fail("Member must have %s greater than or equal to %d", what, lower)
	}
	if upper != none && n > upper {
		c.fail("Member must have %s less than or equal to %d", what, upper)
	}
}

// textIs checks a text, of which it counts characters, not bytes. A pattern may be absent.
func (c *checker) textIs(s string, lower, upper int64, p *pattern) {
	c.bounds(int64(utf8.RuneCountInString(s)), lower, upper, "length")
	if p != nil && (!p.match.MatchString(s) || p.not != nil && p.not.MatchString(s)) {
		c.fail("Member must satisfy regular expression pattern: %s", p.match)
	}
}

func (c *checker) within(n, lower, upper float64) {
	if n < lower || n > upper {
		c.fail("Member must have value between %g and %g", lower, upper)
	}
}

func (c *checker) oneOf(s string, values []string) {
	if !slices.Contains(values, s) {
		c.fail("Member must satisfy enum value set: [%s]", strings.Join(values, ", "))
	}
}

// pattern is a regular expression with, in place of a look-ahead, another that must not match.
type pattern struct{ match, not *regexp.Regexp }

// union checks that exactly one of the members of a union is there.
func (c *checker) union(there ...bool) {
	set := 0
	for _, yes := range there {
		if yes {
			set++
		}
	}
	if set != 1 {
		c.fail("Exactly one member of the union must be set, not %d", set)
	}
}

// Whether a member has to be there.
const (
	optional = false
	required = true
)

// needs checks that a member is there.
func (c *checker) needs(name string, there bool) {
	if !there {
		c.missing(name)
	}
}

// into enters a member that is there and reports whether it is.
func (c *checker) into(name string, there, need bool) bool {
	switch {
	case there:
		c.enter(name)
	case need:
		c.missing(name)
	}
	return there
}

func (c *checker) text(name string, s *string, need bool, lower, upper int64, p *pattern) {
	if c.into(name, s != nil, need) {
		c.textIs(*s, lower, upper, p)
		c.leave()
	}
}

func (c *checker) whole(name string, n *int64, need bool, lower, upper int64) {
	if c.into(name, n != nil, need) {
		c.bounds(*n, lower, upper, "value")
		c.leave()
	}
}

func (c *checker) decimal(name string, n *float64, need bool, lower, upper float64) { //nolint:unparam // what is generated says both bounds
	if c.into(name, n != nil, need) {
		c.within(*n, lower, upper)
		c.leave()
	}
}

func choice[E ~string](c *checker, name string, e *E, need bool, values []string) {
	if c.into(name, e != nil, need) {
		c.oneOf(string(*e), values)
		c.leave()
	}
}

// structure is a pointer to a structure of the API.
type structure[S any] interface {
	*S
	check(*checker)
}

func inner[S any, P structure[S]](c *checker, name string, v P, need bool) {
	if c.into(name, v != nil, need) {
		v.check(c)
		c.leave()
	}
}

func list[E any](c *checker, name string, all []E, need bool, lower, upper int64, check func(*E)) {
	if c.into(name, all != nil, need) {
		each(c, all, lower, upper, check)
		c.leave()
	}
}

// each checks the elements of a list; check may be absent.
func each[E any](c *checker, all []E, lower, upper int64, check func(*E)) {
	c.bounds(int64(len(all)), lower, upper, "length")
	if check == nil {
		return
	}
	for i := range all {
		c.enter("[" + strconv.Itoa(i) + "]")
		check(&all[i])
		c.leave()
	}
}

func table[K ~string, E any](c *checker, name string, all map[K]E, need bool, lower, upper int64, key func(K), check func(*E)) {
	if c.into(name, all != nil, need) {
		entries(c, all, lower, upper, key, check)
		c.leave()
	}
}

// entries checks the keys and the values of a map, in the order of the keys; either check may be absent.
func entries[K ~string, E any](c *checker, all map[K]E, lower, upper int64, key func(K), check func(*E)) {
	c.bounds(int64(len(all)), lower, upper, "length")
	if key == nil && check == nil {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(all)) {
		c.enter("[" + string(k) + "]")
		if key != nil {
			key(k)
		}
		if e := all[k]; check != nil {
			check(&e)
		}
		c.leave()
	}
}
