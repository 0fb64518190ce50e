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
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/engine"
)

// Options of a desk. The zero value of a field means its default.
type Options struct {
	Engine   *engine.Engine
	Sessions *auth.Sessions
	// Resync is how often the desk looks for changes that it was not told of. Needed where other processes
	// write to the same database; 0 means never.
	Resync time.Duration
	// LocalPages lets pages that are served from this machine by plain http frame the panel, for development.
	LocalPages bool
	// Connect answers the Connect API for a caller of an account who has been identified. Required.
	Connect func(account string, w http.ResponseWriter, r *http.Request)
}

// Desk serves all agents of a server.
type Desk struct {
	engine   *engine.Engine
	sessions *auth.Sessions
	connect  func(account string, w http.ResponseWriter, r *http.Request)
	local    bool
	resync   time.Duration
	attempts attempts
	signIns  chan struct{} // holds one for each sign-in under way
	hub      *hub
}

// New makes a desk; it must be made before the first command, because it watches commits.
func New(opts Options) *Desk {
	d := &Desk{
		engine: opts.Engine, sessions: opts.Sessions, connect: opts.Connect, local: opts.LocalPages, resync: opts.Resync, hub: newHub(),
		attempts: attempts{now: opts.Engine.Now}, signIns: make(chan struct{}, maxSignIns),
	}
	opts.Engine.Watch(d.hub.committed)
	return d
}

// stopWithin is how long clients may take to part when the desk stops.
const stopWithin = 5 * time.Second

// Run serves sockets and waiting requests until ctx ends, then parts from them.
func (d *Desk) Run(ctx context.Context) error {
	if d.resync > 0 {
		d.look(ctx)
	}
	<-ctx.Done()
	d.hub.close(stopWithin)
	return nil
}

// look wakes those whose desk another node has changed, until ctx ends.
func (d *Desk) look(ctx context.Context) {
	tick := time.NewTicker(d.resync)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if d.hub.idle() {
			continue
		}
		for _, i := range d.engine.Instances() {
			agents, err := d.engine.Agents(ctx, i.ID)
			if err != nil && ctx.Err() == nil {
				slog.WarnContext(ctx, "cannot look for changes by other nodes", "instance", i.ID, "err", err)
			}
			d.hub.wake(d.hub.unseen(agents), false)
		}
	}
}

// Register adds what the desk answers to a mux.
func (d *Desk) Register(mux *http.ServeMux) {
	// What a cookie alone authorises must come from our own pages.
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeMessage(w, http.StatusForbidden, "The request comes from a page of another site")
	}))
	mux.Handle("POST /login", own.Handler(http.HandlerFunc(d.signIn)))
	mux.HandleFunc("GET /logout", d.signOutFrom)
	mux.Handle("POST /logout", own.Handler(http.HandlerFunc(d.signOut)))
	mux.Handle("POST /auth/code", own.Handler(http.HandlerFunc(d.handOut)))
	mux.Handle("POST /auth/handoff", own.Handler(http.HandlerFunc(d.handOff)))
	for _, prefix := range []string{"", "/connect"} {
		mux.HandleFunc("GET "+prefix+"/auth/authorize", d.authorize)
		mux.HandleFunc("POST "+prefix+"/api", d.api)
	}
	mux.HandleFunc("POST /agent-app/api", agentApp)
	d.registerTemplates(mux)
	mux.HandleFunc("GET "+socketPath, d.socket)
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
