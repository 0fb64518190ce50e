package desk

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

const (
	socketPath = "/ccp-ws"
	// transportLife is how long a socket is meant to live, in seconds; the client opens a new one then.
	transportLife = 3600
	// silence is how long a client may say nothing: browsers slow the timers of hidden pages down to a minute.
	silence     = 3 * time.Minute
	writeWithin = 5 * time.Second
	// checkEvery is how often a socket looks whether its session still stands, which may have ended at another
	// node or expired, and pings its client, so that no proxy takes a hidden page's socket for idle.
	checkEvery = 30 * time.Second
)

// frame is a message on the socket.
type frame struct {
	Topic   string `json:"topic"`
	Content any    `json:"content,omitempty"`
}

// socketURL is where a client opens its socket with a ticket.
func socketURL(r *http.Request, ticket string) string {
	scheme := "ws"
	if auth.Secure(r) {
		scheme = "wss"
	}
	return scheme + "://" + r.Host + socketPath + "?ticket=" + ticket
}

// socket tells a page whenever the agent's desk has changed.
func (d *Desk) socket(w http.ResponseWriter, r *http.Request) {
	s, ok, err := d.sessions.Redeem(r.Context(), r.URL.Query().Get("ticket"))
	if err != nil {
		slog.ErrorContext(r.Context(), "socket failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
		return
	}
	if !ok {
		writeMessage(w, http.StatusUnauthorized, "The ticket is not valid, or was used")
		return
	}
	conn, err := websocket.Accept(w, r, nil) // refuses pages of other hosts
	if err != nil {
		return // it has answered
	}
	d.serveSocket(r.Context(), conn, s)
}

// serveSocket serves until the client, the session or the server is gone.
func (d *Desk) serveSocket(ctx context.Context, conn *websocket.Conn, s directory.Session) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watcher := d.hub.watch(s)
	defer d.hub.leave(watcher)
	answers := make(chan frame, 8)
	go func() {
		defer cancel()
		receive(ctx, conn, answers)
	}()
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	alive := send(ctx, conn, frame{"ccp/snapshot", d.hub.version(s.User)})
	for alive {
		select {
		case <-watcher.changed:
			alive = send(ctx, conn, frame{"ccp/snapshot", d.hub.version(s.User)})
		case f := <-answers:
			alive = send(ctx, conn, f)
		case <-check.C:
			if stands, err := d.sessions.Stands(ctx, s); err == nil && !stands {
				part(conn, "the session has ended")
				return
			}
			alive = ping(ctx, conn)
		case <-watcher.ended:
			part(conn, "the session or the server has ended")
			return
		case <-ctx.Done():
			alive = false
		}
	}
	_ = conn.CloseNow() // the client may be gone
}

// send writes a frame, and tells whether the client took it in time.
func send(ctx context.Context, conn *websocket.Conn, f frame) bool {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	text, err := json.Marshal(f)
	return err == nil && conn.Write(ctx, websocket.MessageText, text) == nil
}

func ping(ctx context.Context, conn *websocket.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return conn.Ping(ctx) == nil
}

// part closes a socket in good order.
func part(conn *websocket.Conn, why string) {
	_ = conn.Close(websocket.StatusGoingAway, why) // the client may be gone
}

// receive answers what the client says, until it says nothing for too long or goes away.
func receive(ctx context.Context, conn *websocket.Conn, answers chan<- frame) {
	for {
		within, done := context.WithTimeout(ctx, silence)
		_, text, err := conn.Read(within)
		done()
		if err != nil {
			return
		}
		var in struct {
			Topic   string
			Content struct{ Topics []string }
		}
		if json.Unmarshal(text, &in) != nil {
			continue // what cannot be read needs no answer
		}
		var out frame
		switch in.Topic {
		case "aws/heartbeat":
			out = frame{Topic: in.Topic}
		case "aws/subscribe":
			out = frame{in.Topic, map[string]any{"status": "success", "topics": in.Content.Topics}}
		default:
			continue
		}
		select {
		case answers <- out:
		case <-ctx.Done():
			return
		}
	}
}
