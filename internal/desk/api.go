package desk

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
)

// call is one request of a signed-in agent.
type call struct {
	*Desk
	r       *http.Request
	session directory.Session
	user    engine.Entry[directory.User]
	in      request
}

type object = map[string]any

// operations of the CTI protocol, by name.
var operations = map[string]func(*call) (any, error){
	"GetAgentSnapshot":         (*call).snapshot,
	"GetAgentConfiguration":    (*call).configuration,
	"GetAgentPermissions":      (*call).permissions,
	"GetAgentStates":           (*call).states,
	"GetDialableCountryCodes":  answer(object{"countryCodes": []any{}, "nextToken": nil}),
	"GetRoutingProfileQueues":  (*call).queues,
	"GetEndpoints":             (*call).endpoints,
	"CreateTransport":          (*call).transport,
	"PutAgentState":            (*call).putState,
	"AcceptContact":            onTask((*engine.Engine).Accept),
	"RejectContact":            onTask((*engine.Engine).Reject),
	"DestroyConnection":        (*call).destroy,
	"ClearContact":             onTask((*engine.Engine).Clear),
	"CompleteContact":          onTask((*engine.Engine).Clear),
	"UpdateAgentConfiguration": (*call).configure,
	"SendClientLogs":           answer(object{}),
	"SendSoftphoneCallMetrics": answer(object{}),
	"SendSoftphoneCallReport":  answer(object{}),
	"NotifyContactIssue":       answer(object{}),
	"CreateOutboundContact":    voice, "HoldConnection": voice, "ResumeConnection": voice,
	"ConferenceConnections": voice, "ToggleActiveConnections": voice, "SendDigits": voice,
	"MuteParticipant": voice, "UnmuteParticipant": voice, "UpdateMonitorParticipantState": voice,
	"AddNewConnection": voice,
	"PauseContact":     onTask((*engine.Engine).PauseInHand),
	"ResumeContact":    onTask((*engine.Engine).ResumeInHand),
	"TransferContact":  (*call).transfer, "CreateAdditionalConnection": (*call).transfer,
	"CreateTaskContact": (*call).createTask, "GetNewAuthToken": (*call).newToken,
}

// answer always gives the same answer.
func answer(v any) func(*call) (any, error) {
	return func(*call) (any, error) { return v, nil }
}

// onTask runs a command of the engine on the contact that the request names.
func onTask(do func(e *engine.Engine, ctx context.Context, instance, contact, user string) error) func(*call) (any, error) {
	return func(c *call) (any, error) {
		if c.in.ContactID == "" {
			return nil, fault.New(fault.Invalid, "contactId is required")
		}
		return object{}, do(c.engine, c.r.Context(), c.session.Instance, c.in.ContactID, c.session.User)
	}
}

var errVoice = &typedError{"InvalidContactTypeException", "Tasks have no voice"}

func voice(*call) (any, error) { return nil, errVoice }

// typedError is an error whose type is special to this protocol.
type typedError struct{ kind, message string }

func (e *typedError) Error() string { return e.message }

// target is the prefix of X-Amz-Target.
const target = "AmazonConnectCTIService."

// api answers one call. Who calls is told by the bearer token alone: a cookie travels along with requests that
// our page has not made.
func (d *Desk) api(w http.ResponseWriter, r *http.Request) {
	r = telemetry.Identify(w, r)
	out, err := d.call(w, r)
	if err != nil {
		writeError(w, r, err)
		return
	}
	write(w, http.StatusOK, out)
}

