package server

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/tasklane/tasklane/internal/telemetry"
)

// contained gives requests ids, and answers those whose handler panics with 500 in the form of the API: the connection and
// all other requests go on.
func contained(next http.Handler, panics *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = telemetry.Identify(w, r)
		answer := &trackedAnswer{ResponseWriter: w}
		defer func() { //nolint:contextcheck // it has that of the request
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint,err113 // the very value that is thrown
				panic(v)
			}
			panics.Add(1)
			slog.ErrorContext(r.Context(), "a request has panicked", "method", r.Method, "path", r.URL.Path,
				"panic", v, "stack", string(debug.Stack()))
			if answer.begun {
				panic(http.ErrAbortHandler) // the client must not take what it has got for a whole answer
			}
			writeException(w, http.StatusInternalServerError, "InternalServiceException", "Internal error.")
		}()
		next.ServeHTTP(answer, r)
	})
}

// trackedAnswer is the answer to a request, and whether it has begun.
type trackedAnswer struct {
	http.ResponseWriter

	begun bool
}

// WriteHeader begins the answer.
func (a *trackedAnswer) WriteHeader(status int) {
	a.begun = true
	a.ResponseWriter.WriteHeader(status)
}

// Write begins the answer.
func (a *trackedAnswer) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] find what the connection can do.
func (a *trackedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Flush sends what there is of the answer.
func (a *trackedAnswer) Flush() {
	a.begun = true
	_ = http.NewResponseController(a.ResponseWriter).Flush() // as [http.Flusher] has it
}

// Hijack takes the connection over, as for a socket.
func (a *trackedAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.begun = true
	return http.NewResponseController(a.ResponseWriter).Hijack()
}
