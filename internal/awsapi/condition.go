package awsapi

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// minContained and maxContained bound the text of a CONTAINS, in characters
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StringCondition.html).
const minContained, maxContained = 2, 25

// field is a member of items that a StringCondition can ask for. An item can have several values, or none.
type field[T any] struct {
	name   string
	values func(T) []string
}

// text is a field with one value.
func text[T any](name string, value func(T) string) field[T] {
	return field[T]{name, func(item T) []string { return []string{value(item)} }}
}

// stringCondition is the condition of a text. Case makes no difference, neither in it nor in the name of its field.
// It fails with [fault.Invalid] for an absent member, a field that cannot be asked for, and a CONTAINS whose text
// is too short or too long.
func stringCondition[T any](c *wire.StringCondition, fields []field[T]) condition[T] {
	return condition[T]{"StringCondition", c != nil, func(path string) (wanted[T], error) {
		switch {
		case c.FieldName == nil:
			return nil, fault.New(fault.Invalid, "%s.FieldName is required", path)
		case c.ComparisonType == nil:
			return nil, fault.New(fault.Invalid, "%s.ComparisonType is required", path)
		}
		i := slices.IndexFunc(fields, func(f field[T]) bool { return strings.EqualFold(f.name, *c.FieldName) })
		if i < 0 {
			return nil, fault.New(fault.Invalid, "%s.FieldName: %q cannot be searched; %s can", path, *c.FieldName, names(fields))
		}
		matches, err := comparison(path, *c.ComparisonType, c.Value)
		return func(item T) bool { return slices.ContainsFunc(fields[i].values(item), matches) }, err
	}}
}

func names[T any](fields []field[T]) string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return strings.Join(all, ", ")
}

// comparison makes the test of a text. It fails with [fault.Invalid].
func comparison(path string, kind wire.StringComparisonType, value *string) (wanted[string], error) {
	if value == nil {
		return nil, fault.New(fault.Invalid, "%s.Value is required", path)
	}
	want := strings.ToLower(*value)
	switch kind {
	case wire.StringComparisonTypeStartsWith:
		return func(s string) bool { return strings.HasPrefix(strings.ToLower(s), want) }, nil
	case wire.StringComparisonTypeContains:
		if n := utf8.RuneCountInString(*value); n < minContained || n > maxContained {
			return nil, fault.New(fault.Invalid, "%s.Value must have %d to %d characters when ComparisonType is CONTAINS",
				path, minContained, maxContained)
		}
		return func(s string) bool { return strings.Contains(strings.ToLower(s), want) }, nil
	case wire.StringComparisonTypeExact:
		return func(s string) bool { return strings.ToLower(s) == want }, nil
	}
	panic(fmt.Sprintf("comparison type %q has passed the check of the request", kind))
}
