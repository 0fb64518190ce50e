package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// keyCommands make and revoke the access keys that requests to the API are signed with.
type keyCommands struct {
	Create  createKeyCommand `cmd:"" help:"Make an access key and print it as JSON: {\"accessKeyId\",\"secretAccessKey\"}. The secret is shown this once."`
	List    listKeysCommand  `cmd:"" help:"List the access keys, without their secrets."`
	Disable oneKeyCommand    `cmd:"" help:"Refuse what is signed with a key, within 2 seconds at every server, until it is enabled again."`
	Enable  oneKeyCommand    `cmd:"" help:"Take a key again that was disabled."`
	Delete  oneKeyCommand    `cmd:"" help:"Remove a key for good, within 2 seconds at every server."`
}

// run runs the command that was parsed.
func (c *keyCommands) run(ctx context.Context, command string, stdout io.Writer) error {
	switch command {
	case "key create <name>":
		return c.Create.run(ctx, stdout)
	case "key list":
		return c.List.run(ctx, stdout)
	case "key disable <id>":
		return c.Disable.with(ctx, func(keys accessKeys) error {
			return keys.SetAccessKeyStatus(ctx, c.Disable.ID, directory.KeyDisabled)
		})
	case "key enable <id>":
		return c.Enable.with(ctx, func(keys accessKeys) error {
			return keys.SetAccessKeyStatus(ctx, c.Enable.ID, directory.KeyActive)
		})
	case "key delete <id>":
		return c.Delete.with(ctx, func(keys accessKeys) error { return keys.DeleteAccessKey(ctx, c.Delete.ID) })
	default:
		panic("unknown command " + command)
	}
}

// place says where the data is that a command works on.
type place struct {
	Data     string `help:"Data directory (default ./tasklane-data). Where a server runs on it, the server does the work." placeholder:"DIR" env:"TASKLANE_DATA"`
	Database string `help:"PostgreSQL database of the servers, instead of --data." placeholder:"postgres://…" env:"TASKLANE_DATABASE"`
}

type createKeyCommand struct {
	place
	Name    string `arg:"" help:"What the key is for, such as the program that uses it: 1 to 128 characters. Several keys may have one name."`
	Account string `help:"AWS account of the callers, 12 digits (default: that of the first instance)." env:"TASKLANE_ACCOUNT"`
}

type listKeysCommand struct {
	place
	JSON bool `help:"List as JSON." name:"json"`
}

// oneKeyCommand does something to one key.
type oneKeyCommand struct {
	place
	ID string `arg:"" help:"Access key ID."`
}

// accessKeys are the keys of the servers of one database: the store, or a running server that is asked to.
type accessKeys interface {
	AccessKeys(ctx context.Context) ([]directory.AccessKey, error)
	// AddAccessKey fails with [fault.Invalid] when the key is not one that can be.
	AddAccessKey(ctx context.Context, k directory.AccessKey) error
	// SetAccessKeyStatus and DeleteAccessKey fail with [fault.NotFound] when there is no such key.
	SetAccessKeyStatus(ctx context.Context, id string, status directory.KeyStatus) error
	DeleteAccessKey(ctx context.Context, id string) error
}

// with does something with the keys of a place: through the server that runs there, or else in the database.
func (p *place) with(ctx context.Context, do func(accessKeys) error) error {
	return p.open(ctx, func(dir string) error { return do(controlledKeys{dir}) }, func(st *store.Store) error { return do(st) })
}

// open does something with the data of a place: asks the server that runs on the directory, or else opens the database.
func (p *place) open(ctx context.Context, ask func(dir string) error, do func(*store.Store) error) error {
	dir := p.Data
	if dir == "" {
		dir = "./tasklane-data"
	}
	options := store.Options{Database: p.Database, Admit: admitCommand}
	if p.Database == "" {
		conn, err := dialControl(ctx, dir)
		if err == nil {
			_ = conn.Close()
			return ask(dir)
		}
		if _, err := os.Stat(filepath.Join(dir, "tasklane.db")); err != nil {
			return usageError{fmt.Errorf("--data %s holds no data of Tasklane, and no server runs there", dir)}
		}
		options.Dir = dir
	}
	st, err := store.Open(ctx, options)
	if err != nil {
		return usageError{fmt.Errorf("open database: %w", err)}
	}
	return errors.Join(do(st), st.Close())
}

