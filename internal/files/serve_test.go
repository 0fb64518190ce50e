package files

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// site is a world whose files are served.
type site struct {
	*world
	*httptest.Server
	contact string // id
	arn     string // of the contact
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{world: open(t, t.TempDir())}
	mux := http.NewServeMux()
	mux.Handle(Pattern, s.files)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	s.files.baseURL = s.URL
	var err error
	s.contact, err = s.engine.StartTask(t.Context(), instance, engine.StartTask{
		Flow: flowID("contact-flow/Sample task flow"), Name: "task",
	})
	if err != nil {
		t.Fatal(err)
	}
	i, err := s.engine.Instance(instance)
	if err != nil {
		t.Fatal(err)
	}
	s.arn = i.Of(arn.Contact, s.contact)
	return s
}

// upload begins an upload of five bytes.
func (s *site) upload(name string) (*attachment.File, attachment.Link) {
	s.Helper()
	f, err := s.engine.StartUpload(s.Context(), instance, s.arn, engine.NewFile{Name: name, Size: 5})
	if err != nil {
		s.Fatal(err)
	}
	link, err := s.files.UploadLink(s.Context(), instance, f, time.Minute)
	if err != nil {
		s.Fatal(err)
	}
	return f, link
}

// complete uploads and completes a file.
func (s *site) complete(name string) (*attachment.File, attachment.Link) {
	s.Helper()
	f, link := s.upload(name)
	if status, text := s.do("PUT", link.URL, "hello", link.Headers["Content-Type"]); status != http.StatusOK {
		s.Fatalf("PUT: %d %s", status, text)
	}
	if err := s.files.Complete(s.Context(), instance, s.arn, f.ID); err != nil {
		s.Fatal(err)
	}
	f, err := s.engine.File(s.Context(), instance, f.ID)
	if err != nil {
		s.Fatal(err)
	}
	got, err := s.files.DownloadLink(s.Context(), instance, f, time.Minute)
	if err != nil {
		s.Fatal(err)
	}
	return f, got
}

func (s *site) do(method, to, body, kind string) (status int, text string) {
	s.Helper()
	res := s.send(method, to, strings.NewReader(body), kind)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res.StatusCode, string(got)
}

func (s *site) send(method, to string, body io.Reader, kind string) *http.Response {
	s.Helper()
	r, err := http.NewRequest(method, to, body)
	if err != nil {
		s.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	res, err := s.Client().Do(r)
	if err != nil {
		s.Fatal(err)
	}
	return res
}

func TestUploadMustBeWhatWasPromised(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, link := s.upload("report.pdf")
	const kind = "application/pdf"
	for _, tt := range []struct {
		name, body, kind string
		status           int
		says             string
	}{
		{"too short", "hell", kind, 400, "5 bytes"},
		{"too long", "hello!", kind, 400, "5 bytes"},
		{"nothing", "", kind, 400, "5 bytes"},
		{"another type", "hello", "text/html", 400, "HeadersToInclude"},
		{"no type", "hello", "", 400, "HeadersToInclude"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text := s.do("PUT", link.URL, tt.body, tt.kind)
			if status != tt.status || !strings.Contains(text, tt.says) {
				t.Errorf("%d %s, want %d with %q", status, text, tt.status, tt.says)
			}
		})
	}
	for _, size := range []int{4, 6, 1 << 20} { // without a Content-Length
		res := s.send("PUT", link.URL, io.MultiReader(bytes.NewReader(make([]byte, size))), kind)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("%d bytes in chunks: %s", size, res.Status)
		}
	}
	if left := s.onDisk(); len(left) > 0 {
		t.Errorf("refused uploads left %v", left)
	}
	for _, body := range []string{"first", "hello"} { // as often as it takes
		if status, text := s.do("PUT", link.URL, body, kind); status != http.StatusOK {
			t.Errorf("PUT %s: %d %s", body, status, text)
		}
	}
}

