package server

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// Profiles are served on an address of their own, of this machine where no host is named, until the server stops.
func TestProfilesAreServedOnAnAddressOfTheirOwn(t *testing.T) {
	if l, err := (&Config{}).listenPprof(t.Context()); l != nil || err != nil {
		t.Errorf("without the flag: %v, %v", l, err)
	}
	if _, err := (&Config{PprofListen: "6060"}).listenPprof(t.Context()); err == nil || !strings.Contains(err.Error(), "--pprof-listen") {
		t.Errorf("a port alone: %v, want an error that names the flag", err)
	}
	l, err := (&Config{PprofListen: ":0"}).listenPprof(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if address := l.Addr().String(); !strings.HasPrefix(address, "127.0.0.1:") {
		t.Errorf("without a host it listens on %s", address)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- servePprof(ctx, l) }()
	res, err := http.Get("http://" + l.Addr().String() + "/debug/pprof/cmdline")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("cmdline: %v, %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("servePprof = %v", err)
	}
}
