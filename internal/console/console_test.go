package console

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var build = fstest.MapFS{
	"index.html":        {Data: []byte("the console")},
	"login.html":        {Data: []byte("the sign-in page")},
	"ccp.html":          {Data: []byte("the agent panel")},
	"assets/ccp-1a.js":  {Data: []byte("start()")},
	"assets/font.woff2": {Data: []byte("font")},
}

func get(h http.Handler, path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := newHandler(build, Options{})
	tests := []struct {
		path   string
		status int
		body   string
	}{
		{"/", 200, "the console"},
		{"/login", 200, "the sign-in page"},
		{"/ccp-v2", 200, "the agent panel"},
		{"/ccp-v2/", 200, "the agent panel"},
		{"/ccp-v2/?visualRefresh=true", 200, "the agent panel"},
		{"/connect/ccp-v2/", 200, "the agent panel"},
		{"/ccp-v2/nowhere", 404, "Page not found"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			w := get(h, tt.path, "")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("GET %s = %d %q, want %d %q", tt.path, w.Code, w.Body, tt.status, tt.body)
			}
			wantHeaders(t, w, map[string]string{
				"Content-Type":           "text/html; charset=utf-8",
				"Cache-Control":          "no-store",
				"X-Content-Type-Options": "nosniff",
				"X-Frame-Options":        "",
			})
			if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") ||
				!strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("GET %s: Content-Security-Policy is %q", tt.path, csp)
			}
		})
	}
}

func TestSignInFormIsNotOurs(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newHandler(build, Options{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/login", nil))
	if w.Code == http.StatusOK {
		t.Error("POST /login = 200, want a refusal: signing in belongs to the desk")
	}
}

func TestAssetsAreCachedForEver(t *testing.T) {
	t.Parallel()
	w := get(newHandler(build, Options{}), "/assets/ccp-1a.js", "br")
	if got := w.Body.String(); got != "start()" {
		t.Errorf("asset body = %q, want %q", got, "start()")
	}
	wantHeaders(t, w, map[string]string{
		"Content-Type":     "text/javascript; charset=utf-8",
		"Cache-Control":    "public, max-age=31536000, immutable",
		"Vary":             "Accept-Encoding",
		"Content-Encoding": "",
	})
}

func TestScriptsAreCompressed(t *testing.T) {
	t.Parallel()
	w := get(newHandler(build, Options{}), "/assets/ccp-1a.js", "gzip, br")
	wantHeaders(t, w, map[string]string{"Content-Encoding": "gzip"})
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatalf("read the compressed asset: %v", err)
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != "start()" {
		t.Errorf("compressed asset = %q, %v, want %q", got, err, "start()")
	}
}

func TestFontsAreNotCompressedAgain(t *testing.T) {
	t.Parallel()
	w := get(newHandler(build, Options{}), "/assets/font.woff2", "gzip")
	wantHeaders(t, w, map[string]string{"Content-Type": "font/woff2", "Content-Encoding": ""})
}

func TestMissingAssetIsNotCached(t *testing.T) {
	t.Parallel()
	w := get(newHandler(build, Options{}), "/assets/ccp-0.js", "")
	if w.Code != http.StatusNotFound {
		t.Errorf("GET a missing asset = %d, want 404", w.Code)
	}
	wantHeaders(t, w, map[string]string{"Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8"})
}

func TestWithoutUIEveryPageSaysSo(t *testing.T) {
	t.Parallel()
	h := newHandler(nil, Options{})
	for _, path := range []string{"/", "/login", "/ccp-v2/", "/connect/ccp-v2/"} {
		w := get(h, path, "")
		if w.Code != http.StatusNotImplemented || !strings.Contains(w.Body.String(), "make build") {
			t.Errorf("GET %s without the UI = %d %q, want 501 and how to build it", path, w.Code, w.Body)
		}
	}
}

// TestPatternsReachHandler mounts the handler as the server does, beside an API that owns every other path.
func TestPatternsReachHandler(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for _, pattern := range Patterns() {
		mux.Handle(pattern, newHandler(build, Options{}))
	}
	tests := map[string]int{
		"/": 200, "/login": 200, "/ccp-v2/": 200, "/ccp-v2/nowhere": 404, "/assets/ccp-1a.js": 200,
		"/contact/task": http.StatusTeapot,
	}
	for path, want := range tests {
		if got := get(mux, path, "").Code; got != want {
			t.Errorf("GET %s = %d, want %d", path, got, want)
		}
	}
}

func wantHeaders(t *testing.T, w *httptest.ResponseRecorder, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := w.Header().Get(name); got != value {
			t.Errorf("header %s = %q, want %q", name, got, value)
		}
	}
}

func TestOnlyThePanelIsFramed(t *testing.T) {
	t.Parallel()
	h := newHandler(build, Options{Framers: func(*http.Request) []string { return []string{"https://crm.example", "https://b.example:8443"} }})
	for path, want := range map[string]string{
		"/ccp-v2/": "frame-ancestors 'self' https://crm.example https://b.example:8443", "/connect/ccp-v2": "frame-ancestors 'self' https://crm.example https://b.example:8443",
		"/login": "frame-ancestors 'self'", "/": "frame-ancestors 'self'", "/ccp-v2/nowhere": "frame-ancestors 'self'",
	} {
		if csp := get(h, path, "").Header().Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; "+want) {
			t.Errorf("GET %s: Content-Security-Policy is %q, want it to end with %q", path, csp, want)
		}
	}
}
