package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/awsapi"
	"github.com/tasklane/tasklane/internal/console"
	"github.com/tasklane/tasklane/internal/files"
)

// routes says which part answers which path. What no page, probe or desk claims is the Connect API.
func (s *server) routes(api *awsapi.API) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", ok)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /_tasklane/health", s.health)
	mux.Handle("GET /metrics", s.metrics.Handler())
	mux.HandleFunc("GET /_tasklane/contacts/{id}/trace", s.trace)
	mux.HandleFunc("GET /_tasklane/contacts/{id}/why", s.whyTask)
	mux.HandleFunc("GET /_tasklane/agents/{id}/why", s.whyAgent)
	if s.config.Development {
		s.developmentRoutes(mux)
	}
	s.desk.Register(mux)
	mux.Handle(files.Pattern, s.files)
	opts := console.Options{Framers: s.desk.Framers}
	if !s.config.Development && s.config.Data != "" {
		opts.Builds = filepath.Join(s.config.Data, "pages")
	}
	pages := console.Handler(opts)
	for _, pattern := range console.Patterns() {
		mux.Handle(pattern, pages)
	}
	guard := newGuard(s.config)
	s.inFlight.most, s.inFlight.mostOfOne, s.inFlight.mostBytesOfOne = s.config.InFlight, s.config.InFlightOfOne, s.config.BytesOfOne
	connect := s.inFlight.bounded(api)
	if s.config.Auth == authOff {
		connect = guard.pages(connect)
	}
	mux.Handle("/", connect)
	s.handler = contained(guard.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "*" || path.Clean(r.URL.Path) != strings.TrimSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
			connect.ServeHTTP(w, r) // the mux would redirect, in HTML; the API says that there is no such path
			return
		}
		mux.ServeHTTP(w, r)
	})), &s.panics)
}

// api answers the Connect API.
func (s *server) api(rates awsapi.Rates) *awsapi.API {
	opts := awsapi.Options{
		Engine: s.engine, Files: s.files, Metrics: s.metrics, Region: s.config.Region, Account: s.config.Account,
		LocalPages: s.config.localCORS, Rates: rates, Sessions: s.sessions, BaseURL: strings.TrimSuffix(s.config.BaseURL, "/"),
		Shared:       s.config.Database != "",
		SingleSignOn: s.config.OIDC.Issuer != "", Hasher: s.config.Hasher, OtherChannels: s.config.Development,
	}
	if s.config.Auth != authOff {
		// Clients sign with the time of their machine, not with that of a clock which a test has moved.
		opts.Signatures = &auth.SigV4{Keys: s.store, Now: time.Now, Region: s.config.Region} //nolint:forbidigo // as said
	}
	return awsapi.New(opts)
}

func ok(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyWithin bounds how long the answer to /readyz takes.
const readyWithin = 2 * time.Second

// ready reports whether the server can do what it is asked: whether its database takes writes. If not, it says why.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := s.store.CheckWrite(ctx); err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "not ready", "reason": err.Error()})
		return
	}
	if n := s.dispatcher.Unloaded(); n > 0 {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{
			"status": "not ready", "reason": fmt.Sprintf("what waits in %d instances could not be read: nothing is offered in them", n),
		})
		return
	}
	ok(w, r)
}

// writerMetrics are those of what is written to the database.
func (s *server) writerMetrics() {
	s.metrics.Gauge("tasklane_writable", "1 when the last commit to the database succeeded, 0 when it failed.", func() float64 {
		if s.store.Health().Problem != "" {
			return 0
		}
		return 1
	})
	s.metrics.Gauge("tasklane_last_commit_timestamp_seconds", "When the last commit to the database succeeded, in seconds since 1970; 0: none has yet.", func() float64 {
		at := s.store.Health().Written
		if at.IsZero() {
			return 0
		}
		return float64(at.UnixMicro()) / 1e6
	})
	s.metrics.Gauge("tasklane_queued_commands", "Commands that wait for a commit.", func() float64 {
		return float64(s.store.Health().Queued)
	})
	s.metrics.Counter("tasklane_failed_commits_total", "Commits that failed or whose outcome is unknown, without those that lost against others.", func() float64 {
		return float64(s.store.Health().Failed)
	})
}

