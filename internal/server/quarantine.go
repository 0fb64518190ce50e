package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// quarantineCommands look after rows that servers leave out, because they cannot be decoded or because working on them fails.
type quarantineCommands struct {
	List  listQuarantineCommand `cmd:"" help:"List the rows that servers leave out, and why."`
	Show  showRowCommand        `cmd:"" help:"Print a row as it is stored, as JSON."`
	Mend  mendRowCommand        `cmd:"" help:"Replace the body of a row that cannot be decoded, and take it back."`
	Retry oneRowCommand         `cmd:"" help:"Take a row back as it is: what was left out is tried again."`
	Drop  oneRowCommand         `cmd:"" help:"Print a row as it is stored, as JSON, and remove it; a task with its events and timers."`
}

// run runs the command that was parsed.
func (c *quarantineCommands) run(ctx context.Context, command string, stdout io.Writer) error {
	switch command {
	case "quarantine list":
		return c.List.run(ctx, stdout)
	case "quarantine show <row>":
		return c.Show.on(ctx, func(rows quarantined, r engine.Row) error { return printRow(ctx, rows, r, stdout) })
	case "quarantine mend <row>":
		return c.Mend.run(ctx)
	case "quarantine retry <row>":
		return c.Retry.on(ctx, func(rows quarantined, r engine.Row) error { return rows.Lift(ctx, r) })
	case "quarantine drop <row>":
		return c.Drop.on(ctx, func(rows quarantined, r engine.Row) error {
			if err := printRow(ctx, rows, r, stdout); err != nil {
				return err
			}
			return rows.Drop(ctx, r)
		})
	default:
		panic("unknown command " + command)
	}
}

// quarantined are the rows that servers leave out: the store, or a running server that is asked to. See package store
// for how its methods fail.
type quarantined interface {
	Quarantined(ctx context.Context) ([]engine.Quarantined, error)
	Stored(ctx context.Context, r engine.Row) (map[string]string, error)
	Mend(ctx context.Context, r engine.Row, body []byte) error
	Lift(ctx context.Context, r engine.Row) error
	Drop(ctx context.Context, r engine.Row) error
}

type listQuarantineCommand struct {
	place
	JSON bool `help:"List as JSON." name:"json"`
}

// oneRowCommand does something to one row.
type oneRowCommand struct {
	place
	Instance string `help:"Id of the instance that the row is of, where the row is not listed or several instances have one of that name." placeholder:"ID"`
	Row      string `arg:"" help:"The row as quarantine list and verify name it: TABLE/KEY."`
}

type showRowCommand struct{ oneRowCommand }

type mendRowCommand struct {
	oneRowCommand
	Body string `help:"File with the new body, as quarantine show prints it under \"body\"." required:"" placeholder:"FILE"`
}

// withRows does something with the rows of a place: through the server that runs there, or else in the database.
func (p *place) withRows(ctx context.Context, do func(quarantined) error) error {
	return p.open(ctx, func(dir string) error { return do(controlledRows{dir}) }, func(st *store.Store) error { return do(st) })
}

// on does something with the row of a command.
func (c *oneRowCommand) on(ctx context.Context, do func(quarantined, engine.Row) error) error {
	table, key, ok := strings.Cut(c.Row, "/")
	if !ok || table == "" || key == "" {
		return usageError{fmt.Errorf("%q is not the name of a row, as quarantine list prints it: TABLE/KEY", c.Row)}
	}
	return c.withRows(ctx, func(rows quarantined) error {
		r := engine.Row{Instance: c.Instance, Table: table, Key: key}
		if r.Instance == "" {
			var err error
			if r.Instance, err = instanceOf(ctx, rows, r); err != nil {
				return err
			}
		}
		return do(rows, r)
	})
}

