package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/awsapi"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/files"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// hasher hashes the passwords of tests, for a hundredth of what others cost.
var hasher = auth.Hasher{Memory: 64, Passes: 1}

const instance = "11111111-1111-4111-8111-111111111111"

// idOf is the id of a stock resource.
func idOf(kind arn.Kind, name string) string {
	return uuid.NewSHA1(uuid.MustParse(instance), []byte(string(kind)+name)).String()
}

// How wrong passwords are counted here.
const (
	freeAttempts    = 5
	freeFromAddress = 100
	lockedFor       = 30 * time.Second
)

// unknown has the form of an id, and is the id of nothing.
const unknown = "99999999-9999-4999-8999-999999999999"

// world is a desk with one agent, on a database of its own.
type world struct {
	t       testing.TB
	store   *store.Store
	engine  *engine.Engine
	stock   engine.Stock
	desk    *Desk
	options Options
	server  *httptest.Server
	client  *http.Client // with the browser's cookies
	token   string       // bearer
	stop    func()       // ends Run and waits for it; may be called twice
}

func open(t testing.TB, change ...func(*Options)) *world {
	t.Helper()
	return openOn(t, t.TempDir(), httptest.NewServer, change...)
}

// openOn opens a desk with its data in a directory and its server as serve makes it.
func openOn(t testing.TB, dir string, serve func(http.Handler) *httptest.Server, change ...func(*Options)) *world {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: st}
	if w.engine, err = engine.New(engine.Options{Store: st, Quotas: map[string]int{engine.QuotaUsers: 0, engine.QuotaInstances: 0}}); err != nil {
		t.Fatal(err)
	}
	api := awsapi.New(awsapi.Options{Engine: w.engine, Metrics: telemetry.NewMetrics(), Signatures: &auth.SigV4{}})
	w.options = Options{
		Engine: w.engine, Hasher: hasher, Connect: api.ServeAs, Sessions: &auth.Sessions{Store: st, Users: w.engine, Now: st.SessionTime}, Proxies: auth.LocalProxies,
		Lockout: &auth.Lockout{Store: st, Now: st.SessionTime, PerUser: freeAttempts, PerAddress: freeFromAddress, Wait: lockedFor},
	}
	for _, f := range change {
		f(&w.options)
	}
	kept, err := files.New(files.Options{Engine: w.engine, Secrets: st, Dir: filepath.Join(dir, "attachments"), BaseURL: "http://elsewhere.test"})
	if err != nil {
		t.Fatal(err)
	}
	w.options.Files = kept
	w.desk = New(w.options)
	w.stock, err = w.engine.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    idOf,
		Admin:    directory.User{Username: "admin"},
		Agent:    directory.User{Username: "agent", PasswordHash: hasher.Hash("Tasklane1"), FirstName: "Alex", LastName: "Agent"},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	w.desk.Register(mux)
	mux.Handle(files.Pattern, kept)
	w.server = serve(mux)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- w.desk.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	server := w.server
	t.Cleanup(func() {
		w.stop()
		server.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	jar, _ := cookiejar.New(nil)
	w.client = &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w
}

// signedIn is a desk whose agent has signed in.
func signedIn(t testing.TB) *world {
	t.Helper()
	w := open(t)
	w.signIn()
	return w
}

// signIn signs the stock agent in, or who is named.
func (w *world) signIn(name ...string) {
	w.t.Helper()
	credentials := fmt.Sprintf(`{"username":%q,"password":"Tasklane1"}`, append(name, "agent")[0])
	if res, _ := w.post("/login", "application/json", credentials); res.StatusCode != http.StatusOK {
		w.t.Fatalf("sign-in: %s", res.Status)
	}
	w.token = w.authorize()["accessToken"].(string)
}

func (w *world) do(r *http.Request) (*http.Response, string) {
	w.t.Helper()
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, string(text)
}

func (w *world) post(path, kind, body string) (*http.Response, string) {
	w.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return w.do(r)
}

func (w *world) get(path string) (*http.Response, string) {
	w.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, w.server.URL+path, nil)
	return w.do(r)
}

func (w *world) authorize() map[string]any {
	w.t.Helper()
	res, text := w.get("/auth/authorize")
	var out map[string]any
	if res.StatusCode != http.StatusOK || json.Unmarshal([]byte(text), &out) != nil {
		w.t.Fatalf("authorize: %s %s", res.Status, text)
	}
	return out
}

