// Package awsapi answers the Amazon Connect API over HTTP: it reads a request, calls the engine and writes the
// answer or the error. It has no opinion about the business.
package awsapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
	"github.com/tasklane/tasklane/internal/wire"
)

// Files keeps the bytes of attached files.
type Files interface {
	// UploadLink and DownloadLink tell where the bytes of a file are put, or got, for a while.
	UploadLink(ctx context.Context, instance string, f *attachment.File, life time.Duration) (attachment.Link, error)
	DownloadLink(ctx context.Context, instance string, f *attachment.File, life time.Duration) (attachment.Link, error)
	// Complete ends the upload of a file of the contact that resource names. It fails with [fault.NotFound],
	// [fault.Invalid] for a resource that is no contact, and [fault.Unusable] when the bytes are not there.
	Complete(ctx context.Context, instance, resource, id string) error
}

// Options of the API. Engine, Files, Sessions and Metrics are required.
type Options struct {
	Engine   *engine.Engine
	Files    Files
	Sessions *auth.Sessions
	Metrics  *telemetry.Metrics
	// BaseURL is how browsers reach the server.
	BaseURL string
	// Hasher hashes the passwords of new users.
	Hasher auth.Hasher
	// SingleSignOn says that an identity provider vouches for users: they need no password.
	SingleSignOn bool
	// Shared says that other nodes may change the configuration, too.
	Shared bool
	// Signatures checks who signed a request. Nil takes any access key; one of 12 digits then names the account.
	Signatures *auth.SigV4
	// Region is that of the instances which are made.
	Region string
	// Account is the account of callers whose access key does not name one.
	Account string
	// Rates bound how often operations may be called; nil bounds nothing.
	Rates Rates
	// OtherChannels lets CreateContact make contacts of other channels than tasks, for development: tasks can then be
	// linked to them.
	OtherChannels bool
	// LocalPages lets pages that are served from localhost call the API (CORS).
	LocalPages bool
}

// API is an [http.Handler].
type API struct {
	opts     Options
	mux      *http.ServeMux
	throttle throttle
	bodies   bodies
}

// endpoint answers one operation.
type endpoint struct {
	api *API
	op  wire.Operation
	run func(ctx context.Context, r *http.Request, body []byte) (any, error)
}

// New makes the API. Every operation of the service has an endpoint; those that are not served say so.
func New(opts Options) *API {
	a := &API{opts: opts, mux: http.NewServeMux(), throttle: throttle{rates: opts.Rates}, bodies: newBodies()}
	served := a.operations()
	for _, op := range wire.Operations {
		run := served[op.Name]
		switch {
		case run != nil:
		case op.Empty != "":
			run = a.emptyList(op)
		default:
			run = notServed(op)
		}
		a.mux.Handle(op.Pattern(), &endpoint{api: a, op: op, run: run})
	}
	return a
}

// ServeHTTP answers a request; the answer is JSON, whatever happens.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = telemetry.Identify(w, r)
	if a.opts.LocalPages && allowLocalPage(w, r) {
		return
	}
	handler, _ := a.mux.Handler(r)
	if _, ok := handler.(*endpoint); !ok { // the mux would answer in HTML, or redirect
		writeException(w, exception{"UnknownOperationException", http.StatusNotFound},
			"No operation has the method "+r.Method+" and the path "+r.URL.Path, nil)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// ServeAs answers a request of a caller whom another part has identified, such as an agent by their session: they act in
// their own instance only. The request is not signed.
func (a *API) ServeAs(of arn.Instance, w http.ResponseWriter, r *http.Request) {
	who := caller{account: of.Account, instance: of.ID}
	a.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identifiedKey{}, who)))
}

// caller is who calls: somebody of an account, in a session that their credentials name. Who is a user of an instance
// sees no other.
type caller struct{ account, session, instance string }

type (
	callerKey     struct{} // of the caller
	headerKey     struct{} // of the header of the answer
	identifiedKey struct{} // of a caller whom another part has identified
)

// ServeHTTP answers one request of the operation.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	elapsed := telemetry.Stopwatch()
	status := e.serve(w, r)
	e.api.opts.Metrics.Request(e.op.Name, status, elapsed())
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) int {
	identify, err := e.api.admit(r)
	if err != nil {
		return writeError(w, r, e.op, err)
	}
	body, done, err := e.api.bodies.read(r)
	defer done()
	if err != nil {
		return e.writeUnread(w, r, err)
	}
	who, err := identify(body)
	if err != nil {
		return writeError(w, r, e.op, err)
	}
	if err := e.api.throttle.admit(who.account, e.op.Name); err != nil {
		return writeError(w, r, e.op, err)
	}
	ctx := context.WithValue(context.WithValue(r.Context(), callerKey{}, who), headerKey{}, w.Header())
	out, err := e.run(ctx, r, body)
	if err != nil {
		return writeError(w, r, e.op, err)
	}
	return writeAnswer(w, r, e.op, out)
}

