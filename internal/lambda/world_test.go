package lambda

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
)

const (
	instance = "11111111-1111-4111-8111-111111111111"
	lookup   = "arn:aws:lambda:eu-west-1:111122223333:function:lookup"
	event    = `{"Details":{"Parameters":{"ticket":"7"}},"Name":"ContactFlowEvent"}`
)

func call(change ...func(*engine.Call)) engine.Call {
	c := engine.Call{
		Instance: instance, Contact: "c", Stamp: 3, Function: lookup, Event: []byte(event), Limit: 5 * time.Second,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func async(c *engine.Call) { c.Async = true }

// limited is a call with less time than two attempts take.
func limited(c *engine.Call) { c.Limit = 50 * time.Millisecond }

// answer is what a function does with an attempt.
type answer struct {
	status int
	header string // name: value
	body   string
	hang   bool // until the client is gone
	drop   bool // closes the connection
}

// function is what is behind a URL. It answers attempts one after the other; the last answer stays.
type function struct {
	*httptest.Server

	t       *testing.T
	answers []answer

	mu    sync.Mutex // guards asked
	asked []*http.Request
}

func newFunction(t *testing.T, answers ...answer) *function {
	t.Helper()
	f := &function{t: t, answers: answers}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || string(body) != event || r.Method != http.MethodPost {
		f.t.Errorf("%s %s came with %q, %v", r.Method, r.URL, body, err)
	}
	f.mu.Lock()
	f.asked = append(f.asked, r)
	a := f.answers[min(len(f.asked), len(f.answers))-1]
	f.mu.Unlock()
	switch {
	case a.hang:
		<-r.Context().Done()
		return
	case a.drop:
		panic(http.ErrAbortHandler)
	}
	if name, value, ok := strings.Cut(a.header, ": "); ok {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body) // the client may be gone
}

// requests are what has been asked.
func (f *function) requests() []*http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// mapped is an invoker that finds the function at a URL.
func mapped(t *testing.T, url string) *Invoker {
	t.Helper()
	functions, err := ParseFunctions(map[string]string{lookup: url})
	if err != nil {
		t.Fatal(err)
	}
	return NewInvoker(Options{Functions: functions})
}

// atEndpoint is an invoker that finds every function at an endpoint, and may call it.
func atEndpoint(t *testing.T, setting string, environment map[string]string) *Invoker {
	t.Helper()
	endpoint, err := ParseEndpoint(setting, func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	return NewInvoker(Options{Endpoint: endpoint, Associated: func(in string, f arn.Function) bool { return in == instance && f.ARN == lookup }})
}
