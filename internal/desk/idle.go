package desk

import (
	"context"
	"log/slog"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// Where sessions end for want of activity, agents are active by what they do: the calls below, and what their panels
// tell of keys and clicks. Shortly before the end their sockets are told, and once more when somebody has become active
// after all. At the end the agent goes offline, and keeps the tasks in hand.
//
//	panel ──Tasklane.RecordActivity, AcceptContact, …──► activity ──1 min before──► {"topic":"ccp/inactivity","content":{"expiration":…}}
//	                                                      └────────────at the end──► Offline, session ended

const (
	inactivityTopic = "ccp/inactivity"
	idleTick        = time.Second
	longestWarning  = time.Minute
)

// activities are the operations by which an agent is active. Those that panels call by themselves are not among them.
var activities = map[string]bool{
	"PutAgentState": true, "AcceptContact": true, "RejectContact": true, "DestroyConnection": true, "ClearContact": true,
	"CompleteContact": true, "PauseContact": true, "ResumeContact": true, "TransferContact": true,
	"CreateAdditionalConnection": true, "CreateTaskContact": true, "UpdateAgentConfiguration": true,
	"PickContact": true, "GetAttachedFile": true, "StartAttachedFileUpload": true, "DeleteAttachedFile": true, "RecordActivity": true,
}

// warning is how long before the end of a session it is announced.
func (d *Desk) warning() time.Duration { return min(longestWarning, d.sessions.Idle/4) }

// endsSoon reports whether the end of a session for want of activity is to be announced, and when that is.
func (d *Desk) endsSoon(s directory.Session) (end time.Time, soon bool) {
	end = d.sessions.IdleEnd(s)
	return end, !end.IsZero() && !d.sessions.Now().Before(end.Add(-d.warning()))
}

// inactivityLimit is how long agents may do nothing, in seconds; nil where that does not matter.
func (d *Desk) inactivityLimit() any {
	if d.sessions.Idle == 0 {
		return nil
	}
	return d.sessions.Idle.Seconds()
}

// active says that the agent is there, and takes back what was announced.
func (c *call) active(ctx context.Context) error {
	s, err := c.sessions.Active(ctx, c.session)
	if err == nil {
		c.announce(s)
	}
	return err
}

// recordActivity does nothing more, and tells when the session would end.
func (c *call) recordActivity() (any, error) {
	s, ok, err := c.sessions.Fresh(c.r.Context(), c.session)
	if err != nil || !ok {
		return object{"expiration": nil}, err
	}
	return object{"expiration": milliseconds(c.sessions.IdleEnd(s))}, nil
}

// milliseconds is how the library tells when a session ends; nil for never.
func milliseconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// announce tells the sockets of a session's family when it is about to end, once, or that it is not any more.
func (d *Desk) announce(s directory.Session) {
	end, soon := d.endsSoon(s)
	if !soon {
		end = time.Time{}
	}
	content := object{"expiration": milliseconds(end)}
	if soon {
		content["remaining"] = end.Sub(d.sessions.Now()).Milliseconds() // clocks differ
	}
	d.hub.announce(s, soon, frame{Topic: inactivityTopic, Content: content})
}

// lookForIdle ends sessions for want of activity and announces that, until ctx ends.
func (d *Desk) lookForIdle(ctx context.Context) {
	for range telemetry.Every(ctx, idleTick) {
		for _, look := range []func(context.Context) error{d.endIdle, d.announceEnds} {
			if err := look(ctx); err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "cannot look for agents who are not active", "err", err)
			}
		}
	}
}

// announceEnds announces the ends of sessions that sockets are open in. What is known of them here may be old, as the
// agent can have been active at another node.
func (d *Desk) announceEnds(ctx context.Context) error {
	for _, known := range d.hub.families() {
		if _, soon := d.endsSoon(known); !soon {
			continue
		}
		s, ok, err := d.sessions.Fresh(ctx, known)
		if err != nil {
			return err
		}
		if ok {
			d.announce(s)
		}
	}
	return nil
}

// endIdle ends the sessions in which nobody was active for too long.
func (d *Desk) endIdle(ctx context.Context) error {
	idle, err := d.sessions.Idlers(ctx)
	if err != nil {
		return err
	}
	for _, s := range idle {
		if err := d.endIdleSession(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// endIdleSession ends a session, unless somebody has become active meanwhile. The agent goes offline first, so that
// nothing is left undone when the server dies in between.
func (d *Desk) endIdleSession(ctx context.Context, s directory.Session) error {
	if stands, err := d.sessions.Stands(ctx, s); err != nil || stands {
		return err
	}
	elsewhere, err := d.sessions.Elsewhere(ctx, s)
	if err != nil {
		return err
	}
	if !elsewhere {
		if err := d.idleOffline(ctx, s); err != nil {
			return err
		}
	}
	err = d.sessions.End(ctx, s)
	d.hub.end(s.User, s.TokenHash)
	return err
}

// idleOffline sets an agent offline who is not so already, nor will be after the tasks in hand.
func (d *Desk) idleOffline(ctx context.Context, s directory.Session) error {
	desk, err := d.engine.Desk(ctx, s.Instance, s.User)
	if err == nil && desk.Agent.Type != agent.Offline && (desk.Agent.Next == "" || desk.Agent.NextType != agent.Offline) {
		err = d.offline(ctx, s)
	}
	if fault.Is(err, fault.NotFound) {
		return nil // the user is gone, or the instance
	}
	return err
}
