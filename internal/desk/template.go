package desk

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// templates is where the companion library for tasks finds task templates, makes tasks from them and changes tasks
// (streams.md §3.3). Who calls is told by the cookie; a header that pages of other sites cannot send keeps those out.
const templates = "/task-templates/api/ccp"

func (d *Desk) registerTemplates(mux *http.ServeMux) {
	const proxy = templates + "/proxy/instance/{instance}/task/template"
	for pattern, run := range map[string]func(*call, http.ResponseWriter) (any, error){
		"GET " + proxy:                              (*call).connectAPI,
		"GET " + proxy + "/{template}":              (*call).connectAPI,
		"PUT " + templates + "/createTemplatedTask": (*call).createTemplatedTask,
		"POST " + templates + "/updateContact":      (*call).updateContact,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serveTemplates(w, r, run) })
	}
}

func (d *Desk) serveTemplates(w http.ResponseWriter, r *http.Request, run func(*call, http.ResponseWriter) (any, error)) {
	var out any
	c, err := d.taskCall(r)
	if err == nil {
		out, err = run(c, w)
	}
	switch {
	case err != nil:
		writeError(w, r, err)
	case out != nil:
		writeJSON(w, http.StatusOK, out)
	}
}

// taskCall tells who makes a call of the companion library. It fails with [fault.Denied] when the header is missing, and
// as [Desk.identify] does.
func (d *Desk) taskCall(r *http.Request) (*call, error) {
	if r.Header.Get("X-Csrf-Token") == "" {
		return nil, fault.New(fault.Denied, "The header X-Csrf-Token is missing")
	}
	_, bearer, _, err := d.sessions.FindCookie(r)
	if err != nil {
		return nil, err
	}
	c, err := d.identify(r, bearer)
	if err == nil && r.Method != http.MethodGet {
		err = c.active(r.Context())
	}
	return c, err
}

// connectAPI has the Connect API answer, of which the path is an image: ListTaskTemplates and GetTaskTemplate.
func (c *call) connectAPI(w http.ResponseWriter) (any, error) {
	i, err := c.engine.Instance(c.session.Instance)
	if err != nil {
		return nil, err
	}
	if c.r.PathValue("instance") != i.ID {
		return nil, fault.New(fault.NotFound, "Instance %s is not yours", c.r.PathValue("instance"))
	}
	r := c.r.Clone(c.r.Context())
	r.URL.Path, r.URL.RawPath = strings.TrimPrefix(c.r.URL.Path, templates+"/proxy"), ""
	query := r.URL.Query()
	if status := query.Get("status"); status != "" {
		query.Set("status", strings.ToUpper(status)) // the library's manual writes it small
	}
	r.URL.RawQuery = query.Encode()
	c.connect(i.Instance, w, r)
	return nil, nil //nolint:nilnil // it has answered
}

// read reads the body of a request.
func (c *call) read(w http.ResponseWriter) error {
	if err := json.NewDecoder(http.MaxBytesReader(w, c.r.Body, maxBody)).Decode(&c.in); err != nil {
		return fault.New(fault.Malformed, "The body cannot be read: %v", err)
	}
	return nil
}

func (c *call) createTemplatedTask(w http.ResponseWriter) (any, error) {
	if err := c.read(w); err != nil {
		return nil, err
	}
	if c.in.TaskTemplateID == "" {
		return nil, fault.New(fault.Invalid, "TaskTemplateId is required")
	}
	id, err := c.startTask()
	return object{"contactId": id, "ContactId": id}, err
}

// updateContact changes name, description and references of a task that the agent has in hand, and takes references away.
// It fails as [engine.Engine.Edit] does.
func (c *call) updateContact(w http.ResponseWriter) (any, error) {
	if err := c.read(w); err != nil {
		return nil, err
	}
	if c.in.ContactID == "" {
		return nil, fault.New(fault.Invalid, "ContactId is required")
	}
	if err := c.in.check(); err != nil {
		return nil, err
	}
	if err := c.has(c.in.ContactID); err != nil {
		return nil, err
	}
	return object{}, c.engine.Edit(c.r.Context(), c.session.Instance, c.in.ContactID, contact.Edit{
		Name: c.in.Name, Description: c.in.Description, References: c.in.references(), Removed: c.in.RemoveReferences,
	})
}

// has fails with [fault.NotFound] unless the task is on the agent's desk.
func (c *call) has(contactID string) error {
	d, err := c.engine.Desk(c.r.Context(), c.session.Instance, c.session.User)
	if err != nil {
		return err
	}
	for _, t := range d.Tasks {
		if t.Contact == contactID {
			return nil
		}
	}
	return notYours(contactID)
}

// agentApp is where the library looks for services of voice, such as Voice ID. It reads the body of a refusal.
func agentApp(w http.ResponseWriter, _ *http.Request) {
	writeMessage(w, http.StatusBadRequest, "Tasks have no voice, and Tasklane none of the services of AgentAppService")
}
