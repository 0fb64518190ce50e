package directory

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/fault"
)

// AccessKey signs requests to the API.
type AccessKey struct {
	ID      string
	Secret  string
	Account string
	Name    string    // what it is for: 1 to 128 characters; empty: it was made before keys had names
	Status  KeyStatus // empty: [KeyActive]
	Created time.Time // in the time of the machine; zero: it was made before keys had names
}

// KeyStatus says whether an access key is taken.
type KeyStatus string

// The statuses of access keys.
const (
	KeyActive   KeyStatus = "ACTIVE"
	KeyDisabled KeyStatus = "DISABLED"
)

// maxKeyName bounds the name of an access key, in characters.
const maxKeyName = 128

// CheckKeyName fails with [fault.Invalid] when an access key cannot have the name.
func CheckKeyName(name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > maxKeyName || strings.TrimSpace(name) != name ||
		strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fault.New(fault.Invalid, "The name of an access key must have 1 to %d printable characters, and no blanks around them", maxKeyName)
	}
	return nil
}
