package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/fault"
)

// uploadPatience bounds how long the bytes of an upload may take to arrive.
const uploadPatience = 10 * time.Minute

// Pattern is the handler's pattern for [http.ServeMux].
const Pattern = Prefix + "{instance}/{id}"

// ServeHTTP takes and gives the bytes of files. Whoever has a signed URL may, from any page: there is nothing else
// that a browser could be made to send along.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	var err error
	switch r.Method {
	case http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
		w.WriteHeader(http.StatusNoContent)
	case http.MethodPut:
		err = f.upload(w, r)
	case http.MethodGet:
		err = f.download(w, r)
	default:
		w.Header().Set("Allow", "GET, PUT, OPTIONS")
		answer(w, http.StatusMethodNotAllowed, "Use GET or PUT")
	}
	if err != nil {
		refuse(w, r, err)
	}
}

// upload keeps the bytes of an upload that is not yet complete.
func (f *Files) upload(w http.ResponseWriter, r *http.Request) error {
	p, err := f.check(r)
	if err != nil {
		return err
	}
	file, err := f.uploading(r, p)
	if err != nil {
		return err
	}
	want := attachment.ContentType(file.Name)
	if got := r.Header.Get("Content-Type"); got != want {
		return fault.New(fault.Invalid, "Content-Type is %q, and must be %q as HeadersToInclude says", got, want)
	}
	if r.ContentLength >= 0 && r.ContentLength != p.size {
		return wrongSize(p.size)
	}
	//nolint:forbidigo // the connection lives in the time of the machine
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadPatience)); err != nil {
		return fmt.Errorf("take an upload: %w", err)
	}
	_, err = f.disk.write(p.instance, p.id+uploadSuffix, func(to io.Writer) (int64, error) { return exactly(to, r.Body, p.size) })
	if err != nil {
		return err
	}
	if _, err := f.uploading(r, p); err != nil { // complete or deleted while the bytes came
		return errors.Join(err, f.disk.drop(p.instance+"/"+p.id+uploadSuffix))
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// uploading finds the file of a pass, which must be waiting for its bytes.
func (f *Files) uploading(r *http.Request, p pass) (*attachment.File, error) {
	file, err := f.engine.File(r.Context(), p.instance, p.id)
	switch {
	case err != nil:
		return nil, err
	case file.State == attachment.Deleted:
		return nil, fault.New(fault.NotFound, "attached file %s does not exist", p.id)
	case file.State != attachment.Uploading:
		return nil, fault.New(fault.Conflict, "The upload of the file is complete")
	}
	return file, nil
}

// errUnread says that the client did not send what it promised.
var errUnread = errors.New("the bytes of an upload did not arrive")

// exactly copies so many bytes; there must be no less and no more.
func exactly(to io.Writer, from io.Reader, size int64) (int64, error) {
	body := &reader{from: io.LimitReader(from, size+1)}
	n, err := io.Copy(to, body)
	switch {
	case body.err != nil:
		return n, fmt.Errorf("%w: %w", errUnread, body.err)
	case err == nil && n != size:
		return n, wrongSize(size)
	}
	return n, err
}

// reader remembers why reading failed, to tell it from a failure of writing.
type reader struct {
	from io.Reader
	err  error
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

func wrongSize(want int64) error {
	return fault.New(fault.Invalid, "The body must have %d bytes, as FileSizeInBytes says", want)
}

// download gives the bytes of a file. It is never shown in place: who attached it need not mean well.
func (f *Files) download(w http.ResponseWriter, r *http.Request) error {
	p, err := f.check(r)
	if err != nil {
		return err
	}
	file, err := f.engine.File(r.Context(), p.instance, p.id)
	if err != nil {
		return err
	}
	if file.State != attachment.Approved {
		return fault.New(fault.NotFound, "attached file %s does not exist", p.id)
	}
	bytes, err := f.disk.open(p.instance, p.id)
	if err != nil {
		return fmt.Errorf("open file %s: %w", p.id, err)
	}
	defer bytes.Close()
	h := w.Header()
	h.Set("Content-Type", attachment.ContentType(file.Name))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes)
	return nil
}

// statuses are the answers to what callers may be told about.
var statuses = map[fault.Kind]int{
	fault.Denied:   http.StatusForbidden,
	fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict,
	fault.Invalid:  http.StatusBadRequest,
}

func refuse(w http.ResponseWriter, r *http.Request, err error) {
	if problem, ok := errors.AsType[*fault.Error](err); ok {
		answer(w, statuses[problem.Kind], problem.Message)
		return
	}
	slow, ok := errors.AsType[net.Error](err)
	switch late := ok && slow.Timeout(); {
	case errors.Is(err, errUnread) && !late:
		w.Header().Set("Connection", "close") // where it ends is not known
		answer(w, http.StatusBadRequest, "The body cannot be read: it ends too early, or is badly chunked")
		return
	case late || r.Context().Err() != nil:
		answer(w, http.StatusRequestTimeout, "The body did not arrive")
		return
	}
	slog.ErrorContext(r.Context(), "file request failed", "method", r.Method, "err", err)
	answer(w, http.StatusInternalServerError, "Internal error.")
}

func answer(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message}) // the client may be gone
}
