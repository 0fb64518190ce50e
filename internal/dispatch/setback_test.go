package dispatch

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// exec runs a statement behind the back of the store.
func (w *world) exec(text string, args ...any) {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "tasklane.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(w.Context(), text, args...); err != nil {
		w.Fatalf("%s: %v", text, err)
	}
}

func (w *world) later(name string, in time.Duration) string {
	w.Helper()
	return w.start(name, func(t *engine.StartTask) { t.ScheduledFor = w.engine.Now().Add(in) })
}

// Timers that cannot be fired hold up no other, however many they are. They are tried again, each time later, and set aside
// in the end; when what was wrong is mended, they are fired.
func TestFailingTimersStopNobodyElse(t *testing.T) {
	run(t, func(w *world) {
		const bad = 260 // more than are read at once
		var ids []string
		for i := range bad {
			ids = append(ids, w.later(fmt.Sprint("bad ", i), 2*time.Second))
		}
		good := w.later("good", 4*time.Second)
		w.exec(`UPDATE contact SET body = '{"name":7}' WHERE id <> $1`, good)
		time.Sleep(4 * time.Second)
		w.want(good, contact.Queued, "")
		timers := func() (n int) {
			all, err := w.store.Quarantined(w.Context())
			if err != nil {
				w.Fatal(err)
			}
			for _, q := range all {
				if q.Table == engine.TimerTable {
					n++
				}
			}
			return n
		}
		if n := timers(); n != 0 {
			t.Errorf("%d timers are set aside at once, want none", n)
		}
		time.Sleep(time.Hour)
		if n := timers(); n != bad {
			t.Errorf("%d timers are set aside after an hour, want %d", n, bad)
		}
		if next, err := w.store.NextTimer(w.Context(), instance); err != nil || !next.After(w.engine.Now()) {
			t.Errorf("NextTimer = %v, %v, want one that is not due", next, err)
		}
		row := engine.Row{Instance: instance, Table: engine.ContactTable, Key: ids[0]}
		if err := w.store.Mend(w.Context(), row, []byte(`{"name":"mended","method":"API","priority":5,"flow":"`+w.stock.Flow+`"}`)); err != nil {
			t.Fatal(err)
		}
		timer := engine.Row{Instance: instance, Table: engine.TimerTable, Key: "START/" + ids[0]}
		if err := w.store.Lift(w.Context(), timer); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.want(ids[0], contact.Queued, "")
	})
}

// A timer whose row cannot be read is set aside, and those behind it are fired.
func TestUndecodableTimerStopsNobodyElse(t *testing.T) {
	run(t, func(w *world) {
		bad, good := w.later("bad", 2*time.Second), w.later("good", 4*time.Second)
		w.exec(`UPDATE timer SET stamp = 'often' WHERE contact_id = $1`, bad)
		time.Sleep(5 * time.Second)
		w.want(good, contact.Queued, "")
		if !w.store.IsQuarantined(engine.Row{Instance: instance, Table: engine.TimerTable, Key: "START/" + bad}) {
			t.Error("the timer is not quarantined")
		}
	})
}

// A task on which commands panic is left out; the one behind it is offered. It is offered, too, when it is tried again and
// the cause is gone.
func TestOfferThatPanicsIsContained(t *testing.T) {
	run(t, func(w *world) {
		bad, good := w.start("bad"), w.start("good")
		w.bad.Store(bad)
		w.choose(w.stock.Agent, "Available")
		synctest.Wait()
		w.want(good, contact.Connecting, w.stock.Agent)
		w.want(bad, contact.Queued, "")
		row := engine.Row{Instance: instance, Table: engine.ContactTable, Key: bad}
		if all, err := w.store.Quarantined(w.Context()); err != nil || len(all) != 1 || all[0].Row != row || all[0].Cause != engine.CausePanic {
			t.Fatalf("Quarantined = %v, %v, want %v", all, err, row)
		}
		if n := w.store.Panics(); n != 1 {
			t.Errorf("%d panics are counted, want 1", n)
		}
		w.bad.Store("")
		w.must(w.store.Lift(w.Context(), row))
		synctest.Wait()
		w.want(bad, contact.Connecting, w.stock.Agent)
	})
}

// A timer whose command panics is set aside at once, and those of other tasks are fired.
func TestTimerThatPanicsIsContained(t *testing.T) {
	run(t, func(w *world) {
		bad, good := w.later("bad", 2*time.Second), w.later("good", 2*time.Second)
		w.bad.Store(bad)
		time.Sleep(3 * time.Second)
		w.want(good, contact.Queued, "")
		w.want(bad, contact.Scheduled, "")
		if !w.store.IsQuarantined(engine.Row{Instance: instance, Table: engine.TimerTable, Key: "START/" + bad}) {
			t.Error("the timer is not quarantined")
		}
	})
}
