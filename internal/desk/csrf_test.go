package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/auth"
)

// Browsers send cookies with requests of any page, so what a cookie authorises must come from our own.
func TestPagesOfOtherSitesCannotUseTheCookie(t *testing.T) {
	w := open(t, func(o *Options) { o.Provider = &auth.Provider{Issuer: "http://127.0.0.1:1"} })
	w.signIn()
	w.available()
	sites := []map[string]string{
		{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
		{"Origin": "https://evil.example"}, // an old browser
		{"Origin": "null", "Sec-Fetch-Site": "cross-site"},
		{"Origin": "http://other." + strings.TrimPrefix(w.server.URL, "http://"), "Sec-Fetch-Site": "same-site"},
	}
	tried := 0
	for pattern := range w.desk.byCookie() {
		method, path, _ := strings.Cut(pattern, " ")
		if method == http.MethodGet {
			continue // changes nothing but a browser's own cookies
		}
		tried++
		for _, site := range sites {
			r, _ := http.NewRequest(method, w.server.URL+strings.ReplaceAll(path, "{user}", w.stock.Agent),
				strings.NewReader(`{"username":"agent","password":"Tasklane1","newPassword":"Another1"}`))
			r.Header.Set("Content-Type", "text/plain")
			for name, value := range site {
				r.Header.Set(name, value)
			}
			if res, text := w.do(r); res.StatusCode != http.StatusForbidden || !strings.Contains(text, "another site") {
				t.Errorf("%s from %v: %s %s, want 403", pattern, site, res.Status, text)
			}
		}
	}
	r, _ := http.NewRequest(http.MethodGet, w.server.URL+"/logout", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Sec-Fetch-Mode", "no-cors")
	if res, _ := w.do(r); res.StatusCode != http.StatusForbidden {
		t.Errorf("GET /logout of another site: %s, want 403", res.Status)
	}
	d, err := w.engine.Desk(t.Context(), instance, w.stock.Agent)
	if err != nil || d.Status.Name != "Available" || !w.stands() || tried < 6 {
		t.Errorf("after %d tried routes the agent is %s, %v", tried, d.Status.Name, err)
	}
}

// What has another authority than the cookie does nothing for who has the cookie alone.
func TestOtherRoutesDoNotTakeTheCookie(t *testing.T) {
	w := signedIn(t)
	for _, path := range []string{"/api", "/connect/api"} {
		r, _ := http.NewRequest(http.MethodPost, w.server.URL+path, strings.NewReader("{}"))
		r.Header.Set("X-Amz-Target", target+"GetAgentSnapshot")
		if res, _ := w.do(r); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("POST %s with the cookie alone: %s, want 401", path, res.Status)
		}
	}
	if res, _ := w.get(socketPath); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a socket with the cookie alone: %s, want 401", res.Status)
	}
}
