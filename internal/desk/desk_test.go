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
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

const instance = "11111111-1111-4111-8111-111111111111"

// idOf is the id of a stock resource.
func idOf(kind arn.Kind, name string) string {
	return uuid.NewSHA1(uuid.MustParse(instance), []byte(string(kind)+name)).String()
}

// world is a desk with one agent, on a database of its own.
type world struct {
	t      *testing.T
	store  *store.Store
	engine *engine.Engine
	stock  engine.Stock
	desk   *Desk
	server *httptest.Server
	client *http.Client // with the browser's cookies
	token  string       // bearer
	stop   func()       // ends Run and waits for it; may be called twice
}

func open(t *testing.T) *world {
	t.Helper()
	return openOn(t, t.TempDir(), httptest.NewServer)
}

// openOn opens a desk with its data in a directory and its server as serve makes it.
func openOn(t *testing.T, dir string, serve func(http.Handler) *httptest.Server) *world {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: st}
	if w.engine, err = engine.New(engine.Options{Store: st}); err != nil {
		t.Fatal(err)
	}
	w.desk = New(Options{Engine: w.engine, Sessions: &auth.Sessions{Store: st, Now: st.Now}})
	w.stock, err = w.engine.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    idOf,
		Admin:    directory.User{Username: "admin"},
		Agent:    directory.User{Username: "agent", PasswordHash: auth.HashPassword("Tasklane1"), FirstName: "Alex", LastName: "Agent"},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	w.desk.Register(mux)
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
func signedIn(t *testing.T) *world {
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
	if err == nil {
		err = w.engine.Offer(w.t.Context(), instance, id, w.stock.Agent)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
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

func TestSignIn(t *testing.T) {
	w := open(t)
	tests := []struct {
		name, kind, body string
		status           int
		location         string
	}{
		{"wrong password", "application/json", `{"username":"agent","password":"x"}`, 401, ""},
		{"unknown user", "application/json", `{"username":"who","password":"Tasklane1"}`, 401, ""},
		{"no password set", "application/json", `{"username":"admin","password":""}`, 401, ""},
		{"no JSON", "application/json", `username`, 400, ""},
		{"wrong in a form", "application/x-www-form-urlencoded", "username=agent&password=x", 303, "/login?failed=1"},
		{"right in a form", "application/x-www-form-urlencoded", "username=agent&password=Tasklane1", 303, "/ccp-v2/"},
		{"right", "application/json", `{"username":"agent","password":"Tasklane1"}`, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.client.Jar, _ = cookiejar.New(nil)
			res, text := w.post("/login", tt.kind, tt.body)
			if res.StatusCode != tt.status || res.Header.Get("Location") != tt.location {
				t.Errorf("%d to %q: %s; want %d to %q", res.StatusCode, res.Header.Get("Location"), text, tt.status, tt.location)
			}
			u, _ := url.Parse(w.server.URL)
			if got, want := len(w.client.Jar.Cookies(u)) == 1, strings.HasPrefix(tt.name, "right"); got != want {
				t.Errorf("cookie given: %t, want %t", got, want)
			}
		})
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	w := open(t)
	wrong := func() string {
		_, text := w.post("/login", "application/json", `{"username":"agent","password":"x"}`)
		return text
	}
	for range freeAttempts + 1 {
		if strings.Contains(wrong(), "Too many") {
			t.Fatal("slowed down too early")
		}
	}
	if text := wrong(); !strings.Contains(text, "Too many") {
		t.Errorf("after %d wrong passwords: %s", freeAttempts+1, text)
	}
	if res, _ := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != 429 {
		t.Errorf("the right password while the user is locked: %s, want 429", res.Status)
	}
	if err := w.store.SetOffset(t.Context(), lockedFor+time.Second); err != nil {
		t.Fatal(err)
	}
	if res, _ := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != 200 {
		t.Errorf("after the wait: %s", res.Status)
	}
}

func TestGuessesAtTheSameTimeCountToo(t *testing.T) {
	w := open(t)
	answers := make(chan int)
	const guesses = 4 * freeAttempts
	for range guesses {
		go func() {
			res, err := w.client.Post(w.server.URL+"/login", "application/json", strings.NewReader(`{"username":"agent","password":"x"}`))
			if err != nil {
				t.Error(err)
				answers <- 0
				return
			}
			res.Body.Close()
			answers <- res.StatusCode
		}()
	}
	tried := 0
	for range guesses {
		if <-answers == http.StatusUnauthorized {
			tried++
		}
	}
	if tried > freeAttempts+1 {
		t.Errorf("%d of %d guesses at the same time were tried, want at most %d", tried, guesses, freeAttempts+1)
	}
}

func TestSignInsAtOnceAreBounded(t *testing.T) {
	w := open(t)
	for range maxSignIns {
		w.desk.signIns <- struct{}{}
	}
	if res, text := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one sign-in too many: %s %s, want 429", res.Status, text)
	}
	<-w.desk.signIns
	if res, text := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != http.StatusOK {
		t.Errorf("when one has ended: %s %s, want 200", res.Status, text)
	}
}

func TestAnotherSitesPageCannotSignIn(t *testing.T) {
	w := open(t)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/login", strings.NewReader("username=agent&password=Tasklane1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, text := w.do(r); res.StatusCode != http.StatusForbidden || !json.Valid([]byte(text)) {
		t.Errorf("a form of another site: %s %q, want 403 and JSON", res.Status, text)
	}
}

func TestAuthorize(t *testing.T) {
	w := open(t)
	if res, _ := w.get("/auth/authorize"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a cookie: %s, want 401", res.Status)
	}
	w = signedIn(t)
	out := w.authorize()
	if out["region"] != "us-east-1" || out["refreshToken"] == "" || out["expiration"].(float64) < float64(time.Now().Add(11*time.Hour).UnixMilli()) {
		t.Errorf("authorize = %v", out)
	}
	if again := w.authorize()["accessToken"]; again != w.token {
		t.Error("a second tab's token takes the place of the first")
	}
}

func TestTheBearerTokenAloneTellsWhoCalls(t *testing.T) {
	w := signedIn(t)
	for name, token := range map[string]string{"none": "", "another": "x"} {
		w.token = token
		if status, out := w.cti("GetAgentSnapshot", object{}); status != 401 || out["__type"] != "UnauthorizedException" {
			t.Errorf("token %s, with the cookie: %d %v, want 401", name, status, out)
		}
	}
}

func TestWork(t *testing.T) {
	w := signedIn(t)
	w.wantContacts()
	w.available()
	id := w.ring()
	w.wantContacts("connecting/connecting")
	w.must("AcceptContact", object{"contactId": id})
	w.must("AcceptContact", object{"contactId": id}) // two tabs
	w.wantContacts("connected/connected")
	if status, out := w.cti("ClearContact", object{"contactId": id}); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("ClearContact of a live task: %d %v", status, out)
	}
	if status, out := w.cti("DestroyConnection", object{"contactId": id, "connectionId": "any"}); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Errorf("DestroyConnection of another connection: %d %v", status, out)
	}
	w.wantContacts("connected/connected")
	w.hangUp(id)
	w.wantContacts("ended/disconnected")
	w.must("CompleteContact", object{"contactId": id})
	w.wantContacts()

	id = w.ring()
	w.must("RejectContact", object{"contactId": id})
	w.wantContacts("rejected/disconnected")
	w.must("ClearContact", object{"contactId": id})

	if err := w.engine.Offer(t.Context(), instance, id, w.stock.Agent); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Fire(t.Context(), instance, engine.Timer{Kind: engine.TimerOffer, Contact: id, Stamp: 2}); err != nil {
		t.Fatal(err)
	}
	w.wantContacts("missed/disconnected")
	w.must("ClearContact", object{"contactId": id})
	w.wantContacts()
}

