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

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
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

// bootstrap makes the first instance of an empty database and returns what a newcomer needs.
func bootstrap(ctx context.Context, e *engine.Engine, c Config) (*bootstrapFile, error) {
	b := &bootstrapFile{Endpoint: c.BaseURL, Region: c.Region, AccountID: c.Account}
	b.Admin.Username, b.Agent.Username = "admin", "agent"
	newID := func(arn.Kind, string) string { return uuid.NewString() }
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
	stock, err := e.Bootstrap(ctx, first)
	if err != nil {
		return nil, err
	}
	b.InstanceARN = first.Instance.String()
	b.QueueID, b.ContactFlowID, b.TaskTemplateID = stock.Queue, stock.Flow, stock.Template
	b.QuickConnectIDs.Queue, b.QuickConnectIDs.Agent = stock.QueueConnect, stock.UserConnect
	b.Admin.UserID, b.Agent.UserID = stock.Admin, stock.Agent
	return b, nil
}

// password makes a password that meets the rules for users: lower and upper case and digits.
func password() string { return "Tl1-" + rand.Text()[:16] }

func bootstrapPath(dir string) string { return filepath.Join(dir, "bootstrap.json") }

// write puts the file where only its owner can read it, whole or not at all.
func (b *bootstrapFile) write(dir string) (text []byte, err error) {
	if text, err = json.MarshalIndent(b, "", "  "); err != nil {
		return nil, fmt.Errorf("encode bootstrap file: %w", err)
	}
	text = append(text, '\n')
	temp := bootstrapPath(dir) + ".tmp"
	if err = os.WriteFile(temp, text, 0o600); err == nil {
		err = os.Rename(temp, bootstrapPath(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("write bootstrap file: %w", err)
	}
	return text, nil
}

// readBootstrap reads what the first start wrote; nil when there is no file.
func readBootstrap(dir string) (*bootstrapFile, error) {
	text, err := os.ReadFile(bootstrapPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // as said
	}
	if err != nil {
		return nil, fmt.Errorf("read bootstrap file: %w", err)
	}
	var b bootstrapFile
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("read %s: %w", bootstrapPath(dir), err)
	}
	return &b, nil
}

// setBootstrapAside keeps the file of an instance that the database lacks under the name of that instance.
func setBootstrapAside(dir, instance string) error {
	aside := filepath.Join(dir, "bootstrap-"+filepath.Base(instance)+".json")
	if err := os.Rename(bootstrapPath(dir), aside); err != nil {
		return fmt.Errorf("set bootstrap file aside: %w", err)
	}
	return nil
}
