package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// The control socket DIR/control.sock lets commands on the same machine work with the data of the server that has it
// open: tasklane key and tasklane quarantine do. It speaks HTTP. Who can open the socket may do everything, so its mode is 0600.
//
//	tasklane key ──► DIR/control.sock ──► the running server ──► its database
//	             └─► the database itself, where no server runs

// controlRoutes are what the control socket answers. Each part registers its own.
func (s *server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	registerKeys(mux, s.store)
	registerQuarantine(mux, s.store)
	return mux
}

// errNoServer says that no server serves the control socket of a directory.
var errNoServer = errors.New("no server runs on the data directory")

// errAnswered says that another server, on the same PostgreSQL database, serves the control socket of the directory.
var errAnswered = errors.New("another server serves the control socket")

func controlPath(dir string) string { return filepath.Join(dir, "control.sock") }

// maxSocketPath is how long the path of a socket may be everywhere, in bytes.
const maxSocketPath = 100

// controlListener listens on the control socket and removes its files when it is closed.
type controlListener struct {
	net.Listener
	files []string
}

func (l *controlListener) Close() error {
	err := l.Listener.Close()
	for _, file := range l.files {
		_ = os.RemoveAll(file) // the next server to start replaces it
	}
	return err
}

// listenControl listens on the control socket of a directory. What a server that died has left is replaced. It fails
// when another server answers there.
//
// The socket is made in a directory that nobody else can enter, and moved when its mode is right. Where the path is too
// long for a socket, it stays there and a symbolic link leads to it.
func listenControl(ctx context.Context, dir string) (*controlListener, error) {
	path := controlPath(dir)
	if conn, err := dialControl(ctx, dir); err == nil {
		_ = conn.Close()
		return nil, errAnswered
	}
	private, err := os.MkdirTemp(dir, ".control-")
	if err != nil {
		return nil, err
	}
	long := len(private)+len("/s") > maxSocketPath
	if long {
		_ = os.Remove(private) // it is empty
		if private, err = os.MkdirTemp("", "tasklane-"); err != nil {
			return nil, err
		}
	}
	socket := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(private))
	}
	l.SetUnlinkOnClose(false) // it is moved
	listener := &controlListener{l, []string{path, private}}
	if err := placeControl(socket, path, long); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// placeControl puts a socket, or a link to it, where commands look for it.
func placeControl(socket, path string, link bool) error {
	if err := os.Chmod(socket, 0o600); err != nil {
		return err
	}
	if !link {
		return os.Rename(socket, path)
	}
	next := path + ".next"
	_ = os.Remove(next) // of a server that died
	if err := os.Symlink(socket, next); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// dialControl connects to the control socket of a directory. It fails with [errNoServer] when nobody answers there.
func dialControl(ctx context.Context, dir string) (net.Conn, error) {
	path := controlPath(dir)
	if to, err := os.Readlink(path); err == nil {
		path = to
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	return conn, nil
}

// openControl opens the control socket; nil where there is none: another server on the same database serves it, or the
// file system has no sockets. The server runs without it.
func (s *server) openControl(ctx context.Context) *controlListener {
	listener, err := listenControl(ctx, s.config.Data)
	switch {
	case errors.Is(err, errAnswered):
		return nil
	case err != nil:
		slog.WarnContext(ctx, "there is no control socket: tasklane key and quarantine do not find this server", "err", err)
		return nil
	}
	return listener
}

// serveControl answers the control socket until ctx ends.
func (s *server) serveControl(ctx context.Context, listener *controlListener) error {
	if listener == nil {
		return nil
	}
	web := &http.Server{Handler: s.controlRoutes(), ReadHeaderTimeout: 10 * time.Second}
	stopped := context.AfterFunc(ctx, func() { _ = web.Close() }) // commands see that the server has gone
	defer stopped()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("serve the control socket: %w", err), listener.Close())
	}
	return nil
}

// control calls the server that runs on a data directory. A body that is not nil is sent as JSON, and an answer read
// into one that is not nil. It fails with [errNoServer] when no server runs there, and with what the server says when
// it refuses.
func control(ctx context.Context, dir, method, path string, body, answer any) error {
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dialControl(ctx, dir) },
	}}
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://control"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err = io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		var refusal struct{ Message string }
		if json.Unmarshal(text, &refusal) != nil || refusal.Message == "" {
			refusal.Message = "the running server answers " + res.Status + ": is it of another version?"
		}
		return errors.New(refusal.Message)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}
