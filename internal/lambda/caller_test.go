package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// flows is what the engine does with the ends of calls. The functions are real; flows are not run here.
type flows struct {
	mu   sync.Mutex // guards what follows
	ends []string
	told int
	lose int // how many ends fail before one is kept
	with error

	then func(engine.Call) // what follows from the end of a call
}

func (f *flows) EndCall(_ context.Context, c engine.Call, answer []byte, failed error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told++
	if f.lose > 0 {
		f.lose--
		return f.with
	}
	end := c.Contact + ": " + string(answer)
	if failed != nil {
		end = c.Contact + ": failed"
	}
	f.ends = append(f.ends, end)
	if f.then != nil {
		f.then(c)
	}
	return nil
}

func (f *flows) ended() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(slices.Values(f.ends))
}

// running is a caller of the function at a URL, that runs until stop is called or the test ends.
func running(t *testing.T, f *flows, url string) (c *Caller, stop func()) {
	t.Helper()
	c = NewCaller(CallerOptions{Engine: f, Invoker: mapped(t, url), Metrics: telemetry.NewMetrics()})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run = %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run did not end")
		}
	})
	t.Cleanup(stop)
	return c, stop
}

func settle(t *testing.T, c *Caller) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := c.Settle(ctx); err != nil {
		t.Fatal(err)
	}
}

func of(contact string) func(*engine.Call) { return func(c *engine.Call) { c.Contact = contact } }

func want(t *testing.T, f *flows, ends ...string) {
	t.Helper()
	if got := f.ended(); !slices.Equal(got, ends) {
		t.Errorf("ended %q, want %q", got, ends)
	}
}

func TestOutcomesOfCallsAreHandedOver(t *testing.T) {
	t.Parallel()
	flows := new(flows)
	c, _ := running(t, flows, newFunction(t, ok, thrown, answer{status: 202}).URL)
	c.Start(call(of("a")))
	settle(t, c)
	c.Start(call(of("b")))
	settle(t, c)
	c.Start(call(of("c"), async))
	settle(t, c)
	want(t, flows, "a: "+ok.body, "b: failed", "c: ")
	metrics := httptest.NewRecorder()
	c.opts.Metrics.Handler().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`tasklane_function_calls_total{outcome="answered"} 2`, `tasklane_function_calls_total{outcome="failed"} 1`,
		`tasklane_function_call_seconds_count 3`,
	} {
		if !strings.Contains(metrics.Body.String(), line+"\n") {
			t.Errorf("there is no metric %s", line)
		}
	}
}

// gate is a function that answers when it is opened.
type gate struct {
	*httptest.Server

	open chan struct{}
	came chan string // the contact of each call
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{open: make(chan struct{}), came: make(chan string, 1000)}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the end of the connection is noticed
		g.came <- r.Header.Get("X-Tasklane-Call")
		select {
		case <-g.open:
			_, _ = io.WriteString(w, ok.body)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(g.Close)
	return g
}

func TestCallThatIsToldTwiceIsMadeOnce(t *testing.T) {
	t.Parallel()
	flows, g := new(flows), newGate(t)
	c, _ := running(t, flows, g.URL)
	c.Start(call(of("a")))
	<-g.came // it is under way
	c.Start(call(of("a")))
	c.Start(call(of("a"), func(c *engine.Call) { c.Stamp++ }))
	<-g.came
	close(g.open)
	settle(t, c)
	want(t, flows, "a: "+ok.body, "a: "+ok.body)
	c.Start(call(of("a"))) // after its end it is another one: the engine would not have told it
	settle(t, c)
	if len(g.came) != 1 {
		t.Errorf("the function was called %d times more, want once", len(g.came))
	}
}

func TestCallsAtOnceAreBounded(t *testing.T) {
	t.Parallel()
	flows, g := new(flows), newGate(t)
	c, _ := running(t, flows, g.URL)
	for i := range atOnce + 20 {
		c.Start(call(of(fmt.Sprintf("%03d", i)), func(c *engine.Call) { c.Limit = time.Minute }))
	}
	for range atOnce {
		<-g.came
	}
	select {
	case which := <-g.came:
		t.Errorf("%s was called beside %d others", which, atOnce)
	case <-time.After(100 * time.Millisecond):
	}
	close(g.open)
	settle(t, c)
	if n := len(flows.ended()); n != atOnce+20 {
		t.Errorf("%d calls have ended, want %d", n, atOnce+20)
	}
}

func TestSettleWaitsForWhatFollows(t *testing.T) {
	t.Parallel()
	flows := new(flows)
	c, _ := running(t, flows, newFunction(t, ok).URL)
	settle(t, c) // nothing was ever called
	next := map[string]string{"a": "b", "b": "c"}
	flows.then = func(ended engine.Call) {
		if n := next[ended.Contact]; n != "" {
			c.Start(call(of(n)))
		}
	}
	c.Start(call(of("a")))
	settle(t, c)
	want(t, flows, "a: "+ok.body, "b: "+ok.body, "c: "+ok.body)
}

func TestSettleEndsWithItsContext(t *testing.T) {
	t.Parallel()
	flows, g := new(flows), newGate(t)
	c, _ := running(t, flows, g.URL)
	c.Start(call())
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := c.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Settle = %v while a call is under way", err)
	}
	close(g.open)
}

func TestOutcomeIsHandedOverUntilItIsKept(t *testing.T) {
	t.Parallel()
	flows := &flows{lose: 3, with: errors.New("the database is away")}
	f := newFunction(t, ok)
	c, _ := running(t, flows, f.URL)
	c.Start(call(of("a")))
	settle(t, c)
	want(t, flows, "a: "+ok.body)
	if n := len(f.requests()); n != 1 {
		t.Errorf("the function was called %d times, want once", n)
	}
}

func TestOutcomeThatIsRefusedIsHandedOverOnce(t *testing.T) {
	t.Parallel()
	for kind, told := range map[fault.Kind]int{fault.NotFound: 1, fault.Contended: 2} {
		flows := &flows{lose: 1, with: fault.New(kind, "no")}
		c, _ := running(t, flows, newFunction(t, ok).URL)
		c.Start(call())
		settle(t, c)
		if flows.told != told {
			t.Errorf("fault %d: told %d times, want %d", kind, flows.told, told)
		}
	}
}

func TestCallThatTheStopCutsShortHasNoOutcome(t *testing.T) {
	t.Parallel()
	flows, g := new(flows), newGate(t)
	c, stop := running(t, flows, g.URL)
	c.Start(call(of("a")))
	<-g.came
	stop()
	want(t, flows)
	c.Start(call(of("b"))) // is told to nobody
	if len(g.came) > 0 {
		t.Error("a call was made after the end")
	}
}

func TestCallUnderWayMayEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	flows, g := new(flows), newGate(t)
	c, stop := running(t, flows, g.URL)
	c.Start(call(of("a")))
	<-g.came
	time.AfterFunc(50*time.Millisecond, func() { close(g.open) })
	stop()
	want(t, flows, "a: "+ok.body)
}
