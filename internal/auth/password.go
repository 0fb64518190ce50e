package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/tasklane/tasklane/internal/fault"
)

// The cost of a password hash: argon2id with 19 MiB of memory, two passes, one lane
// (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLanes  = 1
	hashBytes  = 32
	saltBytes  = 16
)

// hashing bounds the hashes that are computed at once, because each takes its memory.
var hashing = make(chan struct{}, 2)

func hash(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, hashPasses, hashMemory, hashLanes, hashBytes)
}

var phcPrefix = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, hashMemory, hashPasses, hashLanes)

// HashPassword makes the hash of a password, as a PHC string, with a salt of its own.
func HashPassword(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	enc := base64.RawStdEncoding
	return phcPrefix + enc.EncodeToString(salt) + "$" + enc.EncodeToString(hash(password, salt))
}

// nobody is what the password of an unknown user is compared with, so that it takes as long as any other.
var nobody = sync.OnceValue(func() string { return HashPassword(rand.Text()) })

// PasswordMatches tells whether a hash is that of a password. An empty hash matches nothing and takes as long.
func PasswordMatches(phc, password string) bool {
	known := phc != ""
	if !known {
		phc = nobody()
	}
	rest, ok := strings.CutPrefix(phc, phcPrefix)
	if !ok {
		return false
	}
	saltText, sumText, _ := strings.Cut(rest, "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(saltText)
	sum, err2 := base64.RawStdEncoding.DecodeString(sumText)
	if err1 != nil || err2 != nil || len(sum) == 0 {
		return false
	}
	return subtle.ConstantTimeCompare(hash(password, salt), sum) == 1 && known
}

// CheckPassword tells whether a new password meets Amazon Connect's rules: 8 to 64 characters, at least one
// upper-case letter, one lower-case letter and one digit, no white space. It fails with [fault.Invalid].
func CheckPassword(password string) error {
	n := utf8.RuneCountInString(password)
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	if n < 8 || n > 64 || !has(unicode.IsUpper) || !has(unicode.IsLower) || !has(unicode.IsDigit) || has(unicode.IsSpace) {
		return fault.New(fault.Invalid, "Password must have 8 to 64 characters with an upper-case letter, a lower-case letter and a digit, and no spaces")
	}
	return nil
}
