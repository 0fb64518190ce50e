package desk

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/engine"
)

// told reads frames until the next notice, and is its type and contact.
func nextNotice(t *testing.T, conn *websocket.Conn) (kind, contact, initial string) {
	t.Helper()
	for {
		f, err := next(t, conn)
		if err != nil {
			t.Fatalf("no notice: %v", err)
		}
		if f.Topic != taskTopic {
			continue
		}
		var content struct{ ContentType, ContactId, InitialContactId, AbsoluteTime, Id string } //nolint:revive // as they travel
		if err := json.Unmarshal([]byte(f.Content.(string)), &content); err != nil || f.ContentType != "application/json" {
			t.Fatalf("notice %v: %v", f, err)
		}
		if _, err := time.Parse(time.RFC3339, content.AbsoluteTime); err != nil || content.Id == "" {
			t.Errorf("notice %v: %v", content, err)
		}
		return content.ContentType, content.ContactId, content.InitialContactId
	}
}

// listen opens a socket that has subscribed notices of tasks.
func (w *world) listen() *websocket.Conn {
	w.t.Helper()
	conn := w.dial(websocket.DialOptions{})
	if err := conn.Write(w.t.Context(), websocket.MessageText, []byte(`{"topic":"aws/subscribe","content":{"topics":["aws/task"]}}`)); err != nil {
		w.t.Fatal(err)
	}
	for {
		f, err := next(w.t, conn)
		if err != nil {
			w.t.Fatal(err)
		}
		if f.Topic == "aws/subscribe" {
			return conn
		}
	}
}

func wantNotice(t *testing.T, conn *websocket.Conn, kind noticeType, id string) {
	t.Helper()
	if got, contact, initial := nextNotice(t, conn); got != string(kind) || contact != id || initial != id {
		t.Errorf("notice %s of %s in %s, want %s of %s", got, contact, initial, kind, id)
	}
}

func TestSocketTellsOfTransfers(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	conn := w.listen()
	to := object{"contactId": id, "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}}
	w.must("TransferContact", to)
	wantNotice(t, conn, transferInitiated, id)
	wantNotice(t, conn, transferSucceeded, id)
	if status, out := w.cti("TransferContact", to); status != 400 {
		t.Fatalf("a second transfer: %d %v", status, out)
	}
	wantNotice(t, conn, transferFailed, id)
}

func TestSocketTellsWhenATaskExpires(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	conn := w.listen()
	w.must("AcceptContact", object{"contactId": id})
	c := w.made(object{"contactId": id})
	if err := w.store.SetOffset(t.Context(), c.Expires.Add(-expiryNotice).Sub(w.engine.Now())+time.Second); err != nil {
		t.Fatal(err)
	}
	w.signIn() // the session has expired long ago
	w.must("PauseContact", object{"contactId": id})
	wantNotice(t, conn, expiring, id)
	if err := w.store.SetOffset(t.Context(), c.Expires.Sub(w.engine.Now())+expiryNotice+8*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Fire(t.Context(), instance, engine.Timer{Kind: engine.TimerExpiry, Contact: id}); err != nil {
		t.Fatal(err)
	}
	wantNotice(t, conn, expired, id)
}
