package server

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/tasklane/tasklane/internal/telemetry"
)

// readyLine says that the server serves. Scripts wait for it.
const readyLine = "Ready."

// greet says on w how to begin, and that the server is ready. Where log lines are JSON, so are these: the last of them
// has "Ready." as its message. It tells no secret: only in development mode, whose keys and passwords are public
// constants, it has them.
func (c *Config) greet(w io.Writer, b *bootstrapFile) {
	if c.LogFormat == "json" {
		log := telemetry.NewLogger(w, c.LogFormat, slog.LevelInfo)
		if b != nil {
			log.Info("Tasklane is at its endpoint", "endpoint", b.Endpoint, "panel", b.Endpoint+"/ccp-v2/",
				"instance", b.InstanceID, "data", c.Data, "bootstrap", bootstrapPath(c.Data),
				"users", []string{b.Admin.Username, b.Agent.Username})
		}
		log.Info(readyLine)
		return
	}
	if b != nil {
		b.welcome(w, c.Data, c.fixedIdentity)
	}
	fmt.Fprintln(w, readyLine)
}

// public reports whether the secrets of the file are the constants of development mode.
func (b *bootstrapFile) public() bool {
	return b.AccessKeyID == fixedKey && b.Admin.Password == fixedPassword && b.Agent.Password == fixedPassword
}

// welcome tells how to begin: where everything is, who can sign in, and a line to paste.
func (b *bootstrapFile) welcome(w io.Writer, data string, development bool) {
	signIn := fmt.Sprintf("as %s (administrator) or %s; %s has their passwords", b.Admin.Username, b.Agent.Username, bootstrapPath(data))
	start := fmt.Sprintf("Start a task, with the access key of %s:", bootstrapPath(data))
	credentials := ""
	if development && b.public() {
		signIn = fmt.Sprintf("as %s (administrator) or %s, with the password %s", b.Admin.Username, b.Agent.Username, fixedPassword)
		start = "Start a task:"
		credentials = fmt.Sprintf("AWS_ACCESS_KEY_ID=%[1]s AWS_SECRET_ACCESS_KEY=%[1]s ", fixedKey)
	}
	fmt.Fprintf(w, `
Tasklane is at        %[1]s
Agent panel           %[1]s/ccp-v2/
Sign in               %[2]s
Instance              %[3]s
Data                  %[4]s

%[5]s

  %[6]saws connect start-task-contact \
    --endpoint-url %[1]s --region %[7]s --instance-id %[3]s \
    --contact-flow-id %[8]s \
    --name "Call back Ms Rivera" --description "She asked about order 1234" \
    --references '{"Order":{"Type":"URL","Value":"https://example.com/orders/1234"}}'

`, b.Endpoint, signIn, b.InstanceID, data, start, credentials, b.Region, b.ContactFlowID)
}

// complain says on w, in one line, why a command has failed.
func complain(w io.Writer, format string, err error) {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if format == "json" {
		telemetry.NewLogger(w, format, slog.LevelInfo).Error("tasklane: error", "err", text)
		return
	}
	fmt.Fprintf(w, "tasklane: error: %s\n", text)
}
