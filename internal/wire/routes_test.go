package wire

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
)

// TestEveryOperationHasItsOwnRoute registers all of them on one mux, which panics when two are in conflict.
func TestEveryOperationHasItsOwnRoute(t *testing.T) {
	if len(Operations) != 380 {
		t.Errorf("%d operations are known, want the 380 of the API", len(Operations))
	}
	mux := http.NewServeMux()
	for _, op := range Operations {
		mux.HandleFunc(op.Pattern(), http.NotFound)
	}
	label := regexp.MustCompile(`\{\w+\}`)
	for _, op := range Operations {
		for _, value := range []string{
			"11111111-1111-4111-8111-111111111111",
			"arn%3Aaws%3Aconnect%3Aus-east-1%3A000000000000%3Ainstance%2Fi%2Fqueue%2Fq", // as the SDKs send it
			"arn:aws:connect:us-east-1:000000000000:instance%2Fi",
		} {
			path := label.ReplaceAllString(op.Path, value)
			if _, pattern := mux.Handler(httptest.NewRequest(op.Method, path, nil)); pattern != op.Pattern() {
				t.Errorf("%s %s leads to %q, want %q", op.Method, path, pattern, op.Pattern())
			}
		}
	}
}
