package lambda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

// newClient makes the client for the operator's own URLs. It follows no redirect: a POST would arrive as a GET.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = atOnce, atOnce
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// unavailableError says that an attempt has found nobody who answers; the next one may.
type unavailableError struct{ error }

func (u unavailableError) Unwrap() error { return u.error }

// post calls a function at a URL.
func (i *Invoker) post(ctx context.Context, to string, c engine.Call) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		answer, err := i.postOnce(ctx, to, c)
		_, again := errors.AsType[unavailableError](err)
		if !again || attempt == attempts || !sleep(ctx, pause(attempt)) {
			return answer, err
		}
	}
}

// pause is how long to wait after an attempt.
func pause(attempt int) time.Duration {
	longest := firstPause << (attempt - 1)
	return longest/2 + rand.N(longest/2) //nolint:gosec // jitter
}

// sleep waits. It returns false when ctx ends before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (i *Invoker) postOnce(ctx context.Context, to string, c engine.Call) ([]byte, error) {
	r, err := request(ctx, to, c)
	if err != nil {
		return nil, err
	}
	res, err := i.client.Do(r)
	if err != nil {
		return nil, unavailableError{withoutURL(err)}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, unavailableError{fmt.Errorf("read the answer: %w", err)}
	}
	return judge(res, answer, c)
}

// request makes the request of a call. Its headers besides the type of the body are named as those of AWS Lambda where
// it has the like.
func request(ctx context.Context, to string, c engine.Call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(c.Event))
	if err != nil {
		return nil, withoutURL(err)
	}
	kind := "RequestResponse"
	if c.Async {
		kind = "Event"
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Tasklane")
	r.Header.Set("X-Amz-Invocation-Type", kind)
	// One URL may serve many functions, and an attempt may be made again.
	r.Header.Set("X-Tasklane-Function", c.Function)
	r.Header.Set("X-Tasklane-Call", fmt.Sprintf("%s/%d", c.Contact, c.Stamp))
	return r, nil
}

// withoutURL takes the URL out of an error: there may be a password in it.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// judge makes the outcome of a call out of what was answered.
func judge(res *http.Response, answer []byte, c engine.Call) ([]byte, error) {
	switch {
	case res.Header.Get("X-Amz-Function-Error") != "":
		return nil, failure(answer)
	case unavailable(res.StatusCode):
		return nil, unavailableError{fmt.Errorf("the URL answered with status %d", res.StatusCode)}
	case res.StatusCode < 200 || res.StatusCode > 299:
		return nil, fmt.Errorf("the URL answered with status %d", res.StatusCode)
	case emulated(res.Request.URL, answer):
		return nil, failure(answer)
	}
	return check(answer, c)
}

func unavailable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// emulated reports whether the answer is that of a function that has failed in the Lambda runtime emulator, which says so
// in the body only (https://github.com/aws/aws-lambda-runtime-interface-emulator/issues/20).
func emulated(at *url.URL, answer []byte) bool {
	return strings.HasSuffix(at.Path, "/functions/function/invocations") && isMistake(answer)
}
