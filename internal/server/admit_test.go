package server_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// settings are those of a server of production.
func settings(dir, database string) server.Config {
	return server.Config{
		Listen: "127.0.0.1:0", Data: dir, Database: database, Region: "us-east-1", Account: "000000000000", Auth: "sigv4",
		OfferTimeout: 30 * time.Second, ScheduleAhead: server.Span(6 * 24 * time.Hour), Retention: server.Span(730 * 24 * time.Hour), LogFormat: "text",
		SignIn: server.SignIn{
			SessionLife: 12 * time.Hour, Passwords: "on", WrongForUser: 5, WrongFrom: 100, WrongWait: 30 * time.Second,
		},
		Hasher: servertest.Hasher,
	}
}

// world is a database and a data directory that a server has made and left.
type world struct {
	*testing.T
	config server.Config
}

// made has a server start for the first time, in development mode or not.
func made(t *testing.T, database string, development bool) *world {
	t.Helper()
	w := &world{t, settings(t.TempDir(), database)}
	if development {
		w.config = w.config.ForDevelopment()
	}
	w.starts(w.config)
	return w
}

func (w *world) starts(c server.Config) {
	w.Helper()
	servertest.Start(w.T, c).Stop()
}

// refuses starts a server that must say no in one line, with these words.
func (w *world) refuses(c server.Config, words string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := server.Run(ctx, c, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "\n") {
		w.Errorf("the server says %v, want a refusal in one line with %q", err, words)
	}
}

// exec changes the database behind the server's back.
func (w *world) exec(text string) {
	w.Helper()
	driver, source := "sqlite", filepath.Join(w.config.Data, "tasklane.db")
	if w.config.Database != "" {
		driver, source = "pgx", w.config.Database
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), text); err != nil {
		w.Fatalf("%s: %v", text, err)
	}
}

func TestDataOfAnotherKindIsRefused(t *testing.T) {
	t.Parallel()
	engines := map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return pgtest.URL(t) },
	}
	for name, database := range engines {
		t.Run(name+"/production in development mode", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			dev := w.config.ForDevelopment()
			w.refuses(dev, "--allow-production-data")
			w.exec(`DELETE FROM setting WHERE name IN ('purpose', 'first_instance')`) // as an earlier version
			w.refuses(dev, "--allow-production-data")
			dev.AllowProductionData = true
			w.starts(dev)
			dev.AllowProductionData = false
			w.refuses(dev, "--allow-production-data")
			w.starts(w.config)
		})
		t.Run(name+"/development data in production", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), true)
			serve := settings(w.config.Data, w.config.Database)
			w.refuses(serve, "--allow-development-data")
			w.exec(`DELETE FROM setting WHERE name IN ('purpose', 'first_instance')`)
			w.refuses(serve, "--allow-development-data")
			serve.AllowDevelopmentData = true
			w.starts(serve)
			w.starts(w.config)
		})
		t.Run(name+"/moved clock", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			w.exec(`INSERT INTO setting (name, value) VALUES ('clock_offset', '3600000000000')`)
			w.refuses(w.config, "by 1h0m0s: start with --allow-moved-clock or --reset-clock")
			c := w.config
			c.Development = true // there it can be moved
			w.starts(c)
			c = w.config
			c.AllowMovedClock = true
			w.starts(c)
			w.refuses(w.config, "--reset-clock")
			c = w.config
			c.ResetClock = true
			w.starts(c)
			w.starts(w.config)
		})
		t.Run(name+"/newer data", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			w.exec(`INSERT INTO goose_db_version (version_id, is_applied) SELECT 9999, is_applied FROM goose_db_version WHERE version_id = 1`)
			w.refuses(w.config, "(schema 9999, this version knows ")
			w.refuses(w.config, "--allow-newer-data")
			c := w.config
			c.AllowNewerData = true
			w.starts(c)
		})
		t.Run(name+"/another database", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			bootstrap := filepath.Join(w.config.Data, "bootstrap.json")
			text, err := os.ReadFile(bootstrap)
			if err != nil {
				t.Fatal(err)
			}
			foreign := strings.NewReplacer(instanceOf(t, text), "22222222-2222-4222-8222-222222222222").Replace(string(text))
			if err := os.WriteFile(bootstrap, []byte(foreign), 0o600); err != nil {
				t.Fatal(err)
			}
			w.refuses(w.config, "names instance 22222222-2222-4222-8222-222222222222, but the database has other instances")
			c := w.config
			c.AllowMissingInstance = true
			w.starts(c)
			w.starts(w.config)
			aside, err := os.ReadFile(filepath.Join(w.config.Data, "bootstrap-22222222-2222-4222-8222-222222222222.json"))
			if err != nil || string(aside) != foreign {
				t.Errorf("the file is set aside as %q, %v", aside, err)
			}
		})
		t.Run(name+"/an instance that was deleted", func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			w.exec(`DELETE FROM setting WHERE name = 'first_instance'`)
			w.starts(w.config) // and so it is known
			w.exec(`UPDATE instance SET id = '33333333-3333-4333-8333-333333333333'`)
			w.starts(w.config)
		})
	}
	t.Run("postgres/empty database", func(t *testing.T) {
		t.Parallel()
		w := made(t, pgtest.URL(t), false)
		c := w.config
		c.Database = pgtest.URL(t)
		w.refuses(c, "but the database is missing or empty")
		c.AllowMissingInstance = true
		w.starts(c)
		c.AllowMissingInstance = false
		w.starts(c)
	})
}

func instanceOf(t *testing.T, bootstrap []byte) string {
	t.Helper()
	var b struct{ InstanceID string }
	if err := json.Unmarshal(bootstrap, &b); err != nil || b.InstanceID == "" {
		t.Fatalf("%s: %v", bootstrap, err)
	}
	return b.InstanceID
}
