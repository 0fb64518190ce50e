package server

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestEnvironmentVariablesAreSettings(t *testing.T) {
	parser, err := kong.New(new(cli))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ entry, want string }{
		{"TASKLANE_LISTEN=x", ""},
		{"TASKLANE_OIDC_CLIENT_ID=x", ""},
		{"PATH=/bin", ""},
		{"tasklane_listen=x", ""},
		{"TASKLANE_LISTENS=x", "TASKLANE_LISTENS is no setting: is TASKLANE_LISTEN meant?"},
		{"TASKLANE_RETENSION=10d", "is TASKLANE_RETENTION meant?"},
		{"TASKLANE_DATABSE=postgres://db", "is TASKLANE_DATABASE meant?"},
		{"TASKLANE_BASEURL=x", "is TASKLANE_BASE_URL meant?"},
		{"TASKLANE_OIDC_CLIENTID=x", "is TASKLANE_OIDC_CLIENT_ID meant?"},
		{"TASKLANE_PASSWORD=on", "is TASKLANE_PASSWORDS meant?"},
		{"TASKLANE_SOMETHING_ELSE=", "TASKLANE_SOMETHING_ELSE is no setting: the settings are in tasklane serve --help"},
		{"TASKLANE_=", "TASKLANE_ is no setting"},
		{"TASKLANE_PORT=8484", "TASKLANE_PORT is no setting"},
		{"TASKLANE_TEST_REQUIRE=node", ""},
		// What Kubernetes and Docker say of a service that is named tasklane, or tasklane-web.
		{"TASKLANE_PORT=tcp://10.0.0.1:8484", ""},
		{"TASKLANE_PORT_8484_TCP=tcp://10.0.0.1:8484", ""},
		{"TASKLANE_PORT_8484_TCP_PROTO=tcp", ""},
		{"TASKLANE_PORT_8484_TCP_PORT=8484", ""},
		{"TASKLANE_PORT_8484_TCP_ADDR=10.0.0.1", ""},
		{"TASKLANE_SERVICE_HOST=10.0.0.1", ""},
		{"TASKLANE_SERVICE_PORT=8484", ""},
		{"TASKLANE_SERVICE_PORT_HTTP=8484", ""},
		{"TASKLANE_WEB_SERVICE_HOST=10.0.0.1", ""},
		{"TASKLANE_WEB_PORT=tcp://10.0.0.1:80", ""},
		{"TASKLANE_WEB_PORT_80_TCP_ADDR=10.0.0.1", ""},
		{"TASKLANE_ENV_PATH=/bin", ""},
		{"TASKLANE_NAME=/web/tasklane", ""},
	} {
		err := checkEnvironment(parser.Model.Node, []string{"HOME=/", tt.entry})
		if got := errorText(err); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.entry, got, tt.want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Every setting of a server can be given by the environment, in a name that follows from its flag.
func TestEverySettingHasAVariable(t *testing.T) {
	parser, err := kong.New(new(cli))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range parser.Model.Children {
		if n.Name != "serve" && n.Name != "dev" {
			continue
		}
		for _, f := range n.Flags {
			if len(f.Envs) != 1 || !strings.HasPrefix(f.Envs[0], envPrefix) {
				t.Errorf("tasklane %s --%s has the variables %v, want one", n.Name, f.Name, f.Envs)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ab", "ba", 2}} {
		if got := distance(tt.a, tt.b); got != tt.want || distance(tt.b, tt.a) != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d both ways", tt.a, tt.b, got, tt.want)
		}
	}
}
