package store

import (
	"context"
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
)

// empty are the statements that remove everything.
var empty = []*target{
	{text: `DELETE FROM setting`},
	{text: `DELETE FROM instance`},
	{text: `DELETE FROM access_key`},
	{text: `DELETE FROM resource`},
	{text: `DELETE FROM resource_version`},
	{text: `DELETE FROM tombstone`},
	{text: `DELETE FROM contact`},
	{text: `DELETE FROM chain`},
	{text: `DELETE FROM term`},
	{text: `DELETE FROM agent`},
	{text: `DELETE FROM event`},
	{text: `DELETE FROM timer`},
	{text: `DELETE FROM token`},
	{text: `DELETE FROM session`},
	{text: `DELETE FROM activity`},
	{text: `DELETE FROM ticket`},
	{text: `DELETE FROM attempt`},
	{text: `DELETE FROM lease`},
	{text: `DELETE FROM file`},
	{text: `DELETE FROM deleted_instance`},
	{text: `DELETE FROM quarantine`},
	{text: `DELETE FROM generation`},
}

// Reset removes everything there is, in one commit, and sets the clock back to the machine's.
func (s *Store) Reset(ctx context.Context) error {
	instances, err := s.Instances(ctx)
	if err != nil {
		return err
	}
	tx := &tx{ctx: ctx, store: s}
	for _, t := range empty {
		tx.write(t, "")
	}
	if err := s.commit(ctx, tx); err != nil {
		return fmt.Errorf("remove everything: %w", err)
	}
	s.offset.Store(0)
	s.sessionOffset.Store(0)
	s.keys.byID.Clear()
	s.quarantine.remove(func(engine.Row) bool { return true })
	for _, i := range instances {
		s.notify(engine.Commit{Instance: i.ID, Reset: true})
	}
	return nil
}
