-- +goose Up

-- Rows that are left out of everything that happens by itself, because they cannot be decoded or because working on them
-- panics or fails. The row itself stays where it is.
-- transaction: SQLite cannot add a column only where it is missing, so this must not be left half done

CREATE TABLE quarantine (
  instance_id TEXT   NOT NULL,
  table_name  TEXT   NOT NULL,
  row_key     TEXT   NOT NULL,
  cause       TEXT   NOT NULL CHECK (cause IN ('UNDECODABLE', 'PANIC', 'FAILING')),
  reason      TEXT   NOT NULL,
  found_at    BIGINT NOT NULL,
  PRIMARY KEY (instance_id, table_name, row_key)
);

-- How often a timer has failed, and when it was due at first: due_at is when it is tried next. One that is quarantined is
-- due in the year 9999.
ALTER TABLE timer ADD COLUMN failures BIGINT NOT NULL DEFAULT 0 CHECK (failures >= 0);

ALTER TABLE timer ADD COLUMN first_due_at BIGINT;

-- +goose Down