// writeIndented writes a list for people who read JSON, and for programs.
func writeIndented(stdout io.Writer, list any) error {
	enc := json.NewEncoder(stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

func (c *createKeyCommand) run(ctx context.Context, stdout io.Writer) error {
	if c.Account != "" && !account.MatchString(c.Account) {
		return usageError{fmt.Errorf("--account %q must be 12 digits", c.Account)}
	}
	k := newAccessKey()
	k.Name, k.Account = c.Name, c.Account
	if err := c.with(ctx, func(keys accessKeys) error { return keys.AddAccessKey(ctx, k) }); err != nil {
		return err
	}
	enc := json.NewEncoder(stdout)
	return enc.Encode(struct {
		ID     string `json:"accessKeyId"`
		Secret string `json:"secretAccessKey"`
	}{k.ID, k.Secret})
}

// newAccessKey makes an active key without a name.
func newAccessKey() directory.AccessKey {
	return directory.AccessKey{ID: "TLAK" + rand.Text()[:16], Secret: rand.Text() + rand.Text()[:14], Status: directory.KeyActive}
}

// toldKey is a key as it is listed: without its secret.
type toldKey struct {
	ID      string              `json:"accessKeyId"`
	Name    string              `json:"name"`
	Status  directory.KeyStatus `json:"status"`
	Account string              `json:"accountId"`
	Created *time.Time          `json:"created,omitempty"` // nil: before keys had names
}

func told(k directory.AccessKey) toldKey {
	t := toldKey{k.ID, k.Name, k.Status, k.Account, nil}
	if !k.Created.IsZero() {
		t.Created = &k.Created
	}
	return t
}

func (c *listKeysCommand) run(ctx context.Context, stdout io.Writer) error {
	list := []toldKey{}
	err := c.with(ctx, func(keys accessKeys) error {
		all, err := keys.AccessKeys(ctx)
		for _, k := range all {
			list = append(list, told(k))
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
	fmt.Fprintln(w, "ACCESS KEY ID\tNAME\tSTATUS\tACCOUNT\tCREATED")
	for _, k := range list {
		created := "-"
		if k.Created != nil {
			created = k.Created.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Status, k.Account, created)
	}
	return w.Flush()
}

// sentKey is a key as it goes over the control socket.
type sentKey struct {
	toldKey
	Secret string `json:"secretAccessKey,omitempty"`
}

// controlledKeys asks the server that runs on a data directory.
type controlledKeys struct{ dir string }

func (c controlledKeys) AccessKeys(ctx context.Context) ([]directory.AccessKey, error) {
	var list []toldKey
	err := control(ctx, c.dir, http.MethodGet, "/keys", nil, &list)
	keys := make([]directory.AccessKey, len(list))
	for i, k := range list {
		keys[i] = directory.AccessKey{ID: k.ID, Name: k.Name, Status: k.Status, Account: k.Account}
		if k.Created != nil {
			keys[i].Created = *k.Created
		}
	}
	return keys, err
}

func (c controlledKeys) AddAccessKey(ctx context.Context, k directory.AccessKey) error {
	return control(ctx, c.dir, http.MethodPost, "/keys", sentKey{told(k), k.Secret}, nil)
}

func (c controlledKeys) SetAccessKeyStatus(ctx context.Context, id string, status directory.KeyStatus) error {
	return control(ctx, c.dir, http.MethodPut, "/keys/"+url.PathEscape(id), map[string]any{"status": status}, nil)
}

func (c controlledKeys) DeleteAccessKey(ctx context.Context, id string) error {
	return control(ctx, c.dir, http.MethodDelete, "/keys/"+url.PathEscape(id), nil, nil)
}

// registerKeys has the control socket answer for keys.
func registerKeys(mux *http.ServeMux, keys accessKeys) {
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, r *http.Request) {
		all, err := keys.AccessKeys(r.Context())
		list := make([]toldKey, len(all))
		for i, k := range all {
			list[i] = told(k)
		}
		answerControl(w, list, err)
	})
	mux.HandleFunc("POST /keys", func(w http.ResponseWriter, r *http.Request) {
		var in sentKey
		err := json.NewDecoder(r.Body).Decode(&in)
		if err == nil {
			err = keys.AddAccessKey(r.Context(), directory.AccessKey{
				ID: in.ID, Secret: in.Secret, Name: in.Name, Account: in.Account, Status: in.Status,
			})
		}
		answerControl(w, struct{}{}, err)
	})
	mux.HandleFunc("PUT /keys/{id}", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Status directory.KeyStatus }
		err := json.NewDecoder(r.Body).Decode(&in)
		if err == nil {
			err = keys.SetAccessKeyStatus(r.Context(), r.PathValue("id"), in.Status)
		}
		answerControl(w, struct{}{}, err)
	})
	mux.HandleFunc("DELETE /keys/{id}", func(w http.ResponseWriter, r *http.Request) {
		answerControl(w, struct{}{}, keys.DeleteAccessKey(r.Context(), r.PathValue("id")))
	})
}

// answerControl answers a request of the control socket. Errors are told as they are: who asks may see everything.
func answerControl(w http.ResponseWriter, answer any, err error) {
	switch {
	case fault.Is(err, fault.NotFound):
		writeFault(w, http.StatusNotFound, err.Error())
	case err != nil:
		writeFault(w, http.StatusBadRequest, err.Error())
	default:
		writeJSON(w, http.StatusOK, answer)
	}
}
