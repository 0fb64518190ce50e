package desk

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
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

// broadcastTopic is the topic of what one panel of an agent tells all of them, itself among them. The library calls
// that a broadcast.
const broadcastTopic = "ccp/broadcast"

// frame is a message on the socket.
type frame struct {
	Topic       string `json:"topic"`
	ContentType string `json:"contentType,omitempty"`
	Content     any    `json:"content,omitempty"`
}

// subscription is the answer to a client that subscribes topics.
type subscription struct {
	Status string   `json:"status"`
	Topics []string `json:"topics"`
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
	s, ok, err := d.sessions.Redeem(r.Context(), r.URL.Query().Get("ticket"), directory.OpenSocket)
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

// line is one socket of a session.
type line struct {
	*Desk
	conn    *websocket.Conn
	session directory.Session
	watcher *watcher
	tasks   *attention // nil until the client subscribes notices of tasks
}

// serveSocket serves until the client, the session or the server is gone.
func (d *Desk) serveSocket(ctx context.Context, conn *websocket.Conn, s directory.Session) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := line{Desk: d, conn: conn, session: s, watcher: d.hub.watch(s)}
	defer d.hub.leave(l.watcher)
	answers := make(chan frame, 8)
	go func() {
		defer cancel()
		l.receive(ctx, answers)
	}()
	if why := l.serve(ctx, answers); why != "" {
		part(conn, why)
		return
	}
	_ = conn.CloseNow() // the client may be gone
}

// serve sends what there is to send, until that ends: then it says why, if the client can still be told.
func (l *line) serve(ctx context.Context, answers <-chan frame) (why string) {
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	alive := send(ctx, l.conn, l.version())
	for alive {
		select {
		case <-l.watcher.changed:
			alive = send(ctx, l.conn, l.version()) && l.tell(ctx)
		case f := <-l.watcher.told:
			alive = f.Topic == taskTopic && l.tasks == nil || send(ctx, l.conn, f)
		case f := <-answers:
			if s, ok := f.Content.(subscription); ok && l.tasks == nil && slices.Contains(s.Topics, taskTopic) {
				l.tasks = &attention{}
			}
			alive = l.tell(ctx) && send(ctx, l.conn, f) // what happens after the answer is told
		case <-check.C:
			if stands, err := l.sessions.Stands(ctx, l.session); err == nil && !stands {
				return "the session has ended"
			}
			alive = ping(ctx, l.conn) && l.tell(ctx)
		case <-l.watcher.ended:
			return "the session or the server has ended"
		case <-ctx.Done():
			alive = false
		}
	}
	return ""
}

// version is the frame that says that there may be another snapshot.
func (l *line) version() frame {
	return frame{Topic: "ccp/snapshot", Content: l.hub.version(l.session.User)}
}

// tell sends what has happened to the agent's tasks, to a client that wants to know.
func (l *line) tell(ctx context.Context) bool {
	if l.tasks == nil {
		return true
	}
	for _, f := range l.notices(ctx, l.session, l.tasks) {
		if !send(ctx, l.conn, f) {
			return false
		}
	}
	return true
}

// send writes a frame, and reports whether the client took it in time.
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
func (l *line) receive(ctx context.Context, answers chan<- frame) {
	for {
		within, done := context.WithTimeout(ctx, silence)
		_, text, err := l.conn.Read(within)
		done()
		if err != nil {
			return
		}
		var in struct {
			Topic   string
			Content json.RawMessage
		}
		if json.Unmarshal(text, &in) != nil {
			continue // what cannot be read needs no answer
		}
		var out frame
		switch in.Topic {
		case "aws/heartbeat":
			out = frame{Topic: in.Topic}
		case "aws/subscribe":
			var answer subscription
			_ = json.Unmarshal(in.Content, &answer) // who names no topics gets none
			answer.Status = "success"
			out = frame{Topic: in.Topic, Content: answer}
		case broadcastTopic:
			l.hub.tell(l.session.User, frame{Topic: in.Topic, Content: in.Content})
			continue
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
