package server_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// people are the users of the identity provider, by name.
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User         { return p[id] }
func (p people) GetUserByUsername(name string) *storage.User { return p[name] }
func (p people) ExampleClientID() string                     { return "service" }

// person is a user of the identity provider.
func person(name, email string, verified bool) *storage.User {
	return &storage.User{ID: name, Username: name, Password: "at the provider", Email: email, EmailVerified: verified}
}

// openProvider starts an OpenID provider, and a server that knows it. The provider checks what the server sends: its
// secret, the redirect URL and the code verifier.
func openProvider(t *testing.T, secret string, change ...func(*server.Config)) *servertest.Server {
	t.Helper()
	logger := slog.Default() // the provider's example takes its place
	t.Cleanup(func() { slog.SetDefault(logger) })
	users := people{
		"agent":    person("agent", "agent@example.com", true),
		"stranger": person("stranger", "admin", false), // an address that the provider has not verified
		"mail":     person("mail", "agent", true),
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	client := storage.WebClient("tasklane", "s3cret", "http://"+address+"/auth/oidc/callback")
	clients := map[string]*storage.Client{"tasklane": client}
	idp := httptest.NewServer(nil)
	t.Cleanup(idp.Close)
	idp.Config.Handler = exampleop.SetupServer(idp.URL, storage.NewStorageWithClients(users, clients),
		slog.New(slog.DiscardHandler), false)
	return servertest.New(t, append([]func(*server.Config){func(c *server.Config) {
		c.Listen = address
		c.OIDC = server.OIDC{
			Issuer: idp.URL, ClientID: "tasklane", ClientSecret: secret, Claim: "preferred_username",
			Scopes: []string{"profile", "email"}, Name: "Example", SignOut: true,
		}
	}}, change...)...)
}

// browser follows redirects up to the first page of a path, and keeps cookies.
type browser struct {
	*http.Client
	t *testing.T
}

func newBrowser(t *testing.T) *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{&http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/login" || r.URL.Path == "/ccp-v2/" {
			return http.ErrUseLastResponse
		}
		return nil
	}}, t}
}

// visit gets an address and returns where that has led, and what is there.
func (b *browser) visit(address string) (*url.URL, string) {
	b.t.Helper()
	res, err := b.Get(address)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.arrived(res)
}

func (b *browser) arrived(res *http.Response) (*url.URL, string) {
	b.t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if to, err := res.Location(); err == nil {
		return to, ""
	}
	return res.Request.URL, string(text)
}

var requestID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signIn goes through the provider's page and returns where the browser arrives.
func (b *browser) signIn(s *servertest.Server, name string) *url.URL {
	b.t.Helper()
	at, page := b.visit(s.URL + "/auth/oidc")
	id := requestID.FindStringSubmatch(page)
	if id == nil {
		b.t.Fatalf("the provider shows at %s: %s", at, page)
	}
	res, err := b.PostForm(at.String(), url.Values{"id": {id[1]}, "username": {name}, "password": {"at the provider"}})
	if err != nil {
		b.t.Fatal(err)
	}
	to, _ := b.arrived(res)
	return to
}

// is tells the name of the user who is signed in; empty when nobody is.
func (b *browser) is(s *servertest.Server) string {
	b.t.Helper()
	_, text := b.visit(s.URL + "/auth/authorize")
	var token struct{ AccessToken string }
	if json.Unmarshal([]byte(text), &token) != nil || token.AccessToken == "" {
		return ""
	}
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/api", strings.NewReader("{}"))
	r.Header.Set("X-Amz-Bearer", token.AccessToken)
	r.Header.Set("X-Amz-Target", "AmazonConnectCTIService.GetAgentConfiguration")
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ Configuration struct{ Username string } }
	_ = json.NewDecoder(res.Body).Decode(&out) // a refusal names nobody
	return out.Configuration.Username
}

func TestSingleSignOn(t *testing.T) {
	s := openProvider(t, "s3cret")
	b := newBrowser(t)
	if to := b.signIn(s, "agent"); to.Path != "/ccp-v2/" {
		t.Fatalf("the browser arrives at %s", to)
	}
	if name := b.is(s); name != "agent" {
		t.Errorf("%q is signed in", name)
	}
	res, err := b.Get(s.URL + "/auth/options")
	if err != nil {
		t.Fatal(err)
	}
	if _, text := b.arrived(res); strings.TrimSpace(text) != `{"instances":false,"passwords":true,"provider":"Example"}` {
		t.Errorf("options: %s", text)
	}
}

func TestNobodyIsMadeBySingleSignOn(t *testing.T) {
	s := openProvider(t, "s3cret")
	b := newBrowser(t)
	if to := b.signIn(s, "stranger"); to.RequestURI() != "/login?failed=unknown" {
		t.Errorf("the browser arrives at %s", to)
	}
	if name := b.is(s); name != "" {
		t.Errorf("%q is signed in", name)
	}
	users, err := s.Client().ListUsers(t.Context(), &connect.ListUsersInput{InstanceId: &s.InstanceID})
	if err != nil || len(users.UserSummaryList) != 2 {
		t.Errorf("there are %d users, %v; want the 2 of before", len(users.UserSummaryList), err)
	}
}

