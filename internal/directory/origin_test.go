package directory

import "testing"

func TestCheckOrigin(t *testing.T) {
	tests := []struct {
		origin          string
		allowed, locals bool // also with local origins
	}{
		{"https://desk.example.com", true, true},
		{"https://desk.example.com:8443", true, true},
		{"https://localhost", true, true},
		{"https://[2001:db8::1]:8443", true, true},
		{"http://localhost:3000", false, true},
		{"http://127.0.0.1", false, true},
		{"http://[::1]:3000", false, true},
		{"http://desk.example.com", false, false},
		{"http://localhost.example.com", false, false},
		{"https://desk.example.com/", false, false},
		{"https://desk.example.com/path", false, false},
		{"https://desk.example.com:443", false, false},
		{"http://localhost:80", false, false},
		{"https://Desk.example.com", false, false},
		{"https://*.example.com", false, false},
		{"https://a.example; script-src *", false, false},
		{"https://a.example,b.example", false, false},
		{"https://a.example https://b.example", false, false},
		{"https://user@a.example", false, false},
		{"https://a.example:99999999", false, false},
		{"https://", false, false},
		{"null", false, false},
		{"*", false, false},
		{"", false, false},
	}
	for _, tt := range tests {
		if got := CheckOrigin(tt.origin, false) == nil; got != tt.allowed {
			t.Errorf("CheckOrigin(%q, false) allows %t, want %t", tt.origin, got, tt.allowed)
		}
		if got := CheckOrigin(tt.origin, true) == nil; got != tt.locals {
			t.Errorf("CheckOrigin(%q, true) allows %t, want %t", tt.origin, got, tt.locals)
		}
	}
}
