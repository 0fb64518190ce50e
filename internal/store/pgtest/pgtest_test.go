package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ask returns the one text that a query gives.
func ask(t *testing.T, url, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func TestEveryTestOwnsItsDatabase(t *testing.T) {
	var urls [2]string
	for i := range urls {
		t.Run("", func(t *testing.T) {
			urls[i] = URL(t)
			if err := execute(t.Context(), urls[i], "CREATE TABLE mine (id TEXT)"); err != nil {
				t.Errorf("the database is not empty: %v", err)
			}
		})
	}
	if urls[0] == urls[1] {
		t.Errorf("two tests got the same database %s", urls[0])
	}
	if conn, err := pgx.Connect(t.Context(), urls[0]); err == nil {
		conn.Close(t.Context())
		t.Errorf("database %s outlives its test", urls[0])
	}
}

func TestTemplateIsPreparedOnce(t *testing.T) {
	prepared := 0
	template := Template{Prepare: func(ctx context.Context, url string) error {
		prepared++
		return execute(ctx, url, "CREATE TABLE note AS SELECT 'from the template' AS text")
	}}
	for range 2 {
		url := template.URL(t)
		if got := ask(t, url, "SELECT text FROM note"); got != "from the template" {
			t.Errorf("the copy holds %q", got)
		}
		ask(t, url, "UPDATE note SET text = 'spoilt' RETURNING text") // must not reach the next copy
	}
	if prepared != 1 {
		t.Errorf("prepared %d times, want once", prepared)
	}
}

func TestDurability(t *testing.T) {
	server(t) // skips where there is no PostgreSQL
	for durable, want := range map[bool]string{true: "on", false: "off"} {
		s, err := Start(Options{Durable: durable})
		if err != nil {
			t.Fatal(err)
		}
		for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			if got := ask(t, s.URL("postgres"), "SHOW "+setting); got != want {
				t.Errorf("Durable %t: %s is %s, want %s", durable, setting, got, want)
			}
		}
		dir := ask(t, s.URL("postgres"), "SHOW data_directory")
		if err := s.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is still there after Stop: %v", dir, err)
		}
	}
}

// TestServerEndsWithItsProcess runs this test once more as a process that starts a server, and kills it.
func TestServerEndsWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_VICTIM") != "" {
		fmt.Println("data is in", ask(t, URL(t), "SHOW data_directory"))
		select {} // until killed
	}
	server(t)
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerEndsWithItsProcess$")
	victim.Env = append(os.Environ(), "PGTEST_VICTIM=1")
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("read from the victim: %q, %v", line, err)
	}
	dir := strings.TrimSpace(strings.TrimPrefix(line, "data is in "))
	if _, err := os.Stat(dir + "/postmaster.pid"); err != nil {
		t.Fatalf("the victim's server does not run: %v", err)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // "signal: killed", as intended
	for range 100 {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%s is still there 10 s after its process was killed", dir)
}

// verdict stands in for the test that asks for a database, to see what becomes of it.
type verdict struct {
	testing.TB
	is string
}

func (v *verdict) Skipf(string, ...any) { v.is = "skipped" }
func (v *verdict) Fatal(...any)         { v.is = "failed" }

func TestMissingServer(t *testing.T) {
	tests := []struct {
		require string
		err     error
		want    string
	}{
		{"", nil, "served"},
		{"", ErrNotInstalled, "skipped"},
		{"node,clients", ErrNotInstalled, "skipped"},
		{"node,postgres", ErrNotInstalled, "failed"},
		{"", errors.New("initdb died"), "failed"},
	}
	for _, tt := range tests {
		t.Setenv(requireEnv, tt.require)
		v := &verdict{TB: t, is: "served"}
		judge(v, tt.err)
		if v.is != tt.want {
			t.Errorf("%s=%s, error %v: the test is %s, want %s", requireEnv, tt.require, tt.err, v.is, tt.want)
		}
	}
}
