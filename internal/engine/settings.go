package engine

import (
	"context"

	"github.com/google/uuid"

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
	s, err := findNamed[directory.Settings](t, arn.InstanceSettings, settingsName)
	return err != nil || !s.Value.NoFlowLogs
}

// SetFlowLogs says whether flows can write flow logs. It fails with [fault.NotFound].
func (e *Engine) SetFlowLogs(ctx context.Context, instance string, on bool) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		r, next := Resource{Kind: arn.InstanceSettings, ID: uuid.NewString(), Name: settingsName}, directory.Settings{}
		if s, err := findNamed[directory.Settings](t, arn.InstanceSettings, settingsName); err == nil { // else nobody has changed any
			r, next = s.Resource, *s.Value
		}
		next.NoFlowLogs = !on
		return put(tx, r, &next)
	})
}
