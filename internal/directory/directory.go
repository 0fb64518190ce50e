// Package directory is who and where: instances, users and the security profiles that say what users may do.
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

// User is somebody who can sign in: an agent, a supervisor, an administrator.
type User struct {
	ID               string            `json:"-"`
	Username         string            `json:"-"`
	PasswordHash     string            `json:"passwordHash,omitempty"` // PHC string; empty: cannot sign in with a password
	FirstName        string            `json:"firstName,omitempty"`
	LastName         string            `json:"lastName,omitempty"`
	Email            string            `json:"email,omitempty"`
	SecondaryEmail   string            `json:"secondaryEmail,omitempty"`
	Mobile           string            `json:"mobile,omitempty"`
	PhoneType        string            `json:"phoneType,omitempty"` // kept and told; tasks have no phone
	DeskPhone        string            `json:"deskPhone,omitempty"`
	AfterContactWork time.Duration     `json:"afterContactWork,omitempty"` // closes a task by itself; 0: never
	RoutingProfile   string            `json:"routingProfile"`
	SecurityProfiles []string          `json:"securityProfiles"`
	Preferences      map[string]string `json:"preferences,omitempty"` // of the agent panel, such as LANGUAGE
	Tags             map[string]string `json:"tags,omitempty"`
	Modified         time.Time         `json:"-"`
}

// SecurityProfile is a named set of permissions, spelled as ListSecurityProfilePermissions returns them.
type SecurityProfile struct {
	ID          string   `json:"-"`
	Name        string   `json:"-"`
	Description string   `json:"description,omitempty"`
	Permissions []string `json:"permissions"`
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
