// Package template is task templates: the fields a task of some kind has.
package template

import "time"

// Template is a task template.
type Template struct {
	ID          string    `json:"-"`
	Name        string    `json:"-"`
	Description string    `json:"description,omitempty"`
	Flow        string    `json:"flow,omitempty"`
	Active      bool      `json:"active"`
	Fields      []Field   `json:"fields"`
	Created     time.Time `json:"created"`
}

// Field is one field of a template.
type Field struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // TaskTemplateFieldType, such as NAME or TEXT
	Description string `json:"description,omitempty"`
}
