// Package console serves the browser's half of Tasklane: the console, the agent panel (CCP) and the sign-in page.
//
// The pages are built from web/ into dist and embedded when the build tag ui is set; `make build` does both.
// Without the tag every page says how to build them, so that the program builds with Go alone. Nothing here
// knows a user or a task: the pages talk to internal/desk, which also takes the sign-in form.
package console

import (
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"strings"
)

// policy lets a page use what comes from this server and nothing else. Cloudscape needs no 'unsafe-inline':
// React sets styles through the DOM, which the policy does not govern. Sockets are named by scheme, because
// the desk may hand out a socket address whose host is not the page's (a proxy in front of it). Who may frame comes
// last, so that more can be added.
const policy = "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'self'"

// panel is the file of the agent panel, which other pages may show in a frame.
const panel = "ccp.html"

// Options of the pages.
type Options struct {
	// Framers are the sources, as a content security policy names them, whose pages may show the agent panel in a
	// frame. Nil: none may.
	Framers func(*http.Request) []string
	// Builds is the directory in which the assets of this build are kept for the next one, and those of the one before are
	// served from, so that pages which are open during an upgrade find theirs. Empty: none.
	Builds string
}

// pages names the file behind each page's address. The agent panel answers wherever a host page of Amazon
// Connect would look for it.
var pages = map[string]string{
	"GET /{$}":                "index.html",
	"GET /login":              "login.html",
	"GET /ccp-v2":             panel,
	"GET /ccp-v2/{$}":         panel,
	"GET /connect/ccp-v2":     panel,
	"GET /connect/ccp-v2/{$}": panel,
}

// subtrees are the places where an unknown address is answered with a page instead of an API error.
var subtrees = []string{"GET /ccp-v2/", "GET /connect/ccp-v2/"}

// Patterns lists what [Handler] answers, for the mux that it shares with the API.
func Patterns() []string {
	list := append([]string{"GET /assets/"}, subtrees...)
	for pattern := range pages {
		list = append(list, pattern)
	}
	return list
}

// Handler serves the pages and their assets.
func Handler(opts Options) http.Handler { return newHandler(built(), opts) }

// newHandler serves the files of one UI build, or a notice when there is none.
func newHandler(files fs.FS, opts Options) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", notice(http.StatusNotFound, "Page not found", `There is no page here. <a href="/">Start page</a>`))
	if files == nil {
		unbuilt := notice(http.StatusNotImplemented, "Built without the UI",
			"This binary was built without the UI. Run <code>make build</code> with Node 20 or newer to build it in. "+
				"The Amazon Connect API works without it.")
		for pattern := range pages {
			mux.Handle(pattern, unbuilt)
		}
		return secured(mux)
	}
	for pattern, name := range pages {
		h := page(mustRead(files, name))
		if name == panel {
			h = framed(h, opts.Framers)
		}
		mux.Handle(pattern, h)
	}
	known, err := loadAssets(files)
	if err != nil {
		panic(err) // they are part of the program
	}
	served := map[string]asset{}
	if opts.Builds != "" {
		previous, err := keepBuild(opts.Builds, known)
		if err != nil {
			slog.Warn("cannot keep the pages for those who have them open at the next upgrade", "err", err)
		}
		maps.Copy(served, previous)
	}
	maps.Copy(served, known)
	mux.Handle("GET /assets/{name}", assets(served))
	return secured(mux)
}

// secured sets what holds for every answer. There is no X-Frame-Options on purpose: frame-ancestors decides
// who may frame the panel, and the older header cannot name an origin.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// framed lets others show a page in a frame, and give it sounds: of their own origin, of servers with TLS, or within the
// address itself.
func framed(next http.HandlerFunc, framers func(*http.Request) []string) http.HandlerFunc {
	if framers == nil {
		return next
	}
	return func(w http.ResponseWriter, r *http.Request) {
		sources := strings.Join(append([]string{""}, framers(r)...), " ")
		w.Header().Set("Content-Security-Policy", "media-src 'self' data: https:"+sources+"; "+policy+sources)
		next(w, r)
	}
}

func page(html []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writePage(w, http.StatusOK, html) }
}

// notice is a page that works without any asset.
func notice(status int, title, text string) http.HandlerFunc {
	html := fmt.Appendf(nil, `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%[1]s – Tasklane</title>
<h1>%[1]s</h1>
<p>%[2]s</p>
`, title, text)
	return func(w http.ResponseWriter, _ *http.Request) { writePage(w, status, html) }
}

func writePage(w http.ResponseWriter, status int, html []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(html) // the browser may be gone
}

// mustRead panics when a file is missing: it was embedded by the build, so the program itself is broken.
func mustRead(files fs.FS, name string) []byte {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		panic(fmt.Sprintf("console: the UI build lacks %s: %v", name, err))
	}
	return data
}
