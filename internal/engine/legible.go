package engine

import (
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/template"
)

// Texts that people choose or tell things apart by must have a character that can be seen; which they are, and which
// texts may be blank, stands in docs/divergences.md. [tenant.mayBeNamed] looks at the names of resources.

// legible fails with [fault.Invalid] for a task's name, unless it is empty, and names of references that nobody can see.
func legible(name string, references contact.References) error {
	if name != "" {
		if err := directory.CheckVisible("Name:", name); err != nil {
			return err
		}
	}
	for name := range references {
		if err := directory.CheckVisible("References: the name", name); err != nil {
			return err
		}
	}
	return nil
}

// legibleEdit is legible for what changes.
func legibleEdit(e contact.Edit) error {
	name := ""
	if e.Name != nil {
		name = *e.Name
	}
	return legible(name, e.References)
}

// legibleValues fails with [fault.Invalid] for a value of a predefined attribute that nobody can see.
func legibleValues(values []string) error {
	for _, v := range values {
		if err := directory.CheckVisible("Values: the value", v); err != nil {
			return err
		}
	}
	return nil
}

// illegible are the names of a template's fields, and the options of its lists, that nobody can see.
func illegible(fields []template.Field) (wrong []fault.Property) {
	for i, f := range fields {
		for j, text := range slices.Concat([]string{f.Name}, f.Options) {
			if err := directory.CheckVisible("the text", text); err != nil {
				path := fmt.Sprintf("Fields[%d].Id.Name", i)
				if j > 0 {
					path = fmt.Sprintf("Fields.%s.SingleSelectOptions[%d]", f.Name, j-1)
				}
				wrong = append(wrong, fault.Property{Path: path, Reason: fault.InvalidFormat, Message: err.Error()})
			}
		}
	}
	return wrong
}
