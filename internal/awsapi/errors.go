package awsapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// exception is an error as it travels.
type exception struct {
	name   string
	status int
}

// exceptions is the one place where a fault becomes an exception of the API: the first in the list that the
// operation declares, or else the first. What callers do not expect they cannot handle.
var exceptions = map[fault.Kind][]string{
	fault.Invalid:      {"InvalidParameterException", "InvalidRequestException"},
	fault.Unusable:     {"InvalidRequestException", "InvalidParameterException"},
	fault.NotFound:     {"ResourceNotFoundException", "InvalidRequestException"},
	fault.Gone:         {"UserNotFoundException", "ContactNotFoundException", "ResourceNotFoundException"},
	fault.Conflict:     {"ResourceConflictException", "ConflictException", "ContactNotTerminatedException", "InvalidRequestException"},
	fault.Duplicate:    {"DuplicateResourceException", "ResourceConflictException", "InvalidRequestException"},
	fault.InUse:        {"ResourceInUseException", "InvalidRequestException"},
	fault.Reused:       {"IdempotencyException", "InvalidRequestException", "InvalidParameterException"},
	fault.Quota:        {"ServiceQuotaExceededException", "LimitExceededException", "InvalidRequestException"},
	fault.Limit:        {"LimitExceededException", "MaximumResultReturnedException", "ServiceQuotaExceededException", "InvalidRequestException"},
	fault.Throttled:    {"ThrottlingException", "TooManyRequestsException"},
	fault.Contended:    {"ThrottlingException", "TooManyRequestsException"}, // SDKs send it again, after a pause
	fault.Denied:       {"AccessDeniedException"},
	fault.Unauthorized: {"AccessDeniedException"},
	fault.NotPublished: {"ContactFlowNotPublishedException", "InvalidRequestException"},
	fault.BadFlow:      {"InvalidContactFlowException", "InvalidContactFlowModuleException"},
	fault.BadProperty:  {"PropertyValidationException", "InvalidParameterException", "InvalidRequestException"},
	fault.Unsupported:  {"InvalidRequestException", "InvalidParameterException"},
	fault.Malformed:    {"SerializationException"},
}

// commonErrors are not in the API's own list: any operation may answer them
// (https://docs.aws.amazon.com/connect/latest/APIReference/CommonErrors.html).
var commonErrors = map[string]int{
	"SerializationException": http.StatusBadRequest,
	"AccessDeniedException":  http.StatusForbidden,
	"ThrottlingException":    http.StatusTooManyRequests,
}

// exceptionFor chooses the exception of a fault for an operation.
func exceptionFor(op wire.Operation, kind fault.Kind) exception {
	names := exceptions[kind]
	name := names[0]
	for _, n := range names {
		if op.Declares(n) {
			name = n
			break
		}
	}
	status, ok := commonErrors[name]
	if !ok {
		status = wire.Exceptions[name]
	}
	return exception{name, status}
}

// writeError answers with an error and returns its status. Everything but a fault, a problem of the signature
// and an operation that is not served is internal: it is logged here and its text stays here.
func writeError(w http.ResponseWriter, r *http.Request, op wire.Operation, err error) int {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		x := exceptionFor(op, f.Kind)
		return writeException(w, x, f.Message, details(x, f))
	}
	if p, ok := errors.AsType[*auth.SignatureError](err); ok {
		return writeException(w, exception{p.Type, http.StatusForbidden}, p.Message, nil)
	}
	if n, ok := errors.AsType[*notImplementedError](err); ok {
		return writeException(w, exception{"NotImplementedException", http.StatusNotImplemented}, n.message, nil)
	}
	if r.Context().Err() != nil { // the client is gone; nobody reads the answer
		return 499
	}
	slog.ErrorContext(r.Context(), "request failed", "operation", op.Name, "err", err)
	return writeException(w, exception{"InternalServiceException", http.StatusInternalServerError}, "Internal error.", nil)
}

// details are the members of an exception besides its message.
func details(x exception, f *fault.Error) map[string]any {
	switch {
	case f.Problems != nil:
		all := make([]map[string]string, len(f.Problems))
		for i, p := range f.Problems {
			all[i] = map[string]string{"message": p}
		}
		// The member's name differs in case between the two exceptions, as it does in Amazon's model.
		if x.name == "InvalidContactFlowModuleException" {
			return map[string]any{"Problems": all}
		}
		return map[string]any{"problems": all}
	case f.Properties != nil:
		all := make([]map[string]string, len(f.Properties))
		for i, p := range f.Properties {
			all[i] = map[string]string{"PropertyPath": p.Path, "Reason": string(p.Reason), "Message": p.Message}
		}
		return map[string]any{"PropertyList": all}
	case f.Reason != "" && reasons[x.name] != "":
		return map[string]any{"Reason": map[string]string{reasons[x.name]: f.Reason}}
	}
	return nil
}

// reasons name the one member of the union Reason, by exception.
var reasons = map[string]string{
	"InvalidRequestException":       "AttachedFileInvalidRequestExceptionReason",
	"ServiceQuotaExceededException": "AttachedFileServiceQuotaExceededExceptionReason",
}

func writeException(w http.ResponseWriter, x exception, message string, details map[string]any) int {
	body := map[string]any{"__type": x.name, "Message": message}
	maps.Copy(body, details)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", x.name)
	var text bytes.Buffer
	_ = json.NewEncoder(&text).Encode(body) // texts, and maps of them
	// With a length the client knows where the answer ends, while the rest of its request may still be read.
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(x.status)
	_, _ = w.Write(text.Bytes()) // the client may be gone
	return x.status
}
