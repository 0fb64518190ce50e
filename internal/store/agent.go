package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/engine"
)

func scanAgent(row scanner) (*agent.Agent, error) {
	var a agent.Agent
	var body []byte
	if err := row.Scan(&a.ID, &a.Version, &body); err != nil {
		return nil, scanFailed(engine.AgentTable, a.ID, err)
	}
	err := json.Unmarshal(body, &a)
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return nil, undecodable(engine.AgentTable, a.ID, err)
	}
	return &a, nil
}

// selectAgent is what scanAgent reads of one agent.
const selectAgent = `SELECT id, version, body FROM agent WHERE instance_id = $1 AND id = $2`

// Agent reads a user's presence; nil when they never chose a status.
func (s *Store) Agent(ctx context.Context, instance, user string) (*agent.Agent, error) {
	a, err := scanAgent(s.row(ctx, selectAgent, instance, user))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the contract of engine.Store
	}
	if err != nil {
		s.note(instance, err)
		return nil, fmt.Errorf("read agent %s: %w", user, err)
	}
	return a, nil
}

// Agents reads the presence of all users who ever chose a status.
func (s *Store) Agents(ctx context.Context, instance string) ([]*agent.Agent, error) {
	all, err := collectOf(ctx, s, instance, scanAgent, `SELECT id, version, body FROM agent WHERE instance_id = $1 ORDER BY id`, instance)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	return all, nil
}

// AgentVersions reads the version of each agent who ever chose a status, by id.
func (s *Store) AgentVersions(ctx context.Context, instance string) (map[string]int64, error) {
	all := map[string]int64{}
	err := s.each(ctx, func(row scanner) error {
		var id string
		var version int64
		err := row.Scan(&id, &version)
		all[id] = version
		return err
	}, `SELECT id, version FROM agent WHERE instance_id = $1`, instance)
	if err != nil {
		return nil, fmt.Errorf("read the versions of agents: %w", err)
	}
	return all, nil
}

var putAgent = &target{guarded: true, contended: true, text: `
	INSERT INTO agent (instance_id, id, version, body)
	VALUES ($1, $2, $3, $4)
	ON CONFLICT (instance_id, id) DO UPDATE SET version = excluded.version, body = excluded.body
	WHERE agent.version = excluded.version - 1`}

// PutAgent writes a presence that is new or has not changed since it was read.
func (t *tx) PutAgent(a *agent.Agent) {
	body, err := json.Marshal(a)
	if err != nil {
		t.fail(fmt.Errorf("encode agent %s: %w", a.ID, err))
		return
	}
	written := *a
	written.Version++
	t.write(putAgent, a.ID, t.instance, a.ID, written.Version, string(body))
	t.commit.Agents = replace(t.commit.Agents, &written, func(x *agent.Agent) bool { return x.ID == written.ID })
}