// instanceOf finds the instance of a row among what is quarantined.
func instanceOf(ctx context.Context, rows quarantined, r engine.Row) (string, error) {
	all, err := rows.Quarantined(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for _, q := range all {
		if q.Table == r.Table && q.Key == r.Key {
			found = append(found, q.Instance)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%s is not quarantined: name its instance with --instance", r)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("several instances have %s: choose one with --instance", r)
}

func printRow(ctx context.Context, rows quarantined, r engine.Row, stdout io.Writer) error {
	stored, err := rows.Stored(ctx, r)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(stored)
}

func (c *mendRowCommand) run(ctx context.Context) error {
	body, err := os.ReadFile(c.Body)
	if err != nil {
		return usageError{fmt.Errorf("--body: %w", err)}
	}
	return c.on(ctx, func(rows quarantined, r engine.Row) error { return rows.Mend(ctx, r, body) })
}

// listedRow is a quarantined row as it is listed.
type listedRow struct {
	Instance string       `json:"instanceId"`
	Row      string       `json:"row"`
	Cause    engine.Cause `json:"cause"`
	Reason   string       `json:"reason"`
	Found    time.Time    `json:"found"`
}

func (c *listQuarantineCommand) run(ctx context.Context, stdout io.Writer) error {
	list := []listedRow{}
	err := c.withRows(ctx, func(rows quarantined) error {
		all, err := rows.Quarantined(ctx)
		for _, q := range all {
			list = append(list, listedRow{q.Instance, q.String(), q.Cause, q.Reason, q.Found})
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeIndented(stdout, list)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "INSTANCE\tROW\tCAUSE\tFOUND\tREASON")
	for _, q := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", q.Instance, q.Row, q.Cause, q.Found.Format(time.RFC3339), q.Reason)
	}
	return w.Flush()
}

// controlledRows asks the server that runs on a data directory.
type controlledRows struct{ dir string }

// Quarantined lists the rows.
func (c controlledRows) Quarantined(ctx context.Context) (all []engine.Quarantined, err error) {
	err = control(ctx, c.dir, http.MethodGet, "/quarantine", nil, &all)
	return all, err
}

// rowQuery names a row in the query of a request.
func rowQuery(r engine.Row) string {
	return url.Values{"instance": {r.Instance}, "table": {r.Table}, "key": {r.Key}}.Encode()
}

// Stored reads a row.
func (c controlledRows) Stored(ctx context.Context, r engine.Row) (stored map[string]string, err error) {
	err = control(ctx, c.dir, http.MethodGet, "/quarantine/row?"+rowQuery(r), nil, &stored)
	return stored, err
}

// Mend replaces the body of a row.
func (c controlledRows) Mend(ctx context.Context, r engine.Row, body []byte) error {
	return control(ctx, c.dir, http.MethodPut, "/quarantine/row?"+rowQuery(r), string(body), nil)
}

// Lift takes a row back.
func (c controlledRows) Lift(ctx context.Context, r engine.Row) error {
	return control(ctx, c.dir, http.MethodPost, "/quarantine/row?"+rowQuery(r), nil, nil)
}

// Drop removes a row.
func (c controlledRows) Drop(ctx context.Context, r engine.Row) error {
	return control(ctx, c.dir, http.MethodDelete, "/quarantine/row?"+rowQuery(r), nil, nil)
}

// registerQuarantine has the control socket answer for quarantined rows.
func registerQuarantine(mux *http.ServeMux, rows quarantined) {
	mux.HandleFunc("GET /quarantine", func(w http.ResponseWriter, r *http.Request) {
		all, err := rows.Quarantined(r.Context())
		answerControl(w, all, err)
	})
	named := func(r *http.Request) engine.Row {
		q := r.URL.Query()
		return engine.Row{Instance: q.Get("instance"), Table: q.Get("table"), Key: q.Get("key")}
	}
	mux.HandleFunc("GET /quarantine/row", func(w http.ResponseWriter, r *http.Request) {
		stored, err := rows.Stored(r.Context(), named(r))
		answerControl(w, stored, err)
	})
	mux.HandleFunc("PUT /quarantine/row", func(w http.ResponseWriter, r *http.Request) {
		var body string
		err := json.NewDecoder(r.Body).Decode(&body)
		if err == nil {
			err = rows.Mend(r.Context(), named(r), []byte(body))
		}
		answerControl(w, struct{}{}, err)
	})
	mux.HandleFunc("POST /quarantine/row", func(w http.ResponseWriter, r *http.Request) {
		answerControl(w, struct{}{}, rows.Lift(r.Context(), named(r)))
	})
	mux.HandleFunc("DELETE /quarantine/row", func(w http.ResponseWriter, r *http.Request) {
		answerControl(w, struct{}{}, rows.Drop(r.Context(), named(r)))
	})
}
