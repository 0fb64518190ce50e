package template

import (
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
)

// most bounds the fields of a template, each of its lists of constraints, its defaults and the options of a field
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-connect-tasktemplate.html).
const most = 50

// Check reports whether a template makes sense in itself; flows and quick connects are not looked up.
// It fails with [fault.BadProperty], and lists everything that is wrong.
func (t *Template) Check() error {
	c := checker{t: t, fields: map[string]Field{}}
	if t.Name == "" {
		c.add("Name", fault.RequiredMissing, "a task template needs a name")
	}
	c.checkFields()
	if t.Flow == "" && !slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Type == FieldQuickConnect }) {
		c.add("ContactFlowId", fault.RequiredMissing, "a task template needs a flow, or a field of type QUICK_CONNECT")
	}
	if len(t.Fields) <= most {
		c.checkConstraints("RequiredFields", t.Required)
		c.checkConstraints("ReadOnlyFields", t.ReadOnly)
		c.checkConstraints("InvisibleFields", t.Invisible)
		c.checkDefaults()
	}
	if len(c.found) > 0 {
		return fault.Properties(c.found...)
	}
	return nil
}

// checker gathers what is wrong with a template.
type checker struct {
	t      *Template
	fields map[string]Field // by name
	found  []fault.Property
}

func (c *checker) add(path string, why fault.PropertyReason, format string, args ...any) {
	c.found = append(c.found, fault.Property{Path: path, Reason: why, Message: fmt.Sprintf(format, args...)})
}

// tooLong refuses a list that is longer than any can be. Its items are then not looked at, so that the answer
// cannot become longer than the question.
func (c *checker) tooLong(path string, n int) bool {
	if n > most {
		c.add(path, fault.InvalidFormat, "there are %d of at most %d", n, most)
	}
	return n > most
}

func (c *checker) checkFields() {
	if c.tooLong("Fields", len(c.t.Fields)) {
		return
	}
	first := map[FieldType]string{}
	for i, f := range c.t.Fields {
		if f.Name == "" {
			c.add(fmt.Sprintf("Fields[%d].Id.Name", i), fault.RequiredMissing, "a field needs a name")
			continue
		}
		path := "Fields." + f.Name
		if _, twice := c.fields[f.Name]; twice {
			c.add(path+".Id", fault.UniqueViolated, "another field has this name")
			continue
		}
		c.fields[f.Name] = f
		c.checkType(path, f)
		if other, twice := first[f.Type]; twice && f.Type != "" && f.reference() == "" {
			c.add(path+".Type", fault.UniqueViolated, "only one field can have type %s, and %q has it", f.Type, other)
			continue
		}
		first[f.Type] = f.Name
	}
	name, ok := first[FieldName]
	switch {
	case !ok:
		c.add("Fields", fault.RequiredMissing, "one field must have type NAME")
	case !slices.Contains(c.t.Required, name):
		c.add("Constraints.RequiredFields", fault.RequiredMissing, "field %q must be in it, for it has type NAME", name)
	}
}

// checkType checks a field's type and its options, which only one type has.
func (c *checker) checkType(path string, f Field) {
	if f.Type == "" {
		c.add(path+".Type", fault.RequiredMissing, "a field needs a type")
		return
	}
	if _, known := kinds[f.Type]; !known {
		c.add(path+".Type", fault.InvalidFormat, "there is no type %q", f.Type)
		return
	}
	path += ".SingleSelectOptions"
	if f.Type != FieldSingleSelect {
		if len(f.Options) > 0 {
			c.add(path, fault.NotSupported, "a field of type %s has no options", f.Type)
		}
		return
	}
	if len(f.Options) == 0 {
		c.add(path, fault.RequiredMissing, "a field of type SINGLE_SELECT needs options")
	}
	if c.tooLong(path, len(f.Options)) {
		return
	}
	for i, o := range f.Options {
		switch {
		case o == "":
			c.add(fmt.Sprintf("%s[%d]", path, i), fault.InvalidFormat, "an option needs a text")
		case slices.Contains(f.Options[:i], o):
			c.add(fmt.Sprintf("%s[%d]", path, i), fault.UniqueViolated, "option %q is there already", o)
		}
	}
}

// names checks that each of the items of a list names a field, and no two the same.
func (c *checker) names(path string, items []string) {
	seen := map[string]bool{}
	for i, name := range items {
		_, known := c.fields[name]
		switch {
		case name == "":
			c.add(fmt.Sprintf("%s[%d].Id.Name", path, i), fault.RequiredMissing, "the name of a field is needed")
		case !known:
			c.add(path+"."+name, fault.ReferenceNotFound, "the template has no field %q", name)
		case seen[name]:
			c.add(path+"."+name, fault.UniqueViolated, "the field is there already")
		}
		seen[name] = true
	}
}

func (c *checker) checkConstraints(list string, names []string) {
	if path := "Constraints." + list; !c.tooLong(path, len(names)) {
		c.names(path, names)
	}
}

func (c *checker) checkDefaults() {
	const path = "Defaults.DefaultFieldValues"
	if c.tooLong(path, len(c.t.Defaults)) {
		return
	}
	names := make([]string, len(c.t.Defaults))
	for i, d := range c.t.Defaults {
		names[i] = d.Field
	}
	c.names(path, names)
	for _, d := range c.t.Defaults {
		f, ok := c.fields[d.Field]
		if _, known := kinds[f.Type]; !ok || !known || d.Value == "" {
			continue
		}
		if wrong := f.wrong(d.Value); wrong != "" {
			c.add(path+"."+d.Field, fault.InvalidFormat, "the default %s", wrong)
		}
	}
	for _, f := range c.t.Fields {
		if c.t.requires(f) && slices.Contains(c.t.Invisible, f.Name) && c.t.preset(f.Name) == "" {
			c.add(path+"."+f.Name, fault.RequiredMissing, "a field that is required and invisible needs a default")
		}
	}
}