func TestAddressMustBeVerifiedByTheProvider(t *testing.T) {
	s := openProvider(t, "s3cret", func(c *server.Config) { c.OIDC.Claim = "email" })
	b := newBrowser(t)
	if to := b.signIn(s, "stranger"); to.RequestURI() != "/login?failed=unnamed" || b.is(s) != "" {
		t.Errorf("with an address that is not verified the browser arrives at %s", to)
	}
	if to := b.signIn(s, "mail"); to.Path != "/ccp-v2/" || b.is(s) != "agent" {
		t.Errorf("with one that is, the browser arrives at %s", to)
	}
}

func TestProviderThatDoesNotKnowUsSignsNobodyIn(t *testing.T) {
	s := openProvider(t, "another secret")
	b := newBrowser(t)
	if to := b.signIn(s, "agent"); to.RequestURI() != "/login?failed=away" || b.is(s) != "" {
		t.Errorf("the browser arrives at %s", to)
	}
}

func TestProviderThatIsAwaySignsNobodyIn(t *testing.T) {
	s := openProvider(t, "s3cret", func(c *server.Config) { c.OIDC.Issuer = "http://127.0.0.1:1" })
	if to, _ := newBrowser(t).visit(s.URL + "/auth/oidc"); to.RequestURI() != "/login?failed=away" {
		t.Errorf("the browser arrives at %s", to)
	}
	s.SignIn(s.Agent) // by password
}

// Who makes another's browser follow a link with a code of their own must not sign it in.
func TestOnlyTheBrowserThatHasBegunIsSignedIn(t *testing.T) {
	s := openProvider(t, "s3cret")
	mine, yours := newBrowser(t), newBrowser(t)
	var callback *url.URL
	follow := mine.CheckRedirect
	mine.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Path == "/auth/oidc/callback" {
			callback = r.URL
			return http.ErrUseLastResponse
		}
		return follow(r, via)
	}
	mine.signIn(s, "agent")
	if callback == nil {
		t.Fatal("the provider did not send the browser back")
	}
	if to, _ := yours.visit(callback.String()); to.RequestURI() != "/login?failed=expired" || yours.is(s) != "" {
		t.Errorf("a browser that has begun nothing arrives at %s", to)
	}
	yours.visit(s.URL + "/auth/oidc")
	if to, _ := yours.visit(callback.String()); to.RequestURI() != "/login?failed=expired" || yours.is(s) != "" {
		t.Errorf("a browser that has begun another one arrives at %s", to)
	}
	mine.CheckRedirect = follow
	stolen := *callback
	q := stolen.Query()
	q.Set("state", q.Get("state")+"x")
	stolen.RawQuery = q.Encode()
	if to, _ := mine.visit(stolen.String()); to.RequestURI() != "/login?failed=expired" {
		t.Errorf("with another state the browser arrives at %s", to)
	}
	if to, _ := mine.visit(callback.String()); to.RequestURI() != "/login?failed=expired" {
		t.Errorf("once the cookie is used the browser arrives at %s", to)
	}
}

func TestUserWhoGivesUpAtTheProviderIsTold(t *testing.T) {
	s := openProvider(t, "s3cret")
	b := newBrowser(t)
	var state string
	follow := b.CheckRedirect
	b.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if v := r.URL.Query().Get("state"); v != "" {
			state = v
		}
		return follow(r, via)
	}
	b.visit(s.URL + "/auth/oidc")
	if to, _ := b.visit(s.URL + "/auth/oidc/callback?error=access_denied&state=" + url.QueryEscape(state)); to.RequestURI() != "/login?failed=refused" {
		t.Errorf("the browser arrives at %s", to)
	}
}

func TestPasswordsCanBeOff(t *testing.T) {
	s := openProvider(t, "s3cret", func(c *server.Config) { c.Passwords = "off" })
	for _, path := range []string{"/login", "/auth/password"} {
		body := `{"username":"agent","password":"tasklane","newPassword":"Another1"}`
		res, err := http.Post(s.URL+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %s, want 403", path, res.Status)
		}
	}
	if to := newBrowser(t).signIn(s, "agent"); to.Path != "/ccp-v2/" {
		t.Errorf("with the provider the browser arrives at %s", to)
	}
}

// Who has signed in with the provider signs out there; who has not stays here.
func TestSignOutAtTheProvider(t *testing.T) {
	s := openProvider(t, "s3cret")
	b := newBrowser(t)
	b.signIn(s, "agent")
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	to, _ := b.visit(s.URL + "/logout")
	if to.Host == strings.TrimPrefix(s.URL, "http://") || to.Query().Get("client_id") != "tasklane" ||
		to.Query().Get("post_logout_redirect_uri") != s.URL+"/login" {
		t.Errorf("sign-out leads to %s", to)
	}
	if name := b.is(s); name != "" {
		t.Errorf("%s is still signed in", name)
	}
	res, err := b.PostForm(s.URL+"/login", url.Values{"username": {"agent"}, "password": {"tasklane"}})
	if err != nil {
		t.Fatal(err)
	}
	if to, _ := b.arrived(res); to.Path != "/ccp-v2/" {
		t.Fatalf("by password the browser arrives at %s", to)
	}
	if to, _ := b.visit(s.URL + "/logout"); to.String() != s.URL+"/login" {
		t.Errorf("sign-out of a sign-in by password leads to %s", to)
	}
}
