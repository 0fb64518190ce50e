-- +goose NO TRANSACTION
-- +goose Up

-- The files attached to contacts; their bytes are in a directory. due_at is when something is to be done with one:
-- fetch it, give its upload up, remove its bytes. Who does it pushes due_at ahead, so that nobody else does.
CREATE TABLE IF NOT EXISTS file (
  instance_id TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  version     BIGINT NOT NULL CHECK (version > 0),
  contact_id  TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('UPLOADING', 'FETCHING', 'APPROVED', 'REJECTED', 'FAILED', 'DELETED')),
  size        BIGINT NOT NULL CHECK (size >= 0),
  due_at      BIGINT,
  body        TEXT   NOT NULL,
  PRIMARY KEY (instance_id, id),
  CHECK ((state IN ('UPLOADING', 'FETCHING', 'DELETED')) = (due_at IS NOT NULL)),
  CHECK (state <> 'APPROVED' OR size > 0)
);

CREATE INDEX IF NOT EXISTS file_contact ON file (instance_id, contact_id);

CREATE INDEX IF NOT EXISTS file_due ON file (instance_id, due_at) WHERE due_at IS NOT NULL;

-- +goose Down
