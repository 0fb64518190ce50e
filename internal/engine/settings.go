package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
)

// settingsName is the name of the one object with the settings of an instance.
const settingsName = "settings"

// Settings are what can be changed of an instance itself. It fails with [fault.NotFound].
func (e *Engine) Settings(instance string) (directory.Settings, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return directory.Settings{}, err
	}
	_, s := t.settings()
	return s, nil
}

func (t *tenant) flowLogs() bool {
	_, s := t.settings()
	return s.Attribute(directory.FlowLogs)
}

func (t *tenant) settings() (Resource, directory.Settings) {
	return only[directory.Settings](t, arn.InstanceSettings, settingsName)
}

// SetAttribute switches an attribute of an instance on or off. It fails with [fault.NotFound].
func (e *Engine) SetAttribute(ctx context.Context, instance, name string, on bool) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return t.changeSettings(ctx, e, func(s *directory.Settings) error {
		s.SetAttribute(name, on)
		return nil
	})
}

// changeSettings has fn change the settings of an instance; fn must not change in place what the settings hold. It fails
// as fn does.
func (t *tenant) changeSettings(ctx context.Context, e *Engine, fn func(*directory.Settings) error) error {
	return e.configure(ctx, t, func(tx Tx) error {
		r, next := t.settings()
		if err := fn(&next); err != nil {
			return err
		}
		return put(tx, r, &next)
	})
}
