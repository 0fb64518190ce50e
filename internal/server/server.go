package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/awsapi"
	"github.com/tasklane/tasklane/internal/desk"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/files"
	"github.com/tasklane/tasklane/internal/lambda"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/telemetry"
)

const (
	authOff = "off"

	// shutdownGrace is how long requests in flight may take to finish when the server stops.
	shutdownGrace = 7 * time.Second
	// stopTimeout is when the process ends although something has not: it was promised to end within 10 s.
	stopTimeout = 9500 * time.Millisecond
	// maxHeaders bounds the headers of a request, in bytes.
	maxHeaders = 64 << 10
	// resync is how often the owner of an instance reads everything again where other nodes may write.
	resync = 5 * time.Second
	// panelResync is the same for agents' desks: an offer of another node must ring soon.
	panelResync = time.Second
	// refreshEvery is how often a node takes note of configuration that others have changed.
	refreshEvery = 2 * time.Second
)

// Run runs a server until ctx ends, then stops it: it accepts nothing new and finishes what is in flight. When that
// takes longer than promised, as with a database that does not answer, Run returns without: what was not answered may
// have been done or not, as after a crash, and nothing that was answered is lost.
func Run(ctx context.Context, c Config, stdout, stderr io.Writer) error {
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, c, stdout, stderr) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(stopTimeout)
	defer late.Stop()
	select {
	case err := <-ended:
		return err
	case <-late.C:
		slog.ErrorContext(ctx, "the server ends although something is still under way", "after", stopTimeout)
		return nil
	}
}

// serve is Run, which does not wait for it for ever.
func serve(ctx context.Context, c Config, stdout, stderr io.Writer) error {
	if err := c.check(); err != nil {
		return usageError{err}
	}
	rates, err := c.rates()
	if err != nil {
		return usageError{err}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return usageError{fmt.Errorf("data directory: %w", err)}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return usageError{fmt.Errorf("listen on %s: %w", c.Listen, err)}
	}
	defer listener.Close()
	c.warnIfOpen(ctx, listener.Addr().String())
	if c.BaseURL == "" {
		c.BaseURL = "http://" + reachable(listener.Addr().String())
	}
	profiles, err := c.listenPprof(ctx)
	if err != nil {
		return usageError{err}
	}
	if profiles != nil {
		defer profiles.Close()
	}
	s, err := build(ctx, c, rates)
	if err != nil && ctx.Err() != nil {
		return nil // it was told to stop while it started
	}
	if err != nil {
		return err
	}
	defer func() {
		if err := s.store.Close(); err != nil {
			slog.ErrorContext(ctx, "cannot close the database", "err", err)
		}
	}()
	if err := s.firstStart(ctx, stdout); err != nil {
		return err
	}
	return s.run(ctx, listener, profiles, stderr)
}

// reachable is an address by which this machine reaches a listener, also one that listens everywhere.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return address
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// server is everything that runs.
type server struct {
	config     Config
	store      *store.Store
	engine     *engine.Engine
	dispatcher *dispatch.Dispatcher
	caller     *lambda.Caller
	sessions   *auth.Sessions
	flowLog    *flowLog
	desk       *desk.Desk
	files      *files.Files
	metrics    *telemetry.Metrics
	handler    http.Handler
	panics     atomic.Int64 // of requests, contained
	inFlight   inFlight
}

// build puts the parts together; nothing runs yet but the store.
func build(ctx context.Context, c Config, rates awsapi.Rates) (*server, error) {
	metrics := telemetry.NewMetrics()
	st, err := openStore(ctx, c, store.Options{
		Database: c.Database, Dir: c.Data, Retention: time.Duration(c.Retention), Timeout: c.DatabaseTimeout, Now: c.Clock,
		Read: metrics.Read,
	})
	if err != nil {
		return nil, usageError{err}
	}
	s := &server{config: c, store: st, metrics: metrics}
	s.engine, err = engine.New(engine.Options{
		Store: st, OfferTimeout: c.OfferTimeout, ScheduleAhead: time.Duration(c.ScheduleAhead), LenientFlow: c.LenientFlow, Quotas: c.Quota, LocalOrigins: c.localCORS,
		StrictResources: c.Resources != lenient, Warn: warnUnresolved, Secrets: c.Redact,
	})
	if err != nil {
		return nil, errors.Join(usageError{err}, st.Close())
	}
	if err := errors.Join(s.functions(), s.logFlows(os.Stdout)); err != nil {
		return nil, errors.Join(usageError{err}, st.Close())
	}
	options := dispatch.Options{
		Engine: s.engine, Store: st, Node: uuid.NewString(), Outside: s.caller.Settle, Offered: s.metrics.Offered,
	}
	s.sessions = &auth.Sessions{Store: st, Users: s.engine, Now: st.SessionTime, Life: c.SessionLife, Idle: c.Inactivity}
	panel, err := s.panel()
	if err != nil {
		return nil, errors.Join(usageError{err}, st.Close())
	}
	if c.Database != "" {
		options.Resync, panel.Resync = resync, panelResync
	}
	if s.files, err = openFiles(s.engine, st, c); err != nil {
		return nil, errors.Join(usageError{err}, st.Close())
	}
	options.Discard = func(instance string) error { return s.files.Clear(instance) }
	s.dispatcher = dispatch.New(options)
	api := s.api(rates)
	panel.Connect, panel.Files = api.ServeAs, s.files
	s.desk = desk.New(panel)
	s.metrics.Gauge("tasklane_active_tasks", "Tasks that have not ended.", func() float64 {
		return float64(s.engine.ActiveTasks())
	})
	s.metrics.Gauge("tasklane_instances", "Instances that this server knows.", func() float64 {
		return float64(len(s.engine.Instances()))
	})
	s.metrics.Gauge("tasklane_owned_instances", "Instances whose routing and timers this server does.", func() float64 {
		return float64(s.dispatcher.Owned())
	})
	s.writerMetrics()
	s.workMetrics()
	s.metrics.Gauge("tasklane_unroutable_tasks", "Tasks that wait in a queue that no routing profile has, in the instances whose routing this server does.", func() float64 {
		return s.unroutable(ctx)
	})
	s.routes(api)
	if err := s.engine.Load(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read configuration: %w", err), st.Close())
	}
	return s, nil
}

