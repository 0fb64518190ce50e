package server_test

import (
	"testing"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// The metrics of work count what has happened.
func TestMetricsOfWork(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	desk := s.SignIn(s.Agent)
	s.SetStatus(s.Agent.UserID, "Available")
	desk.Ringing(s.StartTask("call back"))
	for _, name := range []string{"tasklane_commits_total", "tasklane_committed_commands_total", "tasklane_offer_seconds_count", "tasklane_database_read_seconds_count"} {
		if s.Metric(name) < 1 {
			t.Errorf("%s is 0", name)
		}
	}
	for _, name := range []string{
		"tasklane_quarantined_rows", "tasklane_panics_total", "tasklane_unloaded_owners", "tasklane_requests_in_flight",
		"tasklane_shed_requests_total", "tasklane_timer_lag_seconds",
	} {
		if n := s.Metric(name); n != 0 {
			t.Errorf("%s is %d, want 0", name, n)
		}
	}
}
