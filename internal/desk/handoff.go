package desk

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// Browsers that block cookies of other sites do not show the panel in a frame the cookie of the window in which the
// agent has signed in. That window therefore hands a code over to the frame, which gets a session of its own for it
// (streams.md §6.4): the cookie of that one is kept for frames on pages of the host's site only.
//
//	window ──POST /auth/code──► code ──postMessage──► frame ──POST /auth/handoff──► cookie

// handOut gives a signed-in window a code, which signs one frame in within a minute.
func (d *Desk) handOut(w http.ResponseWriter, r *http.Request) {
	s, _, ok, err := d.sessions.FindCookie(r)
	if err == nil && ok {
		var code string
		if code, err = d.sessions.Ticket(r.Context(), s, directory.HandOver); err == nil {
			writeJSON(w, http.StatusOK, map[string]string{"code": code})
			return
		}
	}
	d.refuseHandOff(w, r, err, "Nobody is signed in")
}

// handOff takes a code and opens a session for its user, which ends with that of the window.
func (d *Desk) handOff(w http.ResponseWriter, r *http.Request) {
	var in struct{ Code string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		writeMessage(w, http.StatusBadRequest, "The body must be a JSON object with code")
		return
	}
	s, ok, err := d.sessions.Redeem(r.Context(), in.Code, directory.HandOver)
	if err == nil && ok {
		var opened auth.Opened
		if opened, err = d.sessions.HandOver(r.Context(), s); err == nil {
			d.sessions.SetCookie(w, r, opened, auth.ThisPage)
			writeJSON(w, http.StatusOK, struct{}{})
			return
		}
	}
	d.refuseHandOff(w, r, err, "The code is not valid, or was used")
}

func (d *Desk) refuseHandOff(w http.ResponseWriter, r *http.Request, err error, refusal string) {
	if err != nil {
		slog.ErrorContext(r.Context(), "hand-off failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
		return
	}
	writeMessage(w, http.StatusUnauthorized, refusal)
}
