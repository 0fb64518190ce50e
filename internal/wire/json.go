package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tasklane/tasklane/internal/fault"
)

// This file alone knows the JSON library. It is the one that becomes encoding/json/v2 of the standard library;
// unlike encoding/json it tells names of different case apart, and refuses names that occur twice.

var (
	errNotEpoch = errors.New("a number of epoch seconds is expected")
	errEpoch    = fmt.Errorf("Member must be between 0 and %d", latest) //nolint:staticcheck // Amazon's words
)

// decode reads a JSON object. Its errors are faults whose message names the member: of kind Malformed, or of kind
// Invalid for a time that is out of bounds.
func decode(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return malformed(semantic)
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fault.New(fault.Malformed, "The request body is not valid JSON: %v at byte %d", syntactic.Err, syntactic.ByteOffset)
	}
	return fault.New(fault.Malformed, "The request body is not valid JSON")
}

// UnmarshalJSONFrom reads a reference and where it stands in the body: the order in which a map is written is otherwise lost.
func (r *Reference) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	type plain Reference
	place := in.InputOffset()
	if err := json.UnmarshalDecode(in, (*plain)(r)); err != nil {
		return err
	}
	r.Place = place
	return nil
}

// holdsNUL reports whether valid JSON has U+0000 in a string, where only its escape can stand for it. After a
// backslash that is itself escaped, as in a flow's content, u0000 is five plain characters.
func holdsNUL(text []byte) bool {
	escape := []byte(`\u0000`)
	for i := bytes.Index(text, escape); i >= 0; {
		before := len(text[:i]) - len(bytes.TrimRight(text[:i], `\`))
		if before%2 == 0 {
			return true
		}
		text = text[i+len(escape):]
		i = bytes.Index(text, escape)
	}
	return false
}

func malformed(e *json.SemanticError) error {
	member := strings.Join(slices.Collect(e.JSONPointer.Tokens()), ".")
	if member == "" {
		return fault.New(fault.Malformed, "The request body must be a JSON object")
	}
	switch {
	case errors.Is(e.Err, errEpoch):
		return fault.New(fault.Invalid, "Value at '%s' failed to satisfy constraint: %v", member, e.Err)
	case errors.Is(e.Err, errNotEpoch):
		return fault.New(fault.Malformed, "Value at '%s' cannot be read: %v", member, e.Err)
	}
	return fault.New(fault.Malformed, "Value at '%s' cannot be read: %s is expected, not %s", member, expected(e.GoType), found(e.JSONKind))
}

// expected names a Go type in the words of JSON.
func expected(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Int64:
		return "an integer"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "a boolean"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}

// found names what came.
func found(k jsontext.Kind) string {
	switch k {
	case '"':
		return "a string"
	case '0':
		return "this number"
	case 't', 'f':
		return "a boolean"
	case '[':
		return "a list"
	case '{':
		return "an object"
	default:
		return "this value"
	}
}

// Write writes an answer.
func Write(w io.Writer, v any) error {
	if err := json.MarshalWrite(w, v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
