// Package directory is who and where: instances, users, the hierarchy they belong to, and the security profiles that
// say what users may do.
package directory

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
)

// Instance is one Connect instance, the home of all other resources.
type Instance struct {
	arn.Instance
	Alias   string
	Created time.Time
}

var alias = regexp.MustCompile(`^[0-9a-zA-Z]+(-*[0-9a-zA-Z])*$`)

// IsAlias reports whether a text can be the alias of an instance
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateInstance.html).
func IsAlias(text string) bool {
	return len(text) <= 45 && alias.MatchString(text) && !strings.HasPrefix(text, "d-")
}

// SecurityProfile is a named set of permissions, spelled as ListSecurityProfilePermissions returns them.
type SecurityProfile struct {
	ID          string            `json:"-"`
	Name        string            `json:"-"`
	Description string            `json:"description,omitempty"`
	Permissions []string          `json:"permissions"`
	Tags        map[string]string `json:"tags,omitempty"`
	Access      Access            `json:"access,omitzero"`
}

// Access is what a security profile says besides its permissions: which resources its users see, and which applications
// and flow modules are open to them. It is kept and told, and does nothing (docs/divergences.md). What is nil is not set.
type Access struct {
	Tags                map[string]string `json:"tags,omitempty"`
	TagRestricted       []string          `json:"tagRestricted,omitempty"`
	Group               string            `json:"group,omitempty"` // id of a hierarchy group
	HierarchyRestricted []string          `json:"hierarchyRestricted,omitempty"`
	Applications        []Application     `json:"applications,omitempty"`
	FlowModules         []FlowModule      `json:"flowModules,omitempty"`
}

// Application is an application of another company, or an MCP server.
type Application struct {
	Namespace   string   `json:"namespace,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
	Type        string   `json:"type,omitempty"`
}

// FlowModule is a flow module that an AI agent may call.
type FlowModule struct {
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
}

// BasicAgentAccess is the permission to be an agent: to open the agent panel and to be offered tasks.
const BasicAgentAccess = "BasicAgentAccess"

// ContactSearchView is the permission to look at any contact, its trace among what there is to see.
const ContactSearchView = "ContactSearch.View"

// UsersEdit is the permission to change users: to give them passwords, and to sign them out.
const UsersEdit = "Users.Edit"

// SelfAssignContacts is the permission to make a task in the agent panel that is one's own at once.
const SelfAssignContacts = "SelfAssignContacts.Access"

// RestrictTaskCreation takes from an agent that they may make tasks in the agent panel.
const RestrictTaskCreation = "RestrictTaskCreation.Access"

// Session is a user signed in to the pages. The store keeps only a hash of its token.
type Session struct {
	TokenHash string
	Instance  string
	User      string
	Epoch     int64  // of the user when they signed in; the session ends when the user's is another one
	Origin    Origin // how they signed in
	Expires   time.Time
	Parent    string    // TokenHash of the session that this one was handed over from, and ends with; empty: none
	Active    time.Time // when the user was last active, in this session or in those of its family; zero: not known
}

// Root is the TokenHash of the session that this one ends with: its own, unless it was handed over.
func (s Session) Root() string { return cmp.Or(s.Parent, s.TokenHash) }

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

// Allows reports whether the profile gives a permission.
func (p *SecurityProfile) Allows(permission string) bool {
	return slices.Contains(p.Permissions, permission)
}
