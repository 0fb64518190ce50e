package server_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// slowFunction is a function that does not answer the first time it is called.
type slowFunction struct {
	*httptest.Server
	calls  atomic.Int32
	called chan struct{}
}

func newSlowFunction(t *testing.T) *slowFunction {
	t.Helper()
	f := &slowFunction{called: make(chan struct{})}
	over := make(chan struct{})
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.calls.Add(1) == 1 {
			close(f.called)
			select {
			case <-r.Context().Done():
			case <-over:
			}
			return
		}
		_, _ = w.Write([]byte(`{"word":"done"}`))
	}))
	t.Cleanup(func() {
		close(over)
		f.Close()
	})
	return f
}

// wait waits until the function is called.
func (f *slowFunction) wait(t *testing.T) {
	t.Helper()
	select {
	case <-f.called:
	case <-time.After(10 * time.Second):
		t.Fatal("the function is not called")
	}
}
