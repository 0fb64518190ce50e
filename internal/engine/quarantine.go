package engine

import (
	"errors"
	"fmt"
	"time"
)

// Row names a stored row.
type Row struct {
	Instance string
	Table    string // one of the tables below
	Key      string // within its instance; of a resource "KIND/ID"
}

// The tables of rows that can be quarantined.
const (
	ContactTable  = "contact"
	AgentTable    = "agent"
	ResourceTable = "resource"
	TimerTable    = "timer"
	FileTable     = "file"
	ChainTable    = "chain"
)

// String names the row as commands do: table and key.
func (r Row) String() string { return r.Table + "/" + r.Key }

// Cause is why a row is quarantined.
type Cause string

// The causes.
const (
	CauseUndecodable Cause = "UNDECODABLE" // this version cannot read it
	CausePanic       Cause = "PANIC"       // working on it has panicked
	CauseFailing     Cause = "FAILING"     // working on it has failed again and again
)

// Quarantined is a row that is left out of everything that happens by itself, so that it stops nobody else.
type Quarantined struct {
	Row

	Cause  Cause
	Reason string // for whoever runs the server
	Found  time.Time
}

// UndecodableError says that a stored row cannot be read: its text is damaged, or of a newer version.
type UndecodableError struct {
	Table, Key string
	Err        error
}

// Error names the row and what is wrong with it.
func (e *UndecodableError) Error() string {
	return fmt.Sprintf("decode %s %s: %v", e.Table, e.Key, e.Err)
}

// Unwrap returns what is wrong.
func (e *UndecodableError) Unwrap() error { return e.Err }

// Undecodable reports whether an error says that a row cannot be decoded: whether it is an [UndecodableError].
func Undecodable(err error) bool {
	_, is := errors.AsType[*UndecodableError](err)
	return is
}

// PanicError says that a command has panicked. Nothing of it was written.
type PanicError struct{ Value any }

// Error tells what it panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// resourceRow names the row of a configuration object.
func resourceRow(instance string, r Resource) Row {
	return Row{Instance: instance, Table: ResourceTable, Key: string(r.Kind) + "/" + r.ID}
}

// take puts configuration that was read into the catalog. What cannot be decoded is quarantined and left as it was known.
func (e *Engine) take(t *tenant, resources []Resource) {
	for _, r := range resources {
		if err := t.catalog.put(r); err != nil {
			e.store.Quarantine(Quarantined{Row: resourceRow(t.ID, r), Cause: CauseUndecodable, Reason: err.Error()})
		}
	}
}

// Aside reports whether a contact is quarantined.
func (e *Engine) Aside(instance, contact string) bool {
	return e.store.IsQuarantined(Row{Instance: instance, Table: ContactTable, Key: contact})
}

// SetAside quarantines a contact that cannot be worked on.
func (e *Engine) SetAside(instance, contact string, cause Cause, reason string) {
	e.store.Quarantine(Quarantined{Row: Row{Instance: instance, Table: ContactTable, Key: contact}, Cause: cause, Reason: reason})
}
