package auth

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestCookieIsBoundToTheHostWhereTheRequestCameOverTLS(t *testing.T) {
	tests := []struct {
		name   string
		tls    bool
		proto  string
		cookie string
	}{
		{"plain", false, "", "tasklane"},
		{"TLS", true, "", "__Host-tasklane"},
		{"TLS to the proxy", false, "https", "__Host-tasklane"},
		{"plain to the proxy", false, "http", "tasklane"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "http://desk.example/login", nil)
			r.Header.Set("X-Forwarded-Proto", tt.proto)
			if tt.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			new(Sessions).SetCookie(w, r, "token")
			c := w.Result().Cookies()[0]
			secure := tt.cookie == secureCookie
			if c.Name != tt.cookie || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %v, want %s, Secure %t, HttpOnly, SameSite=Lax, for all paths of this host", c, tt.cookie, secure)
			}

			r.AddCookie(c)
			if got := CookieToken(r); got != "token" {
				t.Errorf("CookieToken = %q, want the token", got)
			}
			w = httptest.NewRecorder()
			new(Sessions).SetCookie(w, r, "")
			if c := w.Result().Cookies()[0]; c.Name != tt.cookie || c.MaxAge >= 0 {
				t.Errorf("an empty token leaves %v", c)
			}
		})
	}
}

// A neighbour on another host of the domain can set a plain cookie for ours, but not one of the secure name.
func TestOverTLSAPlainCookieIsNotBelieved(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://desk.example/auth/authorize", nil)
	r.AddCookie(&http.Cookie{Name: plainCookie, Value: "planted"})
	if got := CookieToken(r); got != "" {
		t.Errorf("CookieToken = %q, want none", got)
	}
}