func TestNextState(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.must("AcceptContact", object{"contactId": id})
	offline := object{"state": object{"agentStateARN": w.state("Offline")}}
	if status, out := w.cti("PutAgentState", offline); status != 400 || out["__type"] != "InvalidStateException" {
		t.Errorf("Offline with a task in hand, at once: %d %v", status, out)
	}
	offline["enqueueNextState"] = true
	w.must("PutAgentState", offline)
	s := w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	if s["state"].(object)["type"] != "routable" || s["nextState"].(object)["name"] != "Offline" {
		t.Errorf("state %v, next %v; want Available and then Offline", s["state"], s["nextState"])
	}
	w.available() // takes it back
	if s := w.must("GetAgentSnapshot", object{})["snapshot"].(object); s["nextState"] != nil {
		t.Errorf("after Available: next %v, want none", s["nextState"])
	}
	w.must("PutAgentState", offline)
	w.hangUp(id)
	w.must("ClearContact", object{"contactId": id})
	s = w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	if s["state"].(object)["type"] != "offline" || s["nextState"] != nil {
		t.Errorf("state %v, next %v; want Offline", s["state"], s["nextState"])
	}
}

func TestSnapshotHasWhatTheLibraryReads(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	s := w.must("GetAgentSnapshot", object{})["snapshot"].(object)
	c := s["contacts"].([]any)[0].(object)
	for path, want := range map[string]any{
		"contactId": id, "initialContactId": id, "type": "task", "name": "Refund", "description": "Both items",
		"initiationMethod": "api", "attributes.orderId.value": "A-1009", "references.Amount.type": "NUMBER",
		"references.Amount.value": "42.50", "queue.name": "BasicQueue", "relatedContactId": nil,
		"channelContext.scheduledTime": 0.0, "segmentAttributes.connect:Subtype.ValueString": "connect:Task",
	} {
		var at any = c
		for part := range strings.SplitSeq(path, ".") {
			at = at.(object)[part]
		}
		if at != want {
			t.Errorf("%s = %v, want %v", path, at, want)
		}
	}
	for _, name := range []string{"state", "agentAvailabilityState", "snapshotTimestamp", "nextState"} {
		if _, ok := s[name]; !ok {
			t.Errorf("the snapshot has no %s", name)
		}
	}
	configuration := w.must("GetAgentConfiguration", object{})["configuration"].(object)
	profile := configuration["routingProfile"].(object)
	if configuration["name"] != "Alex Agent" || profile["channelConcurrencyMap"].(object)["TASK"] != 10.0 {
		t.Errorf("configuration = %v", configuration)
	}
	if profile["routingProfileARN"] == "" || configuration["agentARN"] == "" || configuration["softphoneEnabled"] != false {
		t.Errorf("configuration = %v", configuration)
	}
	queues := w.must("GetRoutingProfileQueues", object{})["queues"].([]any)
	if own := queues[len(queues)-1].(object)["queueARN"].(string); !strings.Contains(own, "/agent/"+w.stock.Agent) {
		t.Errorf("the agent's own queue is %s", own)
	}
	if p := w.must("GetAgentPermissions", object{})["permissions"].([]any); len(p) != 1 || p[0] != directory.BasicAgentAccess {
		t.Errorf("permissions = %v", p)
	}
}

