package desk

import (
	"github.com/tasklane/tasklane/internal/engine"
)

// ownTarget is the prefix of X-Amz-Target of operations that Amazon Connect does not have. Those are for our own panel.
const ownTarget = "Tasklane."

// ownOperations are the operations that Amazon Connect does not have, by name.
var ownOperations = map[string]func(*call) (any, error){
	"GetContactHistory":   (*call).history,
	"GetContactOutcome":   (*call).outcome,
	"GetEndpointDetails":  (*call).endpointDetails,
	"GetPickableContacts": (*call).pickable,
	"PickContact":         onTask((*engine.Engine).Pick),
	"RecordActivity":      (*call).recordActivity,

	"GetAttachedFiles": (*call).files, "GetAttachedFile": (*call).getFile, "DeleteAttachedFile": (*call).deleteFile,
	"StartAttachedFileUpload": (*call).startUpload, "CompleteAttachedFileUpload": (*call).completeUpload,
}

// maxPickable is how many of the tasks are told that an agent may pick.
const maxPickable = 100

// pickable are the tasks that the agent may pick out of queues, those that have waited longest first.
func (c *call) pickable() (any, error) {
	tasks, err := c.engine.Pickable(c.r.Context(), c.session.Instance, c.session.User, maxPickable+1)
	if err != nil {
		return nil, err
	}
	told := []object{}
	for _, w := range tasks[:min(len(tasks), maxPickable)] {
		told = append(told, object{
			"contactId": w.Task.ID, "name": w.Task.Name, "description": text(w.Task.Description), "queue": queue(w.Queue),
			"queueTimestamp": seconds(w.Task.Enqueued), "priority": w.Task.Priority,
		})
	}
	return object{"contacts": told, "truncated": len(tasks) > maxPickable}, nil
}

// manualQueues are the queues that the agent may pick tasks out of.
func (c *call) manualQueues() ([]any, error) {
	all, err := c.engine.ManualQueues(c.session.Instance, c.session.User)
	told := []any{}
	for _, q := range all {
		told = append(told, queue(q))
	}
	return told, err
}