func (d *Desk) call(w http.ResponseWriter, r *http.Request) (any, error) {
	c, err := d.identify(r, r.Header.Get("X-Amz-Bearer"))
	if err != nil {
		return nil, err
	}
	if d.resync > 0 { // other nodes may change configuration
		if err := d.engine.Sync(r.Context(), c.session.Instance); err != nil {
			return nil, err
		}
	}
	name, run := operation(r.Header.Get("X-Amz-Target"))
	if run == nil {
		return nil, &typedError{"UnknownOperationException", "There is no operation " + r.Header.Get("X-Amz-Target")}
	}
	if activities[name] {
		if err := c.active(r.Context()); err != nil {
			return nil, err
		}
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&c.in); err != nil {
		return nil, fault.New(fault.Malformed, "The body cannot be read: %v", err)
	}
	return run(c)
}

// operation is the one that a target names; nil: there is none.
func operation(named string) (name string, run func(*call) (any, error)) {
	if name, own := strings.CutPrefix(named, ownTarget); own {
		return name, ownOperations[name]
	}
	name, _ = strings.CutPrefix(named, target)
	return name, operations[name]
}

// identify tells whose token it is. It fails with [fault.Unauthorized] when it is nobody's, and with [fault.Denied]
// when they may not work tasks.
func (d *Desk) identify(r *http.Request, bearer string) (*call, error) {
	s, ok, err := d.sessions.Find(r.Context(), bearer)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Unauthorized, "The token is not valid, or no longer")
	}
	user, err := d.engine.User(s.Instance, s.User)
	if err != nil {
		return nil, fault.New(fault.Unauthorized, "The user is gone")
	}
	if err := d.permit(s.Instance, user, directory.BasicAgentAccess); err != nil {
		return nil, err
	}
	return &call{Desk: d, r: r, session: s, user: user}, nil
}

// errorType is how an error travels.
type errorType struct {
	name   string
	status int
}

// errorTypes is the one place where a fault becomes an error type of the CTI protocol.
var errorTypes = map[fault.Kind]errorType{
	fault.Invalid:      {"ValidationException", http.StatusBadRequest},
	fault.Unusable:     {"InvalidStateException", http.StatusBadRequest},
	fault.NotFound:     {"ResourceNotFoundException", http.StatusBadRequest},
	fault.Gone:         {"InvalidStateException", http.StatusBadRequest},
	fault.Conflict:     {"InvalidStateException", http.StatusBadRequest},
	fault.Duplicate:    {"InvalidStateException", http.StatusBadRequest},
	fault.InUse:        {"InvalidStateException", http.StatusBadRequest},
	fault.Reused:       {"InvalidStateException", http.StatusBadRequest},
	fault.Quota:        {"QuotaExceededException", http.StatusBadRequest},
	fault.Limit:        {"QuotaExceededException", http.StatusBadRequest},
	fault.Throttled:    {"ThrottlingException", http.StatusTooManyRequests},
	fault.Contended:    {"ThrottlingException", http.StatusTooManyRequests},
	fault.Denied:       {"AccessDeniedException", http.StatusForbidden},
	fault.Unauthorized: {"UnauthorizedException", http.StatusUnauthorized},
	fault.NotPublished: {"InvalidStateException", http.StatusBadRequest},
	fault.BadFlow:      {"InvalidStateException", http.StatusBadRequest},
	fault.BadProperty:  {"ValidationException", http.StatusBadRequest},
	fault.Unsupported:  {"UnsupportedOperationException", http.StatusBadRequest},
	fault.Malformed:    {"SerializationException", http.StatusBadRequest},
}

func writeError(w http.ResponseWriter, r *http.Request, err error) {
	t, message := errorType{"InternalServiceException", http.StatusInternalServerError}, "Internal error."
	if f, ok := errors.AsType[*fault.Error](err); ok {
		t, message = errorTypes[f.Kind], f.Message
	} else if e, ok := errors.AsType[*typedError](err); ok {
		t, message = errorType{e.kind, http.StatusBadRequest}, e.message
	} else if r.Context().Err() == nil {
		slog.ErrorContext(r.Context(), "call failed", "target", r.Header.Get("X-Amz-Target"), "err", err)
	}
	write(w, t.status, object{"__type": t.name, "message": message})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
