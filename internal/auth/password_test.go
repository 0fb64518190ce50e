package auth

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestPasswordMatches(t *testing.T) {
	h := Hasher{}.Hash("Correct1")
	if h == (Hasher{}).Hash("Correct1") {
		t.Error("two hashes of one password are equal: the salt is missing")
	}
	cheap := secret{memory: 64, passes: 1, lanes: 2, salt: []byte("saltsalt")}
	cheap.sum = cheap.sumOf("Correct1", 16)
	tests := []struct {
		name, hash, password string
		want                 bool
	}{
		{"right", h, "Correct1", true},
		{"wrong", h, "correct1", false},
		{"empty", h, "", false},
		{"made at another cost", cheap.String(), "Correct1", true},
		{"wrong, at another cost", cheap.String(), "correct1", false},
		{"unknown user", "", "Correct1", false},
		{"the cost changed", strings.Replace(h, "t=2", "t=1", 1), "Correct1", false},
		{"too much memory", strings.Replace(h, "m=19456", "m=4294967295", 1), "Correct1", false},
		{"no passes", strings.Replace(h, "t=2", "t=0", 1), "Correct1", false},
		{"no lanes", strings.Replace(h, "p=1", "p=0", 1), "Correct1", false},
		{"another version", strings.Replace(h, "v=19", "v=16", 1), "Correct1", false},
		{"another algorithm", strings.Replace(h, "argon2id", "argon2i", 1), "Correct1", false},
		{"rubbish behind the cost", strings.Replace(h, "p=1", "p=1,x", 1), "Correct1", false},
		{"rubbish in front", "x" + h, "Correct1", false},
		{"no sum", h[:strings.LastIndex(h, "$")+1], "Correct1", false},
		{"cut off", h[:len(h)-43], "Correct1", false},
		{"not a hash", "$argon2id$", "Correct1", false},
	}
	for _, tt := range tests {
		if got := PasswordMatches(tt.hash, tt.password); got != tt.want {
			t.Errorf("%s: PasswordMatches = %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"Tasklane1": true, "Täsk1ane": true,
		"Short1": false, "alllower1": false, "ALLUPPER1": false, "NoDigits": false, "With Space1": false,
		"Eight123": true, "Seven12": false, "A1" + strings.Repeat("a", 62): true, "A1" + strings.Repeat("a", 63): false,
	} {
		if err := CheckPassword(password); (err == nil) != ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("CheckPassword(%q) = %v, want ok %t", password, err, ok)
		}
	}
}

func TestOutdated(t *testing.T) {
	h := Hasher{}.Hash("Correct1")
	tests := []struct {
		name, hash string
		want       bool
	}{
		{"today's", h, false},
		{"more memory", strings.Replace(h, "m=19456", "m=65536", 1), false},
		{"less memory", strings.Replace(h, "m=19456", "m=4096", 1), true},
		{"fewer passes", strings.Replace(h, "t=2", "t=1", 1), true},
		{"none", "", true},
		{"of a test", Hasher{Memory: 8, Passes: 1}.Hash("Correct1"), true},
	}
	for _, tt := range tests {
		if got := (Hasher{}).Outdated(tt.hash); got != tt.want {
			t.Errorf("%s: Outdated = %t, want %t", tt.name, got, tt.want)
		}
	}
	cheap := Hasher{Memory: 8, Passes: 1}
	if made := cheap.Hash("Correct1"); cheap.Outdated(made) || !PasswordMatches(made, "Correct1") || PasswordMatches(made, "correct1") {
		t.Errorf("%s, made at a cost of its own, is outdated or not that of its password", made)
	}
}

// Stored hashes may have salts and sums up to the bound, and none beyond it.
func TestStoredHashesAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name      string
		salt, sum int
		ok        bool
	}{
		{"the least", 8, 16, true},
		{"the most", maxBytes, maxBytes, true},
		{"a short salt", 7, 16, false},
		{"a long salt", maxBytes + 1, 16, false},
		{"a short sum", 8, 15, false},
		{"a long sum", 8, maxBytes + 1, false},
	} {
		text := secret{memory: 8, passes: 1, lanes: 1, salt: make([]byte, tt.salt), sum: make([]byte, tt.sum)}.String()
		if _, ok := parseSecret(text); ok != tt.ok {
			t.Errorf("%s: %s is taken: %t, want %t", tt.name, text, ok, tt.ok)
		}
	}
}
