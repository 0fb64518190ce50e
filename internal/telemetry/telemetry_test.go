package telemetry

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scrape is what a scraper reads.
func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetricsTellWhatHappened(t *testing.T) {
	m := NewMetrics()
	m.Request("StartTaskContact", 200, 3*time.Millisecond)
	m.Request("StartTaskContact", 429, time.Millisecond)
	m.Request("StartTaskContact", 200, time.Millisecond)
	m.FunctionCall(true, time.Second)
	m.FunctionCall(false, time.Second)
	m.Offered(2 * time.Millisecond)
	m.Read(4 * time.Millisecond)
	value := 1.0
	m.Gauge("tasklane_test_level", "A level.", func() float64 { return value })
	m.Counter("tasklane_test_total", "A count.", func() float64 { return 7 })
	value = 5 // read when it is asked for
	text := scrape(t, m)
	for _, line := range []string{
		`tasklane_requests_total{operation="StartTaskContact",status="200"} 2`,
		`tasklane_requests_total{operation="StartTaskContact",status="429"} 1`,
		`tasklane_request_seconds_count{operation="StartTaskContact"} 3`,
		`tasklane_request_seconds_sum{operation="StartTaskContact"} 0.005`,
		`tasklane_function_calls_total{outcome="answered"} 1`,
		`tasklane_function_calls_total{outcome="failed"} 1`,
		`tasklane_function_call_seconds_sum 2`,
		`tasklane_offer_seconds_count 1`,
		`tasklane_database_read_seconds_sum 0.004`,
		`tasklane_test_level 5`,
		`# TYPE tasklane_test_total counter`,
		`tasklane_test_total 7`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %q in what is scraped", line)
		}
	}
}

func TestServersCountForThemselves(t *testing.T) {
	one, two := NewMetrics(), NewMetrics()
	one.Request("StartTaskContact", 200, 0)
	if strings.Contains(scrape(t, two), `operation="StartTaskContact"`) {
		t.Error("a server counts the requests of another")
	}
}

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
		defer cancel()
		elapsed, times := Stopwatch(), 0
		for range Every(ctx, 10*time.Second) {
			times++
		}
		if times != 3 || elapsed() != 35*time.Second {
			t.Errorf("%d times in %v, want 3 in 35s", times, elapsed())
		}
		for range Every(t.Context(), time.Second) {
			times++
			break
		}
		if times != 4 {
			t.Errorf("a loop that breaks has run %d times, want once", times-3)
		}
	})
}
