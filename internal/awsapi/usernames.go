package awsapi

import (
	"regexp"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// What the reference says of the names of users in prose
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateUser.html,
// https://docs.aws.amazon.com/connect/latest/APIReference/API_UserIdentityInfo.html).
const (
	// maxProviderUsername is how many characters a user name has at most where an identity provider vouches for users.
	// Where the instance manages them itself the prose has 20, and Amazon Connect takes more (docs/divergences.md).
	maxProviderUsername = 64

	maxManagedFirstName = 255
	maxManagedLastName  = 256
)

var (
	usernameForm = regexp.MustCompile(`^[a-zA-Z0-9_.\\@-]+$`)
	// "Username can include @ only if used in an email format".
	usernameWithAt = regexp.MustCompile(`^[^@]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,63}$|^[^@]*$`)
)

// checkUsername fails with [fault.Invalid] for a name with other characters, or with more, than a user may have.
func checkUsername(name string, provider bool) error {
	switch {
	case !usernameForm.MatchString(name):
		return fault.New(fault.Invalid, "Username may have letters of the English alphabet, digits and _ - . \\ @ only")
	case !usernameWithAt.MatchString(name):
		return fault.New(fault.Invalid, "Username may include @ only in the format of an e-mail address, such as name@example.com")
	case provider && len(name) > maxProviderUsername:
		return fault.New(fault.Invalid, "Username must have at most %d characters", maxProviderUsername)
	}
	return nil
}

// checkNames checks the names of a user that are given. It fails with [fault.Invalid] for one that is not in Unicode
// Normalization Form C and, where the instance manages its users itself, for one that is empty, blank or too long.
func (r identityRules) checkNames(i wire.UserIdentityInfo) error {
	for _, n := range []struct {
		member string
		name   *string
		most   int
	}{
		{"IdentityInfo.FirstName", i.FirstName, maxManagedFirstName},
		{"IdentityInfo.LastName", i.LastName, maxManagedLastName},
	} {
		switch {
		case n.name == nil:
			continue
		case !directory.IsComposed(*n.name):
			return fault.New(fault.Invalid, "%s must be in Unicode Normalization Form C (NFC)", n.member)
		case r.provider() && *n.name == "":
			continue
		case utf8.RuneCountInString(*n.name) > n.most || *n.name == "":
			return fault.New(fault.Invalid, "%s must have 1 to %d characters", n.member, n.most)
		}
		if err := directory.CheckName(*n.name); err != nil {
			return fault.In(n.member, err)
		}
	}
	return nil
}
