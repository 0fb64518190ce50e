package wire

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/fault"
)

// Request is a request of one operation; the generated types are requests.
type Request interface {
	bind(*binder)
	check(*checker)
}

// Read reads a request out of the labels, the query and the JSON body, and checks every member.
// It fails with [fault.Malformed] when something cannot be read, and with [fault.Invalid] for the first member
// that is missing or breaks a bound; the message names the member. U+0000 is invalid anywhere: PostgreSQL has no
// text with it.
func Read(r *http.Request, body []byte, into Request) error {
	if len(body) > 0 {
		if err := decode(body, into); err != nil {
			return err
		}
	}
	b := binder{r: r}
	into.bind(&b)
	if b.err != nil {
		return b.err
	}
	var c checker
	into.check(&c)
	switch {
	case c.fault != nil:
		return c.fault
	case holdsNUL(body):
		return fault.New(fault.Invalid, "The request has the character U+0000, which no text may have")
	default:
		return nil
	}
}

// binder reads the members of a request that are not in its body.
type binder struct {
	r     *http.Request
	query url.Values
	err   error
}

// fail keeps the first thing that is wrong.
func (b *binder) fail(kind fault.Kind, format string, args ...any) {
	if b.err == nil {
		b.err = fault.New(kind, format, args...)
	}
}

// label returns what the path has for a label. One that is empty is absent.
func (b *binder) label(name string) (value string, ok bool) {
	value = b.r.PathValue(name)
	b.text(name, value)
	return value, value != ""
}

// values returns what the query has under a name.
func (b *binder) values(name string) []string {
	if b.query == nil {
		var err error
		if b.query, err = url.ParseQuery(b.r.URL.RawQuery); err != nil {
			b.fail(fault.Malformed, "The query cannot be read: %v", err)
		}
	}
	all := b.query[name]
	for _, v := range all {
		b.text(name, v)
	}
	return all
}

// text refuses what percent-encoding can spell and is no text. For bodies, decode and Read do so.
func (b *binder) text(name, value string) {
	switch {
	case !utf8.ValidString(value):
		b.fail(fault.Malformed, "Value at '%s' cannot be read: it is not UTF-8", name)
	case strings.Contains(value, "\x00"):
		b.fail(fault.Invalid, "Value at '%s' has the character U+0000, which no text may have", name)
	}
}

func bindLabel[T ~string](b *binder, name string, into **T) {
	if text, ok := b.label(name); ok {
		v := T(text)
		*into = &v
	}
}

func bindIntLabel(b *binder, name string, into **int64) {
	if text, ok := b.label(name); ok {
		b.integer(name, text, into)
	}
}

func bindQuery[T ~string](b *binder, name string, into **T) {
	if all := b.values(name); len(all) > 0 {
		v := T(all[0])
		*into = &v
	}
}

func bindInt(b *binder, name string, into **int64) {
	if all := b.values(name); len(all) > 0 {
		b.integer(name, all[0], into)
	}
}

func bindList[T ~string](b *binder, name string, into *[]T) {
	for _, v := range b.values(name) {
		*into = append(*into, T(v))
	}
}

func (b *binder) integer(name, text string, into **int64) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		b.fail(fault.Malformed, "Value at '%s' cannot be read: an integer is expected, not %q", name, text)
		return
	}
	*into = &v
}
