package lambda

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

// outcome is what comes of a call.
type outcome struct {
	name    string
	answers []answer
	call    func(*engine.Call)
	want    string // the answer
	says    string // the error
	asked   int    // how often
}

var (
	ok       = answer{status: 200, body: `{"tier":"gold"}`}
	large    = answer{status: 200, body: `"` + strings.Repeat("x", maxAnswer-2) + `"`}
	largest  = answer{status: 200, body: `"` + strings.Repeat("x", maxAnswer-3) + `"`}
	throttle = answer{status: 429, header: "X-Amzn-Errortype: TooManyRequestsException", body: `{"Reason":"CallerRateLimitExceeded"}`}
	thrown   = answer{status: 200, header: "X-Amz-Function-Error: Unhandled", body: `{"errorType":"KeyError","errorMessage":"no ticket"}`}
	silent   = answer{status: 200, header: "X-Amz-Function-Error: Unhandled"}
	away     = answer{status: 503}
)

// everywhere are the outcomes that a URL and the Invoke API share.
var everywhere = []outcome{
	{name: "answers", answers: []answer{ok}, want: ok.body, asked: 1},
	{name: "is throttled, then answers", answers: []answer{throttle, ok}, want: ok.body, asked: 2},
	{name: "is away twice, then answers", answers: []answer{away, {status: 502}, ok}, want: ok.body, asked: 3},
	{name: "is away", answers: []answer{away}, says: "503", asked: 3},
	{name: "breaks off, then answers", answers: []answer{{drop: true}, ok}, want: ok.body, asked: 2},
	{name: "fails", answers: []answer{thrown, ok}, says: "the function failed: KeyError: no ticket", asked: 1},
	{name: "fails without a word", answers: []answer{silent, ok}, says: "the function failed", asked: 1},
	{name: "is not there", answers: []answer{{status: 404}, ok}, says: "404", asked: 1},
	{name: "does not answer", answers: []answer{{hang: true}}, call: limited, says: "no answer within 50ms", asked: 1},
	{name: "is away for longer than the limit", answers: []answer{away}, call: limited, says: "no answer within 50ms", asked: 1},
	{name: "answers just less than 32 KB", answers: []answer{largest}, want: largest.body, asked: 1},
	{name: "answers 32 KB", answers: []answer{large}, says: "fewer than 32768 bytes", asked: 1},
	{name: "answers no JSON", answers: []answer{{status: 200, body: "gold"}}, says: "not JSON", asked: 1},
	{name: "answers nothing", answers: []answer{{status: 200}}, says: "not JSON", asked: 1},
	{name: "is told, not asked", answers: []answer{{status: 202}}, call: async, asked: 1},
	{name: "is told, and is away first", answers: []answer{away, {status: 202}}, call: async, asked: 2},
	{name: "is told, and fails", answers: []answer{{status: 400}}, call: async, says: "400", asked: 1},
}

func (o outcome) try(t *testing.T, invoker func(t *testing.T, url string) *Invoker) {
	t.Parallel()
	f := newFunction(t, o.answers...)
	if o.call == nil {
		o.call = func(*engine.Call) {}
	}
	got, err := invoker(t, f.URL).Invoke(context.Background(), call(o.call))
	if string(got) != o.want || (err != nil) != (o.says != "") || err != nil && !strings.Contains(err.Error(), o.says) {
		t.Errorf("Invoke = %.60q, %v; want %.60q, %q", got, err, o.want, o.says)
	}
	if n := len(f.requests()); n != o.asked {
		t.Errorf("the function was asked %d times, want %d", n, o.asked)
	}
}

func TestURLIsCalled(t *testing.T) {
	t.Parallel()
	for _, o := range append(everywhere,
		outcome{name: "fails with a status", answers: []answer{{status: 500}, ok}, says: "status 500", asked: 1},
		outcome{name: "is elsewhere", answers: []answer{{status: 302, header: "Location: /elsewhere"}, ok}, says: "status 302", asked: 1},
		outcome{name: "answers an error of its own", answers: []answer{{status: 200, body: thrown.body}}, want: thrown.body, asked: 1},
	) {
		t.Run(o.name, func(t *testing.T) { o.try(t, mapped) })
	}
}

func TestEndpointIsCalled(t *testing.T) {
	t.Parallel()
	for _, o := range append(everywhere,
		outcome{name: "fails at the service, then answers", answers: []answer{{status: 500}, ok}, want: ok.body, asked: 2},
	) {
		t.Run(o.name, func(t *testing.T) {
			o.try(t, func(t *testing.T, url string) *Invoker { return atEndpoint(t, url, nil) })
		})
	}
}

