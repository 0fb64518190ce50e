package awsapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// dial opens a connection to a server; what is read from it must come within a minute.
func dial(t *testing.T, s *servertest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answerOn reads an answer and returns its status, and its error as send does.
func answerOn(t *testing.T, conn net.Conn) (status int, kind, message string) {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer res.Body.Close()
	var out struct{ Message string }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Errorf("the answer is not JSON: %v", err)
	}
	if res.Header.Get("X-Amzn-Requestid") == "" {
		t.Error("the answer has no request id")
	}
	if res.ContentLength < 0 {
		t.Error("the answer ends with the connection: it has no length")
	}
	return res.StatusCode, res.Header.Get("X-Amzn-Errortype"), out.Message
}

// promise sends the head of a request that has a body of a size, with credentials for a key and a Region.
func promise(t *testing.T, s *servertest.Server, conn net.Conn, size int, credentials string) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "PUT /contact/task HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n",
		strings.TrimPrefix(s.URL, "http://"), size, credentials)
	if err != nil {
		t.Fatal(err)
	}
}

// credentials of a request that is not signed with the key's secret, which only its body would show.
func credentials(key, region string, at time.Time) string {
	at = at.UTC()
	return fmt.Sprintf("X-Amz-Date: %s\r\nAuthorization: AWS4-HMAC-SHA256 Credential=%s/%s/%s/connect/aws4_request, SignedHeaders=host;x-amz-date, Signature=%064d\r\n",
		at.Format("20060102T150405Z"), key, at.Format("20060102"), region, 0)
}

// A request whose credentials are wrong is refused before anything of its body is read.
func TestCredentialsAreLookedAtBeforeTheBody(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	now := time.Now()
	for name, tt := range map[string]struct{ credentials, kind string }{
		"none":             {"", "MissingAuthenticationTokenException"},
		"another scheme":   {"Authorization: Basic dTpw\r\n", "IncompleteSignature"},
		"an unknown key":   {credentials("AKIDUNKNOWN", s.Region, now), "UnrecognizedClientException"},
		"an old date":      {credentials(s.AccessKeyID, s.Region, now.Add(-time.Hour)), "InvalidSignatureException"},
		"a date to come":   {credentials(s.AccessKeyID, s.Region, now.Add(time.Hour)), "InvalidSignatureException"},
		"no date":          {strings.SplitAfter(credentials(s.AccessKeyID, s.Region, now), "\r\n")[1], "IncompleteSignature"},
		"too much, though": {credentials(s.AccessKeyID, s.Region, now) + "X-Amz-Security-Token: t\r\n", "InvalidSignatureException"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, s)
			promise(t, s, conn, 4<<20, tt.credentials) // and nothing of it is sent
			if status, kind, _ := answerOn(t, conn); status != http.StatusForbidden || kind != tt.kind {
				t.Errorf("%d %s, want 403 %s", status, kind, tt.kind)
			}
		})
	}
}

// A body that is too large, or that nobody wants, does not keep its sender from reading why.
func TestAnswerIsReadableWhateverTheBody(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	const size = 12 << 20
	for name, tt := range map[string]struct {
		credentials string
		chunked     bool
		status      int
		kind        string
	}{
		"for another host": {"", false, http.StatusForbidden, "AccessDeniedException"},
		"unsigned":         {"", false, http.StatusForbidden, "MissingAuthenticationTokenException"},
		"too large":        {credentials(s.AccessKeyID, s.Region, time.Now()), false, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException"},
		"too large in all": {credentials(s.AccessKeyID, s.Region, time.Now()), true, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, s)
			body := io.Reader(bytes.NewReader(make([]byte, size)))
			head := fmt.Sprintf("Content-Length: %d\r\n", size)
			if tt.chunked {
				head = "Transfer-Encoding: chunked\r\n"
				body = io.MultiReader(strings.NewReader(fmt.Sprintf("%x\r\n", size)), body, strings.NewReader("\r\n0\r\n\r\n"))
			}
			host := strings.TrimPrefix(s.URL, "http://")
			if name == "for another host" {
				host = "elsewhere.example"
			}
			_, err := fmt.Fprintf(conn, "PUT /contact/task HTTP/1.1\r\nHost: %s\r\n%s%s\r\n", host, head, tt.credentials)
			if err == nil {
				_, err = io.Copy(conn, body) // the whole of it, before anything is read
			}
			if err != nil {
				t.Fatalf("send: %v", err)
			}
			status, kind, message := answerOn(t, conn)
			if status != tt.status || kind != tt.kind || message == "" {
				t.Errorf("%d %s %q, want %d %s and why", status, kind, message, tt.status, tt.kind)
			}
		})
	}
}

// Large bodies share the memory that there is for them. Who finds none is asked to come again, and requests of a usual
// size find theirs.
func TestLargeBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	const size = 4 << 20
	part := make([]byte, size-1)
	refused := make(chan net.Conn, 100)
	for range 12 { // more than there is memory for: none of them is ever complete
		conn := dial(t, s)
		promise(t, s, conn, size, credentials(s.AccessKeyID, s.Region, time.Now()))
		go func() {
			if _, err := conn.Write(part); err != nil {
				return
			}
			one := make([]byte, 1)
			if n, _ := conn.Read(one); n == 1 { // it is answered without its last byte
				refused <- &prefixed{conn, one}
			}
		}()
	}
	if status, kind, _ := answerOn(t, <-refused); status != http.StatusTooManyRequests || kind != "ThrottlingException" {
		t.Errorf("%d %s, want 429 ThrottlingException", status, kind)
	}
	s.StartTask("of a usual size")
}

// prefixed is a connection of which the first bytes have been read.
type prefixed struct {
	net.Conn
	first []byte
}

func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.first) > 0 {
		n := copy(b, p.first)
		p.first = p.first[n:]
		return n, nil
	}
	return p.Conn.Read(b)
}
