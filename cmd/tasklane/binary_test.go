package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bootstrap is the part of bootstrap.json that the tests need.
type bootstrap struct {
	Endpoint, Region, AccessKeyID, SecretAccessKey     string
	InstanceID, ContactFlowID, QueueID, TaskTemplateID string
	QuickConnectIDs                                    struct{ Queue, Agent string }
	Agent                                              struct{ Username, Password, UserID string }
}

// required reports whether a test must not be skipped for want of something: the gate has everything.
func required(what string) bool {
	return slices.Contains(strings.Split(os.Getenv("TASKLANE_TEST_REQUIRE"), ","), what)
}

// need skips a test, saying why, or fails it where nothing may be skipped.
func need(t *testing.T, what, why string) {
	t.Helper()
	if required(what) {
		t.Fatalf("%s is required: %s", what, why)
	}
	t.Skip(why)
}

// builtIn is the directory of the built program; empty while there is none.
var builtIn string

// built is the program, built once for all tests; with the pages when they are there.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tasklane-test-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	args := []string{"build", "-o", dir + "/tasklane"}
	if _, err := os.Stat("../../internal/console/dist/index.html"); err == nil {
		args = append(args, "-tags", "ui")
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir + "/tasklane", nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn) // a temporary directory
	}
	os.Exit(code)
}

// start starts the built program and stops it when the test ends.
func start(t *testing.T, args ...string) (b bootstrap, dir string) {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	cmd := exec.Command(program, append(args, "--data", dir, "--listen", "127.0.0.1:0")...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not stop cleanly: %v", err)
		}
	})
	killer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && lines.Text() != "Ready." {
	}
	go func() {
		for lines.Scan() {
			t.Log(lines.Text())
		}
	}()
	text, err := os.ReadFile(filepath.Join(dir, "bootstrap.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	return b, dir
}
