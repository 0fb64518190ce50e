package auth

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/tasklane/tasklane/internal/fault"
)

// Hasher makes the hashes of passwords, with argon2id at a cost. The zero value is the one to use: 19 MiB of memory and
// two passes (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). A hash that was made at
// another cost stays good. Tests, which start many servers, hash for less.
type Hasher struct {
	Memory uint32 // KiB, at least 8; 0 means 19 MiB
	Passes uint32 // 0 means two
}

const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLanes  = 1
	hashBytes  = 32
	saltBytes  = 16
)

// The most that a stored hash may cost, so that none can take the machine.
const (
	maxMemory = 128 << 10 // KiB
	maxPasses = 16
	maxLanes  = 16
	maxBytes  = 64
)

// hashing bounds the hashes that are computed at once, because each takes its memory.
var hashing = make(chan struct{}, 2)

// secret is a password hash taken apart.
type secret struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// sumOf computes what the sum of a password is at the cost and with the salt of s.
func (s secret) sumOf(password string, bytes uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), s.salt, s.passes, s.memory, s.lanes, bytes)
}

// String is the secret as a PHC string
// (https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md).
func (s secret) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		s.memory, s.passes, s.lanes, enc.EncodeToString(s.salt), enc.EncodeToString(s.sum))
}

// parseSecret reads a PHC string; ok is false for one that [secret.String] would not write, and for one that
// costs too little to compute or too much.
func parseSecret(text string) (s secret, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return s, false
	}
	_, errCost := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &s.memory, &s.passes, &s.lanes)
	var errSalt, errSum error
	s.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	s.sum, errSum = base64.RawStdEncoding.DecodeString(parts[5])
	if errors.Join(errCost, errSalt, errSum) != nil || s.String() != text {
		return s, false
	}
	within := func(n, least, most int) bool { return least <= n && n <= most }
	return s, within(int(s.memory), 8*int(s.lanes), maxMemory) && within(int(s.passes), 1, maxPasses) &&
		within(int(s.lanes), 1, maxLanes) && within(len(s.salt), 8, maxBytes) && within(len(s.sum), 16, maxBytes)
}

func (h Hasher) cost() (memory, passes uint32) {
	return cmp.Or(h.Memory, hashMemory), cmp.Or(h.Passes, hashPasses)
}

// Hash makes the hash of a password, as a PHC string, with a salt of its own.
func (h Hasher) Hash(password string) string {
	s := secret{lanes: hashLanes, salt: make([]byte, saltBytes)}
	s.memory, s.passes = h.cost()
	_, _ = rand.Read(s.salt) // never fails
	s.sum = s.sumOf(password, hashBytes)
	return s.String()
}

// nobody is what the password of an unknown user is compared with, so that it takes as long as any other.
var nobody = sync.OnceValue(func() string { return Hasher{}.Hash(rand.Text()) })

// PasswordMatches reports whether a hash is that of a password. What is no hash matches nothing and takes as long.
func PasswordMatches(hash, password string) bool {
	s, known := parseSecret(hash)
	if !known {
		s, _ = parseSecret(nobody())
	}
	sum := s.sumOf(password, uint32(len(s.sum)))
	return subtle.ConstantTimeCompare(sum, s.sum) == 1 && known
}

// Outdated reports whether a hash was made at less than the cost of h, or is none: once the password is known it should
// be hashed again.
func (h Hasher) Outdated(hash string) bool {
	s, known := parseSecret(hash)
	memory, passes := h.cost()
	return !known || s.memory < memory || s.passes < passes || len(s.sum) < hashBytes || len(s.salt) < saltBytes
}

// CheckPassword reports whether a new password meets Amazon Connect's rules: 8 to 64 characters, at least one
// upper-case letter, one lower-case letter and one digit, no white space. It fails with [fault.Invalid].
func CheckPassword(password string) error {
	n := utf8.RuneCountInString(password)
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(password, is) }
	if n < 8 || n > 64 || !has(unicode.IsUpper) || !has(unicode.IsLower) || !has(unicode.IsDigit) || has(unicode.IsSpace) {
		return fault.New(fault.Invalid, "Password must have 8 to 64 characters with an upper-case letter, a lower-case letter and a digit, and no spaces")
	}
	return nil
}
