package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// listener is an agent whose panel has its socket open, and pulls the snapshot whenever it hears of a change.
type listener struct {
	user, token string
	shown       chan float64 // since when the status is, of each snapshot
}

// crowd has many agents listen.
func (w *world) crowd(n int) []*listener {
	w.t.Helper()
	w.client.Transport = &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}
	all := make([]*listener, n)
	for i := range all {
		u, err := w.engine.CreateUser(w.t.Context(), instance, directory.User{
			Username:       fmt.Sprint("agent-", i),
			RoutingProfile: idOf(arn.RoutingProfile, "Basic Routing Profile"), SecurityProfiles: []string{idOf(arn.SecurityProfile, "Agent")},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		opened, err := w.desk.sessions.Create(w.t.Context(), instance, u.ID, u.Value.Epoch, directory.ByPassword)
		if err != nil {
			w.t.Fatal(err)
		}
		all[i] = &listener{user: u.ID, token: auth.Bearer(opened.Token), shown: make(chan float64, 16)}
		w.listenAs(all[i])
	}
	return all
}

func (w *world) listenAs(l *listener) {
	w.t.Helper()
	session, _, err := w.desk.sessions.Find(w.t.Context(), l.token)
	if err != nil {
		w.t.Fatal(err)
	}
	ticket, err := w.desk.sessions.Ticket(w.t.Context(), session, directory.OpenSocket)
	if err != nil {
		w.t.Fatal(err)
	}
	url := "ws" + strings.TrimPrefix(w.server.URL, "http") + socketPath + "?ticket=" + ticket
	conn, _, err := websocket.Dial(w.t.Context(), url, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.CloseNow() })
	ctx := w.t.Context()
	go func() {
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
			since, err := w.pull(l)
			if err != nil {
				return
			}
			l.shown <- since
		}
	}()
	<-l.shown // the first snapshot
}

// pull reads the snapshot as a panel does, and is since when the agent has their status.
func (w *world) pull(l *listener) (float64, error) {
	r, _ := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+"/api", bytes.NewReader([]byte(`{"timeout":0}`)))
	r.Header.Set("X-Amz-Target", target+"GetAgentSnapshot")
	r.Header.Set("X-Amz-Bearer", l.token)
	res, err := w.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var out struct {
		Snapshot struct {
			State struct{ StartTimestamp float64 }
		}
	}
	err = json.NewDecoder(res.Body).Decode(&out)
	return out.Snapshot.State.StartTimestamp, err
}

// change gives an agent a status, and is how long it took from its commit until their panel had the snapshot, and the
// commit itself.
func (w *world) change(l *listener, status string) (delivery, commit time.Duration, err error) {
	began := time.Now()
	if err := w.engine.SetStatus(w.t.Context(), instance, l.user, status); err != nil {
		return 0, 0, err
	}
	committed := time.Now()
	for {
		select {
		case since := <-l.shown:
			if since*1000+1 >= float64(began.UnixMilli()) { // not one that was under way before
				return max(time.Since(committed), 0), committed.Sub(began), nil
			}
		case <-time.After(10 * time.Second):
			return 0, 0, fmt.Errorf("agent %s did not get the snapshot in 10 s", l.user)
		}
	}
}

// changes has agents change their status in turn, so many times a second, and tells how long each took to deliver.
func (w *world) changes(all []*listener, n int, perSecond int) (deliveries, commits []time.Duration) {
	w.t.Helper()
	statuses := []string{idOf(arn.AgentStatus, "Available"), idOf(arn.AgentStatus, "Offline")}
	var mu sync.Mutex // guards what is returned
	var under sync.WaitGroup
	began := time.Now()
	for i := range n {
		<-time.After(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(perSecond)))) // a late one does not delay the next
		under.Go(func() {
			delivery, commit, err := w.change(all[i%len(all)], statuses[i/len(all)%2])
			if err != nil {
				w.t.Error(err)
				return
			}
			mu.Lock()
			deliveries, commits = append(deliveries, delivery), append(commits, commit)
			mu.Unlock()
		})
	}
	under.Wait()
	slices.Sort(deliveries)
	slices.Sort(commits)
	return deliveries, commits
}

func TestEveryAgentGetsTheirSnapshot(t *testing.T) {
	w := open(t)
	deliveries, _ := w.changes(w.crowd(40), 80, 100)
	if len(deliveries) != 80 {
		t.Errorf("%d of 80 changes were delivered", len(deliveries))
	}
}

// BenchmarkDelivery has 1,000 agents with open sockets, of whom 200 a second change their status. It is about
// latency: each iteration is one change. docs/performance.md has the numbers.
func BenchmarkDelivery(b *testing.B) {
	w := open(b)
	all := w.crowd(1000)
	b.ResetTimer()
	deliveries, commits := w.changes(all, b.N, 200)
	for name, sorted := range map[string][]time.Duration{"delivery": deliveries, "commit": commits} {
		for _, p := range []int{50, 99} {
			if len(sorted) > 0 {
				b.ReportMetric(float64(sorted[len(sorted)*p/100].Microseconds())/1000, fmt.Sprintf("ms-%s-p%d", name, p))
			}
		}
	}
}
