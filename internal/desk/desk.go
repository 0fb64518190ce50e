// Package desk is the backend of the agent panel: sign-in, the agent's side of the CTI protocol that
// amazon-connect-streams speaks, the calls of its companion for tasks, and a socket that says when to look again. It
// also says which pages may show the panel in a frame.
//
//	panel ──POST /login──► cookie ──GET /auth/authorize──► bearer token
//	      ──POST /api, X-Amz-Target: AmazonConnectCTIService.…──► snapshot, status, accept, end, …
//	      ──/task-templates/api/ccp/…──► the Connect API, and tasks from templates
//	      ◄──/ccp-ws: {"topic":"ccp/snapshot"}, notices, broadcasts── hub ◄── commits
package desk

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// Options of a desk. Engine, Sessions and Lockout are required; the zero value of another field means its default.
type Options struct {
	Engine   *engine.Engine
	Sessions *auth.Sessions
	// Hasher hashes new passwords.
	Hasher auth.Hasher
	// Lockout slows down who guesses passwords.
	Lockout *auth.Lockout
	// Proxies are those whose word about where a request comes from counts; nil: none.
	Proxies auth.Proxies
	// Provider vouches for users, who then sign in by its name, ProviderName; nil: there is none.
	Provider     *auth.Provider
	ProviderName string
	// NoPasswords has users sign in with the provider only.
	NoPasswords bool
	// Resync is how often the desk looks for changes that it was not told of. Needed where other processes
	// write to the same database; 0 means never.
	Resync time.Duration
	// LocalPages lets pages that are served from this machine by plain http frame the panel, for development.
	LocalPages bool
	// Files keeps the bytes of attached files. Required.
	Files Files
	// Connect answers the Connect API for a user of an instance who has been identified. Required.
	Connect func(of arn.Instance, w http.ResponseWriter, r *http.Request)
}

// Desk serves all agents of a server.
type Desk struct {
	engine   *engine.Engine
	sessions *auth.Sessions
	hasher   auth.Hasher
	connect  func(of arn.Instance, w http.ResponseWriter, r *http.Request)
	local    bool
	resync   time.Duration
	signIns  chan struct{} // holds one for each sign-in under way
	hub      *hub

	attachments  Files
	lockout      *auth.Lockout
	proxies      auth.Proxies
	provider     *auth.Provider
	providerName string
	noPasswords  bool
}

// New makes a desk; it must be made before the first command, because it watches commits.
func New(opts Options) *Desk {
	d := &Desk{
		engine: opts.Engine, sessions: opts.Sessions, hasher: opts.Hasher, connect: opts.Connect, local: opts.LocalPages, resync: opts.Resync, hub: newHub(),
		signIns: make(chan struct{}, maxSignIns), lockout: opts.Lockout, proxies: opts.Proxies,
		provider: opts.Provider, providerName: opts.ProviderName, noPasswords: opts.NoPasswords, attachments: opts.Files,
	}
	opts.Engine.Watch(d.hub.committed)
	opts.Engine.Watch(d.endOfSessions)
	opts.Engine.Watch(d.configured)
	return d
}

// stopWithin is how long clients may take to part when the desk stops.
const stopWithin = 5 * time.Second

// Run serves sockets and waiting requests until ctx ends, then parts from them.
func (d *Desk) Run(ctx context.Context) error {
	var running sync.WaitGroup
	if d.resync > 0 {
		running.Go(func() { d.look(ctx) })
	}
	if d.sessions.Idle > 0 {
		running.Go(func() { d.lookForIdle(ctx) })
	}
	<-ctx.Done()
	running.Wait()
	d.hub.close(stopWithin)
	return nil
}

// look wakes those whose desk another node has changed, until ctx ends.
func (d *Desk) look(ctx context.Context) {
	for range telemetry.Every(ctx, d.resync) {
		for _, id := range d.hub.instances() {
			agents, err := d.engine.Agents(ctx, id)
			if err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "cannot look for changes by other nodes", "instance", id, "err", err)
			}
			d.hub.wake(id, d.hub.unseen(agents), false)
		}
	}
}

// Register adds what the desk answers to a mux.
func (d *Desk) Register(mux *http.ServeMux) {
	for pattern, handle := range d.byCookie() {
		mux.Handle(pattern, ours(handle))
	}
	mux.HandleFunc("GET /logout", d.signOutFrom)
	for _, prefix := range []string{"", "/connect"} {
		mux.HandleFunc("GET "+prefix+"/auth/authorize", d.authorize)
		mux.HandleFunc("POST "+prefix+"/api", d.api)
	}
	mux.HandleFunc("POST /agent-app/api", agentApp)
	d.registerTemplates(mux)
	mux.HandleFunc("GET "+socketPath, d.socket)
}

// byCookie are the routes that a cookie alone authorises, or that give one.
func (d *Desk) byCookie() map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{
		"POST /login":                      d.signIn,
		"POST /auth/password":              d.changePassword,
		"GET /auth/options":                d.signInOptions,
		"GET " + auth.TicketPath:           d.signInWithTicket,
		"POST /logout":                     d.signOut,
		"POST /auth/code":                  d.handOut,
		"POST /auth/handoff":               d.handOff,
		"POST /logout/everywhere":          d.signOutEverywhere,
		"POST /auth/users/{user}/password": d.administer(d.setPassword),
		"POST /auth/users/{user}/sign-out": d.administer(d.endSessions),
	}
	if d.provider != nil {
		routes["GET /auth/oidc"], routes["GET "+auth.CallbackPath] = d.toProvider, d.fromProvider
	}
	return routes
}

// ours refuses requests that change something and come from pages of other origins: browsers send cookies with them.
func ours(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(notOurs))
	return own.Handler(next)
}

func notOurs(w http.ResponseWriter, _ *http.Request) {
	writeMessage(w, http.StatusForbidden, "The request comes from a page of another site")
}

// maxBody bounds the body of a request, in bytes.
const maxBody = 256 << 10

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

func writeMessage(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}
