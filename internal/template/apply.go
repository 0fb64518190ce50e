package template

import (
	"cmp"
	"maps"
	"strconv"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// Task is what a template has a say in: what a request asks for, and after [Template.Apply] what comes of it.
type Task struct {
	Name         string
	Description  string
	References   contact.References
	ScheduledFor time.Time     // zero: at once
	Life         time.Duration // zero: not said; else whole minutes
	QuickConnect string        // id; empty: none
	SelfAssign   bool          // an agent makes it for themselves
	Flow         string        // id of the flow that the request names; empty: none
}

// Apply holds a new task against the template and returns it with its defaults filled in. References that are no
// fields stay. Applied to its own result it changes nothing.
//
// It fails with [fault.Unusable] when the template is not active, and with [fault.Invalid] for the first field
// that is missing, of the wrong type, or other than the default that it must keep. The other fields have their
// defaults then all the same, so that [Template.Route] can tell what is wrong with the flow.
func (t *Template) Apply(task Task) (Task, error) {
	if !t.Active {
		return task, fault.New(fault.Unusable, "Task template %s is not active", t.ID)
	}
	task.References = maps.Clone(task.References)
	var first error
	quickConnect := ""
	for _, f := range t.Fields {
		fill, err := t.apply(f, &task)
		switch {
		case err != nil:
			first = cmp.Or(first, err)
		case f.Type == FieldQuickConnect:
			quickConnect = fill // it waits for what the other fields say
		case fill != "":
			task.fill(f, fill)
		}
	}
	// A quick connect brings a flow with it, and a task has room for one.
	if task.Flow == "" && t.flow(task) == "" && quickConnect != "" {
		task.QuickConnect = quickConnect
	}
	return task, first
}

// apply checks one field and returns the default to fill in; empty: none.
func (t *Template) apply(f Field, task *Task) (fill string, err error) {
	if r, ok := task.References[f.Name]; ok && f.reference() != "" && r.Type != f.reference() {
		return "", refused(f, "must be a reference of type %s, not %s", f.reference(), r.Type)
	}
	value, preset := task.value(f), t.preset(f.Name)
	locked := preset != "" && t.locked(f)
	switch {
	case value != "" && locked && value != preset:
		return "", refused(f, "keeps the value that its task template gives it")
	case value == "" && f.Type == FieldSelfAssign && !locked:
		return "", nil // a box that is not ticked: the default is what the panel ticks beforehand
	case value == "":
		value, fill = preset, preset
	}
	if value == "" {
		if t.requires(f) {
			return "", refused(f, "is required")
		}
		return "", nil
	}
	if wrong := f.wrong(value); wrong != "" {
		return "", refused(f, "%s", wrong)
	}
	return fill, nil
}

func refused(f Field, format string, args ...any) error {
	return fault.New(fault.Invalid, "Field '%s' "+format, append([]any{f.Name}, args...)...)
}

// value is what the task says for a field; empty: nothing.
func (task *Task) value(f Field) string {
	switch f.Type {
	case FieldName:
		return task.Name
	case FieldDescription:
		return task.Description
	case FieldQuickConnect:
		return task.QuickConnect
	case FieldScheduledTime:
		if !task.ScheduledFor.IsZero() {
			return strconv.FormatInt(task.ScheduledFor.Unix(), 10)
		}
	case FieldExpiry:
		if task.Life != 0 {
			return strconv.FormatInt(int64(task.Life/time.Minute), 10)
		}
	case FieldSelfAssign:
		if task.SelfAssign {
			return "true"
		}
	default:
		return task.References[f.Name].Value
	}
	return ""
}

// fill gives a field a value, which is one of its type.
func (task *Task) fill(f Field, value string) {
	n, _ := digits(value)
	switch f.Type {
	case FieldName:
		task.Name = value
	case FieldDescription:
		task.Description = value
	case FieldScheduledTime:
		task.ScheduledFor = time.Unix(n, 0).UTC()
	case FieldExpiry:
		task.Life = time.Duration(n) * time.Minute
	case FieldSelfAssign:
		task.SelfAssign = value == "true"
	default:
		if task.References == nil {
			task.References = contact.References{}
		}
		task.References[f.Name] = contact.Reference{Type: f.reference(), Value: value}
	}
}

// flow is the flow that the template itself brings; empty: none.
func (t *Template) flow(task Task) string {
	if task.SelfAssign {
		return t.SelfAssignFlow
	}
	return t.Flow
}

// Route returns the flow that a task runs to which the template was applied; empty means the flow of its quick
// connect. Of the flow that the request names, the quick connect's and the template's there must be exactly one
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html).
// It fails with [fault.Unusable].
func (t *Template) Route(task Task) (string, error) {
	own := t.flow(task)
	switch {
	case task.SelfAssign && own == "":
		return "", fault.New(fault.Unusable, "Self assignment needs a task template with a self-assign flow")
	case own == "" && task.Flow == "" && task.QuickConnect == "":
		return "", fault.New(fault.Unusable, "TaskTemplateId: the task template has no flow configured")
	case own != "" && task.Flow == "" && task.QuickConnect == "":
		return own, nil
	case own == "" && (task.Flow == "" || task.QuickConnect == ""):
		return task.Flow, nil
	}
	return "", fault.New(fault.Unusable, "Cannot identify a unique flow: specify only one of ContactFlowId, QuickConnectId, TaskTemplateId")
}
