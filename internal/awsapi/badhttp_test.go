package awsapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/server"
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

// A body that is no HTTP is told apart from one that does not come: sending it again would not help. The connection is closed.
func TestBodiesThatAreNoHTTP(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Auth = "off" })
	head := "PUT %s HTTP/1.1\r\nHost: " + strings.TrimPrefix(s.URL, "http://") + "\r\nContent-Type: application/json\r\n"
	for name, tt := range map[string]struct{ path, request string }{
		"a chunk without a size":      {"/contact/task", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
		"a chunk longer than it says": {"/contact/task", "Transfer-Encoding: chunked\r\n\r\n1\r\n{}}}}\r\n0\r\n\r\n"},
		"our own end points":          {"/_tasklane/clock", "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, s)
			own := strings.HasPrefix(tt.path, "/_")
			text := fmt.Sprintf(head, tt.path) + tt.request
			if own {
				text = strings.Replace(text, "PUT", "POST", 1)
			}
			if _, err := fmt.Fprint(conn, text); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != 400 || !strings.Contains(string(body), "badly chunked") {
				t.Errorf("%d %q (%v), want 400 and the reason", res.StatusCode, body, err)
			}
			if kind := res.Header.Get("X-Amzn-Errortype"); !own && (kind != "MalformedHttpRequestException" || !res.Close) {
				t.Errorf("type %q, the connection is closed: %t", kind, res.Close)
			}
		})
	}
}
