package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
)

// maxRedirects bounds how often a URL may lead to another.
const maxRedirects = 3

var (
	errRedirects = errors.New("the URL redirects too often")
	errScheme    = errors.New("the URL redirects to something else than http or https")
)

// newClient makes the client that fetches files. It takes no proxy from the environment: behind one, nobody checks
// where a URL leads.
func newClient(allow Allow, resolver *net.Resolver) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            allow.dialer(resolver),
			TLSHandshakeTimeout:    10 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // the bytes as they are
			DisableKeepAlives:      true, // a connection that was checked is used for that request only
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			r.Header.Del("Referer") // it would tell the signed URL
			switch {
			case len(via) > maxRedirects:
				return errRedirects
			case r.URL.Scheme != "http" && r.URL.Scheme != "https":
				return errScheme
			}
			return nil
		},
	}
}

// fetch brings the bytes of a file to the directory and tells how it went.
func (f *Files) fetch(ctx context.Context, instance string, file *attachment.File) attachment.Outcome {
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	o := f.get(limited, instance, file)
	if ctx.Err() != nil && o.State != attachment.Approved {
		return attachment.Outcome{} // the server stops: it says nothing about the file
	}
	return o
}

func (f *Files) get(ctx context.Context, instance string, file *attachment.File) attachment.Outcome {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, file.Source, nil)
	if err != nil {
		return failed("The URL cannot be read")
	}
	r.Header.Set("User-Agent", "Tasklane")
	res, err := f.client.Do(r)
	if err != nil {
		return unanswered(err)
	}
	defer res.Body.Close()
	limit := f.engine.MaxFileBytes()
	if o := judge(res, limit); o.State != "" {
		return o
	}
	body := &reader{from: res.Body}
	var from io.Reader = body
	if limit > 0 {
		from = io.LimitReader(body, limit+1)
	}
	size, err := f.disk.write(instance, file.ID, func(to io.Writer) (int64, error) {
		n, err := io.Copy(to, from)
		switch {
		case err != nil:
			return n, err
		case limit > 0 && n > limit:
			return n, errTooLarge
		case n == 0:
			return n, errEmpty
		}
		return n, ctx.Err() // a fetch that is over must not replace the bytes of a later one
	})
	switch {
	case err == nil:
		return attachment.Outcome{State: attachment.Approved, Size: size}
	case errors.Is(err, errTooLarge):
		return tooLarge(limit)
	case errors.Is(err, errEmpty):
		return rejected("The file is empty")
	case body.err != nil || ctx.Err() != nil:
		return unanswered(errors.Join(body.err, ctx.Err()))
	}
	slog.ErrorContext(ctx, "cannot keep an attached file", "file", file.ID, "err", err)
	return again("The file could not be kept")
}

var (
	errTooLarge = errors.New("the file is too large")
	errEmpty    = errors.New("the file is empty")
)

// judge looks at an answer before its body is read; the zero outcome means that the body is wanted.
func judge(res *http.Response, limit int64) attachment.Outcome {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= http.StatusInternalServerError:
		return again(fmt.Sprintf("The URL answered with status %d", res.StatusCode))
	case res.StatusCode != http.StatusOK:
		return failed(fmt.Sprintf("The URL answered with status %d", res.StatusCode))
	case kind == "text/html":
		return rejected("The URL answered with a web page, not with a file")
	case limit > 0 && res.ContentLength > limit:
		return tooLarge(limit)
	}
	return attachment.Outcome{}
}

// unanswered is the outcome of a request without a complete answer. Its error is not told: it may hold the URL, and
// what is behind it.
func unanswered(err error) attachment.Outcome {
	var timeout net.Error
	switch {
	case errors.Is(err, errForbidden):
		return failed("The URL leads to an address that is not allowed")
	case errors.Is(err, errRedirects):
		return failed("The URL redirects too often")
	case errors.Is(err, errScheme):
		return failed("The URL redirects to something else than http or https")
	case errors.As(err, &timeout) && timeout.Timeout():
		return again("The URL did not answer in time")
	}
	return again("The URL did not answer")
}

func tooLarge(limit int64) attachment.Outcome {
	return rejected(fmt.Sprintf("The file has more than %d MB", limit>>20))
}

func rejected(why string) attachment.Outcome {
	return attachment.Outcome{State: attachment.Rejected, Reason: why}
}

func failed(why string) attachment.Outcome {
	return attachment.Outcome{State: attachment.Failed, Reason: why}
}

func again(why string) attachment.Outcome {
	return attachment.Outcome{State: attachment.Fetching, Reason: why}
}
