package servertest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Metric reads a metric that has no labels from /metrics.
func (s *Server) Metric(name string) int {
	s.t.Helper()
	res, err := http.Get(s.URL + "/metrics") //nolint:noctx // a test
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+" "); ok {
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return int(n)
		}
	}
	s.t.Fatalf("no metric is named %s", name)
	return 0
}
