package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
)

// settingsName is the name of the one object with the settings of an instance.
const settingsName = "settings"

// FlowLogs tells whether flows can write flow logs. It fails with [fault.NotFound].
func (e *Engine) FlowLogs(instance string) (bool, error) {
	t, err := e.tenant(instance)
	return err == nil && t.flowLogs(), err
}

func (t *tenant) flowLogs() bool {
	_, s := t.settings()
	return !s.NoFlowLogs
}

func (t *tenant) settings() (Resource, directory.Settings) {
	return only[directory.Settings](t, arn.InstanceSettings, settingsName)
}

// SetFlowLogs says whether flows can write flow logs. It fails with [fault.NotFound].
func (e *Engine) SetFlowLogs(ctx context.Context, instance string, on bool) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		r, next := t.settings()
		next.NoFlowLogs = !on
		return put(tx, r, &next)
	})
}
