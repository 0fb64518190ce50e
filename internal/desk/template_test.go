package desk

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/template"
)

// tt makes a call of the companion library for tasks.
func (w *world) templates(method, path string, body any) (int, object) {
	w.t.Helper()
	text, _ := json.Marshal(body)
	r, _ := http.NewRequest(method, w.server.URL+templates+path, strings.NewReader(string(text)))
	r.Header.Set("X-Csrf-Token", "csrf")
	res, answer := w.do(r)
	var out object
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		w.t.Fatalf("%s %s: %s %q", method, path, res.Status, answer)
	}
	return res.StatusCode, out
}

const proxied = "/proxy/instance/" + instance + "/task/template"

func TestTemplatesAreThoseOfTheConnectAPI(t *testing.T) {
	w := signedIn(t)
	for _, query := range []string{"", "?status=ACTIVE&maxResults=50", "?status=active"} {
		status, out := w.templates(http.MethodGet, proxied+query, nil)
		list, _ := out["TaskTemplates"].([]any)
		if status != http.StatusOK || len(list) != 1 || list[0].(object)["Id"] != w.stock.Template {
			t.Errorf("%q: %d %v, want the sample template", query, status, out)
		}
	}
	if _, out := w.templates(http.MethodGet, proxied+"?status=inactive", nil); len(out["TaskTemplates"].([]any)) != 0 {
		t.Errorf("inactive: %v, want none", out)
	}
	for _, version := range []string{"", "?snapshotVersion=1"} {
		status, out := w.templates(http.MethodGet, proxied+"/"+w.stock.Template+version, nil)
		if status != http.StatusOK || out["Name"] != "Sample task template" || len(out["Fields"].([]any)) != 2 {
			t.Errorf("%q: %d %v, want the sample template", version, status, out)
		}
	}
	for path, want := range map[string]int{
		proxied + "/" + unknown: 404, strings.Replace(proxied, "1111", "2222", 1): 400, proxied + "?status=odd": 400,
	} {
		if status, out := w.templates(http.MethodGet, path, nil); status != want {
			t.Errorf("%s: %d %v, want %d", path, status, out, want)
		}
	}
}

func TestTemplatedTaskIsMadeAndChanged(t *testing.T) {
	w := signedIn(t)
	w.available()
	status, out := w.templates(http.MethodPut, "/createTemplatedTask", object{
		"Name": "Refund", "Description": "Both", "TaskTemplateId": w.stock.Template,
		"References": object{"Order": object{"Type": "STRING", "Value": "A-1009"}},
	})
	if status != http.StatusOK || out["contactId"] == nil || out["contactId"] != out["ContactId"] {
		t.Fatalf("createTemplatedTask: %d %v", status, out)
	}
	c := w.made(out)
	if c.Name != "Refund" || c.Template != w.stock.Template || c.References["Order"].Value != "A-1009" || c.CreatedBy != w.stock.Agent {
		t.Errorf("task %+v", c)
	}
	change := object{"ContactId": c.ID, "Name": "Refund B", "References": object{"Amount": object{"Type": "NUMBER", "Value": 5}}}
	if status, out := w.templates(http.MethodPost, "/updateContact", change); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Errorf("updateContact of a task that the agent does not have: %d %v", status, out)
	}
	id := w.ring()
	change["ContactId"] = id
	if status, out := w.templates(http.MethodPost, "/updateContact", change); status != http.StatusOK || len(out) != 0 {
		t.Errorf("updateContact: %d %v", status, out)
	}
	if c := w.made(object{"contactId": id}); c.Name != "Refund B" || c.Description != "Both items" || c.References["Amount"] != (contact.Reference{Type: "NUMBER", Value: "5"}) {
		t.Errorf("changed task %+v", c)
	}
}

