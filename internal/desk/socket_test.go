package desk

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestSocketTellsOfChanges(t *testing.T) {
	w := signedIn(t)
	first, second := w.dial(websocket.DialOptions{}), w.dial(websocket.DialOptions{})
	for _, conn := range []*websocket.Conn{first, second} {
		if f, err := next(t, conn); err != nil || f.Topic != "ccp/snapshot" {
			t.Fatalf("first frame %v, %v", f, err)
		}
	}
	w.available()
	for _, conn := range []*websocket.Conn{first, second} {
		if f, err := next(t, conn); err != nil || f.Topic != "ccp/snapshot" {
			t.Errorf("after a change: %v, %v", f, err)
		}
	}
	for sent, want := range map[string]string{`{"topic":"aws/heartbeat"}`: "aws/heartbeat", `{"topic":"aws/subscribe","content":{"topics":["aws/task"]}}`: "aws/subscribe"} {
		if err := first.Write(t.Context(), websocket.MessageText, []byte(sent)); err != nil {
			t.Fatal(err)
		}
		if f, err := next(t, first); err != nil || f.Topic != want {
			t.Errorf("%s is answered with %v, %v", sent, f, err)
		}
	}
}

func TestTicketLetsInOnceAndSoonAndOnlyOurPages(t *testing.T) {
	w := signedIn(t)
	admitted := func(target, origin string) bool {
		opts := &websocket.DialOptions{HTTPClient: w.client, HTTPHeader: http.Header{}}
		if origin != "" {
			opts.HTTPHeader.Set("Origin", origin)
		}
		conn, _, err := websocket.Dial(t.Context(), target, opts)
		if err == nil {
			_ = conn.CloseNow()
		}
		return err == nil
	}
	target := w.ticketURL()
	if !admitted(target, w.server.URL) {
		t.Error("our own page is refused")
	}
	for range 2 {
		if admitted(target, w.server.URL) {
			t.Error("a ticket lets in twice")
		}
	}
	if admitted(w.ticketURL(), "https://evil.example") {
		t.Error("a page of another site is let in")
	}
	if admitted(strings.Split(target, "?")[0], "") {
		t.Error("a client without a ticket is let in")
	}
	target = w.ticketURL()
	w.store.AdvanceSessions(time.Minute + time.Second)
	if admitted(target, "") {
		t.Error("a ticket lets in after a minute")
	}
	target = w.ticketURL()
	w.get("/logout")
	if admitted(target, "") {
		t.Error("a ticket outlives its session")
	}
}

func TestPanelsOfAnAgentTalkToEachOther(t *testing.T) {
	w := signedIn(t)
	first, second := w.dial(websocket.DialOptions{}), w.dial(websocket.DialOptions{})
	w.hire("bob", "Agent")
	bobs := w.dial(websocket.DialOptions{})
	for _, conn := range []*websocket.Conn{first, second, bobs} {
		if _, err := next(t, conn); err != nil { // the first version
			t.Fatal(err)
		}
	}
	said := `{"topic":"ccp/broadcast","content":{"id":"1","event":"contact::view"}}`
	if err := first.Write(t.Context(), websocket.MessageText, []byte(said)); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []*websocket.Conn{first, second} {
		f, err := next(t, conn)
		if content, _ := f.Content.(object); err != nil || f.Topic != broadcastTopic || content["event"] != "contact::view" {
			t.Errorf("a panel hears %v, %v", f, err)
		}
	}
	if err := bobs.Write(t.Context(), websocket.MessageText, []byte(`{"topic":"aws/heartbeat"}`)); err != nil {
		t.Fatal(err)
	}
	if f, err := next(t, bobs); err != nil || f.Topic != "aws/heartbeat" {
		t.Errorf("another agent's panel hears %v, %v; want only what answers it", f, err)
	}
}
