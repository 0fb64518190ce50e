package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Requests beyond the bound of their caller, or of all callers, are refused before anybody works on them, in the form of the
// API; when others have ended there is room again.
func TestRequestsInFlightAreBounded(t *testing.T) {
	f := &inFlight{most: 3, mostOfOne: 2}
	working, release := make(chan string), make(chan struct{})
	h := contained(f.bounded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		working <- callerOf(r)
		<-release
		ok(w, r)
	})), &f.shed)
	send := func(key string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/contact/task", nil)
		if key != "" {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/us-east-1/connect/aws4_request, SignedHeaders=host, Signature=0")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	answers := make(chan *httptest.ResponseRecorder)
	for _, key := range []string{"ann", "ann", "bob"} {
		go func() { answers <- send(key) }()
		if got := <-working; got != key {
			t.Fatalf("the caller is %q, want %q", got, key)
		}
	}
	for key, want := range map[string]string{"ann": "429 ThrottlingException", "bob": "503 ServiceUnavailable", "": "503 ServiceUnavailable"} {
		w := send(key)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("X-Amzn-Errortype")); got != want || !strings.Contains(w.Body.String(), `"__type"`) ||
			w.Header().Get("X-Amzn-Requestid") == "" {
			t.Errorf("one more of %q: %s %s, want %s", key, got, w.Body, want)
		}
	}
	for range 3 {
		release <- struct{}{}
		if w := <-answers; w.Code != 200 {
			t.Errorf("a request within the bounds: %d", w.Code)
		}
	}
	if n, shed := f.now(), f.shed.Load(); n != 0 || shed != 3 {
		t.Errorf("%d are under way, %d were refused; want 0 and 3", n, shed)
	}
}
