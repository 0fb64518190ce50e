// Package pgtest gives tests a PostgreSQL of their own.
//
// The server is the one installed on the machine. It runs in a temporary directory, on loopback and never as
// root. It ends with the process that started it, however that process ends: a shell, the keeper, holds the
// other end of a pipe, and when the pipe closes it stops the server and removes the directory.
package pgtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// ErrNotInstalled means that there is no PostgreSQL here, or no user but root to run it as.
var ErrNotInstalled = errors.New("PostgreSQL is not installed")

// startTimeout bounds the start of a server. Half a second is usual.
const startTimeout = time.Minute

// keeper makes a database cluster in the directory $2 and runs the server of $1 on it, with the options $3 for
// initdb and $4 for postgres. It says "ready", or why not, and then waits for the end of its standard input.
const keeper = `
trap '' INT HUP TERM
cd "$2" || exit
trap '"$1/pg_ctl" -D data -m immediate stop >>log 2>&1; rm -rf "$2"' EXIT
"$1/initdb" -D data -U postgres --auth=trust --encoding=UTF8 --locale=C $3 >log 2>&1 &&
"$1/pg_ctl" -D data -w -t 30 -l log -o "$4 -k '$2'" start >>log 2>&1 &&
echo ready || tail -n 20 log
exec >&- 2>&-
read -r _ || true
`

// Options say how a server runs.
type Options struct {
	// Durable makes a commit wait for the disk, as in production. Off by default: a test has nothing to lose.
	Durable bool
}

// Server is a running PostgreSQL.
type Server struct {
	port     int
	keeper   *exec.Cmd
	lifeline io.Closer
}

// Start makes an empty database cluster and starts a server on it.
// It fails with [ErrNotInstalled] when there is none to start.
func Start(opt Options) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, asOwner, err := directory()
	if err != nil {
		return nil, err
	}
	initdb, postgres := "", fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c max_connections=200", port)
	if !opt.Durable {
		initdb, postgres = "--no-sync", postgres+" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	}
	command := append(asOwner, "sh", "-c", keeper, "keeper", bin, dir, initdb, postgres)
	s := &Server{port: port, keeper: exec.Command(command[0], command[1:]...)} //nolint:noctx // killing the keeper would orphan the server
	s.keeper.Dir = dir
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

// start runs the keeper and waits for its word.
func (s *Server) start() error {
	lifeline, err := s.keeper.StdinPipe()
	if err != nil {
		return err
	}
	s.lifeline = lifeline
	output, err := s.keeper.StdoutPipe()
	if err != nil {
		return err
	}
	s.keeper.Stderr = s.keeper.Stdout
	if err := s.keeper.Start(); err != nil {
		return err
	}
	giveUp := time.AfterFunc(startTimeout, func() { _ = output.Close() }) // the read below then fails
	defer giveUp.Stop()
	word, err := io.ReadAll(output)
	if string(word) == "ready\n" {
		return nil
	}
	return errors.Join(fmt.Errorf("it says %s", word), err, s.Stop())
}

// Stop ends the server at once and removes its data.
func (s *Server) Stop() error {
	return errors.Join(s.lifeline.Close(), s.keeper.Wait())
}
