package desk

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// pipes is a network in memory, so that servers, clients and sockets live in fake time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8484} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inFakeTime runs a test on a desk whose agent has signed in.
func inFakeTime(t *testing.T, test func(*world), change ...func(*Options)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		network := newPipes()
		w := openOn(t, dir, func(h http.Handler) *httptest.Server {
			s := &httptest.Server{Listener: network, Config: &http.Server{Handler: h}}
			s.Start()
			return s
		}, change...)
		transport := &http.Transport{DialContext: network.dial}
		t.Cleanup(transport.CloseIdleConnections)
		w.client.Transport = transport
		w.signIn()
		test(w)
	})
}

// after tells how much time an action takes.
func after(action func()) time.Duration {
	begun := time.Now()
	action()
	return time.Since(begun)
}

func TestLongPollIsHeldUntilSomethingChanges(t *testing.T) {
	inFakeTime(t, func(w *world) {
		token := w.must("GetAgentSnapshot", object{})["nextToken"]
		poll := func(timeout time.Duration) (out object) {
			return w.must("GetAgentSnapshot", object{"nextToken": token, "timeout": timeout.Milliseconds()})
		}
		tests := []struct{ asked, held time.Duration }{
			{0, 0}, {-time.Second, 0}, {7 * time.Second, 7 * time.Second}, {30 * time.Second, longestPoll},
		}
		for _, tt := range tests {
			var out object
			if took := after(func() { out = poll(tt.asked) }); took != tt.held || out["nextToken"] != token {
				w.t.Errorf("nothing changes, timeout %v: answered after %v with token %v, want after %v with %v", tt.asked, took, out["nextToken"], tt.held, token)
			}
		}

		go func() {
			time.Sleep(3 * time.Second)
			w.available()
		}()
		var out object
		if took := after(func() { out = poll(30 * time.Second) }); took != 3*time.Second || out["nextToken"] == token {
			w.t.Errorf("a change after 3s: answered after %v, token changed: %t", took, out["nextToken"] != token)
		}
		if took := after(func() { poll(30 * time.Second) }); took != 0 {
			w.t.Errorf("an old token was kept waiting for %v", took)
		}
	})
}

func TestChangesOfOthersWakeNobody(t *testing.T) {
	inFakeTime(t, func(w *world) {
		token := w.must("GetAgentSnapshot", object{})["nextToken"]
		if err := w.engine.SetStatus(w.t.Context(), instance, w.stock.Admin, w.state("Available")); err != nil {
			w.t.Fatal(err)
		}
		if now := w.must("GetAgentSnapshot", object{})["nextToken"]; now != token {
			w.t.Errorf("another agent's status changes the token from %v to %v", token, now)
		}
		queue, err := w.engine.Queue(instance, w.stock.Queue)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.engine.CreateQueue(w.t.Context(), instance, routing.Queue{Name: "Refunds", Hours: queue.Value.Hours}); err != nil {
			w.t.Fatal(err)
		}
		// What is known of this agent: their desk shows no queue.
		w.available()
		token = w.must("GetAgentSnapshot", object{})["nextToken"]
		name := "Claims"
		if err := w.engine.RenameQueue(w.t.Context(), instance, w.stock.Queue, &name, nil); err != nil {
			w.t.Fatal(err)
		}
		if now := w.must("GetAgentSnapshot", object{})["nextToken"]; now != token {
			w.t.Errorf("a queue that is on no desk changes the token from %v to %v", token, now)
		}
		w.ring()
		token = w.must("GetAgentSnapshot", object{})["nextToken"]
		name = "Refunds of old"
		if err := w.engine.RenameQueue(w.t.Context(), instance, w.stock.Queue, &name, nil); err != nil {
			w.t.Fatal(err)
		}
		if now := w.must("GetAgentSnapshot", object{})["nextToken"]; now == token {
			w.t.Error("a task rings out of the queue that was renamed, and the token is as it was")
		}
	})
}

// otherNode is a store that, as the one of another process, does not hear of this one's commits.
type otherNode struct{ *store.Store }

func (otherNode) Watch(func(engine.Commit)) {}

func TestChangesByAnotherNodeAreNoticed(t *testing.T) {
	inFakeTime(t, func(w *world) {
		e, err := engine.New(engine.Options{Store: otherNode{w.store}})
		if err == nil {
			err = e.Load(w.t.Context())
		}
		if err != nil {
			w.t.Fatal(err)
		}
		there := New(Options{Engine: e, Sessions: w.desk.sessions, Resync: time.Second})
		ctx, stop := context.WithCancel(w.t.Context())
		ran := make(chan error)
		go func() { ran <- there.Run(ctx) }()
		defer func() {
			stop()
			if err := <-ran; err != nil {
				w.t.Error(err)
			}
		}()

		waits := there.hub.watch(directory.Session{Instance: instance, User: w.stock.Agent})
		before := there.hub.version(w.stock.Agent)
		w.available()
		if took := after(func() { <-waits.changed }); took > time.Second || there.hub.version(w.stock.Agent) == before {
			w.t.Errorf("another node's change is noticed after %v, version %s; before %s", took, there.hub.version(w.stock.Agent), before)
		}
		time.Sleep(time.Minute)
		select {
		case <-waits.changed:
			w.t.Error("nothing has changed since, and still the desk is said to have")
		default:
		}
		there.hub.leave(waits)
	})
}

