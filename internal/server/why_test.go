package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// get reads JSON of the server.
func get(t *testing.T, s *servertest.Server, path string) (status int, body map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return res.StatusCode, body
}

func TestWhyATaskWaitsIsTold(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	s.Eventually("the server does not route", func() bool { return s.Metric("tasklane_owned_instances") > 0 })
	id := s.StartTask("waits")
	status, why := get(t, s, "/_tasklane/contacts/"+id+"/why")
	agents, _ := why["agents"].([]any)
	if status != http.StatusOK || why["state"] != "QUEUED" || len(agents) == 0 {
		t.Fatalf("%d %v, want the agents whom the task waits for", status, why)
	}
	if a := agents[0].(map[string]any); a["obstacle"] != "STATUS" || a["summary"] == "" {
		t.Errorf("of an agent who is offline: %v", a)
	}
	for _, agent := range []string{s.Agent.UserID, s.Agent.Username} {
		status, why = get(t, s, "/_tasklane/agents/"+agent+"/why")
		queues, _ := why["queues"].([]any)
		if status != http.StatusOK || why["userId"] != s.Agent.UserID || len(queues) != 1 || queues[0].(map[string]any)["contactId"] != id {
			t.Errorf("of %s: %d %v, want the queue in which the task waits", agent, status, why)
		}
	}
	for _, path := range []string{"/_tasklane/contacts/none/why", "/_tasklane/agents/nobody/why"} {
		if status, why := get(t, s, path); status != http.StatusNotFound || !strings.Contains(why["message"].(string), "does not exist") {
			t.Errorf("GET %s = %d %v", path, status, why)
		}
	}
}
