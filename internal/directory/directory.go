// Package directory is who and where: instances, users, the hierarchy they belong to, and the security profiles that
// say what users may do.
package directory

import (
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
)

// Instance is one Connect instance, the home of all other resources.
type Instance struct {
	arn.Instance
	Alias   string
	Created time.Time
}

// SecurityProfile is a named set of permissions, spelled as ListSecurityProfilePermissions returns them.
type SecurityProfile struct {
	ID          string            `json:"-"`
	Name        string            `json:"-"`
	Description string            `json:"description,omitempty"`
	Permissions []string          `json:"permissions"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// BasicAgentAccess is the permission to be an agent: to open the agent panel and to be offered tasks.
const BasicAgentAccess = "BasicAgentAccess"

// ContactSearchView is the permission to look at any contact, its trace among what there is to see.
const ContactSearchView = "ContactSearch.View"

// AccessKey signs requests to the API.
type AccessKey struct {
	ID      string
	Secret  string
	Account string
}

// Session is a user signed in to the pages. The store keeps only a hash of its token.
type Session struct {
	TokenHash string
	Instance  string
	User      string
	Expires   time.Time
}

// Allows tells whether the profile gives a permission.
func (p *SecurityProfile) Allows(permission string) bool {
	return slices.Contains(p.Permissions, permission)
}