func TestURLAllowsOneThing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f, up := s.upload("a.txt")
	other, down := s.complete("b.txt")
	change := func(link, key, value string) string {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(key, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	later := strconv.FormatInt(up.Expires.Unix()+1000, 10)
	for _, tt := range []struct{ name, method, url string }{
		{"another file", "PUT", strings.Replace(up.URL, f.ID, other.ID, 1)},
		{"another instance", "PUT", strings.Replace(up.URL, instance, uuid.NewString(), 1)},
		{"another size", "PUT", change(up.URL, "size", "6")},
		{"no size", "PUT", change(up.URL, "size", "")},
		{"a longer life", "PUT", change(up.URL, "expires", later)},
		{"an endless life", "PUT", change(up.URL, "expires", "never")},
		{"no signature", "PUT", change(up.URL, "signature", "")},
		{"another signature", "PUT", change(up.URL, "signature", "AAAA")},
		{"no base64", "PUT", change(up.URL, "signature", "***")},
		{"to get what is put", "GET", up.URL},
		{"to put what is got", "PUT", down.URL},
		{"to look at what is got", "HEAD", down.URL},
		{"another file to get", "GET", strings.Replace(down.URL, other.ID, f.ID, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := http.StatusForbidden
			if tt.method == "HEAD" {
				want = http.StatusMethodNotAllowed
			}
			if status, text := s.do(tt.method, tt.url, "hello", "text/plain"); status != want {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	s.advance(59 * time.Second)
	if status, _ := s.do("GET", down.URL, "", ""); status != http.StatusOK {
		t.Errorf("in its last second: %d", status)
	}
	s.advance(time.Second)
	for method, link := range map[string]string{"GET": down.URL, "PUT": up.URL} {
		if status, text := s.do(method, link, "hello", "text/plain"); status != http.StatusForbidden || !strings.Contains(text, "expired") {
			t.Errorf("%s after the minute: %d %s", method, status, text)
		}
	}
}

func TestURLOutlivesTheServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, down := s.complete("a.txt")
	s.stop()
	again := open(t, s.dir)
	mux := http.NewServeMux()
	mux.Handle(Pattern, again.files)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	status, text := s.do("GET", strings.Replace(down.URL, s.URL, server.URL, 1), "", "")
	if status != http.StatusOK || text != "hello" {
		t.Errorf("%d %s", status, text)
	}
}

func TestDownloadIsSafe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, down := s.complete(`Größe "x"; y=1.TXT`)
	res := s.send("GET", down.URL, nil, "")
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "hello" || res.ContentLength != 5 {
		t.Errorf("body %q, length %d, %v", body, res.ContentLength, err)
	}
	for name, want := range map[string]string{
		"Content-Type":                "text/plain",
		"Content-Disposition":         `attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%22x%22%3B%20y%3D1.TXT`,
		"X-Content-Type-Options":      "nosniff",
		"Content-Security-Policy":     "sandbox; default-src 'none'",
		"Cache-Control":               "private, no-store",
		"Access-Control-Allow-Origin": "*",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if status, _ := s.do("OPTIONS", down.URL, "", ""); status != http.StatusNoContent {
		t.Errorf("OPTIONS: %d", status)
	}
}

func TestUploadEndsOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f, link := s.upload("a.txt")
	if err := s.files.Complete(t.Context(), instance, s.arn, f.ID); !fault.Is(err, fault.Unusable) {
		t.Errorf("Complete without bytes = %v", err)
	}
	if status, text := s.do("PUT", link.URL, "hello", "text/plain"); status != http.StatusOK {
		t.Fatalf("PUT: %d %s", status, text)
	}
	down, err := s.files.DownloadLink(t.Context(), instance, f, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := s.do("GET", down.URL, "", ""); status != http.StatusNotFound {
		t.Errorf("GET before it is complete: %d", status)
	}
	for range 2 {
		if err := s.files.Complete(t.Context(), instance, s.arn, f.ID); err != nil {
			t.Fatal(err)
		}
	}
	if status, text := s.do("PUT", link.URL, "again", "text/plain"); status != http.StatusConflict {
		t.Errorf("PUT after it is complete: %d %s", status, text)
	}
	if status, text := s.do("GET", down.URL, "", ""); status != http.StatusOK || text != "hello" {
		t.Errorf("GET: %d %s", status, text)
	}
	if err := s.engine.DeleteFile(t.Context(), instance, s.arn, f.ID); err != nil {
		t.Fatal(err)
	}
	for method, to := range map[string]string{"GET": down.URL, "PUT": link.URL} {
		if status, _ := s.do(method, to, "hello", "text/plain"); status != http.StatusNotFound {
			t.Errorf("%s of a deleted file: %d", method, status)
		}
	}
	s.run()
	s.eventually("the bytes stay", func() bool { return len(s.onDisk()) == 0 })
	if err := s.files.Complete(t.Context(), instance, s.arn, f.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("Complete of a deleted file = %v", err)
	}
}

func TestUploadThatIsNotCompletedIsRemoved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run()
	f, link := s.upload("a.txt")
	if status, _ := s.do("PUT", link.URL, "hello", "text/plain"); status != http.StatusOK {
		t.Fatalf("PUT: %d", status)
	}
	s.advance(attachment.UploadTime - time.Minute)
	if _, err := s.engine.AttachedFile(t.Context(), instance, s.arn, f.ID); err != nil {
		t.Errorf("too soon: %v", err)
	}
	s.advance(time.Minute)
	s.eventually("the upload stays", func() bool {
		_, err := s.engine.File(t.Context(), instance, f.ID)
		return fault.Is(err, fault.NotFound) && len(s.onDisk()) == 0
	})
}

func TestCrashLeavesNothingThatIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	f, _ := s.upload("a.txt")
	kept, _ := s.complete("b.txt")
	s.leave(f.ID, "hello", 0) // dies between the bytes and the commit of CompleteAttachedFileUpload
	down, err := s.files.DownloadLink(t.Context(), instance, f, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := s.do("GET", down.URL, "", ""); status != http.StatusNotFound {
		t.Errorf("GET of bytes without a commit: %d", status)
	}
	if err := s.files.Complete(t.Context(), instance, s.arn, f.ID); err != nil {
		t.Errorf("Complete after a crash = %v", err)
	}
	if status, text := s.do("GET", down.URL, "", ""); status != http.StatusOK || text != "hello" {
		t.Errorf("GET after Complete: %d %s", status, text)
	}

	old := 2*attachment.UploadTime + time.Minute
	orphan, young := uuid.NewString(), uuid.NewString()
	s.leave(orphan, "nobody's", old)
	s.leave(orphan+uploadSuffix, "nobody's", old)
	s.leave(orphan+".ABC"+tempSuffix, "nobody's", old)
	s.leave(kept.ID+uploadSuffix, "too late", old)
	s.leave(kept.ID+uploadSuffix+".ABC"+tempSuffix, "torn", old)
	s.leave(young, "under way", time.Minute)
	s.leave("README", "not ours", old)
	s.leave(kept.ID, "hello", old)
	s.files.sweep(t.Context())
	want := []string{f.ID, kept.ID, young, "README"}
	got := s.onDisk()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("after the sweep the directory has %v, want %v", got, want)
	}
}

func TestClearRemovesInstancesOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.complete("a.txt")
	stranger := filepath.Join(s.dir, "attachments", "stranger")
	if err := os.WriteFile(stranger, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.files.Clear(instance, uuid.NewString()); err != nil {
		t.Fatal(err)
	}
	if left := s.onDisk(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if _, err := os.Stat(stranger); err != nil {
		t.Error(err)
	}
}

func TestDirectoryThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, t.TempDir())
	if _, err := New(Options{Engine: w.engine, Secrets: w.store, Dir: filepath.Join(file, "attachments")}); err == nil {
		t.Error("New took a directory below a file")
	}
}
