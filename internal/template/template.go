// Package template is task templates: which fields a task of some kind has, which of them must be filled in,
// which may not be changed, and what they hold when nobody says otherwise.
//
// A field stands for a member of the task (its name, its time, who gets it) or for a reference of the field's
// name; see [FieldType]. [Template.Check] reports whether a template makes sense, [Template.Apply] fills a new task
// in and reports whether it keeps to the template, [Template.Route] finds the flow it runs, and [Template.Fits]
// reports whether a task that is under way may change over to the template.
package template

import (
	"slices"
	"time"
)

// Template is a task template.
type Template struct {
	ID             string            `json:"-"`
	Name           string            `json:"-"`
	Description    string            `json:"description,omitempty"`
	Active         bool              `json:"active"` // only then can tasks start with it
	Flow           string            `json:"flow,omitempty"`
	SelfAssignFlow string            `json:"selfAssignFlow,omitempty"` // runs instead of Flow when an agent makes the task for themselves
	Fields         []Field           `json:"fields"`
	Required       []string          `json:"required,omitempty"`  // names of fields, as in the next two lists
	ReadOnly       []string          `json:"readOnly,omitempty"`  // keep their default
	Invisible      []string          `json:"invisible,omitempty"` // keep their default, and no agent sees them
	Defaults       []Default         `json:"defaults,omitempty"`
	Tags           map[string]string `json:"tags,omitempty"`
	Created        time.Time         `json:"created"`
}

// Field is one field of a template.
type Field struct {
	Name        string    `json:"name"` // its id, and the name of its reference
	Type        FieldType `json:"type"`
	Description string    `json:"description,omitempty"`
	Options     []string  `json:"options,omitempty"` // only of [FieldSingleSelect]
}

// Default is what a field holds when a request says nothing of it. An empty value is none.
type Default struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// DefaultOf is the default of the field of a type that only one field can have; nil: there is none. It may be
// changed through the pointer.
func (t *Template) DefaultOf(of FieldType) *Default {
	for _, f := range t.Fields {
		if f.Type != of {
			continue
		}
		if i := slices.IndexFunc(t.Defaults, func(d Default) bool { return d.Field == f.Name }); i >= 0 {
			return &t.Defaults[i]
		}
	}
	return nil
}

// preset is the default of a field; empty: it has none.
func (t *Template) preset(field string) string {
	i := slices.IndexFunc(t.Defaults, func(d Default) bool { return d.Field == field })
	if i < 0 {
		return ""
	}
	return t.Defaults[i].Value
}

// requires reports whether a field must have a value. A name must be given in any case: templates of before
// there were constraints do not say so.
func (t *Template) requires(f Field) bool {
	return f.Type == FieldName || slices.Contains(t.Required, f.Name)
}

// Keeps reports whether tasks keep the reference of a name: it is of a field that is required, or that nobody may change.
func (t *Template) Keeps(name string) bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == name && (t.requires(f) || t.locked(f)) })
}

// locked reports whether a field keeps its default, if it has one.
func (t *Template) locked(f Field) bool {
	return slices.Contains(t.ReadOnly, f.Name) || slices.Contains(t.Invisible, f.Name)
}
