package directory

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// origin is what a browser calls an origin: it is written into headers, so nothing else may be in it.
var origin = regexp.MustCompile(`^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?$`)

// CheckOrigin reports whether pages of an origin may be approved to frame the agent panel: scheme, host and port as
// browsers write them. Pages that anybody on the way can change may not; local lets those of this machine.
// It fails with [fault.Invalid].
func CheckOrigin(text string, local bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || !origin.MatchString(text):
		return fault.New(fault.Invalid, "Origin %q must be a scheme, a host and perhaps a port in small letters, such as https://desk.example.com", text)
	case strings.HasSuffix(text, ":443") && u.Scheme == "https" || strings.HasSuffix(text, ":80") && u.Scheme == "http":
		return fault.New(fault.Invalid, "Origin %q must not name the port that its scheme has anyway", text)
	case u.Scheme == "https" || local && LocalOrigin(text):
		return nil
	}
	return fault.New(fault.Invalid, "Origin %q must begin with https://", text)
}

// LocalOrigin reports whether an origin is that of a page on this machine, by plain http.
func LocalOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || !origin.MatchString(text) {
		return false
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}
