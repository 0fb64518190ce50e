package awsapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// Requests that package net/http answers itself, because no handler could read them, get an answer of the same form as
// all others.
func TestRequestsThatAreNoHTTP(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for name, tt := range map[string]struct {
		request string
		status  int
	}{
		"no host":                     {"GET /users/x HTTP/1.1\r\n\r\n", 400},
		"two hosts":                   {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		"a host that is none":         {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
		"a bad length":                {"PUT /contact/task HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400},
		"two lengths":                 {"PUT /contact/task HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
		"a bad escape":                {"GET /users/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a bad line":                  {"GET\r\n\r\n", 400},
		"a bad header":                {"GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", 400},
		"large headers":               {"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", 431},
		"an encoding that is unknown": {"PUT /contact/task HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", 501},
		"an expectation":              {"PUT /contact/task HTTP/1.1\r\nHost: x\r\nExpect: money\r\nContent-Length: 1\r\n\r\n", 417},
		"all paths":                   {"OPTIONS * HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.URL, "http://") + "\r\n\r\n", 404},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, s)
			go func() { _, _ = fmt.Fprint(conn, tt.request) }() // it may be refused before it is whole
			status, kind, message := answerOn(t, conn)
			if status != tt.status || kind == "" || message == "" {
				t.Errorf("%d %q %q, want %d, a type and a message", status, kind, message, tt.status)
			}
			if want := "MalformedHttpRequestException"; status != http.StatusNotFound && kind != want {
				t.Errorf("type %q, want %q", kind, want)
			}
		})
	}
}
