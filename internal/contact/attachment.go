package contact

import (
	"fmt"
	"maps"
	"time"
)

// Attach adds the reference of a file: of type ATTACHMENT, its value is the file's id. Its name is the file's, with
// a number when another reference has that name.
func (c *Contact) Attach(name string, file Reference, now time.Time) []Event {
	free := name
	for n := 2; ; n++ {
		if _, taken := c.References[free]; !taken {
			break
		}
		free = fmt.Sprintf("%s (%d)", name, n)
	}
	file.Type = ReferenceAttachment
	return c.refer(now, func(all References) { maps.Copy(all, all.with(References{free: file})) })
}

// AttachmentChanged gives the reference of a file another status, and tells why. A file without a reference changes
// nothing.
func (c *Contact) AttachmentChanged(file, status, reason string, now time.Time) []Event {
	name, ok := c.attachment(file)
	if !ok {
		return nil
	}
	return c.refer(now, func(all References) {
		r := all[name]
		r.Status, r.StatusReason = status, reason
		all[name] = r
	})
}

// Detach removes the reference of a file. A file without a reference changes nothing.
func (c *Contact) Detach(file string, now time.Time) []Event {
	name, ok := c.attachment(file)
	if !ok {
		return nil
	}
	return c.refer(now, func(all References) { delete(all, name) })
}

// Attached reports whether the contact refers to a file.
func (c *Contact) Attached(file string) bool {
	_, ok := c.attachment(file)
	return ok
}

// attachment finds the name of a file's reference.
func (c *Contact) attachment(file string) (name string, ok bool) {
	for name, r := range c.References {
		if r.Type == ReferenceAttachment && r.Value == file {
			return name, true
		}
	}
	return "", false
}

// refer changes a copy of the references: other copies of the contact may share the map.
func (c *Contact) refer(now time.Time, change func(References)) []Event {
	all := maps.Clone(c.References)
	if all == nil {
		all = References{}
	}
	change(all)
	if all.equal(c.References) {
		return nil
	}
	c.References, c.Updated = all, now
	return Changed(now, referencesChanged)
}
