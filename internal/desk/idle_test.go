package desk

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/engine"
)

const idleAfter = 30 * time.Minute

// soonest is how much later than said something happens that is looked for once a tick.
const soonest = 2 * idleTick

// inIdleTime runs a test on a desk where sessions end for want of activity, whose agent has signed in.
func inIdleTime(t *testing.T, test func(*world)) {
	t.Helper()
	inFakeTime(t, test, func(o *Options) { o.Sessions.Idle = idleAfter })
}

// presence reads what the agent's status is and will be, without the agent's doing.
func (w *world) presence() engine.Desk {
	w.t.Helper()
	d, err := w.engine.Desk(w.t.Context(), instance, w.stock.Agent)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// signedOut reports whether the agent's token is good no more.
func (w *world) signedOut() bool {
	w.t.Helper()
	status, _ := w.cti("GetAgentConfiguration", object{})
	return status == http.StatusUnauthorized
}

// announcements are the ends of its session that a socket was told, in milliseconds; 0 takes one back.
func announcements(t testing.TB, conn *websocket.Conn) <-chan int64 {
	ends := make(chan int64, 16)
	go func() {
		for {
			_, text, err := conn.Read(t.Context())
			if err != nil {
				close(ends)
				return
			}
			var f struct {
				Topic   string
				Content json.RawMessage
			}
			var told struct{ Expiration int64 }
			if json.Unmarshal(text, &f) == nil && f.Topic == inactivityTopic && json.Unmarshal(f.Content, &told) == nil {
				ends <- told.Expiration
			}
		}
	}()
	return ends
}

func TestSessionEndsWhenTheAgentIsNotActive(t *testing.T) {
	inIdleTime(t, func(w *world) {
		if limit := w.must("GetAgentConfiguration", object{})["configuration"].(object)["sessionInactivity"]; limit != idleAfter.Seconds() {
			w.t.Errorf("the configuration tells of %v s, want %v", limit, idleAfter.Seconds())
		}
		w.available()
		id := w.inHand()
		begun := time.Now()
		conn := w.dial(websocket.DialOptions{})
		talk(w.t, conn)
		ends := announcements(w.t, conn)

		for range 27 { // what a panel does by itself is no activity
			w.must("GetAgentSnapshot", object{})
			time.Sleep(time.Minute)
		}
		select {
		case end := <-ends:
			w.t.Errorf("the end at %v is announced after %v", time.UnixMilli(end), time.Since(begun))
		default:
		}
		end := <-ends
		if announced := time.Since(begun); announced < idleAfter-longestWarning-time.Second || announced > idleAfter-longestWarning+soonest {
			w.t.Errorf("announced after %v, want a minute before %v", announced, idleAfter)
		}
		if at := time.UnixMilli(end); at.Sub(begun) > idleAfter+time.Second || at.Sub(begun) < idleAfter-time.Second {
			w.t.Errorf("the end is said to be %v after the last activity, want %v", at.Sub(begun), idleAfter)
		}
		if _, open := <-ends; open {
			w.t.Error("the end was announced twice")
		}
		if took := time.Since(begun); took < idleAfter-time.Second || took > idleAfter+soonest || !w.signedOut() {
			w.t.Errorf("the socket closed after %v, signed out: %t", took, w.signedOut())
		}
		time.Sleep(soonest)
		d := w.presence()
		if d.Agent.NextType != agent.Offline || len(d.Tasks) != 1 || d.Tasks[0].Contact != id || d.Tasks[0].State != agent.Connected {
			w.t.Errorf("the agent will be %q, and has %v, want Offline after the task", d.Next.Name, d.Tasks)
		}
	})
}

func TestAgentWhoClosedTheBrowserGoesOffline(t *testing.T) {
	inIdleTime(t, func(w *world) {
		w.available()
		time.Sleep(idleAfter - time.Second)
		if d := w.presence(); d.Agent.Type != agent.Routable {
			w.t.Errorf("a second before: %s, want Available", d.Status.Name)
		}
		time.Sleep(time.Second + soonest)
		if d := w.presence(); d.Agent.Type != agent.Offline || !w.signedOut() {
			w.t.Errorf("the agent is %s, signed out: %t", d.Status.Name, w.signedOut())
		}
		since := w.presence().Agent.StatusSince
		w.signIn() // the clock of the status runs on
		time.Sleep(time.Minute)
		if d := w.presence(); !d.Agent.StatusSince.Equal(since) {
			w.t.Errorf("offline since %v, and then since %v", since, d.Agent.StatusSince)
		}
	})
}

func TestActivityPutsTheEndOff(t *testing.T) {
	inIdleTime(t, func(w *world) {
		conn := w.dial(websocket.DialOptions{})
		talk(w.t, conn)
		ends := announcements(w.t, conn)
		<-ends
		out := w.ours("RecordActivity", object{})
		if end := time.UnixMilli(int64(out["expiration"].(float64))); time.Until(end).Round(time.Second) != idleAfter {
			w.t.Errorf("RecordActivity says that the session ends in %v, want %v", time.Until(end), idleAfter)
		}
		if end := <-ends; end != 0 {
			w.t.Errorf("%v was announced, want that taken back", end)
		}
		time.Sleep(idleAfter - time.Minute - 5*time.Second)
		w.available() // so is a call
		begun := time.Now()
		<-ends
		if took := time.Since(begun); took < idleAfter-longestWarning-time.Second || w.signedOut() {
			w.t.Errorf("announced again %v after a call, signed out: %t", took, w.signedOut())
		}
	})
}

func TestAgentWhoIsActiveElsewhereKeepsTheirStatus(t *testing.T) {
	inIdleTime(t, func(w *world) {
		w.available()
		first := w.token
		w.client.Jar, _ = cookiejar.New(nil)
		w.signIn()
		for range 4 {
			time.Sleep(10 * time.Minute)
			w.ours("RecordActivity", object{})
		}
		if d := w.presence(); d.Agent.Type != agent.Routable || w.signedOut() {
			w.t.Errorf("the agent is %s, want Available", d.Status.Name)
		}
		w.token = first
		if !w.signedOut() {
			w.t.Error("the session in the browser that nobody uses still stands")
		}
	})
}

func TestSessionsStandWithoutActivityUnlessTold(t *testing.T) {
	inFakeTime(t, func(w *world) {
		if limit := w.must("GetAgentConfiguration", object{})["configuration"].(object)["sessionInactivity"]; limit != nil {
			w.t.Errorf("sessionInactivity is %v, want none", limit)
		}
		time.Sleep(11*time.Hour + 59*time.Minute)
		if w.signedOut() {
			w.t.Error("signed out within the life of a session")
		}
		if out := w.ours("RecordActivity", object{}); out["expiration"] != nil {
			w.t.Errorf("RecordActivity: %v, want no end", out)
		}
	})
}

// handedOver is the token of a frame that the agent's window has handed its session over to.
func (w *world) handedOver() (token string) {
	w.t.Helper()
	var out struct{ Code string }
	if res, text := w.post("/auth/code", "application/json", "{}"); res.StatusCode != http.StatusOK || json.Unmarshal([]byte(text), &out) != nil {
		w.t.Fatalf("/auth/code: %s %s", res.Status, text)
	}
	window := w.client.Jar
	w.client.Jar, _ = cookiejar.New(nil)
	defer func() { w.client.Jar = window }()
	code, _ := json.Marshal(out)
	if res, text := w.post("/auth/handoff", "application/json", string(code)); res.StatusCode != http.StatusOK {
		w.t.Fatalf("/auth/handoff: %s %s", res.Status, text)
	}
	return w.authorize()["accessToken"].(string)
}

func TestSigningOutInTheWindowEndsWhatWasHandedOver(t *testing.T) {
	inFakeTime(t, func(w *world) {
		window := w.token
		w.token = w.handedOver()
		if w.token == window || w.signedOut() {
			w.t.Fatalf("the frame has token %s, and is signed out: %t", w.token, w.signedOut())
		}
		conn := w.dial(websocket.DialOptions{})
		talk(w.t, conn)
		begun := time.Now()
		go func() {
			time.Sleep(time.Second)
			w.get("/logout")
		}()
		took, _ := closedAfter(w.t, conn)
		if took != time.Second || !w.signedOut() {
			w.t.Errorf("the frame's socket closed %v after the sign-out, signed out: %t", time.Since(begun)-time.Second, w.signedOut())
		}
	})
}

func TestAFrameThatSignsOutLeavesTheWindow(t *testing.T) {
	inFakeTime(t, func(w *world) {
		window := w.token
		w.token = w.handedOver()
		s, ok, err := w.desk.sessions.Find(w.t.Context(), w.token)
		if err == nil && ok {
			err = w.desk.sessions.End(w.t.Context(), s)
		}
		if err != nil || !ok || !w.signedOut() {
			w.t.Fatalf("the frame's session: %v %t %v", s, ok, err)
		}
		if w.token = window; w.signedOut() {
			w.t.Error("the window is signed out, too")
		}
	})
}

func TestWhoIsActiveInTheFrameIsActiveInTheWindow(t *testing.T) {
	inIdleTime(t, func(w *world) {
		window := w.token
		frame := w.handedOver()
		conn := w.dial(websocket.DialOptions{}) // of the window
		talk(w.t, conn)
		ends := announcements(w.t, conn)
		<-ends
		w.token = frame
		w.ours("RecordActivity", object{})
		if end := <-ends; end != 0 {
			w.t.Errorf("the window hears of %v, want the announcement taken back", end)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for name, token := range map[string]string{"window": window, "frame": frame} {
			if w.token = token; w.signedOut() {
				w.t.Errorf("the %s is signed out", name)
			}
		}
		time.Sleep(idleAfter)
		for name, token := range map[string]string{"window": window, "frame": frame} {
			if w.token = token; !w.signedOut() {
				w.t.Errorf("the %s is not signed out", name)
			}
		}
	})
}

func TestActivityAtAnotherNodeTakesTheAnnouncementBack(t *testing.T) {
	inIdleTime(t, func(w *world) {
		conn := w.dial(websocket.DialOptions{})
		talk(w.t, conn)
		ends := announcements(w.t, conn)
		<-ends
		s, _, err := w.desk.sessions.Find(w.t.Context(), w.token)
		if err == nil {
			err = w.store.Active(w.t.Context(), s, w.store.Now())
		}
		if err != nil {
			w.t.Fatal(err)
		}
		var end int64
		if took := after(func() { end = <-ends }); end != 0 || took > soonest {
			w.t.Errorf("%d is announced after %v, want the announcement taken back", end, took)
		}
		time.Sleep(2 * time.Minute)
		if w.signedOut() {
			w.t.Error("signed out in spite of that")
		}
	})
}
