package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// drainMost and drainTime bound what is read of a body that the answer did not need.
	drainMost = 16 << 20
	drainTime = 10 * time.Second
)

// drained lets clients read the answer to a request whose body is not wanted: one that is too large, or that nobody has
// signed. The answer goes out first; then the rest of the body is read and dropped, because a client that is still
// sending when its connection ends may never see what was said.
func drained(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.ContentLength == 0 || control.EnableFullDuplex() != nil {
			next.ServeHTTP(w, r)
			return
		}
		body := &countedBody{ReadCloser: r.Body}
		r.Body = body
		next.ServeHTTP(w, r)
		// A client that waits for "100 Continue" has not been told to send.
		if body.ended || body.read == r.ContentLength || r.Header.Get("Expect") != "" || control.Flush() != nil {
			return
		}
		//nolint:forbidigo // the connection lives in the time of the machine
		if err := control.SetReadDeadline(time.Now().Add(drainTime)); err == nil {
			_, _ = io.CopyN(io.Discard, body, drainMost) // however it ends
		}
	})
}

// countedBody is the body of a request and how much of it was read.
type countedBody struct {
	io.ReadCloser
	read  int64
	ended bool
}

// Read reads from the body.
func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.ended = b.ended || errors.Is(err, io.EOF)
	return n, err
}
