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
	PasswordHash     string            `json:"passwordHash,omitempty"`   // PHC string; empty: cannot sign in with a password
	ChangePassword   bool              `json:"changePassword,omitempty"` // before the next sign-in with it
	Epoch            int64             `json:"epoch,omitempty"`          // of sessions: those of an earlier one have ended
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

// UsersEdit is the permission to change users: to give them passwords, and to sign them out.
const UsersEdit = "Users.Edit"

// RestrictTaskCreation takes from an agent that they may make tasks in the agent panel.
const RestrictTaskCreation = "RestrictTaskCreation.Access"

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
	Epoch     int64  // of the user when they signed in; the session ends when the user's is another one
	Origin    Origin // how they signed in
	Expires   time.Time
}

// Origin is how a session has begun.
type Origin string

// The origins of sessions.
const (
	ByPassword   Origin = ""
	ByProvider   Origin = "OIDC"       // an identity provider has vouched for the user
	ByFederation Origin = "FEDERATION" // a caller of the API has
)

// Attempt is what is remembered of the wrong passwords that were tried for one user name, or from one address.
type Attempt struct {
	Key     string
	Wrong   int       // in a row
	Until   time.Time // no further try is taken before
	Last    time.Time // of the tries
	Version int64     // of the row that was read; 0 when new
}

// Allows tells whether the profile gives a permission.
func (p *SecurityProfile) Allows(permission string) bool {
	return slices.Contains(p.Permissions, permission)
}
