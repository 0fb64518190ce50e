package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// The identity of a development server, the same at every first start.
const (
	fixedInstance = "11111111-1111-4111-8111-111111111111"
	fixedKey      = "test"
	fixedPassword = "tasklane"

	alias = "tasklane"
)

// login is a user of the bootstrap file.
type login struct {
	Username string `json:"username"`
	Password string `json:"password"`
	UserID   string `json:"userId"`
}

// bootstrapFile is what a newcomer needs to begin: DIR/bootstrap.json.
type bootstrapFile struct {
	Endpoint        string `json:"endpoint"`
	Region          string `json:"region"`
	AccountID       string `json:"accountId"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	InstanceID      string `json:"instanceId"`
	InstanceARN     string `json:"instanceArn"`
	QueueID         string `json:"queueId"`
	ContactFlowID   string `json:"contactFlowId"`
	TaskTemplateID  string `json:"taskTemplateId"`
	QuickConnectIDs struct {
		Queue string `json:"queue"`
		Agent string `json:"agent"`
	} `json:"quickConnectIds"`
	Admin login `json:"admin"`
	Agent login `json:"agent"`
}

// newBootstrap makes up what a newcomer needs, and the first instance of an empty database that goes with it.
func newBootstrap(c Config) (*bootstrapFile, engine.First) {
	b := &bootstrapFile{Endpoint: c.BaseURL, Region: c.Region, AccountID: c.Account}
	b.Admin.Username, b.Agent.Username = "admin", "agent"
	newID := stableIDs()
	if c.fixedIdentity {
		b.InstanceID, b.AccessKeyID, b.SecretAccessKey = fixedInstance, fixedKey, fixedKey
		b.Admin.Password, b.Agent.Password = fixedPassword, fixedPassword
		newID = func(kind arn.Kind, name string) string {
			return uuid.NewSHA1(uuid.MustParse(fixedInstance), []byte(string(kind)+"/"+name)).String()
		}
	} else {
		b.InstanceID = uuid.NewString()
		key := newAccessKey()
		b.AccessKeyID, b.SecretAccessKey = key.ID, key.Secret
		b.Admin.Password, b.Agent.Password = password(), password()
	}
	b.InstanceID = cmp.Or(c.InstanceID, b.InstanceID)
	first := engine.First{
		Instance: directory.Instance{
			Instance: arn.Instance{Region: c.Region, Account: c.Account, ID: b.InstanceID}, Alias: cmp.Or(c.InstanceAlias, alias),
		},
		AccessKey: directory.AccessKey{ID: b.AccessKeyID, Secret: b.SecretAccessKey, Account: c.Account, Name: "bootstrap"},
		NewID:     newID,
		Admin:     directory.User{Username: b.Admin.Username, FirstName: "Ada", LastName: "Admin"},
		Agent:     directory.User{Username: b.Agent.Username, FirstName: "Alex", LastName: "Agent"},
	}
	first.Admin.PasswordHash = c.Hasher.Hash(b.Admin.Password)
	first.Agent.PasswordHash = c.Hasher.Hash(b.Agent.Password)
	stock := first.Stock()
	b.InstanceARN = first.Instance.String()
	b.QueueID, b.ContactFlowID, b.TaskTemplateID = stock.Queue, stock.Flow, stock.Template
	b.QuickConnectIDs.Queue, b.QuickConnectIDs.Agent = stock.QueueConnect, stock.UserConnect
	b.Admin.UserID, b.Agent.UserID = stock.Admin, stock.Agent
	return b, first
}

// stableIDs gives random ids, the same one each time for the same kind and name.
func stableIDs() func(arn.Kind, string) string {
	ids := map[string]string{}
	return func(kind arn.Kind, name string) string {
		key := string(kind) + "/" + name
		if ids[key] == "" {
			ids[key] = uuid.NewString()
		}
		return ids[key]
	}
}

// makeFirst makes the first instance of an empty database, and returns the text of the file that says how to begin.
//
// The database keeps passwords as hashes, and tells no secret key. So that nobody is locked out when the process dies
// after the commit and before the file is there, the secrets are written first: into a file of their own, whose name ends
// in pendingSuffix, and which the next start takes when it finds its access key in the database.
func (s *server) makeFirst(ctx context.Context) (*bootstrapFile, []byte, error) {
	b, first := newBootstrap(s.config)
	text, err := b.text()
	if err != nil {
		return nil, nil, err
	}
	pending, err := keepPending(s.config.Data, text)
	if err != nil {
		return nil, nil, err
	}
	if err := s.store.Record(ctx, s.purpose(), ""); err != nil {
		return nil, nil, err
	}
	if _, err := s.engine.Bootstrap(ctx, first); err != nil {
		if fault.Is(err, fault.Contended) { // another server that has started at the same moment was faster
			err = errors.Join(err, removePending(pending))
		}
		return nil, nil, err
	}
	return b, text, s.settle(ctx, b.InstanceID, pending)
}

// purpose is what data is for that this server makes.
func (s *server) purpose() store.Purpose {
	if s.config.fixedIdentity {
		return store.Development
	}
	return store.Production
}

// settle records in the database which instance is the first, and gives the file that was pending its name.
func (s *server) settle(ctx context.Context, instance, pending string) error {
	if err := s.store.Record(ctx, "", instance); err != nil {
		return err
	}
	err := os.Rename(pending, bootstrapPath(s.config.Data))
	if errors.Is(err, fs.ErrNotExist) { // another server that has started at the same moment was faster
		return nil
	}
	if err == nil {
		err = store.SyncPath(s.config.Data)
	}
	if err != nil {
		return fmt.Errorf("write bootstrap file: %w", err)
	}
	return nil
}

// resumeFirst ends a first start that died before its file was there, and returns the text of that; none when there was
// no such start. Pending files of others, which came too late, are removed.
func (s *server) resumeFirst(ctx context.Context) (text []byte, err error) {
	all, err := pendingStarts(s.config.Data)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		key, ok, err := s.store.AccessKey(ctx, p.AccessKeyID)
		if err != nil {
			return nil, err
		}
		if !ok || key.Secret != p.SecretAccessKey {
			err = removePending(p.path)
		} else if err = s.settle(ctx, p.InstanceID, p.path); err == nil {
			text = p.text
		}
		if err != nil {
			return nil, err
		}
	}
	return text, nil
}

// password makes a password that meets the rules for users: lower and upper case and digits.
func password() string { return "Tl1-" + rand.Text()[:16] }

func bootstrapPath(dir string) string { return filepath.Join(dir, "bootstrap.json") }

// pendingSuffix ends the name of a file with the secrets of a first start that has not come to its end.
const pendingSuffix = ".pending"

func (b *bootstrapFile) text() ([]byte, error) {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode bootstrap file: %w", err)
	}
	return append(text, '\n'), nil
}

// keepPending writes what will be the bootstrap file where only its owner can read it, whole or not at all, also when the
// machine dies, and returns where.
func keepPending(dir string, text []byte) (path string, err error) {
	path = filepath.Join(dir, "bootstrap-"+rand.Text()[:8]+pendingSuffix)
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		if _, err = f.Write(text); err == nil {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err == nil {
			err = os.Rename(temp, path)
		}
	}
	if err == nil {
		err = store.SyncPath(dir)
	}
	if err != nil {
		return "", fmt.Errorf("write the secrets of the first instance: %w", err)
	}
	return path, nil
}

// pendingStart is a first start that has not come to its end, and its file.
type pendingStart struct {
	*bootstrapFile

	path string
	text []byte // of the file
}

// pendingStarts reads the files of first starts that have not come to their end.
func pendingStarts(dir string) (all []pendingStart, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for the secrets of a first start: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "bootstrap-") || !strings.HasSuffix(e.Name(), pendingSuffix) {
			continue
		}
		p := pendingStart{path: filepath.Join(dir, e.Name())}
		if p.bootstrapFile, p.text, err = readBootstrapAt(p.path); err != nil {
			return nil, err
		}
		if p.bootstrapFile != nil { // else another server that has started at the same moment has removed it
			all = append(all, p)
		}
	}
	return all, nil
}

// removePending removes a file of a first start; it need not be there.
func removePending(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", path, err)
	}
	return nil
}

// readBootstrap reads what the first start wrote; nil when there is no file.
func readBootstrap(dir string) (*bootstrapFile, error) {
	b, _, err := readBootstrapAt(bootstrapPath(dir))
	return b, err
}

// readBootstrapAt is readBootstrap for a file of any name. It returns the text, too.
func readBootstrapAt(path string) (*bootstrapFile, []byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read bootstrap file: %w", err)
	}
	var b bootstrapFile
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	return &b, text, nil
}

// setBootstrapAside keeps the file of an instance that the database lacks under the name of that instance.
func setBootstrapAside(dir, instance string) error {
	aside := filepath.Join(dir, "bootstrap-"+filepath.Base(instance)+".json")
	if err := os.Rename(bootstrapPath(dir), aside); err != nil {
		return fmt.Errorf("set bootstrap file aside: %w", err)
	}
	return nil
}
