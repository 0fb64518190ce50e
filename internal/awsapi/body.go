package awsapi

import (
	"errors"
	"io"
	"net"
	"net/http"

	"golang.org/x/sync/semaphore"

	"github.com/tasklane/tasklane/internal/fault"
)

const (
	// maxBody bounds the body of a request, in bytes: the text of a flow, the largest member, has 256,000 characters.
	maxBody = 4 << 20
	// freeBody is what every body may have. Larger ones share bodiesInFlight, so that a few that are large, or slow,
	// never keep the usual ones out.
	freeBody       = 64 << 10
	bodiesInFlight = 32 << 20
)

var (
	// errTooLarge is a body of more than maxBody.
	errTooLarge = errors.New("the body is too large")
	// errOverloaded is a body that there is no memory for at the moment.
	errOverloaded = fault.New(fault.Throttled, "Too many large requests at the same time. Try again.")
)

// bodies reads the bodies of requests and bounds the memory that they take.
type bodies struct{ large *semaphore.Weighted }

func newBodies() bodies { return bodies{semaphore.NewWeighted(bodiesInFlight)} }

// read reads the body of a request. The caller calls done when it is not needed any more. Memory is taken as the bytes
// come, not as the request promises. It fails with errTooLarge, and with [fault.Throttled] when others have the memory.
func (b bodies) read(r *http.Request) (body []byte, done func(), err error) {
	taken := 0
	done = func() { b.large.Release(int64(taken)) }
	if r.ContentLength > maxBody {
		return nil, done, errTooLarge
	}
	size := min(freeBody, 4<<10)
	if r.ContentLength >= 0 {
		size = min(freeBody, int(r.ContentLength)+1) // with room to see the end
	}
	for buf := make([]byte, 0, size); ; {
		n, err := r.Body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > maxBody:
			return nil, done, errTooLarge
		case errors.Is(err, io.EOF):
			return buf, done, nil
		case err != nil:
			return nil, done, err
		case len(buf) < cap(buf):
			continue
		}
		next := min(2*cap(buf), maxBody+1)
		if more := max(next-freeBody, 0) - taken; more > 0 {
			if !b.large.TryAcquire(int64(more)) {
				return nil, done, errOverloaded
			}
			taken += more
		}
		buf = append(make([]byte, 0, next), buf...)
	}
}

// writeUnread answers a request whose body could not be read.
func (e *endpoint) writeUnread(w http.ResponseWriter, r *http.Request, err error) int {
	if errors.Is(err, errTooLarge) {
		return writeException(w, exception{"RequestEntityTooLargeException", http.StatusRequestEntityTooLarge},
			"The request body has more than 4 MiB", nil)
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return writeError(w, r, e.op, err)
	}
	if badBody(err) == http.StatusRequestTimeout {
		return writeException(w, exception{"RequestTimeoutException", http.StatusRequestTimeout},
			"The request body did not arrive", nil)
	}
	// Where it ends is not known, so that nothing behind it on the connection can be read.
	w.Header().Set("Connection", "close")
	return writeException(w, exception{"MalformedHttpRequestException", http.StatusBadRequest},
		"The request body cannot be read: it ends too early, or is badly chunked", nil)
}

// badBody is the status of a request whose body could not be read: it did not come in time, or is no HTTP.
func badBody(err error) int {
	if slow, ok := errors.AsType[net.Error](err); ok && slow.Timeout() {
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}
