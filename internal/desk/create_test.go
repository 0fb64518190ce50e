package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/template"
)

// made reads a task that was made.
func (w *world) made(out object) *contact.Contact {
	w.t.Helper()
	c, _, err := w.engine.Contact(w.t.Context(), instance, out["contactId"].(string))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// selfAssignable makes a template whose tasks can go to the agent who makes them.
func (w *world) selfAssignable() string {
	w.t.Helper()
	id, err := w.engine.CreateTaskTemplate(w.t.Context(), instance, template.Template{
		Name: "For me", Active: true, Flow: w.stock.Flow, SelfAssignFlow: w.selfAssignFlow(),
		Required: []string{"Task name"},
		Fields:   []template.Field{{Name: "Task name", Type: template.FieldName}, {Name: "Mine", Type: template.FieldSelfAssign}},
	}, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// selfAssignFlow is a flow that takes a task to the agent who makes it.
func (w *world) selfAssignFlow() string {
	w.t.Helper()
	flows, err := w.engine.Flows(instance)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range flows {
		if f.Name == "Default agent transfer" {
			return f.ID
		}
	}
	w.t.Fatal("there is no default flow for transfers to agents")
	return ""
}

func TestAgentMakesATaskForAQuickConnect(t *testing.T) {
	w := signedIn(t)
	in := object{
		"name": "Call back", "description": "She asked", "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)},
		"references":       object{"Amount": object{"type": "NUMBER", "value": 42.5}, "Site": object{"type": "URL", "value": "https://a.example"}},
		"idempotencyToken": "t-1",
	}
	c := w.made(w.must("CreateTaskContact", in))
	want := contact.References{"Amount": {Type: "NUMBER", Value: "42.5"}, "Site": {Type: "URL", Value: "https://a.example"}}
	if c.Name != "Call back" || c.Description != "She asked" || c.State != contact.Queued || c.Target != w.stock.Queue || c.CreatedBy != w.stock.Agent {
		t.Errorf("task %+v, want one in BasicQueue by the agent", c)
	}
	if diff := cmp.Diff(want, c.References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	if again := w.made(w.must("CreateTaskContact", in)); again.ID != c.ID {
		t.Errorf("the same token made %s, and then %s", c.ID, again.ID)
	}
	in["idempotencyToken"], in["previousContactId"] = "t-2", c.ID
	if next := w.made(w.must("CreateTaskContact", in)); next.Previous != c.ID || next.Chain() != c.ID {
		t.Errorf("a linked task follows %q, want %q", next.Previous, c.ID)
	}
}

func TestAgentSchedulesATask(t *testing.T) {
	w := signedIn(t)
	at := w.engine.Now().Add(time.Hour).Truncate(time.Second)
	for _, given := range []any{at.Unix(), float64(at.UnixMilli()) / 1000, at.Format(time.RFC3339), fmt.Sprint(at.Unix())} {
		c := w.made(w.must("CreateTaskContact", object{"name": "Later", "taskTemplateId": w.stock.Template, "scheduledTime": given}))
		if c.State != contact.Scheduled || !c.ScheduledFor.Equal(at) {
			t.Errorf("scheduledTime %v: %s for %s, want it scheduled for %s", given, c.State, c.ScheduledFor, at)
		}
	}
}

func TestAgentMakesATaskForThemselves(t *testing.T) {
	w := signedIn(t)
	w.available()
	c := w.made(w.must("CreateTaskContact", object{"name": "Mine", "taskTemplateId": w.selfAssignable(), "selfAssign": true}))
	if c.State != contact.Connected || c.Agent != w.stock.Agent {
		t.Errorf("task is %s with %q, want it with its maker", c.State, c.Agent)
	}
	w.wantContacts("connected/connected")
}

func TestAgentSaysHowLongATaskLives(t *testing.T) {
	w := signedIn(t)
	in := object{"name": "Soon over", "endpoint": object{"endpointARN": w.arnOf(w.stock.QueueConnect)}, "expiryMinutes": 90}
	c := w.made(w.must("CreateTaskContact", in))
	if life := c.Expires.Sub(c.Initiated); life != 90*time.Minute {
		t.Errorf("the task lives %s, want 90 minutes", life)
	}
}

func TestTasksAreRefused(t *testing.T) {
	w := signedIn(t)
	queue := object{"endpointARN": w.arnOf(w.stock.QueueConnect)}
	for name, tt := range map[string]struct {
		members object
		want    string
	}{
		"no name":        {object{"endpoint": queue}, "ValidationException"},
		"no destination": {object{"name": "x"}, "ValidationException"},
		"long name":      {object{"name": strings.Repeat("x", maxName+1), "endpoint": queue}, "ValidationException"},
		"U+0000":         {object{"name": "x\x00", "endpoint": queue}, "ValidationException"},
		"reference":      {object{"name": "x", "endpoint": queue, "references": object{"a": object{"type": "NOTE", "value": "b"}}}, "ValidationException"},
		"object":         {object{"name": "x", "endpoint": queue, "references": object{"a": object{"type": "URL", "value": object{}}}}, "SerializationException"},
		"past":           {object{"name": "x", "endpoint": queue, "scheduledTime": 1}, "ValidationException"},
		"no time":        {object{"name": "x", "endpoint": queue, "scheduledTime": "soon"}, "SerializationException"},
		"telephone":      {object{"name": "x", "endpoint": object{"endpointARN": w.phone()}}, "BadEndpointException"},
		"template":       {object{"name": "x", "taskTemplateId": unknown}, "ResourceNotFoundException"},
		"previous":       {object{"name": "x", "endpoint": queue, "previousContactId": unknown}, "ResourceNotFoundException"},
		"both links":     {object{"name": "x", "endpoint": queue, "previousContactId": "a", "relatedContactId": "b"}, "InvalidStateException"},
		"long life":      {object{"name": "x", "endpoint": queue, "expiryMinutes": maxExpiry + 1}, "ValidationException"},
		"self":           {object{"name": "x", "endpoint": queue, "selfAssign": true}, "InvalidStateException"},
	} {
		if status, out := w.cti("CreateTaskContact", tt.members); status != 400 || out["__type"] != tt.want {
			t.Errorf("%s: %d %v, want %s", name, status, out, tt.want)
		}
	}
}

func TestTokenIsRenewedWithinItsSession(t *testing.T) {
	w := signedIn(t)
	out := w.must("GetNewAuthToken", object{"refreshToken": w.token})
	if out["newAuthToken"] != w.token || out["expirationDateTime"].(float64) < float64(w.engine.Now().Unix()) {
		t.Errorf("GetNewAuthToken = %v", out)
	}
	if status, out := w.cti("GetNewAuthToken", object{"refreshToken": "old"}); status != 400 || out["__type"] != "RefreshTokenExpiredException" {
		t.Errorf("an unknown token: %d %v", status, out)
	}
}

func TestPreferencesAreKept(t *testing.T) {
	w := signedIn(t)
	prefer := func(p any) object {
		return object{"configuration": object{"name": "other", "agentPreferences": p}}
	}
	w.must("UpdateAgentConfiguration", prefer(object{"LANGUAGE": "en_US", "locale": "de_DE", "theme": "dark"}))
	w.must("UpdateAgentConfiguration", prefer(nil))
	got := w.must("GetAgentConfiguration", object{})["configuration"].(object)
	if !cmp.Equal(got["agentPreferences"], object{"LANGUAGE": "de_DE", "theme": "dark"}) || got["name"] != "Alex Agent" {
		t.Errorf("configuration = %v, want the preference and the old name", got)
	}
	many := object{}
	for i := range 21 {
		many[fmt.Sprint(i)] = "v"
	}
	for _, p := range []any{many, object{"LOCALE": strings.Repeat("x", 257)}} {
		if status, out := w.cti("UpdateAgentConfiguration", prefer(p)); status != http.StatusBadRequest || out["__type"] != "ValidationException" {
			t.Errorf("preferences %v: %d %v", p, status, out)
		}
	}
}
