-- +goose NO TRANSACTION
-- +goose Up

-- What waits in one queue is found without reading what waits in the others. The index does the work of the one
-- before it, too.

CREATE INDEX IF NOT EXISTS contact_waiting ON contact (instance_id, state, queue_id) WHERE ended_at IS NULL;

DROP INDEX IF EXISTS contact_open;

-- +goose Down
