package routing

import (
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// PredefinedAttribute is a name with the values it may have, for the segment attributes of contacts. Its name
// identifies it; the id is ours, so that a name can be used again.
type PredefinedAttribute struct {
	ID       string   `json:"-"`
	Name     string   `json:"-"`
	Values   []string `json:"values"`
	Purposes []string `json:"purposes,omitempty"` // kept and told
	// Enforced lets contacts have only the values that are listed.
	Enforced bool `json:"enforced,omitempty"`
}

// reserved are the beginnings of names that belong to Amazon.
var reserved = []string{"aws:", "connect:"}

// Check fails with [fault.Invalid] for a name that is reserved and for values that differ in case only.
func (a *PredefinedAttribute) Check() error {
	for _, prefix := range reserved {
		if strings.HasPrefix(strings.ToLower(a.Name), prefix) {
			return fault.New(fault.Invalid, "Name must not begin with %s", prefix)
		}
	}
	seen := make(map[string]bool, len(a.Values))
	for _, v := range a.Values {
		folded := strings.ToLower(v)
		if seen[folded] {
			return fault.New(fault.Invalid, "Values.StringList: %q is listed twice; case makes no difference", v)
		}
		seen[folded] = true
	}
	return nil
}

// Allows reports whether a contact may have the attribute with a value.
func (a *PredefinedAttribute) Allows(value string) bool {
	return !a.Enforced || slices.Contains(a.Values, value)
}
