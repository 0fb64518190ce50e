package telemetry

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"
)

// RequestIDHeader is the header of an answer that has the id of its request, as AWS calls it.
const RequestIDHeader = "X-Amzn-Requestid"

type requestKey struct{} // of the id of a request

// Identify gives a request an id, unless it has one, and puts it into the header of the answer. Every log line of the
// request has it.
func Identify(w http.ResponseWriter, r *http.Request) *http.Request {
	id := RequestID(r.Context())
	if id == "" {
		id = uuid.NewString()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
	}
	w.Header().Set(RequestIDHeader, id)
	return r
}

// RequestID is the id of the request that a context is of; empty: of none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// requestLog adds the id of the request to the lines that are logged while it is answered.
type requestLog struct{ slog.Handler }

// Handle writes a line.
func (h requestLog) Handle(ctx context.Context, line slog.Record) error {
	if id := RequestID(ctx); id != "" {
		line = line.Clone()
		line.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs keeps the id in lines of loggers that are made of this one.
func (h requestLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestLog{h.Handler.WithAttrs(attrs)}
}

// WithGroup does the same.
func (h requestLog) WithGroup(name string) slog.Handler { return requestLog{h.Handler.WithGroup(name)} }
