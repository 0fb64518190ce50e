package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A handler that panics is answered with 500 in the form of the API and an id; an answer that has begun is cut off. Other
// requests go on, and each panic is counted.
func TestPanicOfARequestIsContained(t *testing.T) {
	var panics atomic.Int64
	s := httptest.NewServer(contained(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/at-once":
			panic("no such kind")
		case "/begun":
			_, _ = w.Write([]byte(`{"half":`)) // a test
			panic("no such kind")
		}
		ok(w, r)
	}), &panics))
	defer s.Close()
	get := func(path string) (*http.Response, string, error) {
		res, err := http.Post(s.URL+path, "application/json", nil) // a GET is sent again when it is cut off
		if err != nil {
			return nil, "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return res, string(text), err
	}
	res, text, err := get("/at-once")
	if err != nil || res.StatusCode != 500 || !strings.Contains(text, `"__type":"InternalServiceException"`) ||
		res.Header.Get("X-Amzn-Errortype") != "InternalServiceException" || res.Header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("a panic is answered with %v, %s, %v", res, text, err)
	}
	if res, text, err := get("/begun"); err == nil {
		t.Errorf("an answer that was cut off: %v, %s, want an error", res, text)
	}
	if res, _, err := get("/"); err != nil || res.StatusCode != 200 || res.Header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("another request: %v, %v", res, err)
	}
	if n := panics.Load(); n != 2 {
		t.Errorf("%d panics are counted, want 2", n)
	}
}