// hire makes a user with a stock security profile, and signs them in.
func (w *world) hire(name, profile string) {
	w.t.Helper()
	_, err := w.engine.CreateUser(w.t.Context(), instance, directory.User{
		Username: name, PasswordHash: auth.HashPassword("Tasklane1"),
		RoutingProfile: idOf(arn.RoutingProfile, "Basic Routing Profile"), SecurityProfiles: []string{idOf(arn.SecurityProfile, profile)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.signIn(name)
}

func TestOnlyAgentsWork(t *testing.T) {
	w := open(t)
	w.hire("quinn", "QualityAnalyst")
	for _, operation := range []string{"GetAgentSnapshot", "PutAgentState", "CreateTransport", "SendClientLogs"} {
		if status, out := w.cti(operation, object{"transportType": "web_socket"}); status != 403 || out["__type"] != "AccessDeniedException" {
			t.Errorf("%s without BasicAgentAccess: %d %v, want 403", operation, status, out)
		}
	}
}

func TestAnAgentHasOnlyTheirOwnTasks(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.ring()
	w.hire("bob", "Agent")
	w.wantContacts()
	for _, operation := range []string{"AcceptContact", "RejectContact", "ClearContact"} {
		if status, out := w.cti(operation, object{"contactId": id}); status != 400 {
			t.Errorf("%s of another agent's task: %d %v, want 400", operation, status, out)
		}
	}
	if name := w.must("GetAgentConfiguration", object{})["configuration"].(object)["name"]; name != "bob" {
		t.Errorf("an agent without first and last name is called %q, want the user name", name)
	}
	w.signIn()
	w.wantContacts("connecting/connecting")
}

func TestRefusals(t *testing.T) {
	w := signedIn(t)
	for _, tt := range []struct {
		operation string
		members   object
		status    int
		kind      string
	}{
		{"AcceptContact", object{"contactId": "none"}, 400, "ResourceNotFoundException"},
		{"AcceptContact", object{}, 400, "ValidationException"},
		{"PutAgentState", object{}, 400, "ValidationException"},
		{"PutAgentState", object{"state": object{"agentStateARN": "none"}}, 400, "ResourceNotFoundException"},
		{"AcceptContact", object{"contactId": 5}, 400, "SerializationException"},
		{"CreateTransport", object{"transportType": "web_rtc"}, 400, "UnsupportedOperationException"},
		{"PauseContact", object{"contactId": "c"}, 400, "UnsupportedOperationException"},
		{"HoldConnection", object{}, 400, "InvalidContactTypeException"},
		{"NoSuchThing", object{}, 400, "UnknownOperationException"},
	} {
		if status, out := w.cti(tt.operation, tt.members); status != tt.status || out["__type"] != tt.kind || out["message"] == "" {
			t.Errorf("%s %v: %d %v, want %d %s", tt.operation, tt.members, status, out, tt.status, tt.kind)
		}
	}
}

// kinds of answers to an operation of the protocol, named by the error type if it is one.
const (
	answered   = ""
	notVoice   = "InvalidContactTypeException"
	notYet     = "UnsupportedOperationException"
	incomplete = "ValidationException"
)

// TestEveryOperationOfTheProtocolIsAnswered goes through the operations of streams.md §3.2, with no members.
func TestEveryOperationOfTheProtocolIsAnswered(t *testing.T) {
	w := signedIn(t)
	tests := map[string]string{
		"GetAgentSnapshot": answered, "GetAgentConfiguration": answered, "GetAgentPermissions": answered,
		"GetAgentStates": answered, "GetDialableCountryCodes": answered, "GetRoutingProfileQueues": answered,
		"GetEndpoints": answered, "UpdateAgentConfiguration": answered, "SendClientLogs": answered,
		"SendSoftphoneCallMetrics": answered, "SendSoftphoneCallReport": answered, "NotifyContactIssue": answered,
		"PutAgentState": incomplete, "AcceptContact": incomplete, "RejectContact": incomplete,
		"DestroyConnection": incomplete, "ClearContact": incomplete, "CompleteContact": incomplete,
		"CreateTransport": notYet, "CreateAdditionalConnection": notYet, "PauseContact": notYet, "ResumeContact": notYet,
		"CreateTaskContact": notYet, "TransferContact": notYet, "GetNewAuthToken": notYet,
		"AddNewConnection": notVoice, "CreateOutboundContact": notVoice, "HoldConnection": notVoice,
		"ResumeConnection": notVoice, "ConferenceConnections": notVoice, "ToggleActiveConnections": notVoice,
		"SendDigits": notVoice, "MuteParticipant": notVoice, "UnmuteParticipant": notVoice,
		"UpdateMonitorParticipantState": notVoice,
	}
	for operation, want := range tests {
		status, out := w.cti(operation, object{})
		kind, _ := out["__type"].(string)
		if kind != want || (status == http.StatusOK) != (want == answered) {
			t.Errorf("%s: %d %v, want %q", operation, status, out, want)
		}
	}
	for operation := range operations {
		if _, ok := tests[operation]; !ok {
			t.Errorf("%s is answered, and not in this test", operation)
		}
	}
	for operation, list := range map[string]string{"GetDialableCountryCodes": "countryCodes", "GetEndpoints": "endpoints"} {
		if got := w.must(operation, object{})[list]; len(got.([]any)) != 0 {
			t.Errorf("%s: %s = %v, want an empty list", operation, list, got)
		}
	}
}

func TestAnswersAreNotCachedAndHaveAnID(t *testing.T) {
	w := signedIn(t)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/connect/api", strings.NewReader("{}"))
	r.Header.Set("X-Amz-Target", target+"GetAgentStates")
	r.Header.Set("X-Amz-Bearer", w.token)
	res, text := w.do(r)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("/connect/api: %s %s", res.Status, text)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Content-Type": "application/x-amz-json-1.0"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if res.Header.Get("X-Amzn-Requestid") == "" {
		t.Error("the answer has no request id")
	}
	if res, text := w.get("/connect/auth/authorize"); res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("/connect/auth/authorize: %s %s, Cache-Control %q", res.Status, text, res.Header.Get("Cache-Control"))
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	w := signedIn(t)
	if status, out := w.cti("SendClientLogs", object{"logEvents": strings.Repeat("x", maxBody)}); status != 400 || out["__type"] != "SerializationException" {
		t.Errorf("%d bytes: %d %v, want 400", maxBody, status, out)
	}
	res, text := w.post("/login", "application/json", `{"username":"`+strings.Repeat("x", maxBody)+`"}`)
	if res.StatusCode != http.StatusBadRequest || !json.Valid([]byte(text)) {
		t.Errorf("/login with %d bytes: %s %s, want 400", maxBody, res.Status, text)
	}
}

func TestEveryKindOfFaultHasAnErrorType(t *testing.T) {
	for _, kind := range fault.Kinds() {
		if errorTypes[kind].status == 0 {
			t.Errorf("kind %d has no error type", kind)
		}
	}
}

func TestLongPollAnswersWhenSomethingChanges(t *testing.T) {
	w := signedIn(t)
	w.available()
	token := w.must("GetAgentSnapshot", object{})["nextToken"]
	begun := time.Now()
	time.AfterFunc(100*time.Millisecond, func() { w.ring() })
	out := w.must("GetAgentSnapshot", object{"nextToken": token, "timeout": 10000})
	if took := time.Since(begun); took > 5*time.Second || len(out["snapshot"].(object)["contacts"].([]any)) != 1 || out["nextToken"] == token {
		t.Errorf("after %v: %v", took, out)
	}
	begun = time.Now()
	w.must("GetAgentSnapshot", object{"nextToken": "of another start", "timeout": 10000})
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("an old token was kept waiting for %v", took)
	}
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
func next(t *testing.T, conn *websocket.Conn) (f frame, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, text, err := conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	return f, err
}

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
	if err := w.store.SetOffset(t.Context(), time.Minute+time.Second); err != nil {
		t.Fatal(err)
	}
	if admitted(target, "") {
		t.Error("a ticket lets in after a minute")
	}
	target = w.ticketURL()
	w.get("/logout")
	if admitted(target, "") {
		t.Error("a ticket outlives its session")
	}
}

func TestSignOutEndsEverything(t *testing.T) {
	w := signedIn(t)
	w.available()
	conn := w.dial(websocket.DialOptions{})
	if _, err := next(t, conn); err != nil {
		t.Fatal(err)
	}
	if res, _ := w.get("/logout"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" {
		t.Errorf("logout: %s to %s", res.Status, res.Header.Get("Location"))
	}
	if status, _ := w.cti("GetAgentSnapshot", object{}); status != 401 {
		t.Errorf("the token lives on: %d", status)
	}
	for i := 0; ; i++ {
		if _, err := next(t, conn); err != nil {
			break
		} else if i > 3 {
			t.Fatal("the socket lives on")
		}
	}
	d, err := w.engine.Desk(t.Context(), instance, w.stock.Agent)
	if err != nil || d.Status.Name != "Offline" {
		t.Errorf("after sign-out the agent is %s, %v", d.Status.Name, err)
	}
}

func TestSessionSurvivesARestart(t *testing.T) {
	w := signedIn(t)
	mux := http.NewServeMux()
	New(Options{Engine: w.engine, Sessions: w.desk.sessions}).Register(mux)
	again := httptest.NewServer(mux)
	t.Cleanup(again.Close)
	w.server = again
	if status, out := w.cti("GetAgentStates", object{}); status != 200 {
		t.Errorf("after a restart: %d %v", status, out)
	}
}
