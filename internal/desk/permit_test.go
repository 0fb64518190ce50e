package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// allow gives the stock agent's security profile these permissions, and no others.
func (w *world) allow(permissions ...string) {
	w.t.Helper()
	profile := w.user().SecurityProfiles[0]
	err := w.engine.UpdateSecurityProfile(w.t.Context(), instance, profile, engine.SecurityProfileUpdate{Permissions: append([]string{}, permissions...)})
	if err != nil {
		w.t.Fatal(err)
	}
}

// What a security profile allows counts at once, for those who are signed in, too.
func TestSecurityProfilesDecideWhatAgentsMayDo(t *testing.T) {
	w := signedIn(t)
	forQueue := object{"name": "Call back", "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}}
	mine := object{"name": "Mine", "taskTemplateId": w.selfAssignable(), "selfAssign": true}
	const basic, assign, restrict = directory.BasicAgentAccess, directory.SelfAssignContacts, directory.RestrictTaskCreation
	tests := []struct {
		name        string
		permissions []string
		operation   string
		in          object
		status      int
	}{
		{"nothing", nil, "GetAgentSnapshot", object{}, 403},
		{"the panel", []string{basic}, "GetAgentSnapshot", object{}, 200},
		{"tasks", []string{basic}, "CreateTaskContact", forQueue, 200},
		{"tasks, restricted", []string{basic, assign, restrict}, "CreateTaskContact", forQueue, 403},
		{"the panel, with tasks restricted", []string{basic, restrict}, "GetAgentSnapshot", object{}, 200},
		{"tasks of one's own", []string{basic, assign}, "CreateTaskContact", mine, 200},
		{"tasks of one's own without the permission", []string{basic}, "CreateTaskContact", mine, 403},
		{"tasks of one's own without the panel", []string{assign}, "CreateTaskContact", mine, 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.allow(tt.permissions...)
			if status, out := w.cti(tt.operation, tt.in); status != tt.status || status == 403 && out["__type"] != "AccessDeniedException" {
				t.Errorf("%s with %v: %d %v, want %d", tt.operation, tt.permissions, status, out, tt.status)
			}
		})
	}
	w.allow(basic, restrict)
	if status, out := w.templates(http.MethodPut, "/createTemplatedTask", object{"Name": "x", "TaskTemplateId": w.stock.Template}); status != 403 {
		t.Errorf("a task from a template, restricted: %d %v, want 403", status, out)
	}
}

// A page of another site can have a browser send the cookie, but not this header.
func TestTemplatesNeedAHeaderThatOtherSitesCannotSend(t *testing.T) {
	w := signedIn(t)
	for _, route := range []string{"PUT /createTemplatedTask", "POST /updateContact"} {
		method, path, _ := strings.Cut(route, " ")
		r, _ := http.NewRequest(method, w.server.URL+templates+path, strings.NewReader(`{"Name":"x","TaskTemplateId":"`+w.stock.Template+`"}`))
		if res, text := w.do(r); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s without the header: %s %s, want 403", route, res.Status, text)
		}
	}
}
