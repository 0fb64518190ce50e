package files

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
)

// bucket is a server that does what a bucket may do, good and bad.
type bucket struct {
	*httptest.Server
	requests atomic.Int64
	busy     atomic.Int64  // requests to /busy that are still refused
	hung     chan struct{} // gets a value for each request that hangs
}

func newBucket(t *testing.T) *bucket {
	b := &bucket{hung: make(chan struct{}, 10)}
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Method != http.MethodGet {
			t.Errorf("%s with Referer %q", r.Method, r.Header.Get("Referer"))
		}
		_, _ = io.WriteString(w, "hello")
	})
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		w.WriteHeader(code)
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		if b.busy.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "hello")
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "20971521")
		w.WriteHeader(http.StatusOK)
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for { // without a length, until the reader has enough
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/empty", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<p>Sign in")
	})
	hang := func(w http.ResponseWriter, r *http.Request) {
		b.hung <- struct{}{}
		<-r.Context().Done()
	}
	mux.HandleFunc("/silent", hang)
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "hel")
		_ = http.NewResponseController(w).Flush()
		hang(w, r)
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "hel")
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/hops/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		to := "/ok"
		if n > 1 {
			to = "/hops/" + strconv.Itoa(n-1)
		}
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/to", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("url"))
		w.WriteHeader(http.StatusFound)
	})
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.requests.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir(), func(o *Options) { o.FetchTimeout = 5 * time.Second }).run()
	b := newBucket(t)
	tests := []struct{ name, path, status, reason string }{
		{"a file", "/ok", "APPROVED", ""},
		{"three redirects", "/hops/3", "APPROVED", ""},
		{"four redirects", "/hops/4", "FAILED", "The URL redirects too often"},
		{"a loop", "/loop", "FAILED", "The URL redirects too often"},
		{"a redirect to a file of this machine", "/to?url=file:///etc/passwd", "FAILED", "The URL redirects to something else than http or https"},
		{"a redirect to a private address", "/to?url=http://10.0.0.1/", "FAILED", "The URL leads to an address that is not allowed"},
		{"a redirect to cloud metadata", "/to?url=http://169.254.169.254/latest/meta-data/", "FAILED", "The URL leads to an address that is not allowed"},
		{"a redirect to mapped cloud metadata", "/to?url=http://[::ffff:a9fe:a9fe]/", "FAILED", "The URL leads to an address that is not allowed"},
		{"a redirect to nowhere", "/status/302", "FAILED", "The URL answered with status 302"},
		{"nothing", "/status/404", "FAILED", "The URL answered with status 404"},
		{"a signature that has expired", "/status/403", "FAILED", "The URL answered with status 403"},
		{"no body", "/status/204", "FAILED", "The URL answered with status 204"},
		{"an empty file", "/empty", "REJECTED", "The file is empty"},
		{"a web page", "/page", "REJECTED", "The URL answered with a web page, not with a file"},
		{"a file that is too large", "/large", "REJECTED", "The file has more than 20 MB"},
		{"a file without end", "/endless", "REJECTED", "The file has more than 20 MB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := w.start("report.txt", b.URL+tt.path)
			w.wantFetch(id, tt.status, tt.reason)
			f := w.file(id)
			bytes, err := os.ReadFile(filepath.Join(w.dir, "attachments", instance, f.ID))
			if tt.status != "APPROVED" {
				if err == nil {
					t.Errorf("%d bytes were kept", len(bytes))
				}
				return
			}
			if string(bytes) != "hello" || f.Size != 5 {
				t.Errorf("kept %q, size %d, %v", bytes, f.Size, err)
			}
		})
	}
	for _, name := range w.onDisk() {
		if strings.Contains(name, ".") {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestFetchTellsOfItself(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir())
	id := w.start("report.txt", newBucket(t).URL+"/ok")
	name, r := w.reference(id)
	f := w.file(id)
	if name != "report.txt" || r.Status != "PROCESSING" || r.Value != f.ID || !strings.HasSuffix(r.ARN, "/file/"+f.ID) {
		t.Errorf("before: %s %+v", name, r)
	}
	w.run()
	w.wantFetch(id, "APPROVED", "")
	events, err := w.engine.Events(t.Context(), instance, id)
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.Type != "EDITED" || len(last.Updated) != 1 || last.Updated[0] != "References" {
		t.Errorf("last event %+v", last)
	}
	for _, name := range []string{"", instance, filepath.Join(instance, f.ID)} {
		info, err := os.Stat(filepath.Join(w.dir, "attachments", name))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q: %v, %v; others may look", name, info.Mode(), err)
		}
	}
}

func TestFetchIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir()).run()
	b := newBucket(t)
	b.busy.Store(2)
	id := w.start("report.txt", b.URL+"/busy")
	for n, pause := range []time.Duration{2 * time.Second, 6 * time.Second} {
		w.eventually("the fetch is not put off", func() bool {
			f := w.file(id)
			return f.Fetches == n+1 && b.busy.Load() == int64(1-n) && f.Due.Sub(w.engine.Now()) <= pause
		})
		w.advance(pause + time.Second)
	}
	w.wantFetch(id, "APPROVED", "")
}

func TestFetchIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, tt := range []struct{ name, url, reason string }{
		{"nobody listens", closed.URL + "/ok", "The URL did not answer"},
		{"a host that does not exist", "http://tasklane.invalid/ok", "The URL did not answer"},
		{"silence", b.URL + "/silent", "The URL did not answer in time"},
		{"a trickle", b.URL + "/slow", "The URL did not answer in time"},
		{"a torn answer", b.URL + "/cut", "The URL did not answer"},
		{"errors", b.URL + "/status/500", "The URL answered with status 500"},
		{"too many requests", b.URL + "/status/429", "The URL answered with status 429"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := open(t, t.TempDir(), func(o *Options) {
				o.FetchTimeout = 100 * time.Millisecond
				o.Resolver = resolver(t, map[string]string{})
			}).run()
			id := w.start("report.txt", tt.url)
			for range attachment.MaxFetches {
				w.advance(time.Minute)
				w.eventually("nothing happens", func() bool {
					f := w.file(id)
					return f.State == attachment.Failed || len(w.files.slots) == 0 && f.Due.Sub(w.engine.Now()) > time.Second
				})
			}
			w.wantFetch(id, "FAILED", tt.reason)
			if f := w.file(id); f.Fetches != attachment.MaxFetches || len(w.onDisk()) > 0 {
				t.Errorf("after %d fetches the directory has %v", f.Fetches, w.onDisk())
			}
		})
	}
}

