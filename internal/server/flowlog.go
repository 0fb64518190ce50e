package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flowlog"
)

const (
	// logsKept is how many records may wait to be written; what comes when there are more is lost, and said so.
	logsKept = 65_536
	// logFlush is how long a record waits for others at most.
	logFlush = 200 * time.Millisecond
)

// flowLog writes the flow logs, one JSON object a line, in the form in which Amazon Connect sends them to CloudWatch
// (https://docs.aws.amazon.com/connect/latest/adminguide/contact-flow-logs-stored-in-cloudwatch.html).
type flowLog struct {
	to      io.WriteCloser // nil: nobody wants them
	records chan flowlog.Record
}

// logFlows has the flow logs written where the settings say.
func (s *server) logFlows(stdout io.Writer) error {
	s.flowLog = &flowLog{records: make(chan flowlog.Record, logsKept)}
	switch s.config.FlowLog {
	case "":
	case "-":
		s.flowLog.to = nopCloser{stdout}
	default:
		f, err := os.OpenFile(s.config.FlowLog, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("--flow-log: %w", err)
		}
		s.flowLog.to = f
	}
	s.engine.Watch(s.flowLog.committed)
	return nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// committed takes the records of a commit; it does not block. A flow that was stopped is told in the server's own
// log, too, whether flow logs are on or not.
func (l *flowLog) committed(c engine.Commit) {
	for _, entry := range c.Logs {
		if entry.Stopped != "" {
			slog.Warn("a flow was stopped", "flow", entry.Flow, "contact", entry.Contact, "action", entry.Action, "err", entry.Stopped)
		}
		if l.to == nil {
			continue
		}
		for _, r := range entry.Records {
			select {
			case l.records <- r:
			default:
				slog.Error("flow logs come faster than they can be written; some are lost")
			}
		}
	}
}

// Run writes records until ctx ends, and then those that are left.
func (l *flowLog) Run(ctx context.Context) error {
	if l.to == nil {
		return nil
	}
	defer l.to.Close()
	w := bufio.NewWriter(l.to)
	tick := time.NewTicker(logFlush)
	defer tick.Stop()
	for {
		select {
		case r := <-l.records:
			l.write(ctx, w, r)
		case <-tick.C:
			l.flush(ctx, w)
		case <-ctx.Done():
			for len(l.records) > 0 {
				l.write(ctx, w, <-l.records)
			}
			l.flush(ctx, w)
			return nil
		}
	}
}

func (l *flowLog) write(ctx context.Context, w io.Writer, r flowlog.Record) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	err := enc.Encode(r)
	if err != nil {
		slog.ErrorContext(ctx, "cannot write the flow log", "err", err)
	}
}

func (l *flowLog) flush(ctx context.Context, w *bufio.Writer) {
	if err := w.Flush(); err != nil {
		slog.ErrorContext(ctx, "cannot write the flow log", "err", err)
	}
}
