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

// inFlight bounds the requests to the API that are being answered, in total and of one caller, so that a burst costs those
// who make it and not everybody. What exceeds a bound is refused before anything is spent on it.
type inFlight struct {
	most, mostOfOne int // 0: any number

	shed atomic.Int64 // requests that were refused

	mu    sync.Mutex // guards what follows
	total int
	of    map[string]int // by caller
}

// enter counts a request in, unless there are too many: of the caller, or of all.
func (f *inFlight) enter(caller string) (entered, ownFault bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.mostOfOne > 0 && f.of[caller] >= f.mostOfOne:
		return false, true
	case f.most > 0 && f.total >= f.most:
		return false, false
	}
	if f.of == nil {
		f.of = map[string]int{}
	}
	f.total++
	f.of[caller]++
	return true, false
}

func (f *inFlight) leave(caller string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total--
	if f.of[caller]--; f.of[caller] == 0 {
		delete(f.of, caller)
	}
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
		caller := callerOf(r)
		entered, own := f.enter(caller)
		if !entered {
			f.shed.Add(1)
			status, kind, message := http.StatusServiceUnavailable, "ServiceUnavailable", "The server has too many requests at the same time. Try again."
			if own {
				status, kind, message = http.StatusTooManyRequests, "ThrottlingException",
					"You have "+strconv.Itoa(f.mostOfOne)+" requests under way at the same time already. Try again."
			}
			w.Header().Set("X-Amzn-Errortype", kind)
			w.Header().Set("Retry-After", "1")
			writeJSON(w, status, map[string]string{"__type": kind, "message": message})
			return
		}
		defer f.leave(caller)
		next.ServeHTTP(w, r)
	})
}