// admit looks at the credentials of a request before anything is spent on its body. The function that it returns tells
// who calls once the body is there. Both fail with a [*auth.SignatureError].
func (a *API) admit(r *http.Request) (identify func(body []byte) (caller, error), err error) {
	as := func(c caller) (func([]byte) (caller, error), error) {
		return func([]byte) (caller, error) { return c, nil }, nil
	}
	if known, ok := r.Context().Value(identifiedKey{}).(caller); ok {
		return as(known)
	}
	session := r.Header.Get("X-Amz-Security-Token") // signed, where signatures are checked
	if a.opts.Signatures != nil {
		signed, err := a.opts.Signatures.Check(r)
		if err != nil {
			return nil, err
		}
		return func(body []byte) (caller, error) {
			key, err := signed.Verify(body)
			return caller{account: key.Account, session: session}, err
		}, nil
	}
	if id := auth.AccessKeyID(r); isAccount(id) {
		return as(caller{account: id, session: session})
	}
	return as(caller{account: a.opts.Account, session: session})
}

func isAccount(id string) bool {
	for _, c := range id {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(id) == 12
}

// request is a generated request type with its pointer.
type request[T any] interface {
	*T
	wire.Request
}

// handle makes the endpoint's function out of one that takes and returns wire types. What the request says of
// its instance is checked here: it must exist, and be of the caller's account. Before that come the checks of
// members that need more than the table of the API.
func handle[In any, P request[In], Out any](a *API, fn func(context.Context, *In) (*Out, error), checks ...func(*In) error) func(context.Context, *http.Request, []byte) (any, error) {
	return func(ctx context.Context, r *http.Request, body []byte) (any, error) {
		in := new(In)
		if err := wire.Read(r, body, P(in)); err != nil {
			return nil, err
		}
		for _, check := range checks {
			if err := check(in); err != nil {
				return nil, err
			}
		}
		if of, ok := any(in).(interface{ Instance() string }); ok {
			if err := a.upToDate(ctx, of.Instance()); err != nil {
				return nil, err
			}
			if err := a.visible(ctx, of.Instance()); err != nil {
				return nil, err
			}
		}
		return fn(ctx, in)
	}
}

// upToDate makes sure, where other nodes may change configuration, that a call sees what they have answered before it came.
func (a *API) upToDate(ctx context.Context, instance string) error {
	if !a.opts.Shared {
		return nil
	}
	return a.opts.Engine.Sync(ctx, instance)
}

// visible reports whether the caller's account has the instance. It fails with [fault.NotFound].
func (a *API) visible(ctx context.Context, instance string) error {
	i, err := a.opts.Engine.Instance(instance)
	if err != nil {
		return err
	}
	if !seen(ctx, i) {
		return fault.New(fault.NotFound, "Instance %s does not exist in account %s", instance, accountOf(ctx))
	}
	return nil
}

// remarkHeader tells the caller in words what an answer lacks.
const remarkHeader = "X-Tasklane-Remark"

// remark puts a remark into the header of the answer.
func remark(ctx context.Context, text string) {
	if header, ok := ctx.Value(headerKey{}).(http.Header); ok {
		header.Set(remarkHeader, text)
	}
}

// seen reports whether the caller sees an instance at all.
func seen(ctx context.Context, i directory.Instance) bool {
	mine := instanceOf(ctx)
	return i.Account == accountOf(ctx) && (mine == "" || mine == i.ID)
}

// instanceOf is the instance that the caller is a user of; empty when they are none.
func instanceOf(ctx context.Context) string {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who.instance
}

func accountOf(ctx context.Context) string {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who.account
}

// sessionOf is the name of the caller's session; empty when their credentials name none.
func sessionOf(ctx context.Context) string {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who.session
}

// notServed tells why an operation is not served.
func notServed(op wire.Operation) func(context.Context, *http.Request, []byte) (any, error) {
	why := "this version of Tasklane does not serve it yet"
	if op.Foreign {
		why = "it belongs to a channel or feature that Tasklane, which does tasks, does not have"
	}
	err := &notImplementedError{op.Name + " is not implemented: " + why}
	return func(context.Context, *http.Request, []byte) (any, error) { return nil, err }
}

type notImplementedError struct{ message string }

func (n *notImplementedError) Error() string { return n.message }

// writeAnswer writes a response; one without members has an empty body.
func writeAnswer(w http.ResponseWriter, r *http.Request, op wire.Operation, out any) int {
	var text bytes.Buffer
	if out != nil {
		if err := wire.Write(&text, out); err != nil {
			return writeError(w, r, op, err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(text.Bytes()) // the client may be gone
	return http.StatusOK
}
