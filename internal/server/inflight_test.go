package server

import (
	"fmt"
	"io"
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

// The bodies of one caller are bounded together, by what the requests promise, before anything of them is read.
func TestBytesInFlightAreBounded(t *testing.T) {
	f := &inFlight{mostBytesOfOne: 10 << 20}
	working, release := make(chan bool), make(chan struct{})
	h := contained(f.bounded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		working <- true
		<-release
		ok(w, r)
	})), &f.shed)
	send := func(key string, size int64) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/contact/task", unread{t})
		r.ContentLength = size
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/us-east-1/connect/aws4_request, SignedHeaders=host, Signature=0")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	answers := make(chan *httptest.ResponseRecorder)
	begin := func(key string, size int64) {
		t.Helper()
		go func() { answers <- send(key, size) }()
		select {
		case <-working:
		case w := <-answers:
			t.Fatalf("%d bytes of %s were refused: %s", size, key, w.Body)
		}
	}
	end := func() {
		release <- struct{}{}
		if w := <-answers; w.Code != http.StatusOK {
			t.Errorf("a request within the bounds: %d", w.Code)
		}
	}
	refused := func(key string, size int64) {
		t.Helper()
		w := send(key, size)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("X-Amzn-Errortype") != "ThrottlingException" ||
			!strings.Contains(w.Body.String(), "10485760 bytes") {
			t.Errorf("%d bytes more of %s: %d %s", size, key, w.Code, w.Body)
		}
	}
	begin("ann", 4<<20)
	begin("ann", -1) // taken to be as large as can be
	refused("ann", 3<<20)
	refused("ann", -1)
	begin("ann", 2<<20)
	refused("ann", 1)
	begin("bob", 4<<20)
	for range 4 {
		end()
	}
	f.mostBytesOfOne = 1
	begin("ann", 4<<20) // who has nothing under way may send any body
	refusedAtOne := send("ann", 1)
	if refusedAtOne.Code != http.StatusTooManyRequests {
		t.Errorf("a second one beyond the bound: %d", refusedAtOne.Code)
	}
	end()
	if n := f.now(); n != 0 || len(f.of) != 0 {
		t.Errorf("%d are under way, of %v; want none", n, f.of)
	}
}

// unread is a body that must not be read.
type unread struct{ *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.Error("the body is read")
	return 0, io.EOF
}
