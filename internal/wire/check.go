package wire

import (
	"cmp"
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
func (c *checker) index(i int)       { c.enter("[" + strconv.Itoa(i) + "]") }
func (c *checker) key(k string)      { c.enter("[" + k + "]") }

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

// length counts characters, not bytes.
func (c *checker) length(s string, lower, upper int64) {
	c.bounds(int64(utf8.RuneCountInString(s)), lower, upper, "length")
}

func (c *checker) size(n int, lower, upper int64) { c.bounds(int64(n), lower, upper, "length") }

func (c *checker) between(n, lower, upper int64) { c.bounds(n, lower, upper, "value") }

func (c *checker) within(n, lower, upper float64) { //nolint:unparam // what is generated says both bounds
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

func (c *checker) matches(s string, p *pattern) {
	if !p.match.MatchString(s) || p.not != nil && p.not.MatchString(s) {
		c.fail("Member must satisfy regular expression pattern: %s", p.match)
	}
}

func (c *checker) union(set int) {
	if set != 1 {
		c.fail("Exactly one member of the union must be set, not %d", set)
	}
}

// sortedKeys makes the order in which the entries of a map are checked the same every time.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