func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok", "version": Version(), "engine": s.store.Engine()})
}

// writeJSON answers with a length, so that the client knows where the answer ends while its request is still read.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var text bytes.Buffer
	_ = json.NewEncoder(&text).Encode(v) // values of our own
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // the client may be gone
}

// writeException answers as the Connect API does, so that any client shows the message.
func writeException(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-Errortype", kind)
	writeJSON(w, status, map[string]string{"__type": kind, "message": message})
}

func writeFault(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}

// developmentRoutes let a test move the clock and start over.
func (s *server) developmentRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_tasklane/clock", s.showClock)
	mux.HandleFunc("POST /_tasklane/clock", s.moveClock)
	mux.HandleFunc("POST /_tasklane/reset", s.reset)
}

func (s *server) showClock(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"now": seconds(s.engine.Now()), "offsetSeconds": s.store.Offset().Seconds(),
	})
}

// seconds is how times are told: epoch seconds with milliseconds.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// maxAdvance bounds one move of the clock: a thousand years is a mistake.
const maxAdvance = 10 * 366 * 24 * time.Hour

// moveClock moves the clock ahead, by advanceSeconds or to advanceTo, and answers when all that fell due on
// the way has been done.
func (s *server) moveClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		AdvanceSeconds *float64 `json:"advanceSeconds"`
		AdvanceTo      *float64 `json:"advanceTo"`
		Sessions       bool     `json:"sessions"` // also those of the pages, which else last by the machine's time
	}
	if err := readBody(w, r, &in); err != nil {
		writeFault(w, http.StatusBadRequest, err.Error())
		return
	}
	now := s.engine.Now()
	var to time.Time
	switch {
	case (in.AdvanceSeconds == nil) == (in.AdvanceTo == nil):
		writeFault(w, http.StatusBadRequest, "Specify exactly one of advanceSeconds and advanceTo")
		return
	case in.AdvanceSeconds != nil && *in.AdvanceSeconds <= maxAdvance.Seconds():
		to = now.Add(time.Duration(*in.AdvanceSeconds * float64(time.Second)))
	case in.AdvanceTo != nil && *in.AdvanceTo <= seconds(now)+maxAdvance.Seconds():
		to = time.UnixMicro(int64(*in.AdvanceTo * 1e6)).UTC()
	default:
		writeFault(w, http.StatusBadRequest, "The clock cannot be moved more than ten years at once")
		return
	}
	if to.Before(now) {
		writeFault(w, http.StatusBadRequest, "The clock cannot be moved back; POST /_tasklane/reset starts over")
		return
	}
	if err := s.dispatcher.Advance(r.Context(), to); err != nil {
		writeFault(w, http.StatusInternalServerError, "The clock stopped on the way: "+err.Error())
		return
	}
	if in.Sessions {
		s.store.AdvanceSessions(to.Sub(now))
	}
	s.files.Wake()
	s.showClock(w, r)
}

// reset empties everything back to the first start.
func (s *server) reset(w http.ResponseWriter, r *http.Request) {
	if err := readBody(w, r, &struct{}{}); err != nil {
		writeFault(w, http.StatusBadRequest, err.Error())
		return
	}
	var gone []string
	for _, i := range s.engine.Instances() {
		gone = append(gone, i.ID)
	}
	err := s.store.Reset(r.Context())
	var b *bootstrapFile
	if err == nil {
		cleared := s.files.Clear(gone...)
		b, _, err = s.makeFirst(r.Context())
		err = errors.Join(err, cleared)
	}
	if err != nil {
		writeFault(w, http.StatusInternalServerError, "Reset failed: "+err.Error())
		return
	}
	writeJSON(w, http.StatusOK, b)
}
