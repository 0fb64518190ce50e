package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

const (
	// writeTimeout bounds how long a client may take to receive the next writeChunk bytes of an answer. An answer that
	// makes progress goes on, however long it is: a download, a socket, a stream of events.
	writeTimeout = 30 * time.Second
	writeChunk   = 64 << 10
)

// boundedListener makes the connections of clients, see [conn].
type boundedListener struct {
	net.Listener
	timeout time.Duration
}

// Accept waits for a connection.
func (l boundedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{c, l.timeout}, nil
}

// conn is a connection of a client. It bounds how long an answer may take to be received, and gives the answers that
// package net/http makes itself, before any handler is asked, the form of all others.
type conn struct {
	net.Conn
	timeout time.Duration
}

// Write sends a part of an answer.
func (c *conn) Write(b []byte) (int, error) {
	if answer := ownAnswer(b); answer != nil {
		_, err := c.send(answer)
		return len(b), err
	}
	return c.send(b)
}

// send writes in chunks, each of which has its time.
func (c *conn) send(b []byte) (sent int, err error) {
	for sent < len(b) && err == nil {
		//nolint:forbidigo // the connection lives in the time of the machine
		if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
			return sent, err
		}
		var n int
		n, err = c.Conn.Write(b[sent:min(len(b), sent+writeChunk)])
		sent += n
	}
	return sent, err
}

// CloseWrite ends what is sent and leaves the client time to read it; package net/http does so after an error.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// How package net/http answers a request that it cannot read: in one piece, with these headers and no date. And how it
// answers an expectation that it does not know.
const (
	plainHeaders = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
	expectation  = "HTTP/1.1 417 "
	longestPlain = 1 << 10
)

// ownAnswer is what is sent instead of an answer of package net/http itself; nil for all others.
func ownAnswer(b []byte) []byte {
	if len(b) > longestPlain || !bytes.HasPrefix(b, []byte("HTTP/1.1 ")) {
		return nil
	}
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	plain := bytes.HasPrefix(append([]byte("\r\n"), rest...), []byte(plainHeaders))
	if !plain && !bytes.HasPrefix(b, []byte(expectation)) {
		return nil
	}
	text := string(bytes.TrimPrefix(line, []byte("HTTP/1.1 ")))
	status, err := strconv.Atoi(text[:min(3, len(text))])
	if err != nil {
		return nil
	}
	const kind = "MalformedHttpRequestException"
	message := "The HTTP request cannot be read"
	switch _, why, said := bytes.Cut(line, []byte(": ")); {
	case status == http.StatusRequestHeaderFieldsTooLarge:
		message = fmt.Sprintf("The headers of the request have more than %d KiB", maxHeaders>>10)
	case status == http.StatusExpectationFailed:
		message = "The request expects something that the server does not do"
	case said:
		message += ": " + string(why)
	}
	body, _ := json.Marshal(map[string]string{"__type": kind, "Message": message}) // of texts
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nX-Amzn-Errortype: %s\r\n"+
		"X-Amzn-Requestid: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, http.StatusText(status), kind, uuid.NewString(), len(body), body)
}
