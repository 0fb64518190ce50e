package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// The names of quotas, as --quota takes them.
const (
	QuotaActiveTasks = "active-tasks" // tasks that have not ended, per instance
	QuotaQueues      = "queues"
	QuotaFlows       = "flows"
	QuotaUsers       = "users"
	// QuotaAgentStatuses counts the two that every instance has.
	QuotaAgentStatuses = "agent-statuses"
	// QuotaQuickConnects counts the two that the first instance has from the start.
	QuotaQuickConnects = "quick-connects"
	// QuotaQueueQuickConnects counts the quick connects of one queue.
	QuotaQueueQuickConnects   = "quick-connects-per-queue"
	QuotaPredefinedAttributes = "predefined-attributes"
	QuotaTaskTemplates        = "task-templates"
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

	QuotaFileMegabytes = "file-megabytes" // of one file
	// QuotaFiles and QuotaFilesMegabytes count the files of one contact.
	QuotaFiles          = "files-per-contact"
	QuotaFilesMegabytes = "file-megabytes-per-contact"
)

// DefaultQuotas are Amazon Connect's numbers
// (https://docs.aws.amazon.com/connect/latest/adminguide/amazon-connect-service-limits.html). It does not publish
// how many files a task can have, nor how large they can be together; those are ours (docs/divergences.md).
func DefaultQuotas() map[string]int {
	return map[string]int{
		QuotaActiveTasks: 2500, QuotaQueues: 100, QuotaFlows: 100, QuotaUsers: 500, QuotaAgentStatuses: 50,
		QuotaQuickConnects: 100, QuotaQueueQuickConnects: 700, QuotaPredefinedAttributes: 150, QuotaTaskTemplates: 50,
		QuotaLinked: 12, QuotaTransfers: 11, QuotaReschedules: 20, QuotaPauses: 10,
		QuotaHours: 100, QuotaOverrides: 50,
		QuotaTemplateChanges: 5, QuotaAgentQueueContacts: 10,
		QuotaFileMegabytes: 20, QuotaFiles: 50, QuotaFilesMegabytes: 100,
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

// place is room for one task that is about to start. It is taken at most once, however often the command
// runs, and given back unless the task was committed.
type place struct {
	of    *openTasks
	taken bool
}

// take fails with [fault.Quota] when there is no room. A quota of 0 is none.
func (p *place) take(quota int) error {
	if p.taken {
		return nil
	}
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if quota > 0 && p.of.open+p.of.pending >= quota {
		return fault.New(fault.Quota, "Concurrent active tasks quota (%d) exceeded", quota)
	}
	p.of.pending++
	p.taken = true
	return nil
}

// giveBack is for a place whose task did not come to be.
func (p *place) giveBack() {
	if p.taken {
		p.of.mu.Lock()
		p.of.pending--
		p.of.mu.Unlock()
	}
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
