package template

import (
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// Fits reports whether a task with these references may change over to the template: it must have a reference of
// the right type for each field that is required, and the values must be such as the fields can hold
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_UpdateContactTaskTemplate.html).
// It fails with [fault.BadProperty], and lists every reference that does not fit.
func (t *Template) Fits(references contact.References) error {
	var found []fault.Property
	add := func(f Field, why fault.PropertyReason, message string) {
		found = append(found, fault.Property{Path: "References." + f.Name, Reason: why, Message: message})
	}
	for _, f := range t.Fields {
		if f.reference() == "" {
			continue
		}
		r, ok := references[f.Name]
		switch right := ok && r.Type == f.reference(); {
		case right && r.Value != "":
			if wrong := f.wrong(r.Value); wrong != "" {
				add(f, fault.InvalidFormat, "the value "+wrong)
			}
		case !t.requires(f):
			// Neither is needed, nor in the way.
		case ok && !right:
			add(f, fault.TypeMismatch, "the type must be "+string(f.reference())+", not "+string(r.Type))
		default:
			add(f, fault.RequiredMissing, "the task template requires it")
		}
	}
	if len(found) > 0 {
		return fault.Properties(found...)
	}
	return nil
}
