package awsapi

import (
	"cmp"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// identityRules are what the reference demands of users by how their instance manages them. Single sign-on of the whole
// server is no such way: where the instance manages its users itself, they may then have passwords, and need none.
type identityRules struct {
	identity     directory.Identity
	singleSignOn bool
}

// identityRules are those of an instance. It fails with [fault.NotFound].
func (a *API) identityRules(instance string) (identityRules, error) {
	s, err := a.opts.Engine.Settings(instance)
	return identityRules{cmp.Or(s.Identity, directory.ManagedHere), a.opts.SingleSignOn}, err
}

// provider reports whether an identity provider may vouch for users, whose names then have other bounds.
func (r identityRules) provider() bool { return r.singleSignOn || r.identity != directory.ManagedHere }

// checkNew checks which members a new user has.
// It fails with [fault.Invalid] without a name, which an existing directory alone would know; with [fault.Unusable] for a
// password where the instance has none ("it is an error to include a password") and without one where it has, for a
// DirectoryUserId with SAML ("an error is returned"), and as [identityRules.check] does
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateUser.html).
func (r identityRules) checkNew(in *wire.CreateUserRequest, who wire.UserIdentityInfo) error {
	named := r.identity == directory.ExistingDirectory
	switch {
	case who.FirstName == nil && !named:
		return fault.New(fault.Invalid, "IdentityInfo.FirstName is required")
	case who.LastName == nil && !named:
		return fault.New(fault.Invalid, "IdentityInfo.LastName is required")
	case in.Password != nil && r.identity != directory.ManagedHere:
		return fault.New(fault.Unusable, "Password is not allowed: the IdentityManagementType of the instance is %s", r.identity)
	case in.Password == nil && !r.provider():
		return fault.New(fault.Unusable, "Required parameter missing: Password") // as Amazon Connect words it
	case in.DirectoryUserId != nil && r.identity == directory.SAML:
		return fault.New(fault.Unusable, "DirectoryUserId is not allowed: the IdentityManagementType of the instance is %s", r.identity)
	}
	return r.check(who)
}

// check checks who a user is to be. It fails with [fault.Unusable] for an Email with SAML ("If you are using SAML for
// identity management and include this parameter, an error is returned",
// https://docs.aws.amazon.com/connect/latest/APIReference/API_UserIdentityInfo.html), and as [identityRules.checkNames]
// does.
func (r identityRules) check(who wire.UserIdentityInfo) error {
	if wire.Value(who.Email) != "" && r.identity == directory.SAML {
		return fault.New(fault.Unusable, "IdentityInfo.Email is not allowed: the IdentityManagementType of the instance is %s", r.identity)
	}
	return r.checkNames(who)
}

// hashOf is the hash of the password of a new user; empty for one without. It fails with [fault.Invalid].
func (a *API) hashOf(password *string) (string, error) {
	if password == nil {
		return "", nil
	}
	if err := auth.CheckPassword(*password); err != nil {
		return "", err
	}
	return a.opts.Hasher.Hash(*password), nil
}
