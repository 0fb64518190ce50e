package server

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// connected returns both ends of a TCP connection, ours with a timeout.
func connected(t *testing.T, timeout time.Duration) (ours, theirs net.Conn) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inner.Close() })
	if theirs, err = net.Dial("tcp", inner.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = (boundedListener{inner, timeout}).Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() }) // one of them may be closed
	return ours, theirs
}

// largeAnswer does not fit into the buffers of a connection.
const largeAnswer = 64 << 20

// An answer that nobody reads ends, and lets go of its connection.
func TestAnswerThatIsNotRead(t *testing.T) {
	t.Parallel()
	ours, _ := connected(t, 100*time.Millisecond)
	n, err := ours.Write(make([]byte, largeAnswer))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == largeAnswer {
		t.Errorf("Write = %d, %v; want that it gives up", n, err)
	}
}

// An answer that is read goes on, however long the whole takes.
func TestAnswerThatIsReadSlowly(t *testing.T) {
	t.Parallel()
	ours, theirs := connected(t, time.Minute)
	got := make(chan int64, 1)
	go func() {
		n, _ := io.CopyBuffer(io.Discard, struct{ io.Reader }{theirs}, make([]byte, 4096)) // its length is compared
		got <- n
	}()
	if n, err := ours.Write(make([]byte, largeAnswer)); n != largeAnswer || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	if err := ours.Close(); err != nil {
		t.Fatal(err)
	}
	if n := <-got; n != largeAnswer {
		t.Errorf("%d bytes have come, want %d", n, largeAnswer)
	}
}

// Answers of handlers are sent as they are.
func TestAnswersOfHandlersStay(t *testing.T) {
	for _, text := range []string{
		"HTTP/1.1 400 Bad Request\r\nDate: Mon\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nno",
		"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 ", "HTTP/1.1 4", "anything", "",
	} {
		if answer := ownAnswer([]byte(text)); answer != nil {
			t.Errorf("%q became %q", text, answer)
		}
	}
}
