package contact

import (
	"maps"
	"regexp"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// MaxAttributeBytes bounds the UTF-8 bytes of all keys and values of a contact's attributes
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html).
const MaxAttributeBytes = 32768

// Chain is what the contacts linked by PreviousContactId share: one set of user-defined attributes.
// Its id is the id of the first contact.
type Chain struct {
	ID         string
	Version    int64
	Attributes map[string]string
	Linked     int // tasks that joined the chain after its first contact, transfers left out
	Transfers  int
}

var attributeKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// CheckKeys reports whether a request may set these attributes. It fails with [fault.Invalid] when a key has a
// character other than letters, digits, dash and underscore.
func CheckKeys(attributes map[string]string) error {
	for k := range attributes {
		if !attributeKey.MatchString(k) {
			return fault.New(fault.Invalid, "Attributes: key %q can contain only letters, digits, dash and underscore", k)
		}
	}
	return nil
}

// Merge sets attributes, the new value of a key winning over the old one.
// It fails with [fault.Invalid], and changes nothing, when the whole set would exceed [MaxAttributeBytes] or a
// key has a dollar sign or a dot, which no flow could refer to.
func (c *Chain) Merge(attributes map[string]string) error {
	merged := maps.Clone(c.Attributes)
	if merged == nil {
		merged = make(map[string]string, len(attributes))
	}
	for k, v := range attributes {
		if strings.ContainsAny(k, "$.") {
			return fault.New(fault.Invalid, "Attributes: key %q must not contain $ or a dot", k)
		}
		merged[k] = v
	}
	size := 0
	for k, v := range merged {
		size += len(k) + len(v)
	}
	if size > MaxAttributeBytes {
		return fault.New(fault.Invalid, "Attributes exceed %d bytes: the contact's set would have %d", MaxAttributeBytes, size)
	}
	c.Attributes = merged
	return nil
}

// Join links one more task to the chain, of at most limit (0: any number).
// It fails with [fault.Quota] when the chain is full.
func (c *Chain) Join(limit int) error {
	if limit > 0 && c.Linked >= limit {
		return fault.New(fault.Quota, "Maximum number of linked task contacts (%d) reached for PreviousContactId", limit)
	}
	c.Linked++
	return nil
}

// Transfer counts one more transfer, of at most limit (0: any number).
// It fails with [fault.Quota] when there have been as many.
func (c *Chain) Transfer(limit int) error {
	if limit > 0 && c.Transfers >= limit {
		return fault.New(fault.Quota, "Maximum number of transfers (%d) reached for the contact's chain", limit)
	}
	c.Transfers++
	return nil
}
