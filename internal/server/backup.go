package server

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/backup"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const defaultData = "./tasklane-data"

// dataPlace says where the data is that is backed up or verified.
type dataPlace struct {
	Data        string `help:"Data directory (default ./tasklane-data). With --database: where bootstrap.json and attached files are." placeholder:"DIR" env:"TASKLANE_DATA"`
	Database    string `help:"PostgreSQL database, instead of SQLite in --data." placeholder:"postgres://…" env:"TASKLANE_DATABASE"`
	Attachments string `help:"Directory of attached files (default: attachments in --data)." placeholder:"DIR" env:"TASKLANE_ATTACHMENTS"`
}

// source is where the data is, with the defaults filled in.
func (p *dataPlace) source() (backup.Source, error) {
	s := backup.Source{Dir: p.Data, Database: p.Database, Attachments: p.Attachments}
	if s.Database == "" {
		s.Dir = cmp.Or(s.Dir, defaultData)
	} else if err := (&Config{Database: s.Database}).checkDatabase(); err != nil {
		return s, err
	}
	if s.Attachments == "" && s.Dir != "" {
		s.Attachments = filepath.Join(s.Dir, "attachments")
	}
	return s, nil
}

type backupCommand struct {
	dataPlace
	To string `help:"File to write, with mode 0600. It holds secrets. One that is there is replaced when the new one is whole." required:"" placeholder:"FILE"`
}

func (c *backupCommand) run(ctx context.Context, stdout io.Writer) error {
	from, err := c.source()
	if err != nil {
		return usageError{err}
	}
	m, err := backup.Create(ctx, backup.Options{Source: from, To: c.To, Program: Version(), Now: machineTime()})
	if err != nil {
		return usageError{fmt.Errorf("backup: %w", err)}
	}
	fmt.Fprintf(stdout, "%s holds %d instances, %d tasks and %d attached files.\n", c.To, len(m.Instances), m.Tasks, m.Files())
	if n := len(m.Missing); n > 0 {
		fmt.Fprintf(stdout, "%d attached files are not in it: they are in the database and not in the directory, such as %s.\n", n, m.Missing[0])
	}
	return nil
}

type restoreCommand struct {
	Data        string `help:"Data directory to put the data into (default ./tasklane-data)." placeholder:"DIR" env:"TASKLANE_DATA"`
	From        string `help:"Backup, as tasklane backup wrote it." required:"" placeholder:"FILE"`
	Attachments string `help:"Directory to put attached files into (default: attachments in --data)." placeholder:"DIR" env:"TASKLANE_ATTACHMENTS"`
	Replace     bool   `help:"Remove the data that is there, attached files too."`
}

func (c *restoreCommand) run(ctx context.Context, stdout io.Writer) error {
	dir := cmp.Or(c.Data, defaultData)
	m, err := backup.Restore(ctx, c.From, dir, cmp.Or(c.Attachments, filepath.Join(dir, "attachments")), c.Replace)
	if err != nil {
		return usageError{fmt.Errorf("restore: %w", err)}
	}
	fmt.Fprintf(stdout, "%s holds what was backed up at %s by Tasklane %s from %s: %d instances, %d tasks and %d attached files.\n",
		dir, m.Created.Format(time.RFC3339), m.Program, m.Engine, len(m.Instances), m.Tasks, m.Files())
	return nil
}

type verifyCommand struct{ dataPlace }

func (c *verifyCommand) run(ctx context.Context, stdout io.Writer) error {
	from, err := c.source()
	if err != nil {
		return usageError{err}
	}
	report, err := backup.Verify(ctx, from, machineTime())
	if err != nil {
		return usageError{fmt.Errorf("verify: %w", err)}
	}
	if from.Dir != "" {
		verifyBootstrap(report, from.Dir)
	}
	for _, table := range slices.Sorted(maps.Keys(report.Rows)) {
		fmt.Fprintf(stdout, "%-16s %d rows read\n", table, report.Rows[table])
	}
	found := 0
	for _, p := range report.Problems {
		found += p.Count
		fmt.Fprintf(stdout, "%d %s, the first: %s\n", p.Count, p.What, p.First)
	}
	listQuarantined(stdout, report.Quarantined)
	if found > 0 {
		return fmt.Errorf("verify: %d things are wrong", found)
	}
	fmt.Fprintln(stdout, "Nothing is wrong.")
	return nil
}

// mostListed bounds the rows that verify names.
const mostListed = 1000

// listQuarantined names rows that are left out, as tasklane quarantine takes them.
func listQuarantined(stdout io.Writer, rows []engine.Quarantined) {
	for i, q := range rows {
		if i == mostListed {
			fmt.Fprintf(stdout, "and %d more\n", len(rows)-mostListed)
			return
		}
		fmt.Fprintf(stdout, "  %s of instance %s: %s: %s\n", q.Row, q.Instance, q.Cause, q.Reason)
	}
}

// verifyBootstrap looks whether the instance of bootstrap.json is in the database.
func verifyBootstrap(report *store.Report, dir string) {
	b, err := readBootstrap(dir)
	switch {
	case err != nil:
		report.Add("bootstrap files that cannot be read", err.Error())
	case b != nil && report.State.Schema > 0 && b.InstanceID != report.State.FirstInstance &&
		!slices.Contains(report.State.Instances, b.InstanceID):
		report.Add("bootstrap files of an instance that the database lacks", b.InstanceID)
	}
}

// machineTime is the time of the machine: commands have no other clock.
func machineTime() time.Time { return time.Now() } //nolint:forbidigo // as said
