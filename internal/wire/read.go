package wire

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/tasklane/tasklane/internal/fault"
)

// Request is a request of one operation; the generated types are requests.
type Request interface {
	bind(*binder)
	check(*checker)
}

// Read reads a request out of the labels, the query and the JSON body, and checks every member.
// It fails with [fault.Malformed] when something cannot be read, and with [fault.Invalid] for the first member
// that is missing or breaks a bound; the message names the member.
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
	if c.fault != nil {
		return c.fault
	}
	return nil
}

// binder reads the members of a request that are not in its body.
type binder struct {
	r     *http.Request
	query url.Values
	err   error
}

// values returns what the query has under a name.
func (b *binder) values(name string) []string {
	if b.query == nil {
		var err error
		if b.query, err = url.ParseQuery(b.r.URL.RawQuery); err != nil {
			b.err = fault.New(fault.Malformed, "The query cannot be read: %v", err)
		}
	}
	return b.query[name]
}

func bindLabel[T ~string](b *binder, name string, into **T) {
	v := T(b.r.PathValue(name))
	*into = &v
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

func bindIntLabel(b *binder, name string, into **int64) { b.integer(name, b.r.PathValue(name), into) }

func (b *binder) integer(name, text string, into **int64) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		b.err = fault.New(fault.Malformed, "Value at '%s' cannot be read: an integer is expected, not %q", name, text)
		return
	}
	*into = &v
}

func bindList[T ~string](b *binder, name string, into *[]T) {
	for _, v := range b.values(name) {
		*into = append(*into, T(v))
	}
}