func TestURLHearsWhichFunctionAndWhichCall(t *testing.T) {
	t.Parallel()
	f := newFunction(t, away, ok)
	if _, err := mapped(t, f.URL+"/fn?key=1").Invoke(context.Background(), call()); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.requests() {
		for name, want := range map[string]string{
			"Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse",
			"X-Tasklane-Function": lookup, "X-Tasklane-Call": "c/3",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if r.URL.String() != "/fn?key=1" {
			t.Errorf("asked %s", r.URL)
		}
	}
	if _, err := mapped(t, f.URL).Invoke(context.Background(), call(async)); err != nil {
		t.Fatal(err)
	}
	if got := f.requests()[2].Header.Get("X-Amz-Invocation-Type"); got != "Event" {
		t.Errorf("an asynchronous call says %q", got)
	}
}

func TestEndpointIsAskedAsLambdaIs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		environment map[string]string
		signer      string
		call        func(*engine.Call)
		kind        string
	}{
		"credentials of the environment": {
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"},
			"AKIDEXAMPLE",
			func(*engine.Call) {}, "RequestResponse",
		},
		"an emulator": {nil, "test", async, "Event"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFunction(t, ok)
			if _, err := atEndpoint(t, f.URL, tt.environment).Invoke(context.Background(), call(tt.call)); err != nil {
				t.Fatal(err)
			}
			r := f.requests()[0]
			if want := "/2015-03-31/functions/" + lookup + "/invocations"; r.URL.Path != want {
				t.Errorf("asked %s, want %s", r.URL.Path, want)
			}
			signature := r.Header.Get("Authorization")
			if !strings.HasPrefix(signature, "AWS4-HMAC-SHA256 Credential="+tt.signer+"/") || !strings.Contains(signature, "/eu-west-1/lambda/aws4_request") {
				t.Errorf("signed %q", signature)
			}
			if got := r.Header.Get("X-Amz-Invocation-Type"); got != tt.kind {
				t.Errorf("invocation type %q, want %q", got, tt.kind)
			}
		})
	}
}

func TestFunctionThatFailsInTheRuntimeEmulator(t *testing.T) {
	t.Parallel()
	f := newFunction(t, answer{status: 200, body: thrown.body})
	got, err := mapped(t, f.URL+"/2015-03-31/functions/function/invocations").Invoke(context.Background(), call())
	if err == nil || !strings.Contains(err.Error(), "KeyError") {
		t.Errorf("Invoke = %q, %v", got, err)
	}
}

func TestFunctionThatMayNotBeCalled(t *testing.T) {
	t.Parallel()
	f := newFunction(t, ok)
	for name, tt := range map[string]struct {
		invoker *Invoker
		call    engine.Call
		says    string
	}{
		"no URL and no endpoint": {NewInvoker(Options{}), call(), "--lambda-endpoint"},
		"another function's URL": {mapped(t, f.URL), call(func(c *engine.Call) { c.Function += "2" }), "--function ARN=URL"},
		"not associated":         {atEndpoint(t, f.URL, nil), call(func(c *engine.Call) { c.Function += "2" }), "AssociateLambdaFunction"},
		"another instance":       {atEndpoint(t, f.URL, nil), call(func(c *engine.Call) { c.Instance = "x" }), "AssociateLambdaFunction"},
		"no ARN":                 {mapped(t, f.URL), call(func(c *engine.Call) { c.Function = "lookup" }), `"lookup" is not the ARN`},
	} {
		if got, err := tt.invoker.Invoke(context.Background(), tt.call); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: Invoke = %q, %v; want %q", name, got, err, tt.says)
		}
	}
	if n := len(f.requests()); n > 0 {
		t.Errorf("%d functions were called", n)
	}
}

func TestErrorDoesNotTellTheURL(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	url := strings.Replace(gone.URL, "http://", "http://ann:secret@", 1) + "/?key=secret"
	begun := time.Now()
	_, err := mapped(t, url).Invoke(context.Background(), call())
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("err = %v", err)
	}
	if took := time.Since(begun); took < firstPause*3/2 {
		t.Errorf("three attempts took %s only: there was no pause", took)
	}
}

// nowhere is a network that leads nowhere, and knows where to.
type nowhere struct{ hosts chan string }

func (n nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	n.hosts <- r.URL.Scheme + "://" + r.URL.Host
	return nil, http.ErrServerClosed
}

func TestAWSIsAskedInTheRegionOfTheFunction(t *testing.T) {
	t.Parallel()
	i := atEndpoint(t, "aws", map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s"})
	network := nowhere{make(chan string, attempts)}
	i.client.Transport = network
	if got, err := i.Invoke(context.Background(), call()); err == nil {
		t.Fatalf("Invoke = %q", got)
	}
	if got, want := <-network.hosts, "https://lambda.eu-west-1.amazonaws.com"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}
