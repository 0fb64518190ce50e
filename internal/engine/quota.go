package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// The names of quotas, as --quota takes them.
const (
	QuotaInstances   = "instances"    // of one account
	QuotaActiveTasks = "active-tasks" // tasks that have not ended, per instance
	QuotaQueues      = "queues"
	QuotaFlows       = "flows"
	QuotaModules     = "flow-modules"
	QuotaUsers       = "users"
	QuotaProfiles    = "routing-profiles"
	// QuotaProfileQueues counts the queues of one routing profile, each once for every channel; those of manual
	// assignment by themselves.
	QuotaProfileQueues    = "queues-per-routing-profile"
	QuotaSecurityProfiles = "security-profiles"
	QuotaHierarchyGroups  = "hierarchy-groups" // of all levels
	QuotaProficiencies    = "proficiencies-per-user"
	// QuotaAgentStatuses counts the two that every instance has.
	QuotaAgentStatuses = "agent-statuses"
	// QuotaQuickConnects counts the two that the first instance has from the start.
	QuotaQuickConnects = "quick-connects"
	// QuotaQueueQuickConnects counts the quick connects of one queue.
	QuotaQueueQuickConnects   = "quick-connects-per-queue"
	QuotaPredefinedAttributes = "predefined-attributes"
	QuotaTaskTemplates        = "task-templates"
	QuotaLambdaFunctions      = "lambda-functions" // that an instance is associated with
	QuotaApprovedOrigins      = "approved-origins"

	QuotaVersions = "versions-per-flow"  // of one flow or module
	QuotaAliases  = "aliases-per-module" // of one module
	// QuotaHours counts the one that the first instance has from the start.
	QuotaHours = "hours-of-operation"
	// QuotaOverrides counts the overrides of one hours of operation, without those of its parents.
	QuotaOverrides = "overrides-per-hours"

	QuotaLinked      = "linked-tasks" // tasks linked to one contact, and to one chain, by PreviousContactId
	QuotaTransfers   = "transfers"    // of the contacts of one chain
	QuotaReschedules = "reschedules"  // of one task
	QuotaPauses      = "pauses"       // of one task
	// QuotaAgentQueueContacts bounds what waits in one agent's own queue
	// (https://docs.aws.amazon.com/connect/latest/adminguide/concepts-queues-standard-and-agent.html).
	QuotaAgentQueueContacts = "agent-queue-contacts"
	// QuotaTemplateChanges counts how often one task changes its task template.
	QuotaTemplateChanges = "template-changes"

	// QuotaFlowActions counts the actions that flows run for one contact, and QuotaFlowActionsAtOnce those of them
	// that run without waiting for anything outside.
	QuotaFlowActions       = "flow-actions"
	QuotaFlowActionsAtOnce = "flow-actions-at-once"
	// QuotaTracedActions counts the actions that the trace of one contact tells.
	QuotaTracedActions = "traced-actions"

	QuotaFileMegabytes = "file-megabytes" // of one file
	// QuotaFiles and QuotaFilesMegabytes count the files of one contact.
	QuotaFiles          = "files-per-contact"
	QuotaFilesMegabytes = "file-megabytes-per-contact"
)

// DefaultQuotas are Amazon Connect's numbers
// (https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html). It does not publish
// how many files a task can have, nor how large they can be together, nor how many versions, aliases and approved origins there can be;
// those are ours (docs/divergences.md).
func DefaultQuotas() map[string]int {
	return map[string]int{
		QuotaInstances: 2, QuotaActiveTasks: 2500, QuotaQueues: 100, QuotaFlows: 100, QuotaModules: 200, QuotaUsers: 500, QuotaAgentStatuses: 50,
		QuotaProfiles: 500, QuotaProfileQueues: 50, QuotaSecurityProfiles: 100, QuotaHierarchyGroups: 500, QuotaProficiencies: 10,
		QuotaQuickConnects: 100, QuotaQueueQuickConnects: 700, QuotaPredefinedAttributes: 150, QuotaTaskTemplates: 50,
		QuotaVersions: 100, QuotaAliases: 100,
		QuotaLinked: 12, QuotaTransfers: 11, QuotaReschedules: 20, QuotaPauses: 10,
		QuotaHours: 100, QuotaOverrides: 50,
		QuotaTemplateChanges: 5, QuotaAgentQueueContacts: 10,
		QuotaFlowActions: flow.MaxTotal, QuotaFlowActionsAtOnce: flow.MaxAtOnce, QuotaTracedActions: 1000,
		QuotaFileMegabytes: 20, QuotaFiles: 50, QuotaFilesMegabytes: 100,
		QuotaLambdaFunctions: 50, QuotaApprovedOrigins: 50,
	}
}

func quotas(changed map[string]int) (map[string]int, error) {
	all := DefaultQuotas()
	for name, n := range changed {
		if _, ok := all[name]; !ok {
			names := strings.Join(slices.Sorted(maps.Keys(all)), ", ")
			return nil, fmt.Errorf("unknown quota %q: the quotas are %s", name, names)
		}
		if n < 0 {
			return nil, fmt.Errorf("quota %s is %d: it cannot be negative", name, n)
		}
		all[name] = n
	}
	return all, nil
}

// openTasks counts the active tasks of an instance without a row that all tasks would have to touch: the tasks
// that have not ended, and those whose creation is under way.
type openTasks struct {
	mu      sync.Mutex // guards what follows
	open    int
	pending int
}

func (o *openTasks) set(open int) {
	o.mu.Lock()
	o.open = open
	o.mu.Unlock()
}

// count follows the events of a commit. A task that this node starts was pending before.
func (o *openTasks) count(events []ContactEvent) {
	o.mu.Lock()
	for _, e := range events {
		switch e.Type {
		case contact.EventInitiated:
			o.open++
			o.pending--
		case contact.EventCompleted:
			o.open--
		default: // neither begins nor ends a task
		}
	}
	o.mu.Unlock()
}

// rooms is room for the tasks that one command starts. However often the command runs, it keeps what it has taken,
// and at last gives back what is not used.
type rooms struct {
	of    *openTasks
	taken int
	used  int // by the present run
}

// take fails with [fault.Quota] when there is no room for one more task. A quota of 0 is none.
func (r *rooms) take(quota int) error {
	if r.used < r.taken {
		r.used++
		return nil
	}
	r.of.mu.Lock()
	defer r.of.mu.Unlock()
	if quota > 0 && r.of.open+r.of.pending >= quota {
		return fault.New(fault.Quota, "Concurrent active tasks quota (%d) exceeded", quota)
	}
	r.of.pending++
	r.taken++
	r.used++
	return nil
}

// leave is for a task that room was taken for, and that does not come to be.
func (r *rooms) leave() { r.used-- }

// giveBack gives back what the last run of the command has not used.
func (r *rooms) giveBack() {
	r.of.mu.Lock()
	r.of.pending -= r.taken - r.used
	r.of.mu.Unlock()
}

// update runs a command that may start tasks.
func (e *Engine) update(ctx context.Context, t *tenant, fn func(Tx, *rooms) error) error {
	room := rooms{of: &t.open}
	err := e.store.Update(ctx, t.ID, func(tx Tx) error {
		room.used = 0
		return fn(tx, &room)
	})
	if err != nil {
		room.used = 0
	}
	room.giveBack()
	return err
}

// ActiveTasks is how many tasks of all instances have not ended, as this node knows.
func (e *Engine) ActiveTasks() int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	n := 0
	for _, t := range e.tenants {
		t.open.mu.Lock()
		n += t.open.open
		t.open.mu.Unlock()
	}
	return n
}
