package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
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
	first := engine.First{
		Instance: directory.Instance{
			Instance: arn.Instance{Region: c.Region, Account: c.Account, ID: b.InstanceID}, Alias: alias,
		},
		AccessKey: directory.AccessKey{ID: b.AccessKeyID, Secret: b.SecretAccessKey, Account: c.Account, Name: "bootstrap"},
		NewID:     newID,
		Admin:     directory.User{Username: b.Admin.Username, FirstName: "Ada", LastName: "Admin"},
		Agent:     directory.User{Username: b.Agent.Username, FirstName: "Alex", LastName: "Agent"},
	}
	first.Admin.PasswordHash = auth.HashPassword(b.Admin.Password)
	first.Agent.PasswordHash = auth.HashPassword(b.Agent.Password)
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

// write puts the file where only its owner can read it, and the same text on w.
func (b *bootstrapFile) write(dir string, w io.Writer) error {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("encode bootstrap file: %w", err)
	}
	text = append(text, '\n')
	if err := os.WriteFile(bootstrapPath(dir), text, 0o600); err != nil {
		return fmt.Errorf("write bootstrap file: %w", err)
	}
	_, err = w.Write(text)
	return err
}

// readBootstrap reads what the first start wrote; nil when the file is gone.
func readBootstrap(dir string) *bootstrapFile {
	text, err := os.ReadFile(bootstrapPath(dir))
	if err != nil {
		return nil
	}
	var b bootstrapFile
	if json.Unmarshal(text, &b) != nil {
		return nil
	}
	return &b
}

// welcome tells how to begin: where everything is, who can sign in, and a line to paste.
func (b *bootstrapFile) welcome(w io.Writer, data string) {
	fmt.Fprintf(w, `
Tasklane is at        %[1]s
Agent panel           %[1]s/ccp-v2/      sign in as %[2]s / %[3]s
Instance              %[4]s
Data                  %[5]s

Start a task:

  AWS_ACCESS_KEY_ID=%[6]s AWS_SECRET_ACCESS_KEY=%[7]s aws connect start-task-contact \
    --endpoint-url %[1]s --region %[8]s --instance-id %[4]s \
    --contact-flow-id %[9]s \
    --name "Call back Ms Rivera" --description "She asked about order 1234" \
    --references '{"Order":{"Type":"URL","Value":"https://example.com/orders/1234"}}'

`, b.Endpoint, b.Agent.Username, b.Agent.Password, b.InstanceID, data,
		b.AccessKeyID, b.SecretAccessKey, b.Region, b.ContactFlowID)
}