// resolver knows the addresses of some names, and of no others.
func resolver(t *testing.T, names map[string]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		query := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(query)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(reply(query[:n], names), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// reply answers a DNS query for one name with at most one IPv4 address.
func reply(query []byte, names map[string]string) []byte {
	const header = 12
	var labels []string
	at := header
	for query[at] != 0 {
		labels = append(labels, string(query[at+1:at+1+int(query[at])]))
		at += 1 + int(query[at])
	}
	end := at + 5 // of the question: root, type, class
	kind := binary.BigEndian.Uint16(query[at+1:])
	out := append([]byte{}, query[:end]...)
	out[2], out[3] = 0x81, 0x80
	copy(out[6:header], make([]byte, 6)) // no answers, nothing else
	ip, ok := names[strings.Join(labels, ".")]
	switch {
	case !ok:
		out[3] |= 3 // there is no such name
	case kind == 1:
		out[7] = 1
		out = append(out, 0xc0, header, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		out = append(out, net.ParseIP(ip).To4()...)
	}
	return out
}

func TestNameOfAPrivateAddressIsNotDialled(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	port := b.Listener.Addr().(*net.TCPAddr).Port
	rebound := "http://bucket.example.com:" + strconv.Itoa(port) + "/ok"
	names := resolver(t, map[string]string{"bucket.example.com": "127.0.0.1"})
	fetch := func(name, source, status, reason string, allow ...string) {
		t.Run(name, func(t *testing.T) {
			places, err := ParseAllow(allow)
			if err != nil {
				t.Fatal(err)
			}
			w := open(t, t.TempDir(), func(o *Options) { o.Allow, o.Resolver = places, names }).run()
			before := b.requests.Load()
			w.wantFetch(w.start("report.txt", source), status, reason)
			if got := b.requests.Load() - before; status == "FAILED" && got > int64(strings.Count(source, "/to?")) {
				t.Errorf("the server behind the private address got %d requests", got)
			}
		})
	}
	const refused = "The URL leads to an address that is not allowed"
	address := b.Listener.Addr().String()
	other := newBucket(t)
	fetch("an address", b.URL+"/ok", "FAILED", refused)
	fetch("a name that resolves to it", rebound, "FAILED", refused)
	fetch("its network is allowed", rebound, "APPROVED", "", "127.0.0.0/8")
	fetch("the name and port are allowed", rebound, "APPROVED", "", "Bucket.example.com:"+strconv.Itoa(port))
	fetch("another port of the name is allowed", rebound, "FAILED", refused, "bucket.example.com:1")
	fetch("the address and port are allowed", b.URL+"/ok", "APPROVED", "", address)
	fetch("but not where it redirects to", b.URL+"/to?url="+other.URL+"/ok", "FAILED", refused, address)
	if other.requests.Load() != 0 {
		t.Error("a redirect led to an address that is not allowed")
	}
}

func TestFetchGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	dir := t.TempDir()
	w := open(t, dir)
	id := w.start("report.txt", b.URL+"/ok") // the server dies before it begins
	w.stop()
	w = open(t, dir).run()
	w.wantFetch(id, "APPROVED", "")
	w.stop()

	w = open(t, dir)
	id = w.start("report.txt", b.URL+"/ok")
	if _, err := w.engine.ClaimFile(t.Context(), instance, w.file(id).ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	w.leave(w.file(id).ID, "half", 0) // the server dies between the bytes and the commit
	w.stop()
	w = open(t, dir).run()
	w.advance(30 * time.Second)
	if _, r := w.reference(id); r.Status != "PROCESSING" {
		t.Errorf("the file is %s, though its claim lasts", r.Status)
	}
	w.advance(31 * time.Second)
	w.wantFetch(id, "APPROVED", "")
	if bytes, err := os.ReadFile(filepath.Join(dir, "attachments", instance, w.file(id).ID)); string(bytes) != "hello" {
		t.Errorf("kept %q, %v", bytes, err)
	}
}

func TestFetchThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := open(t, t.TempDir())
	id := w.start("report.txt", "http://127.0.0.1:1/")
	for range attachment.MaxFetches { // the server dies of it each time
		if f, err := w.engine.ClaimFile(t.Context(), instance, w.file(id).ID, time.Minute); f == nil || err != nil {
			t.Fatalf("ClaimFile = %v, %v", f, err)
		}
		w.advance(time.Minute)
	}
	w.run()
	w.wantFetch(id, "FAILED", "The fetch was interrupted too often")
}

func TestStoppingGivesAFetchBack(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	dir := t.TempDir()
	w := open(t, dir).run()
	id := w.start("report.txt", b.URL+"/slow")
	<-b.hung
	w.stop()
	w = open(t, dir)
	if f := w.file(id); f.State != attachment.Fetching || f.Fetches != 0 || f.Due.After(w.engine.Now()) {
		t.Errorf("after the stop: %+v, want it due and not counted", f)
	}
	if left := w.onDisk(); len(left) > 0 {
		t.Errorf("the stop left %v", left)
	}
}

func TestOneNodeFetches(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	w := open(t, t.TempDir())
	w.run(w.another(), w.another())
	const tasks = 20
	var ids []string
	for range tasks {
		ids = append(ids, w.start("report.txt", b.URL+"/ok"))
	}
	for _, id := range ids {
		w.wantFetch(id, "APPROVED", "")
	}
	if n := b.requests.Load(); n != tasks {
		t.Errorf("%d requests for %d files", n, tasks)
	}
}

func TestFileDeletedWhileItIsFetchedLeavesNothing(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	hung := make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hung <- struct{}{}
		<-release
		_, _ = io.WriteString(w, "hello")
	}))
	t.Cleanup(s.Close)
	w := open(t, t.TempDir()).run()
	id := w.start("report.txt", s.URL)
	<-hung
	i, err := w.engine.Instance(instance)
	if err != nil {
		t.Fatal(err)
	}
	file := w.file(id)
	if err := w.engine.DeleteFile(t.Context(), instance, i.Of("contact", id), file.ID); err != nil {
		t.Fatal(err)
	}
	w.eventually("the row stays", func() bool {
		all, err := w.store.Files(t.Context(), instance, id)
		return err == nil && len(all) == 0
	})
	close(release)
	w.eventually("the fetch goes on", func() bool { return len(w.files.slots) == 0 })
	if left := w.onDisk(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if c, _, err := w.engine.Contact(t.Context(), instance, id); err != nil || len(c.References) > 0 {
		t.Errorf("references %v, %v", c.References, err)
	}
}
