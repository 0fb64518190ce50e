// Package fault holds the failures a caller may be told about.
//
// A [*Error] carries a [Kind], which an edge turns into its own vocabulary (an AWS exception, a CTI
// error type, an HTTP status), and a message that is safe to show. Every other error is internal:
// it is wrapped on the way up, logged once at the edge and answered without its text.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, in the words of the product and not of a protocol.
type Kind int

// The kinds. An edge must know every one of them; [Kinds] lets a test prove it.
const (
	Invalid      Kind = iota + 1 // one member's value is wrong: length, range, pattern, enum, type
	Unusable                     // the members do not go together, or the state forbids it
	NotFound                     // an identifier does not resolve
	Gone                         // the contact is already over
	Conflict                     // somebody else changed it, or it is in a state that refuses the move
	Duplicate                    // the name is taken
	InUse                        // something else refers to it
	Reused                       // an idempotency token was used before with other parameters
	Quota                        // a quota of the service is reached
	Limit                        // a limit on one object is reached: pauses of a contact, changes of its template
	Throttled                    // too many requests
	Contended                    // others change the same thing at the same time; the same request may be sent again
	Denied                       // the caller may not do this
	Unauthorized                 // the caller is not known, or no longer
	NotPublished                 // the flow has no published version
	BadFlow                      // the flow's content has problems; see Error.Problems
	BadProperty                  // properties of an object do not fit; see Error.Properties
	Unsupported                  // Tasklane does not do this (yet), and says so
	Malformed                    // the request cannot be read: bad JSON, a wrong JSON type
)

var kindNames = map[Kind]string{
	Invalid: "Invalid", Unusable: "Unusable", NotFound: "NotFound", Gone: "Gone", Conflict: "Conflict",
	Duplicate: "Duplicate", InUse: "InUse", Reused: "Reused", Quota: "Quota", Limit: "Limit", Throttled: "Throttled", Contended: "Contended",
	Denied: "Denied", Unauthorized: "Unauthorized", NotPublished: "NotPublished", BadFlow: "BadFlow",
	BadProperty: "BadProperty", Unsupported: "Unsupported", Malformed: "Malformed",
}

// String is the name of the kind.
func (k Kind) String() string { return kindNames[k] }

// Kinds returns every kind, for tests of the tables that must cover them all.
func Kinds() []Kind {
	var kinds []Kind
	for k := Invalid; k <= Malformed; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// Error is a failure that the caller is told about.
type Error struct {
	Kind     Kind
	Message  string   // whole sentence or clause, safe to show; names the member or the identifier
	Problems []string // only for BadFlow: one text for each problem, at most 256 characters each

	Properties []Property // only for BadProperty
	Reason     string     // a word for the program that reads the answer, such as INVALID_FILE_SIZE; mostly empty
}

// Property is one property that does not fit.
type Property struct {
	Path    string // such as Fields.Colour
	Reason  PropertyReason
	Message string
}

// PropertyReason says why a property does not fit, in the words of PropertyValidationException.
type PropertyReason string

// The reasons.
const (
	InvalidFormat     PropertyReason = "INVALID_FORMAT"
	UniqueViolated    PropertyReason = "UNIQUE_CONSTRAINT_VIOLATED"
	ReferenceNotFound PropertyReason = "REFERENCED_RESOURCE_NOT_FOUND"
	NameExists        PropertyReason = "RESOURCE_NAME_ALREADY_EXISTS"
	RequiredMissing   PropertyReason = "REQUIRED_PROPERTY_MISSING"
	NotSupported      PropertyReason = "NOT_SUPPORTED"
	TypeMismatch      PropertyReason = "TYPE_MISMATCH"
)

// Properties makes a fault of kind [BadProperty]; its message is that of the first property.
func Properties(all ...Property) *Error {
	return &Error{Kind: BadProperty, Message: all[0].Path + ": " + all[0].Message, Properties: all}
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// New makes a fault; the arguments are those of [fmt.Sprintf].
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// In puts the name of the member that a fault is about in front of its message. Other errors stay as they are.
func In(member string, err error) error {
	f, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	named := *f
	named.Message = member + ": " + f.Message
	return &named
}

// Is reports whether err is, or wraps, a fault of this kind.
func Is(err error, kind Kind) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Kind == kind
}
