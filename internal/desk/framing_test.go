package desk

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

const crm = "https://crm.example.com"

func (w *world) approve(origin string) {
	w.t.Helper()
	if err := w.engine.ApproveOrigin(w.t.Context(), instance, origin, ""); err != nil {
		w.t.Fatal(err)
	}
}

// framers asks with the cookies of the browser.
func (w *world) framers() []string {
	r := httptest.NewRequest(http.MethodGet, w.server.URL+"/ccp-v2/", nil)
	for _, c := range w.client.Jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	return w.desk.Framers(r)
}

func TestApprovedOriginsFrameThePanel(t *testing.T) {
	w := signedIn(t)
	if got := w.framers(); len(got) != 0 {
		t.Errorf("before any is approved: %v", got)
	}
	w.approve(crm)
	other := directory.Instance{
		Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: "22222222-1111-4111-8111-111111111111"}, Alias: "other",
	}
	if _, err := w.engine.Bootstrap(t.Context(), engine.First{
		Instance: other, AccessKey: directory.AccessKey{ID: "other"}, NewID: func(kind arn.Kind, name string) string {
			return uuid.NewSHA1(uuid.MustParse(other.ID), []byte(string(kind)+name)).String()
		},
		Admin: directory.User{Username: "admin"}, Agent: directory.User{Username: "agent2"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.ApproveOrigin(t.Context(), other.ID, "https://b.example", ""); err != nil {
		t.Fatal(err)
	}
	if got := w.framers(); !slices.Equal(got, []string{crm}) {
		t.Errorf("signed in: %v, want those of the instance", got)
	}
	w.get("/logout")
	if got := w.framers(); !slices.Equal(got, []string{"https://b.example", crm}) {
		t.Errorf("signed out: %v, want those of all instances", got)
	}
	w.desk.local = true
	if got := w.framers(); !slices.Contains(got, "http://localhost:*") || len(got) != 4 {
		t.Errorf("in development mode: %v, want pages of this machine too", got)
	}
}

// signOutBy asks for the sign-out as a browser does, and is the status and who may read the answer.
func (w *world) signOutBy(headers map[string]string) (int, string) {
	w.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, w.server.URL+"/logout", nil)
	for name, v := range headers {
		r.Header.Set(name, v)
	}
	res, _ := w.do(r)
	return res.StatusCode, res.Header.Get("Access-Control-Allow-Origin")
}

func TestPagesThatFrameThePanelMaySignOut(t *testing.T) {
	w := signedIn(t)
	w.approve(crm)
	script := func(site, header, origin string) map[string]string {
		return map[string]string{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": site, header: origin}
	}
	for name, tt := range map[string]struct {
		headers map[string]string
		status  int
		reader  string
	}{
		"a link":                     {map[string]string{"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}, 303, ""},
		"our page":                   {map[string]string{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}, 200, ""},
		"approved":                   {script("cross-site", "Origin", crm), 200, crm},
		"approved, without cors":     {script("cross-site", "Referer", crm+"/desk?x=1"), 200, crm},
		"another site":               {script("cross-site", "Origin", "https://evil.example"), 403, ""},
		"another page of our site":   {script("same-site", "Referer", "https://evil.example/"), 403, ""},
		"a page that does not say":   {script("cross-site", "Accept", "*/*"), 403, ""},
		"this machine, not approved": {script("cross-site", "Origin", "http://localhost:9"), 403, ""},
	} {
		w.signIn()
		status, reader := w.signOutBy(tt.headers)
		if status != tt.status || reader != tt.reader {
			t.Errorf("%s: %d, read by %q; want %d, %q", name, status, reader, tt.status, tt.reader)
		}
		if res, _ := w.get("/auth/authorize"); (res.StatusCode == http.StatusUnauthorized) != (tt.status != 403) {
			t.Errorf("%s: authorize is %s after it", name, res.Status)
		}
	}
	w.desk.local = true
	if status, reader := w.signOutBy(script("same-site", "Origin", "http://localhost:9")); status != 200 || reader != "http://localhost:9" {
		t.Errorf("this machine in development mode: %d, read by %q", status, reader)
	}
}

func TestCookieReachesOtherSitesWhenAnOriginIsApproved(t *testing.T) {
	w := open(t)
	sameSite := func() http.SameSite {
		r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/login", strings.NewReader(`{"username":"agent","password":"Tasklane1"}`))
		r.Header.Set("X-Forwarded-Proto", "https")
		res, _ := w.do(r)
		return res.Cookies()[0].SameSite
	}
	if got := sameSite(); got != http.SameSiteLaxMode {
		t.Errorf("without an approved origin: %v, want Lax", got)
	}
	w.approve(crm)
	if got := sameSite(); got != http.SameSiteNoneMode {
		t.Errorf("with an approved origin: %v, want None", got)
	}
}

// code asks for a code, with the cookies of the browser.
func (w *world) code() string {
	w.t.Helper()
	res, text := w.post("/auth/code", "application/json", "")
	if res.StatusCode != http.StatusOK {
		w.t.Fatalf("code: %s %s", res.Status, text)
	}
	return decode(w.t, []byte(text))["code"].(string)
}

func TestWindowHandsItsSignInOverToAFrame(t *testing.T) {
	w := signedIn(t)
	code := w.code()
	w.client.Jar = nil // the frame has no cookies
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/auth/handoff", strings.NewReader(`{"code":"`+code+`"}`))
	r.Header.Set("X-Forwarded-Proto", "https")
	res, text := w.do(r)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("hand-off: %s %s", res.Status, text)
	}
	c := res.Cookies()[0]
	if !c.Partitioned || c.SameSite != http.SameSiteNoneMode || !c.Secure {
		t.Errorf("cookie %v, want one that is kept apart", c)
	}
	if s, ok, err := w.desk.sessions.Find(t.Context(), auth.Bearer(c.Value)); err != nil || !ok || s.User != w.stock.Agent {
		t.Errorf("its session: %v %t, %v", s, ok, err)
	}
	for name, body := range map[string]string{"a second time": `{"code":"` + code + `"}`, "no code": `{}`} {
		if res, _ := w.post("/auth/handoff", "application/json", body); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
	if res, _ := w.post("/auth/handoff", "application/json", "x"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("no JSON: %s", res.Status)
	}
	if res, _ := w.post("/auth/code", "application/json", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code for nobody: %s", res.Status)
	}
}

func TestTicketOfASocketSignsNobodyIn(t *testing.T) {
	w := signedIn(t)
	_, ticket, _ := strings.Cut(w.ticketURL(), "?ticket=")
	if res, _ := w.post("/auth/handoff", "application/json", `{"code":"`+ticket+`"}`); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("hand-off with the ticket of a socket: %s", res.Status)
	}
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/auth/code", nil)
	r.Header.Set("Origin", "https://evil.example")
	if res, _ := w.do(r); res.StatusCode != http.StatusForbidden {
		t.Errorf("a code for a page of another site: %s", res.Status)
	}
}

func TestAChangeOfOneUserConcernsNobodyElse(t *testing.T) {
	w := signedIn(t)
	w.hire("bob", "Agent")
	w.must("UpdateAgentConfiguration", object{}) // what hiring has changed has been heard of
	before := w.desk.hub.version(w.stock.Agent)
	bob, err := w.engine.UserNamed(instance, "bob")
	if err != nil {
		t.Fatal(err)
	}
	mine := w.desk.hub.version(bob.ID)
	w.must("UpdateAgentConfiguration", object{"configuration": object{"agentPreferences": object{"locale": "de_DE"}}})
	if got := w.desk.hub.version(w.stock.Agent); got != before {
		t.Errorf("another agent's desk went from version %s to %s", before, got)
	}
	if w.desk.hub.version(bob.ID) == mine {
		t.Error("the agent's own desk has no new version")
	}
}
