-- +goose NO TRANSACTION
-- +goose Up

-- How often the configuration of an instance has been changed. A command that changes configuration compares the number
-- with the one that it has read, so that what it refers to is as it was when it decided.
CREATE TABLE IF NOT EXISTS generation (
  instance_id TEXT   NOT NULL PRIMARY KEY,
  number      BIGINT NOT NULL CHECK (number > 0)
);

-- +goose Down
