package contact

import (
	"maps"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// MaxTags bounds the tags of a contact (https://docs.aws.amazon.com/connect/latest/APIReference/API_TagContact.html).
const MaxTags = 6

// Edit is a change of what is told of a task. A nil member stays as it is.
type Edit struct {
	Name        *string
	Description *string
	References  References        // merged by name
	Removed     []string          // names of references that go; those that are not there stay away
	Segment     map[string]string // merged by key
	Life        time.Duration     // zero: as it is
}

// Edit changes what is told of the task; also of one that is over.
// It fails with [fault.Invalid], and changes nothing, when its references would not be allowed at the start, and when
// one is to go that is also given, or that is a file.
func (c *Contact) Edit(e Edit, now time.Time) ([]Event, error) {
	left, err := c.referencesWithout(e)
	if err != nil {
		return nil, err
	}
	references := left
	if len(e.References) > 0 {
		references = left.with(e.References)
		if err := e.References.Check(); err != nil {
			return nil, err
		}
		if err := references.checkSize(); err != nil {
			return nil, err
		}
	}
	segment := merged(c.Segment, e.Segment)
	var what []string
	for _, part := range []struct {
		name    string
		changes bool
	}{
		{segmentChanged, !maps.Equal(segment, c.Segment) || e.Life != 0 && e.Life != c.Life},
		{nameChanged, e.Name != nil && *e.Name != c.Name},
		{descriptionChanged, e.Description != nil && *e.Description != c.Description},
		{referencesChanged, !references.equal(c.References)},
	} {
		if part.changes {
			what = append(what, part.name)
		}
	}
	c.References, c.Segment, c.Updated = references, segment, now
	if e.Name != nil {
		c.Name = *e.Name
	}
	if e.Description != nil {
		c.Description = *e.Description
	}
	if e.Life != 0 {
		c.SetLife(e.Life)
	}
	return Changed(now, what...), nil
}

// referencesWithout are the references that an edit does not take away.
func (c *Contact) referencesWithout(e Edit) (References, error) {
	if len(e.Removed) == 0 {
		return c.References, nil
	}
	left := maps.Clone(c.References)
	for _, name := range e.Removed {
		if _, given := e.References[name]; given {
			return nil, fault.New(fault.Invalid, "References: reference %q cannot be both given and removed", name)
		}
		if left[name].Type == ReferenceAttachment {
			return nil, fault.New(fault.Invalid, "References: reference %q is an attached file, which must be deleted", name)
		}
		delete(left, name)
	}
	return left, nil
}

// ChangeTemplate switches a task over to another task template, at most limit times (0: any number of times).
// It fails with [fault.Unusable] when an agent has the task, when it is over, and when it has that template
// already, and with [fault.Limit].
func (c *Contact) ChangeTemplate(id string, version int64, limit int, now time.Time) ([]Event, error) {
	switch {
	case c.On() != Task:
		return nil, c.IsTask()
	case c.WithAgent() || c.Disconnecting():
		return nil, fault.New(fault.Unusable, "contact %s cannot change its task template: it is %s", c.ID, c.State)
	case c.Template == id:
		return nil, fault.New(fault.Unusable, "TaskTemplateId: contact %s has task template %s already", c.ID, id)
	case limit > 0 && c.TemplateChanges >= limit:
		return nil, fault.New(fault.Limit, "contact %s has changed its task template %d times already, of at most %d", c.ID, c.TemplateChanges, limit)
	}
	c.Template, c.TemplateVersion, c.Updated = id, version, now
	c.TemplateChanges++
	return Changed(now, templateChanged), nil
}

// merged is a map with the entries of two; those of the second win.
func merged[M ~map[string]V, V any](first, second M) M {
	if len(second) == 0 {
		return first
	}
	out := make(M, len(first)+len(second))
	maps.Copy(out, first)
	maps.Copy(out, second)
	return out
}

// Tag adds tags, or replaces their values. Nothing happens when they are there already.
// It fails with [fault.Invalid], and changes nothing, when there would be more than [MaxTags].
func (c *Contact) Tag(tags map[string]string, now time.Time) ([]Event, error) {
	all := merged(c.Tags, tags)
	if len(all) > MaxTags {
		return nil, fault.New(fault.Invalid, "Tags: a contact has at most %d tags, and would have %d", MaxTags, len(all))
	}
	return c.setTags(all, now), nil
}

// Untag removes tags; those that are not there stay away.
func (c *Contact) Untag(keys []string, now time.Time) []Event {
	left := maps.Clone(c.Tags)
	for _, k := range keys {
		delete(left, k)
	}
	return c.setTags(left, now)
}

func (c *Contact) setTags(all map[string]string, now time.Time) []Event {
	if maps.Equal(all, c.Tags) {
		return nil
	}
	c.Tags, c.Updated = all, now
	return Changed(now, tagsChanged)
}
