package server_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// damaged is a server whose rows a test damages, behind its back or while it is stopped.
type damaged struct {
	*servertest.Server
	t      *testing.T
	config server.Config
	place  []string // flags of commands
}

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, test func(*testing.T, *damaged)) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "postgres": pgtest.URL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &damaged{t: t, config: settings(t.TempDir(), database(t)).ForDevelopment()}
			d.config.Listen = freeAddress(t)
			d.place = []string{"--data", d.config.Data}
			if d.config.Database != "" {
				d.place = []string{"--database", d.config.Database}
			}
			d.Server = servertest.Start(t, d.config)
			test(t, d)
		})
	}
}

func (d *damaged) restart() {
	d.t.Helper()
	d.Server = restarted(d.t, d.config, d.Server)
}

// exec runs a statement on the database.
func (d *damaged) exec(text string, args ...any) {
	d.t.Helper()
	driver, source := "sqlite", filepath.Join(d.config.Data, "tasklane.db")
	if d.config.Database != "" {
		driver, source = "pgx", d.config.Database
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(d.t.Context(), text, args...); err != nil {
		d.t.Fatalf("%s: %v", text, err)
	}
}

func (d *damaged) queue(n int) (ids []string) {
	for i := range n {
		ids = append(ids, d.StartTask(fmt.Sprint("task ", i)))
	}
	return ids
}

// onDesks are the contacts on some desks.
func onDesks(t *testing.T, desks ...*servertest.Desk) map[string]bool {
	t.Helper()
	on := map[string]bool{}
	for _, desk := range desks {
		status, out := desk.Call("GetAgentSnapshot", map[string]any{})
		if status != 200 {
			t.Fatalf("GetAgentSnapshot: %d %v", status, out)
		}
		for _, c := range out["snapshot"].(map[string]any)["contacts"].([]any) {
			on[c.(map[string]any)["contactId"].(string)] = true
		}
	}
	return on
}

// quarantine runs a command for quarantined rows that must succeed.
func (d *damaged) quarantine(command string, args ...string) string {
	d.t.Helper()
	return succeeds(d.t, append(append([]string{"quarantine", command}, args...), d.place...)...)
}

// A task whose row cannot be decoded stops none of those behind it: they are offered, after a restart and, on PostgreSQL,
// while the server runs. It is counted, named by verify, and offered when it has been mended.
func TestUndecodableTaskStopsNobodyElse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *damaged) {
		ids := d.queue(20)
		bad := "contact/" + ids[0]
		running := d.config.Database != ""
		damage := func() { d.exec(`UPDATE contact SET version = version + 1, body = '{"name":7}' WHERE id = $1`, ids[0]) }
		if running {
			damage()
		} else {
			d.Stop()
			damage()
			d.restart()
		}
		d.Eventually("the row is not counted", func() bool { return d.Metric("tasklane_quarantined_rows") == 1 })
		d.Eventually("the row is not listed", func() bool { return strings.Contains(d.quarantine("list"), bad) })
		bob := d.Hire("bob")
		desks := []*servertest.Desk{d.SignIn(d.Agent), d.SignIn(bob)}
		for _, desk := range desks {
			d.SetStatus(desk.User.UserID, "Available")
		}
		d.Eventually("19 tasks are not offered", func() bool { return len(onDesks(t, desks...)) == 19 })
		if onDesks(t, desks...)[ids[0]] {
			t.Error("the task that cannot be decoded is offered")
		}
		if out := fails(t, 1, "1 things are wrong", append([]string{"verify"}, d.place...)...); !strings.Contains(out, bad) {
			t.Errorf("verify does not name %s:\n%s", bad, out)
		}
		fails(t, 1, "cannot be decoded either", append([]string{"quarantine", "mend", bad, "--body", d.file(`{"name":[]}`)}, d.place...)...)
		fails(t, 1, "decode contact", append([]string{"quarantine", "retry", bad}, d.place...)...)
		d.quarantine("mend", bad, "--body", d.file(`{"name":"mended","method":"API","priority":5,"association":"`+ids[0]+`"}`))
		d.Eventually("the mended task is not offered", func() bool { return onDesks(t, desks...)[ids[0]] })
		d.Eventually("the row is still counted", func() bool { return d.Metric("tasklane_quarantined_rows") == 0 })
		succeeds(t, append([]string{"verify"}, d.place...)...)
		fails(t, 1, "is sound", append([]string{"quarantine", "drop", bad, "--instance", d.InstanceID}, d.place...)...)
	})
}

func (d *damaged) file(text string) string {
	d.t.Helper()
	name := filepath.Join(d.t.TempDir(), "body.json")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return name
}

// Other rows that cannot be decoded, such as those of a newer version, keep neither the server from starting nor the
// others from working, and can be dropped.
func TestUndecodableRowsAreLeftOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, d *damaged) {
		bob := d.Hire("bob")
		d.SetStatus(bob.UserID, "Available")
		d.SetStatus(bob.UserID, "Offline")
		later := d.queue(2)
		d.Stop()
		d.exec(`UPDATE agent SET body = '{"status":7}' WHERE id = $1`, bob.UserID)
		d.exec(`UPDATE contact SET body = '{"name":"x","pausedFrom":"DREAMING"}' WHERE id = $1`, later[0])
		d.exec(`INSERT INTO resource (instance_id, kind, id, name, version, modified_at, body)
			VALUES ($1, 'HOLOGRAM', 'h', 'h', 1, 1, '{}')`, d.InstanceID)
		d.exec(`INSERT INTO resource (instance_id, kind, id, name, version, modified_at, body)
			VALUES ($1, $2, 'q', 'q', 1, 1, '{"hours":')`, d.InstanceID, "QUEUE")
		d.restart()
		desk := d.SignIn(d.Agent)
		d.SetStatus(d.Agent.UserID, "Available")
		desk.Ringing(later[1])
		if _, err := d.Client().ListQueues(t.Context(), &connect.ListQueuesInput{InstanceId: &d.InstanceID}); err != nil {
			t.Errorf("ListQueues: %v", err)
		}
		rows := []string{"agent/" + bob.UserID, "contact/" + later[0], "resource/HOLOGRAM/h", "resource/QUEUE/q"}
		d.Eventually("not all rows are counted", func() bool { return d.Metric("tasklane_quarantined_rows") == len(rows) })
		out := fails(t, 1, "4 things are wrong", append([]string{"verify"}, d.place...)...)
		for _, row := range rows {
			if !strings.Contains(out, row) {
				t.Errorf("verify does not name %s:\n%s", row, out)
			}
			d.Eventually(row+" is not listed", func() bool { return strings.Contains(d.quarantine("list", "--json"), row) })
			if stored := d.quarantine("drop", row); !strings.Contains(stored, `"body"`) {
				t.Errorf("drop %s printed %s", row, stored)
			}
		}
		succeeds(t, append([]string{"verify"}, d.place...)...)
		d.Eventually("rows are still counted", func() bool { return d.Metric("tasklane_quarantined_rows") == 0 })
		fails(t, 2, "is not the name of a row", append([]string{"quarantine", "drop", "contact"}, d.place...)...)
	})
}
