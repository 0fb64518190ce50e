package auth

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestPasswordMatches(t *testing.T) {
	h := HashPassword("Correct1")
	if h == HashPassword("Correct1") {
		t.Error("two hashes of one password are equal: the salt is missing")
	}
	tests := []struct {
		name, hash, password string
		want                 bool
	}{
		{"right", h, "Correct1", true},
		{"wrong", h, "correct1", false},
		{"empty", h, "", false},
		{"unknown user", "", "Correct1", false},
		{"another cost", strings.Replace(h, "t=2", "t=1", 1), "Correct1", false},
		{"cut off", h[:len(h)-45], "Correct1", false},
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
		strings.Repeat("Aa1", 22): false,
	} {
		if err := CheckPassword(password); (err == nil) != ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("CheckPassword(%q) = %v, want ok %t", password, err, ok)
		}
	}
}
