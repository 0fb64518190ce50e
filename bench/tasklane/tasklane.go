// Package tasklane runs the real server in a process of its own and measures it.
package tasklane

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/tasklane/tasklane/bench/load"
)

// Result is what was measured on one database.
type Result struct {
	ReadyMillis   float64       `json:"readyMillis"`   // of the second start, on the database of the first
	IdleMiB       float64       `json:"idleMiB"`       // resident memory after that start
	CPUMicros     float64       `json:"cpuMicros"`     // the server's CPU time for one task, at the last load
	Loads         []load.Result `json:"loads"`         // by number of clients
	BestPerSecond float64       `json:"bestPerSecond"` // of the loads
}

// Build builds the server from the module at root into dir.
func Build(ctx context.Context, root, dir string) (binary string, err error) {
	binary = filepath.Join(dir, "tasklane")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/tasklane")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// Measure loads a server whose data is in dir, or in a database when its URL is given.
func Measure(ctx context.Context, binary, dir, database string, clients []int, each time.Duration) (r Result, err error) {
	first, err := start(ctx, binary, dir, database)
	if err != nil {
		return r, err
	}
	if err := first.stop(); err != nil {
		return r, err
	}
	s, err := start(ctx, binary, dir, database)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	r.ReadyMillis = float64(s.readyAfter.Microseconds()) / 1000
	time.Sleep(time.Second) // what the start has needed is given back
	if r.IdleMiB, err = s.residentMiB(); err != nil {
		return r, err
	}
	target, err := s.target(dir)
	if err != nil {
		return r, err
	}
	for _, n := range clients {
		before, err := s.cpu()
		if err != nil {
			return r, err
		}
		one, err := load.Run(ctx, target, n, each)
		if err != nil {
			return r, err
		}
		after, err := s.cpu()
		if err != nil {
			return r, err
		}
		r.CPUMicros = float64((after - before).Microseconds()) / float64(one.Tasks)
		r.BestPerSecond = max(r.BestPerSecond, one.TasksPerSecond)
		r.Loads = append(r.Loads, one)
	}
	return r, nil
}

// process is a running server.
type process struct {
	cmd        *exec.Cmd
	address    string
	readyAfter time.Duration
}

// Serve runs a server that takes any access key, until stop is called, and returns its address and instance.
func Serve(ctx context.Context, binary, dir string) (address, instance string, stop func() error, err error) {
	p, err := start(ctx, binary, dir, "", "--auth", "off")
	if err != nil {
		return "", "", nil, err
	}
	target, err := p.target(dir)
	if err != nil {
		return "", "", nil, errors.Join(err, p.stop())
	}
	return p.address, target.InstanceID, p.stop, nil
}

func start(ctx context.Context, binary, dir, database string, more ...string) (*process, error) {
	args := append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--quota", "active-tasks=0"}, more...)
	if database != "" {
		args = append(args, "--database", database)
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Stdout = io.Discard
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd}
	lines := bufio.NewScanner(stderr)
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if url, ok := strings.CutPrefix(lines.Text(), "Tasklane is at"); ok {
			p.address = strings.TrimPrefix(strings.TrimSpace(url), "http://")
		}
		if lines.Text() == "Ready." {
			p.readyAfter = time.Since(begin)
			go io.Copy(os.Stderr, stderr) //nolint:errcheck // what the server says from now on
			return p, nil
		}
	}
	return nil, fmt.Errorf("the server did not start: %w\n%s", cmd.Wait(), said.String())
}

func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// target reads what the first start wrote.
func (p *process) target(dir string) (load.Target, error) {
	text, err := os.ReadFile(filepath.Join(dir, "bootstrap.json"))
	if err != nil {
		return load.Target{}, err
	}
	var b struct{ AccessKeyID, SecretAccessKey, InstanceID, ContactFlowID, Region string }
	if err := json.Unmarshal(text, &b); err != nil {
		return load.Target{}, err
	}
	return load.Target{
		Address: p.address, Region: b.Region, AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey,
		InstanceID: b.InstanceID, FlowID: b.ContactFlowID,
	}, nil
}
