//go:build unix

package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"

	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// getWithin gets a page within a time that is far longer than it may take.
func getWithin(t *testing.T, url string) (status int, body string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// metric reads a metric of a server.
func metric(t *testing.T, url, name string) string {
	t.Helper()
	_, body, err := getWithin(t, url+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(strings.NewReader(body)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return value
		}
	}
	t.Fatalf("there is no metric %s", name)
	return ""
}

// A database that goes silent freezes no server: its calls fail, it says that it is not ready and why, it owns nothing
// any more, and it goes on when the database is back. It ends when it is told to, also while the database is silent.
func TestSilentDatabase(t *testing.T) {
	t.Parallel()
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	c := &cluster{T: t, url: proxy.URL, dir: t.TempDir(), extra: []string{"--database-timeout", "1s"}}
	n := c.add()
	t.Cleanup(n.kill)
	owned := func() string { return metric(t, n.URL, "tasklane_owned_instances") }
	n.StartTask("before")
	servertest.Within(t, "the server does not own its instance", func() bool { return owned() == "1" })
	if status, body, err := getWithin(t, n.URL+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz = %d %s, %v", status, body, err)
	}

	silence := func() {
		proxy.SetDown(true)
		proxy.Freeze()
	}
	silence()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			name := fmt.Sprint("while ", i)
			_, err := n.Client().StartTaskContact(ctx, &connect.StartTaskContactInput{
				InstanceId: &n.InstanceID, ContactFlowId: &n.FlowID, Name: &name,
			})
			if err == nil || ctx.Err() != nil {
				t.Errorf("a task is started while the database is silent: %v", err)
			}
		})
	}
	wg.Wait()
	servertest.Within(t, "the server still owns its instance", func() bool { return owned() == "0" })
	status, body, err := getWithin(t, n.URL+"/readyz")
	var said struct{ Status, Reason string }
	if err == nil {
		err = json.Unmarshal([]byte(body), &said)
	}
	if status != http.StatusServiceUnavailable || said.Status != "not ready" || said.Reason == "" || err != nil {
		t.Errorf("/readyz = %d %s, %v; want 503 and why", status, body, err)
	}
	if value := metric(t, n.URL, "tasklane_writable"); value != "0" {
		t.Errorf("tasklane_writable is %s, want 0", value)
	}
	if status, _, err := getWithin(t, n.URL+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz = %d, %v; want that the server lives", status, err)
	}

	proxy.SetDown(false)
	servertest.Within(t, "the server is not ready again", func() bool {
		status, _, _ := getWithin(t, n.URL+"/readyz") // it may be 503 for a while
		return status == http.StatusOK
	})
	n.StartTask("after")
	servertest.Within(t, "the server does not own its instance again", func() bool { return owned() == "1" })

	silence()
	began := time.Now()
	n.signal(syscall.SIGTERM)
	if err := n.process.Wait(); err != nil {
		t.Errorf("the server ended with %v, want exit code 0", err)
	}
	n.process = nil
	// It promises 10 s; a busy machine may stop the clock of the process for longer than that.
	if took := time.Since(began); took > 40*time.Second {
		t.Errorf("the server took %v to end", took)
	}
}
