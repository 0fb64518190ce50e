package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// request sends a request as a browser or another client does, and is the status and the message of the answer.
func request(t *testing.T, s *servertest.Server, method, path, body string, headers map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range headers {
		if name == "Host" {
			r.Host = v
		}
		r.Header.Set(name, v)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var refusal struct{ Message string }
	if res.StatusCode >= 400 {
		if err := json.Unmarshal(text, &refusal); err != nil {
			t.Errorf("%s %s: %d %q is no JSON", method, path, res.StatusCode, text)
		}
	}
	return res.StatusCode, refusal.Message
}

const (
	byOrigin = "The request comes from a page of another origin"
	byHost   = "is not known to be this server: add it with --allow-host"
)

// pagesAndCommands are clients of a server in development mode, and why they are refused; empty when they are not.
var pagesAndCommands = []struct {
	name    string
	headers map[string]string
	want    string
}{
	{"a command", nil, ""},
	{"a command that says localhost", map[string]string{"Host": "localhost:8484"}, ""},
	{"a command with another port", map[string]string{"Host": "127.0.0.1:1"}, ""},
	{"a command that says IPv6", map[string]string{"Host": "[::1]:8484"}, ""},
	{"a name below localhost", map[string]string{"Host": "tasklane.localhost:8484"}, ""},
	{"the host of --base-url", map[string]string{"Host": "desk.example.com"}, ""},
	{"a host of --allow-host", map[string]string{"Host": "Tasklane:8484"}, ""},
	{"a page with a host of its own name", map[string]string{"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}, byHost},
	{"the same without Origin", map[string]string{"Host": "evil.example:8484", "Sec-Fetch-Site": "same-origin"}, byHost},
	{"a host that ends like ours", map[string]string{"Host": "evil-localhost"}, byHost},
	{"a host that begins like ours", map[string]string{"Host": "127.0.0.1.evil.example"}, byHost},
	{"another address", map[string]string{"Host": "192.0.2.1:8484"}, byHost},
	{"the own page", map[string]string{"Host": "localhost:8484", "Origin": "http://localhost:8484", "Sec-Fetch-Site": "same-origin"}, ""},
	{"the own page behind a proxy", map[string]string{"Origin": "https://desk.example.com", "Sec-Fetch-Site": "same-origin"}, ""},
	{"a page of this machine", map[string]string{"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}, ""},
	{"a page of this machine by its address", map[string]string{"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "cross-site"}, ""},
	{"a user who types the address", map[string]string{"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, ""},
	{"a foreign page", map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, byOrigin},
	{"a foreign page in an old browser", map[string]string{"Origin": "https://evil.example"}, byOrigin},
	{"a foreign page that sends a form", map[string]string{"Origin": "https://evil.example", "Content-Type": "text/plain", "Sec-Fetch-Mode": "no-cors"}, byOrigin},
	{"a foreign page without Origin", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, byOrigin},
	{"a page of the same site", map[string]string{"Sec-Fetch-Site": "same-site"}, byOrigin},
	{"a page that hides its origin", map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, byOrigin},
	{"an origin that ends like ours", map[string]string{"Origin": "http://evil-localhost:8484"}, byOrigin},
	{"an origin that is none", map[string]string{"Origin": "%zz"}, byOrigin},
}

// Nothing that needs no signature can be had by a foreign page: Tasklane's own endpoints, and with auth off the API.
func TestForeignPagesAreRefused(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := servertest.New(t, func(c *server.Config) {
		c.Auth, c.BaseURL, c.AllowHost, c.Listen = "off", "https://desk.example.com", []string{"tasklane"}, address
	})
	s.URL = "http://" + address
	task := s.StartTask("waits")
	contact := "/_tasklane/contacts/" + task
	start := fmt.Sprintf(`{"InstanceId":%q,"ContactFlowId":%q,"Name":"n"}`, s.InstanceID, s.FlowID)
	doors := []struct{ method, path, body string }{
		{http.MethodGet, "/_tasklane/health", ""},
		{http.MethodGet, "/_tasklane/clock", ""},
		{http.MethodPost, "/_tasklane/clock", `{"advanceSeconds":0}`},
		{http.MethodGet, contact + "/trace", ""},
		{http.MethodGet, contact + "/why", ""},
		{http.MethodGet, "/_tasklane/agents/" + s.Agent.UserID + "/why", ""},
		{http.MethodPut, "/contact/task", start},
		{http.MethodGet, "/queues-summary/" + s.InstanceID, ""},
		{http.MethodPost, "/search-queues", fmt.Sprintf(`{"InstanceId":%q}`, s.InstanceID)},
	}
	for _, caller := range pagesAndCommands {
		for _, d := range doors {
			status, message := request(t, s, d.method, d.path, d.body, caller.headers)
			if caller.want == "" && status != http.StatusOK || caller.want != "" && (status != http.StatusForbidden || !strings.Contains(message, caller.want)) {
				t.Errorf("%s: %s %s = %d %q, want %q", caller.name, d.method, d.path, status, message, caller.want)
			}
		}
		// Reset is refused before anything is emptied.
		if caller.want != "" {
			if status, message := request(t, s, http.MethodPost, "/_tasklane/reset", "", caller.headers); status != http.StatusForbidden || !strings.Contains(message, caller.want) {
				t.Errorf("%s: reset = %d %q, want %q", caller.name, status, message, caller.want)
			}
		}
	}
	if status, _ := request(t, s, http.MethodGet, contact+"/trace", "", nil); status != http.StatusOK {
		t.Errorf("after all that the task is gone: %d", status)
	}
	// The other doors of a development server, whose passwords are known, open for its own hosts only.
	for _, path := range []string{"/", "/ccp-v2/", "/login", "/auth/options", "/metrics", "/_files/x"} {
		if status, message := request(t, s, http.MethodGet, path, "", map[string]string{"Host": "evil.example"}); status != http.StatusForbidden || !strings.Contains(message, byHost) {
			t.Errorf("GET %s of another host = %d %q, want %q", path, status, message, byHost)
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, _ := request(t, s, http.MethodGet, path, "", map[string]string{"Host": "10.1.2.3:8484"}); status != http.StatusOK {
			t.Errorf("GET %s of a probe = %d", path, status)
		}
	}
}

// Where signatures are checked, only the own endpoints ask for host and origin: what is signed names its host.
func TestForeignPagesWhereSignaturesAreChecked(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Development = false })
	for path, want := range map[string]int{
		"/_tasklane/health":                http.StatusForbidden,
		"/_tasklane/contacts/x/why":        http.StatusForbidden,
		"/healthz":                         http.StatusOK,
		"/metrics":                         http.StatusOK,
		"/queues-summary/" + s.InstanceID:  http.StatusForbidden, // it is not signed
		"/_tasklane/../_tasklane/health":   http.StatusForbidden,
		"/%5Ftasklane/health":              http.StatusForbidden,
		"//_tasklane/health":               http.StatusForbidden,
		"/_tasklane/clock":                 http.StatusForbidden,
		"/nothing/is/here":                 http.StatusNotFound,
		"/auth/options":                    http.StatusOK,
		"/.well-known/_tasklane/something": http.StatusNotFound,
	} {
		if status, _ := request(t, s, http.MethodGet, path, "", map[string]string{"Host": "evil.example"}); status != want {
			t.Errorf("GET %s of another host = %d, want %d", path, status, want)
		}
	}
	if status, message := request(t, s, http.MethodGet, "/_tasklane/health", "", map[string]string{"Origin": "http://localhost:3000"}); status != http.StatusOK {
		t.Errorf("a page of this machine where those may call = %d %q", status, message)
	}
}

func TestServerOnAllAddressesIsNamedByAny(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Listen = "0.0.0.0:0" })
	for host, want := range map[string]int{
		"192.0.2.7:8484": http.StatusOK, "[2001:db8::1]": http.StatusOK, "0.0.0.0": http.StatusOK, "evil.example": http.StatusForbidden,
	} {
		if status, message := request(t, s, http.MethodGet, "/_tasklane/clock", "", map[string]string{"Host": host}); status != want {
			t.Errorf("Host %s = %d %q, want %d", host, status, message, want)
		}
	}
}

func TestUnknownMembersOfOwnEndpointsAreRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for _, tt := range []struct{ path, body, want string }{
		{"/_tasklane/clock", `{"advanceSecond":1}`, "has no member advanceSecond"},
		{"/_tasklane/clock", `{"AdvanceSeconds":1}`, "has no member AdvanceSeconds"},
		{"/_tasklane/clock", `{"advanceSeconds":1,"advanceBy":2}`, "has no member advanceBy; it has advanceSeconds, advanceTo, sessions"},
		{"/_tasklane/clock", `{"advanceSeconds":1,"advanceSeconds":2}`, "not valid JSON"},
		{"/_tasklane/clock", `{"advanceSeconds":"1"}`, "member advanceSeconds of the request body cannot be read"},
		{"/_tasklane/clock", `{"advanceSeconds":1}x`, "not valid JSON"},
		{"/_tasklane/clock", `[1]`, "must be a JSON object"},
		{"/_tasklane/clock", ``, "exactly one of advanceSeconds and advanceTo"},
		{"/_tasklane/reset", `{"keep":["users"]}`, "has no member keep"},
	} {
		if status, message := request(t, s, http.MethodPost, tt.path, tt.body, nil); status != http.StatusBadRequest || !strings.Contains(message, tt.want) {
			t.Errorf("POST %s %s = %d %q, want %q", tt.path, tt.body, status, message, tt.want)
		}
	}
	if status, message := request(t, s, http.MethodPost, "/_tasklane/reset", `{}`, nil); status != http.StatusOK {
		t.Errorf("reset = %d %q", status, message)
	}
}