// unroutableWithin bounds how long a reader of the metrics waits for whoever routes.
const unroutableWithin = time.Second

// unroutable is how many tasks nobody can get; no number while whoever routes has no time to tell.
func (s *server) unroutable(ctx context.Context) float64 {
	ctx, cancel := context.WithTimeout(ctx, unroutableWithin)
	defer cancel()
	n, err := s.dispatcher.Unroutable(ctx)
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}

// openFiles opens the directory of attached files.
func openFiles(e *engine.Engine, st *store.Store, c Config) (*files.Files, error) {
	allow, err := files.ParseAllow(c.FetchAllow)
	if err != nil {
		return nil, err
	}
	if c.Attachments == "" {
		c.Attachments = filepath.Join(c.Data, "attachments")
	}
	return files.New(files.Options{Engine: e, Secrets: st, Dir: c.Attachments, BaseURL: c.BaseURL, Allow: allow})
}

// firstStart makes the first instance when there never was one, and ends a first start that has died.
func (s *server) firstStart(ctx context.Context, stdout io.Writer) error {
	text, err := s.ensureFirst(ctx)
	if err == nil && text != nil {
		_, err = stdout.Write(text)
	}
	return err
}

// ensureFirst is firstStart, and returns the text of the bootstrap file when it has written it.
func (s *server) ensureFirst(ctx context.Context) (text []byte, err error) {
	if len(s.engine.Instances()) > 0 {
		return s.resumeFirst(ctx)
	}
	if made, err := s.store.FirstInstance(ctx); err != nil || made != "" {
		return nil, err // and deleted since
	}
	_, text, err = s.makeFirst(ctx)
	if fault.Is(err, fault.Contended) {
		return nil, s.engine.Load(ctx)
	}
	return text, err
}

// refresh keeps the engine in step with what other nodes do, until ctx ends.
func (s *server) refresh(ctx context.Context) error {
	for range telemetry.Every(ctx, refreshEvery) {
		if err := s.engine.Refresh(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "cannot read what other nodes have changed", "err", err)
		}
	}
	return nil
}

// run serves until ctx ends or a part fails.
func (s *server) run(ctx context.Context, listener, profiles net.Listener, stderr io.Writer) error {
	web := &http.Server{
		Handler:           drained(s.handler),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaders,
		// OPTIONS * is answered as every other path is.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	// The parts behind the API outlive it: they stop when the last request has been answered.
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.dispatcher.Run(behind) })
	g.Go(func() error { return s.files.Run(behind) })
	g.Go(func() error { return s.caller.Run(behind) })
	g.Go(func() error { return s.flowLog.Run(behind) })
	g.Go(func() error { return s.desk.Run(ctx) })
	socket := s.openControl(ctx)
	g.Go(func() error { return s.serveControl(ctx, socket) })
	g.Go(func() error { return servePprof(ctx, profiles) })
	if s.config.Database != "" {
		g.Go(func() error { return s.refresh(ctx) })
	}
	g.Go(func() error {
		if err := web.Serve(boundedListener{listener, writeTimeout}); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		defer stop()
		<-ctx.Done()
		grace, cancel := context.WithTimeout(behind, shutdownGrace)
		defer cancel()
		if err := web.Shutdown(grace); err != nil {
			slog.ErrorContext(behind, "requests did not finish in time and get no answer", "err", errors.Join(err, web.Close()))
		}
		return nil
	})
	b, err := readBootstrap(s.config.Data)
	if err != nil {
		slog.WarnContext(ctx, "cannot say how to begin", "err", err)
	}
	if b != nil {
		b.Endpoint = s.config.BaseURL
	}
	s.config.greet(stderr, b)
	return g.Wait()
}
