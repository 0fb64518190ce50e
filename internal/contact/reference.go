package contact

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
)

// MaxReferenceBytes bounds the UTF-8 bytes of all keys and values of a task's references
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html).
const MaxReferenceBytes = 4096

// ReferenceType is the type of a reference.
type ReferenceType string

// The types a caller may give a task when it starts.
const (
	ReferenceURL    ReferenceType = "URL"
	ReferenceNumber ReferenceType = "NUMBER"
	ReferenceString ReferenceType = "STRING"
	ReferenceDate   ReferenceType = "DATE"
	ReferenceEmail  ReferenceType = "EMAIL"
)

// ReferenceAttachment is the type of a file that was attached to the task. Its value is the file's id. The
// service makes such references; a caller cannot.
const ReferenceAttachment ReferenceType = "ATTACHMENT"

var creatable = []ReferenceType{ReferenceURL, ReferenceNumber, ReferenceString, ReferenceDate, ReferenceEmail}

// Creatable reports whether a caller may give a task references of a type.
func Creatable(t ReferenceType) bool { return slices.Contains(creatable, t) }

// Reference is a link, number, text, date or address that the agent sees with the task.
type Reference struct {
	Type  ReferenceType `json:"type"`
	Value string        `json:"value"`

	// Only of an ATTACHMENT: the ARN of the file, its status and why it has that status.
	ARN          string `json:"arn,omitempty"`
	Status       string `json:"status,omitempty"`
	StatusReason string `json:"statusReason,omitempty"`

	// Place orders the references of a task as they were given: the least first. Those without one, 0, come last.
	Place int64 `json:"-"`
}

// References are a task's references by name.
type References map[string]Reference

// Check reports whether a task may start with these references.
// It fails with [fault.Invalid] for a type that cannot be given at creation, a missing value, a DATE that is
// not an epoch timestamp, or a set larger than [MaxReferenceBytes]. Values of the other types are not looked
// into (docs/divergences.md).
func (r References) Check() error {
	if err := r.CheckEach(); err != nil {
		return err
	}
	return r.checkSize()
}

// CheckEach is Check without the size of the set.
func (r References) CheckEach() error {
	for _, name := range sortedNames(r) {
		ref := r[name]
		switch {
		case !Creatable(ref.Type):
			return fault.New(fault.Invalid, "References: type %s of reference %q is not supported at task creation", ref.Type, name)
		case ref.Value == "":
			return fault.New(fault.Invalid, "References: reference %q needs a Value", name)
		case ref.Type == ReferenceDate && !digits(ref.Value):
			return fault.New(fault.Invalid, "References: Value of DATE reference %q must be an epoch timestamp in seconds", name)
		}
	}
	return nil
}

// checkSize bounds what callers have said; files are not theirs.
func (r References) checkSize() error {
	size := 0
	for name, ref := range r {
		if ref.Type != ReferenceAttachment {
			size += len(name) + len(ref.Value)
		}
	}
	if size > MaxReferenceBytes {
		return fault.New(fault.Invalid, "References exceed %d bytes: they have %d", MaxReferenceBytes, size)
	}
	return nil
}

func sortedNames(r References) []string { return slices.Sorted(maps.Keys(r)) }

// Ordered returns the names of the references in their order: by place, and by name where places are equal.
func (r References) Ordered() []string {
	names := sortedNames(r)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(uint64(r[a].Place-1), uint64(r[b].Place-1)) //nolint:gosec // 0 becomes the greatest
	})
	return names
}

// InOrder returns a copy whose places follow a list of names. Names that are not in the list come last.
func (r References) InOrder(names []string) References {
	if r == nil {
		return nil
	}
	out := make(References, len(r))
	for name, ref := range r {
		ref.Place = int64(slices.Index(names, name) + 1)
		out[name] = ref
	}
	return out
}

// with is a copy with the references of another set. Those keep the places of the ones that they replace; new ones
// come last, in their order.
func (r References) with(more References) References {
	out, names := merged(r, more), r.Ordered()
	for _, name := range more.Ordered() {
		if _, has := r[name]; !has {
			names = append(names, name)
		}
	}
	if len(names) > len(r) {
		return out.InOrder(names)
	}
	for name := range more {
		ref := out[name]
		ref.Place = r[name].Place
		out[name] = ref
	}
	return out
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// equal reports whether two sets tell the same, in whatever order.
func (r References) equal(other References) bool {
	return maps.EqualFunc(r, other, func(a, b Reference) bool {
		a.Place, b.Place = 0, 0
		return a == b
	})
}
