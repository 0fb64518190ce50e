package awsapi

import (
	"github.com/tasklane/tasklane/internal/template"
	"github.com/tasklane/tasklane/internal/wire"
)

// fieldName is the name of a field; empty when it is absent, which the template's check finds.
func fieldName(id *wire.TaskTemplateFieldIdentifier) string {
	return wire.Value(wire.Value(id).Name)
}

func fieldID(name string) *wire.TaskTemplateFieldIdentifier {
	return &wire.TaskTemplateFieldIdentifier{Name: &name}
}

// each makes a list out of another; an empty one is nil.
func each[In, Out any](all []In, fn func(In) Out) []Out {
	var out []Out
	for _, v := range all {
		out = append(out, fn(v))
	}
	return out
}

// templateOf is what a request says of a template's fields.
func templateOf(fields []wire.TaskTemplateField, constraints *wire.TaskTemplateConstraints, defaults *wire.TaskTemplateDefaults) template.Template {
	c := wire.Value(constraints)
	return template.Template{
		Fields: each(fields, func(f wire.TaskTemplateField) template.Field {
			return template.Field{
				Name: fieldName(f.Id), Type: template.FieldType(wire.Value(f.Type)), Description: wire.Value(f.Description),
				Options: f.SingleSelectOptions,
			}
		}),
		Required:  each(c.RequiredFields, func(f wire.RequiredFieldInfo) string { return fieldName(f.Id) }),
		ReadOnly:  each(c.ReadOnlyFields, func(f wire.ReadOnlyFieldInfo) string { return fieldName(f.Id) }),
		Invisible: each(c.InvisibleFields, func(f wire.InvisibleFieldInfo) string { return fieldName(f.Id) }),
		Defaults: each(wire.Value(defaults).DefaultFieldValues, func(d wire.TaskTemplateDefaultFieldValue) template.Default {
			return template.Default{Field: fieldName(d.Id), Value: wire.Value(d.DefaultValue)}
		}),
	}
}

func wireFields(fields []template.Field) []wire.TaskTemplateField {
	return each(fields, func(f template.Field) wire.TaskTemplateField {
		return wire.TaskTemplateField{
			Id: fieldID(f.Name), Type: wire.String(wire.TaskTemplateFieldType(f.Type)), Description: wire.String(f.Description),
			SingleSelectOptions: f.Options,
		}
	})
}

// wireConstraints is nil for a template of before there were constraints.
func wireConstraints(tm *template.Template) *wire.TaskTemplateConstraints {
	if len(tm.Required)+len(tm.ReadOnly)+len(tm.Invisible) == 0 {
		return nil
	}
	return &wire.TaskTemplateConstraints{
		RequiredFields:  each(tm.Required, func(name string) wire.RequiredFieldInfo { return wire.RequiredFieldInfo{Id: fieldID(name)} }),
		ReadOnlyFields:  each(tm.ReadOnly, func(name string) wire.ReadOnlyFieldInfo { return wire.ReadOnlyFieldInfo{Id: fieldID(name)} }),
		InvisibleFields: each(tm.Invisible, func(name string) wire.InvisibleFieldInfo { return wire.InvisibleFieldInfo{Id: fieldID(name)} }),
	}
}

func wireDefaults(defaults []template.Default) *wire.TaskTemplateDefaults {
	if len(defaults) == 0 {
		return nil
	}
	return &wire.TaskTemplateDefaults{
		DefaultFieldValues: each(defaults, func(d template.Default) wire.TaskTemplateDefaultFieldValue {
			return wire.TaskTemplateDefaultFieldValue{Id: fieldID(d.Field), DefaultValue: &d.Value}
		}),
	}
}
