-- +goose NO TRANSACTION
-- +goose Up

-- Configuration as it was before it was changed or deleted, of the kinds that keep their versions: a task keeps
-- the template with which it was made.
CREATE TABLE IF NOT EXISTS resource_version (
  instance_id TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  version     BIGINT NOT NULL CHECK (version > 0),
  name        TEXT   NOT NULL,
  modified_at BIGINT NOT NULL,
  body        TEXT   NOT NULL,
  PRIMARY KEY (instance_id, kind, id, version)
);

-- +goose Down
