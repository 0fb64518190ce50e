package server

import (
	"cmp"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/tasklane/tasklane/internal/auth"
)

// inFlight bounds the requests to the API that are being answered, in total and of one caller, and the bytes of the bodies of
// one caller, so that a burst costs those who make it and not everybody. What exceeds a bound is refused before anything is
// spent on it.
type inFlight struct {
	most, mostOfOne int   // 0: any number
	mostBytesOfOne  int64 // as the requests promise; 0: any number

	shed atomic.Int64 // requests that were refused

	mu    sync.Mutex // guards what follows
	total int
	of    map[string]share // by caller
}

// share is what one caller has under way.
type share struct {
	requests int
	bytes    int64
}

// excess is which bound a request exceeds.
type excess int

const (
	withinBounds excess = iota
	tooManyOfAll
	tooManyOfOne
	tooManyBytesOfOne
)

// unknownBody is what a body is taken to have whose size is not said, in bytes: the most that the API reads.
const unknownBody = 4 << 20

// bytesOf is how many bytes a request may bring. One that promises more than the API reads is refused there.
func bytesOf(r *http.Request) int64 {
	if r.ContentLength < 0 {
		return unknownBody
	}
	return min(r.ContentLength, unknownBody)
}

// enter counts a request in, unless it exceeds a bound. A caller who has nothing under way may send any body.
func (f *inFlight) enter(caller string, bytes int64) excess {
	f.mu.Lock()
	defer f.mu.Unlock()
	has := f.of[caller]
	switch {
	case f.mostOfOne > 0 && has.requests >= f.mostOfOne:
		return tooManyOfOne
	case f.mostBytesOfOne > 0 && has.bytes > 0 && has.bytes+bytes > f.mostBytesOfOne:
		return tooManyBytesOfOne
	case f.most > 0 && f.total >= f.most:
		return tooManyOfAll
	}
	if f.of == nil {
		f.of = map[string]share{}
	}
	f.total++
	f.of[caller] = share{has.requests + 1, has.bytes + bytes}
	return withinBounds
}

func (f *inFlight) leave(caller string, bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total--
	has := f.of[caller]
	if has.requests == 1 {
		delete(f.of, caller)
		return
	}
	f.of[caller] = share{has.requests - 1, has.bytes - bytes}
}

// now is how many requests are being answered.
func (f *inFlight) now() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.total
}

// callerOf names who sends a request before their signature is checked: by the access key that they say they have, or else
// by their address.
func callerOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return cmp.Or(auth.AccessKeyID(r), host)
}

// bounded refuses requests that exceed the bounds: with 429 those of a caller who has too many, with 503 those that come
// while everybody together has. SDKs send both again, after a pause.
func (f *inFlight) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, bytes := callerOf(r), bytesOf(r)
		if exceeds := f.enter(caller, bytes); exceeds != withinBounds {
			f.shed.Add(1)
			status, kind, message := http.StatusTooManyRequests, "ThrottlingException", ""
			switch exceeds {
			case tooManyOfOne:
				message = "You have " + strconv.Itoa(f.mostOfOne) + " requests under way at the same time already. Try again."
			case tooManyBytesOfOne:
				message = "The requests that you have under way at the same time may have bodies of " +
					strconv.FormatInt(f.mostBytesOfOne, 10) + " bytes together. Try again."
			case tooManyOfAll, withinBounds:
				status, kind, message = http.StatusServiceUnavailable, "ServiceUnavailable", "The server has too many requests at the same time. Try again."
			}
			w.Header().Set("Retry-After", "1")
			writeException(w, status, kind, message)
			return
		}
		defer f.leave(caller, bytes)
		next.ServeHTTP(w, r)
	})
}
