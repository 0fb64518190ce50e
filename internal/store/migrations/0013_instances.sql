-- +goose NO TRANSACTION
-- +goose Up

-- Instances that were deleted, until nothing of them is left. What a command that was under way has written after the
-- deletion is found by it.
-- global: of instances that are gone
CREATE TABLE IF NOT EXISTS deleted_instance (
  id         TEXT   NOT NULL PRIMARY KEY,
  deleted_at BIGINT NOT NULL
);

-- The servers that own instances. A lease stands as long as its holder says that it lives, in one row for all of its
-- leases.
-- global: of the servers
CREATE TABLE IF NOT EXISTS node (
  id         TEXT   NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

-- What has changed in any instance is asked for every 2 s.
CREATE INDEX IF NOT EXISTS resource_modified ON resource (modified_at);

CREATE INDEX IF NOT EXISTS tombstone_deleted ON tombstone (deleted_at);

-- +goose Down
