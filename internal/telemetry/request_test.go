package telemetry

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
)

// Every line that is logged while a request is answered has its id, which the answer has, too; other lines have none.
func TestLogLinesHaveTheIDOfTheirRequest(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := NewLogger(&out, format, slog.LevelInfo).With("part", "desk")
		log.InfoContext(t.Context(), "outside")
		if strings.Contains(out.String(), "request") {
			t.Errorf("%s: a line of no request: %s", format, &out)
		}
		w := httptest.NewRecorder()
		r := Identify(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
		again := Identify(httptest.NewRecorder(), r)
		id := RequestID(again.Context())
		if id == "" || id != w.Header().Get(RequestIDHeader) {
			t.Errorf("%s: id %q, header %q", format, id, w.Header().Get(RequestIDHeader))
		}
		log.InfoContext(r.Context(), "inside")
		if !strings.Contains(out.String(), id) {
			t.Errorf("%s: no id %s in %s", format, id, &out)
		}
	}
}