// cti makes a call and returns the status and the answer.
func (w *world) cti(operation string, members any) (int, map[string]any) {
	w.t.Helper()
	body, _ := json.Marshal(members)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/api", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", target+operation)
	r.Header.Set("X-Amz-Bearer", w.token)
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	res, text := w.do(r)
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		w.t.Fatalf("%s: %s %q", operation, res.Status, text)
	}
	return res.StatusCode, out
}

// must makes a call that succeeds.
func (w *world) must(operation string, members any) map[string]any {
	w.t.Helper()
	status, out := w.cti(operation, members)
	if status != http.StatusOK {
		w.t.Fatalf("%s: %d %v", operation, status, out)
	}
	return out
}

// ring starts a task and offers it to the agent.
func (w *world) ring() string {
	w.t.Helper()
	id, err := w.engine.StartTask(w.t.Context(), instance, engine.StartTask{
		Flow: w.stock.Flow, Name: "Refund", Description: "Both items", Attributes: map[string]string{"orderId": "A-1009"},
		References: contact.References{"Amount": {Type: contact.ReferenceNumber, Value: "42.50"}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.offer(id)
	return id
}

// offer offers a waiting task to the agent.
func (w *world) offer(id string) {
	w.t.Helper()
	if err := w.engine.Offer(w.t.Context(), instance, engine.Offering{Contact: id, Agent: w.stock.Agent}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) available() {
	w.t.Helper()
	w.must("PutAgentState", object{"state": object{"agentStateARN": w.state("Available")}})
}

// hangUp ends a task as the panel does: by its connection in the snapshot.
func (w *world) hangUp(id string) {
	w.t.Helper()
	for _, c := range w.must("GetAgentSnapshot", object{})["snapshot"].(object)["contacts"].([]any) {
		if c.(object)["contactId"] == id {
			connection := c.(object)["connections"].([]any)[0].(object)["connectionId"]
			w.must("DestroyConnection", object{"contactId": id, "connectionId": connection})
			return
		}
	}
	w.t.Fatalf("contact %s is not on the desk", id)
}

// state is the ARN of a status.
func (w *world) state(name string) string {
	w.t.Helper()
	for _, s := range w.must("GetAgentStates", object{})["states"].([]any) {
		if s.(object)["name"] == name {
			return s.(object)["agentStateARN"].(string)
		}
	}
	w.t.Fatalf("no status is named %s", name)
	return ""
}

// contacts are the states of the agent's tasks, and of their connections.
func (w *world) contacts() (states []string) {
	w.t.Helper()
	snapshot := w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	for _, c := range snapshot["contacts"].([]any) {
		connection := c.(object)["connections"].([]any)[0].(object)
		states = append(states, c.(object)["state"].(object)["type"].(string)+"/"+connection["state"].(object)["type"].(string))
	}
	return states
}

func (w *world) wantContacts(want ...string) {
	w.t.Helper()
	if got := w.contacts(); strings.Join(got, " ") != strings.Join(want, " ") {
		w.t.Errorf("contacts are %v, want %v", got, want)
	}
}

// hire makes a user with a stock security profile, and signs them in.
func (w *world) hire(name, profile string) {
	w.t.Helper()
	_, err := w.engine.CreateUser(w.t.Context(), instance, directory.User{
		Username: name, PasswordHash: hasher.Hash("Tasklane1"),
		RoutingProfile: idOf(arn.RoutingProfile, "Basic Routing Profile"), SecurityProfiles: []string{idOf(arn.SecurityProfile, profile)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.signIn(name)
}

// ticketURL is where one socket can be opened.
func (w *world) ticketURL() string {
	w.t.Helper()
	return w.must("CreateTransport", object{"transportType": "web_socket"})["webSocketTransport"].(object)["url"].(string)
}

// dial opens a socket of the agent.
func (w *world) dial(opts websocket.DialOptions) *websocket.Conn {
	w.t.Helper()
	opts.HTTPClient = w.client
	conn, _, err := websocket.Dial(w.t.Context(), w.ticketURL(), &opts)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// next reads the next frame.
func next(t testing.TB, conn *websocket.Conn) (f frame, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, text, err := conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, err
}
