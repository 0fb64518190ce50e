package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// listenPprof listens where Go's profiles are served; nil where they are not wanted. A port without a host is one of this
// machine alone: profiles show what is in memory.
func (c *Config) listenPprof(ctx context.Context) (net.Listener, error) {
	if c.PprofListen == "" {
		return nil, nil //nolint:nilnil // as said
	}
	host, port, err := net.SplitHostPort(c.PprofListen)
	if err != nil {
		return nil, fmt.Errorf("--pprof-listen %q must be HOST:PORT or :PORT", c.PprofListen)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("--pprof-listen: %w", err)
	}
	if !localName(hostName(l.Addr().String())) {
		slog.WarnContext(ctx, "everybody who reaches this address can read what is in the server's memory", "address", l.Addr().String())
	}
	return l, nil
}

// servePprof serves Go's profiles until ctx ends.
func servePprof(ctx context.Context, l net.Listener) error {
	if l == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() { _ = web.Close() }) // a profile that is being taken is of no use
	defer stopped()
	if err := web.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve profiles: %w", err)
	}
	return nil
}
