package server

import (
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tasklane/tasklane/internal/fault"
)

// maxOwnBody bounds the body of a request to one of Tasklane's own endpoints, in bytes.
const maxOwnBody = 64 << 10

// readBody reads the body of a request to one of Tasklane's own endpoints, a JSON object, into a struct with JSON tags. No
// body is an empty object. It fails with [fault.Malformed] for what is no JSON or has a member of another type or twice,
// and for a member that is not known; the message names it.
func readBody(w http.ResponseWriter, r *http.Request, into any) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOwnBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return fault.New(fault.Malformed, "The request body has more than %d bytes", maxOwnBody)
	}
	if err != nil {
		return fault.New(fault.Malformed, "The request body did not arrive whole, or is badly chunked")
	}
	if len(text) == 0 {
		return nil
	}
	err = json.Unmarshal(text, into, json.RejectUnknownMembers(true))
	semantic, ok := errors.AsType[*json.SemanticError](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return fault.New(fault.Malformed, "The request body is not valid JSON: %v", err)
	}
	member := strings.TrimPrefix(string(semantic.JSONPointer), "/")
	if errors.Is(semantic.Err, json.ErrUnknownName) {
		return fault.New(fault.Malformed, "The request body has no member %s; it has %s", member, members(into))
	}
	if member == "" {
		return fault.New(fault.Malformed, "The request body must be a JSON object with %s", members(into))
	}
	return fault.New(fault.Malformed, "The member %s of the request body cannot be read: it has another type", member)
}

// members names the members of a struct, for a message.
func members(of any) string {
	t := reflect.TypeOf(of).Elem()
	var names []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	if len(names) == 0 {
		return "no members"
	}
	return strings.Join(names, ", ")
}