func TestReferencesAreTakenAway(t *testing.T) {
	w := signedIn(t)
	w.available()
	id := w.inHand()
	w.attach(id)
	change := func(members object, want string) {
		t.Helper()
		members["ContactId"] = id
		if status, out := w.templates(http.MethodPost, "/updateContact", members); want == "" && status != http.StatusOK || want != "" && out["__type"] != want {
			t.Errorf("%v: %d %v, want %q", members, status, out, want)
		}
	}
	change(object{"RemoveReferences": []string{"report.txt"}}, "ValidationException")
	change(object{"RemoveReferences": []string{"Amount"}, "References": object{"Amount": object{"Type": "NUMBER", "Value": 1}}}, "ValidationException")
	change(object{"RemoveReferences": "Amount"}, "SerializationException")
	change(object{"RemoveReferences": []string{"Amount"}, "Name": "Refund B"}, "")
	change(object{"RemoveReferences": []string{"Amount"}}, "") // a request that is sent again
	if c := w.made(object{"contactId": id}); c.Name != "Refund B" || len(c.References) != 1 || !c.Attached(c.References["report.txt"].Value) {
		t.Errorf("task %q has the references %v, want the file alone", c.Name, c.References)
	}
	_, events := w.happened(id)
	if updated := events[len(events)-2]["updated"]; len(updated.([]any)) != 1 || updated.([]any)[0] != "References" {
		t.Errorf("the history tells of %v, want References", updated)
	}
}

func TestATemplateKeepsItsReferences(t *testing.T) {
	w := signedIn(t)
	w.available()
	tm, err := w.engine.CreateTaskTemplate(t.Context(), instance, template.Template{
		Name: "Complaint", Active: true, Flow: w.stock.Flow, Required: []string{"Task name", "Product"}, ReadOnly: []string{"Region"},
		Fields: []template.Field{
			{Name: "Task name", Type: template.FieldName},
			{Name: "Product", Type: template.FieldText},
			{Name: "Region", Type: template.FieldText},
			{Name: "Colour", Type: template.FieldText},
		},
		Defaults: []template.Default{{Field: "Region", Value: "Europe"}},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	told := contact.References{"Product": {Type: "STRING", Value: "Lamp"}, "Colour": {Type: "STRING", Value: "red"}}
	id, err := w.engine.StartTask(t.Context(), instance, engine.StartTask{Template: tm, Name: "Broken", References: told})
	if err != nil {
		t.Fatal(err)
	}
	w.offer(id)
	for name, want := range map[string]int{"Product": 400, "Region": 400, "Colour": 200} {
		status, out := w.templates(http.MethodPost, "/updateContact", object{"ContactId": id, "RemoveReferences": []string{name}})
		if status != want {
			t.Errorf("%s: %d %v, want %d", name, status, out, want)
		}
	}
	if c := w.made(object{"contactId": id}); len(c.References) != 2 {
		t.Errorf("references are %v, want Product and Region", c.References)
	}
}

func TestTemplatedTaskIsRefusedInJSON(t *testing.T) {
	w := signedIn(t)
	for name, tt := range map[string]struct {
		method, path string
		body         object
	}{
		"no template": {http.MethodPut, "/createTemplatedTask", object{"Name": "x"}},
		"no name":     {http.MethodPut, "/createTemplatedTask", object{"TaskTemplateId": w.stock.Template}},
		"no JSON":     {http.MethodPut, "/createTemplatedTask", nil},
		"no contact":  {http.MethodPost, "/updateContact", object{"Name": "x"}},
	} {
		body := any(tt.body)
		if tt.body == nil {
			body = "x"
		}
		if status, out := w.templates(tt.method, tt.path, body); status != 400 || out["message"] == "" {
			t.Errorf("%s: %d %v, want 400", name, status, out)
		}
	}
	if res, text := w.get(templates + proxied); res.StatusCode != http.StatusForbidden || !json.Valid([]byte(text)) {
		t.Errorf("without the header: %s %s", res.Status, text)
	}
	w.get("/logout")
	if status, out := w.templates(http.MethodGet, proxied, nil); status != http.StatusUnauthorized || out["message"] == "" {
		t.Errorf("signed out: %d %v", status, out)
	}
	if res, text := w.post("/agent-app/api", "application/json", "{}"); res.StatusCode != 400 || !json.Valid([]byte(text)) {
		t.Errorf("/agent-app/api: %s %s", res.Status, text)
	}
}
