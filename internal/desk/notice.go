package desk

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// taskTopic is the topic of notices. Pages that use the companion library for tasks subscribe it.
const taskTopic = "aws/task"

// noticeType is what a notice tells of a task that is in an agent's hands.
type noticeType string

const (
	transferInitiated noticeType = "application/vnd.amazonaws.connect.event.transfer.initiated"
	transferSucceeded noticeType = "application/vnd.amazonaws.connect.event.transfer.succeeded"
	transferFailed    noticeType = "application/vnd.amazonaws.connect.event.transfer.failed"
	expiring          noticeType = "application/vnd.amazonaws.connect.event.expire.warning"
	expired           noticeType = "application/vnd.amazonaws.connect.event.expire.complete"
)

// expiryNotice is how long before its end a task is said to be expiring.
const expiryNotice = 2 * time.Hour

// notice is a frame that tells of a task (streams.md §5.2).
func notice(kind noticeType, c *contact.Contact, now time.Time) frame {
	content, _ := json.Marshal(map[string]string{ // texts always can be written
		"AbsoluteTime": now.Format("2006-01-02T15:04:05.000Z"), "ContentType": string(kind), "Id": uuid.NewString(),
		"ContactId": c.ID, "InitialContactId": c.Chain(),
	})
	return frame{Topic: taskTopic, ContentType: "application/json", Content: string(content)}
}

// attention is what one socket knows of the agent's tasks, so that it tells of each change once. What had happened
// before the first look is not told.
type attention struct {
	at    time.Time // of the last look; zero: there was none
	tasks map[string]agent.LegState
}

// look compares the desk with what it was.
func (a *attention) look(d engine.Desk, now time.Time) (told []frame) {
	tasks := make(map[string]agent.LegState, len(d.Tasks))
	for _, t := range d.Tasks {
		was, known := a.tasks[t.Contact]
		tasks[t.Contact] = t.State
		if a.at.IsZero() {
			continue
		}
		for _, kind := range changes(t, was) {
			told = append(told, notice(kind, t.Task, now))
		}
		warn := t.Task.Expires.Add(-expiryNotice)
		if live(t.State) && !t.Task.Expires.IsZero() && !warn.After(now) && (!known || warn.After(a.at)) {
			told = append(told, notice(expiring, t.Task, now))
		}
	}
	a.at, a.tasks = now, tasks
	return told
}

// changes tells what the end of a task in the agent's hands means.
func changes(t engine.DeskTask, was agent.LegState) []noticeType {
	switch {
	case t.State != agent.Ended || was == agent.Ended:
		return nil
	case t.Task.Next != "":
		return []noticeType{transferInitiated, transferSucceeded}
	case t.Task.Reason == contact.ReasonExpired:
		return []noticeType{expired}
	}
	return nil
}

// live reports whether a task rings, is worked or is paused.
func live(s agent.LegState) bool {
	return s == agent.Connecting || s == agent.Connected || s == agent.Paused
}

// notices looks at the desk of a session for what is to be told of it.
func (d *Desk) notices(ctx context.Context, s directory.Session, a *attention) []frame {
	desk, err := d.engine.Desk(ctx, s.Instance, s.User)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "cannot look for what happened to an agent's tasks", "err", err)
		}
		return nil
	}
	return a.look(desk, d.engine.Now())
}

// tellFailed tells the agent's sockets that a transfer was refused.
func (c *call) tellFailed(contactID string) {
	if task, _, err := c.engine.Contact(c.r.Context(), c.session.Instance, contactID); err == nil {
		c.hub.tell(c.session.User, notice(transferFailed, task, c.engine.Now()))
	}
}
