package server_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/smithy-go"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// command runs a command line and returns its exit code and what it writes.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = server.Main(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// makeKey makes an access key on the command line.
func makeKey(t *testing.T, args ...string) (id, secret string) {
	t.Helper()
	code, stdout, stderr := command(t, append([]string{"key", "create"}, args...)...)
	var out struct{ AccessKeyID, SecretAccessKey string }
	if err := json.Unmarshal([]byte(stdout), &out); code != 0 || err != nil || out.AccessKeyID == "" || out.SecretAccessKey == "" {
		t.Fatalf("key create %q: exit code %d, %q, %q, %v", args, code, stdout, stderr, err)
	}
	return out.AccessKeyID, out.SecretAccessKey
}

// refusal is the code of the exception by which calls of a key are refused; empty when they are not.
func refusal(t *testing.T, s *servertest.Server, id, secret string) string {
	t.Helper()
	_, err := s.ClientAs(id, secret).ListQueues(t.Context(), &connect.ListQueuesInput{InstanceId: &s.InstanceID})
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

// runningIn starts a server that checks signatures on a data directory.
func runningIn(t *testing.T, dir string) *servertest.Server {
	t.Helper()
	return servertest.New(t, func(c *server.Config) { c.Data = dir })
}

func TestAccessKeysAreMadeAndRevokedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := runningIn(t, dir)
	id, secret := makeKey(t, "nightly report", "--data", dir)
	for _, step := range []struct {
		args []string
		want string // by which calls are refused afterwards
	}{
		{nil, ""},
		{[]string{"key", "disable", id}, "UnrecognizedClientException"},
		{[]string{"key", "enable", id}, ""},
		{[]string{"key", "delete", id}, "UnrecognizedClientException"},
	} {
		if step.args != nil {
			if code, _, stderr := command(t, append(step.args, "--data", dir)...); code != 0 {
				t.Fatalf("%q: exit code %d, %s", step.args, code, stderr)
			}
		}
		if got := refusal(t, s, id, secret); got != step.want {
			t.Errorf("after %q calls are refused by %q, want %q", step.args, got, step.want)
		}
	}
	if got := refusal(t, s, s.AccessKeyID, s.SecretAccessKey); got != "" {
		t.Errorf("the other key is refused by %s", got)
	}
	if code, _, stderr := command(t, "key", "disable", id, "--data", dir); code != 1 || !strings.Contains(stderr, "Access key "+id+" does not exist") {
		t.Errorf("a key that is gone: exit code %d, %q", code, stderr)
	}
	if code, _, stderr := command(t, "key", "create", " x", "--data", dir); code != 1 || !strings.Contains(stderr, "name of an access key") {
		t.Errorf("a name that no key can have: exit code %d, %q", code, stderr)
	}
}

func TestAccessKeysAreMadeWhereNoServerRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, _, stderr := command(t, "key", "list", "--data", dir); code != 2 || !strings.Contains(stderr, "holds no data") {
		t.Errorf("an empty directory: exit code %d, %q", code, stderr)
	}
	first := runningIn(t, dir)
	first.Stop()
	if left, _ := filepath.Glob(filepath.Join(dir, "*control*")); len(left) > 0 {
		t.Errorf("a server that was stopped leaves %v", left)
	}
	id, secret := makeKey(t, "nightly report", "--data", dir)
	code, stdout, stderr := command(t, "key", "list", "--json", "--data", dir)
	var keys []map[string]string
	if err := json.Unmarshal([]byte(stdout), &keys); code != 0 || err != nil || len(keys) != 2 {
		t.Fatalf("key list: exit code %d, %q, %q, %v, want two keys", code, stdout, stderr, err)
	}
	if k := keys[1]; k["accessKeyId"] != id || k["name"] != "nightly report" || k["status"] != "ACTIVE" || k["accountId"] != "000000000000" || k["created"] == "" {
		t.Errorf("the key is listed as %v", k)
	}
	if strings.Contains(stdout, secret) {
		t.Error("the list tells a secret")
	}
	address := freeAddress(t)
	servertest.New(t, func(c *server.Config) { c.Data, c.Listen = dir, address })
	second := clientOf(t, dir, address)
	if got := refusal(t, second, id, secret); got != "" {
		t.Errorf("a key that was made before the start is refused by %s", got)
	}
}

func TestControlSocketIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"short": t.TempDir(), "long": filepath.Join(t.TempDir(), strings.Repeat("long", 30))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := runningIn(t, dir)
			info, err := os.Stat(filepath.Join(dir, "control.sock"))
			if err != nil || info.Mode() != os.ModeSocket|0o600 {
				t.Fatalf("control socket: %v, %v, want mode 0600", info, err)
			}
			makeKey(t, "x", "--data", dir)
			s.Stop()
			if _, err := os.Lstat(filepath.Join(dir, "control.sock")); !os.IsNotExist(err) {
				t.Errorf("after the stop: %v, want no control socket", err)
			}
		})
	}
}

// A server that died leaves its socket. The next one takes its place.
func TestControlSocketOfADeadServerIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "control.sock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	runningIn(t, dir)
	makeKey(t, "x", "--data", dir)
}

func TestAccessKeyOfACluster(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	s := servertest.New(t, func(c *server.Config) { c.Database = url })
	id, secret := makeKey(t, "reports", "--database", url, "--account", "000000000000")
	if got := refusal(t, s, id, secret); got != "" {
		t.Fatalf("a new key is refused by %s", got)
	}
	if code, _, stderr := command(t, "key", "disable", id, "--database", url); code != 0 {
		t.Fatal(stderr)
	}
	s.Eventually("a key that is disabled is taken", func() bool { return refusal(t, s, id, secret) != "" })
}
