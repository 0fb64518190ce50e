package auth

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

var sessions = &Sessions{Now: func() time.Time { return signedAt }}

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
			sessions.SetCookie(w, r, Opened{"token", sessions.Now().Add(time.Hour)}, OwnSite)
			c := w.Result().Cookies()[0]
			if c.MaxAge != 3600 {
				t.Errorf("the cookie lasts %d s, want as long as the session, 3600", c.MaxAge)
			}
			secure := tt.cookie == secureCookie
			if c.Name != tt.cookie || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %v, want %s, Secure %t, HttpOnly, SameSite=Lax, for all paths of this host", c, tt.cookie, secure)
			}

			r.AddCookie(c)
			if got := CookieTokens(r); len(got) != 1 || got[0] != "token" {
				t.Errorf("CookieTokens = %q, want the token", got)
			}
			w = httptest.NewRecorder()
			DropCookie(w, r)
			for _, c := range w.Result().Cookies() {
				if c.Name != tt.cookie || c.MaxAge >= 0 {
					t.Errorf("DropCookie leaves %v", c)
				}
			}
		})
	}
}

// A neighbour on another host of the domain can set a plain cookie for ours, but not one of the secure name.
func TestOverTLSAPlainCookieIsNotBelieved(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://desk.example/auth/authorize", nil)
	r.AddCookie(&http.Cookie{Name: plainCookie, Value: "planted"})
	if got := CookieTokens(r); len(got) != 0 {
		t.Errorf("CookieTokens = %q, want none", got)
	}
}

func TestCookieReachesOtherSitesOverTLSOnly(t *testing.T) {
	for _, tt := range []struct {
		proto       string
		reach       Reach
		sameSite    http.SameSite
		partitioned bool
	}{
		{"https", OwnSite, http.SameSiteLaxMode, false},
		{"https", AnySite, http.SameSiteNoneMode, false},
		{"https", ThisPage, http.SameSiteNoneMode, true},
		{"http", AnySite, http.SameSiteLaxMode, false},
		{"http", ThisPage, http.SameSiteLaxMode, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://desk.example/login", nil)
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		w := httptest.NewRecorder()
		sessions.SetCookie(w, r, Opened{"token", sessions.Now().Add(time.Hour)}, tt.reach)
		c := w.Result().Cookies()[0]
		if c.SameSite != tt.sameSite || c.Partitioned != tt.partitioned || c.Secure != (tt.proto == "https") || !c.HttpOnly {
			t.Errorf("over %s, reach %d: %v", tt.proto, tt.reach, c)
		}
	}
}