func TestPollEndsWhenTheServerStops(t *testing.T) {
	inFakeTime(t, func(w *world) {
		token := w.must("GetAgentSnapshot", object{})["nextToken"]
		go func() {
			time.Sleep(time.Second)
			w.stop()
		}()
		if took := after(func() {
			w.must("GetAgentSnapshot", object{"nextToken": token, "timeout": 20_000})
		}); took != time.Second {
			w.t.Errorf("the server stops after 1s, the poll ends after %v", took)
		}
	})
}

// closedAfter reads a socket to its end and tells how long that takes and how it closes.
func closedAfter(t testing.TB, conn *websocket.Conn) (took time.Duration, code websocket.StatusCode) {
	t.Helper()
	return after(func() {
		for {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			_, _, err := conn.Read(ctx)
			cancel()
			if err != nil {
				code = websocket.CloseStatus(err)
				return
			}
		}
	}), code
}

// talk says something now and then, as the panel does.
func talk(t testing.TB, conn *websocket.Conn) {
	go func() {
		for conn.Write(t.Context(), websocket.MessageText, []byte(`{"topic":"aws/heartbeat"}`)) == nil {
			select {
			case <-time.After(10 * time.Second):
			case <-t.Context().Done():
			}
		}
	}()
}

func TestSocketOutlivesNeitherItsSessionNorItsClient(t *testing.T) {
	tests := []struct {
		name    string
		happens func(w *world)
		silent  bool
		within  time.Duration
	}{
		{"signed out here", func(w *world) { w.get("/logout") }, false, 0},
		{"signed out at another node", func(w *world) {
			s, _, err := w.desk.sessions.Find(w.t.Context(), w.token)
			if err == nil {
				err = w.store.EndSession(w.t.Context(), s.TokenHash)
			}
			if err != nil {
				w.t.Error(err)
			}
		}, false, checkEvery},
		{"the time of sessions moves past its end", func(w *world) { w.store.AdvanceSessions(13 * time.Hour) }, false, checkEvery},
		{"the server stops", func(w *world) { w.stop() }, false, 0},
		{"the client is silent", func(*world) {}, true, silence},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inFakeTime(t, func(w *world) {
				conn := w.dial(websocket.DialOptions{})
				if !tt.silent {
					talk(w.t, conn)
				}
				go func() {
					time.Sleep(time.Minute + time.Second)
					tt.happens(w)
				}()
				took, _ := closedAfter(w.t, conn)
				if latest := time.Minute + time.Second + tt.within; took > latest || took < min(tt.within, latest) {
					w.t.Errorf("closed after %v, want %v at the latest", took, latest)
				}
			})
		})
	}
}

func TestStopWaitsForTheSockets(t *testing.T) {
	inFakeTime(t, func(w *world) {
		conn := w.dial(websocket.DialOptions{})
		closed := make(chan websocket.StatusCode, 1)
		go func() {
			_, code := closedAfter(w.t, conn)
			closed <- code
		}()
		synctest.Wait()
		w.stop()
		w.desk.hub.mu.Lock()
		serving := len(w.desk.hub.watchers)
		w.desk.hub.mu.Unlock()
		if serving != 0 {
			w.t.Error("Run has ended, and a socket is still being served")
		}
		if code := <-closed; code != websocket.StatusGoingAway {
			w.t.Errorf("closed with %v, want %v", code, websocket.StatusGoingAway)
		}
	})
}

func TestStopDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub()
		stuck := h.watch(directory.Session{User: "u"})
		if took := after(func() { h.close(stopWithin) }); took != stopWithin {
			t.Errorf("one who never leaves holds up the stop for %v, want %v", took, stopWithin)
		}
		h.leave(stuck)
	})
}

func TestSocketIsPinged(t *testing.T) {
	inFakeTime(t, func(w *world) {
		pings := 0
		conn := w.dial(websocket.DialOptions{OnPingReceived: func(context.Context, []byte) bool {
			pings++
			return true
		}})
		go func() {
			time.Sleep(2*checkEvery + time.Second)
			w.stop()
		}()
		closedAfter(w.t, conn)
		if pings != 2 {
			w.t.Errorf("%d pings in %v, want 2", pings, 2*checkEvery+time.Second)
		}
	})
}
