-- +goose Up

-- A task can be PAUSED, an agent can have one that was never queued, and after-contact work has a timer. The
-- columns are those of before, so that the previous binary runs on them.
-- transaction: SQLite cannot change a CHECK, so the two tables are made anew

CREATE TABLE contact_new (
  instance_id  TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  version      BIGINT NOT NULL CHECK (version > 0),
  state        TEXT   NOT NULL CHECK (state IN ('SCHEDULED', 'IN_FLOW', 'QUEUED', 'CONNECTING', 'CONNECTED', 'PAUSED', 'ACW', 'ENDED')),
  queue_id     TEXT,
  agent_id     TEXT,
  initiated_at BIGINT NOT NULL,
  ended_at     BIGINT,
  body         TEXT   NOT NULL,
  PRIMARY KEY (instance_id, id),
  CHECK ((state = 'ENDED') = (ended_at IS NOT NULL)),
  CHECK (state NOT IN ('QUEUED', 'CONNECTING') OR queue_id IS NOT NULL),
  CHECK (state NOT IN ('CONNECTING', 'CONNECTED', 'ACW') OR agent_id IS NOT NULL),
  CHECK (state <> 'QUEUED' OR agent_id IS NULL)
);

INSERT INTO contact_new (instance_id, id, version, state, queue_id, agent_id, initiated_at, ended_at, body)
SELECT instance_id, id, version, state, queue_id, agent_id, initiated_at, ended_at, body FROM contact;

DROP TABLE contact;

ALTER TABLE contact_new RENAME TO contact;

CREATE INDEX contact_open ON contact (instance_id, state) WHERE ended_at IS NULL;

CREATE TABLE timer_new (
  instance_id TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('START', 'EXPIRY', 'OFFER', 'REJECT', 'ACW')),
  contact_id  TEXT   NOT NULL,
  agent_id    TEXT   NOT NULL,
  stamp       BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  PRIMARY KEY (instance_id, id)
);

INSERT INTO timer_new (instance_id, id, kind, contact_id, agent_id, stamp, due_at)
SELECT instance_id, id, kind, contact_id, agent_id, stamp, due_at FROM timer;

DROP TABLE timer;

ALTER TABLE timer_new RENAME TO timer;

CREATE INDEX timer_due ON timer (instance_id, due_at);

ALTER TABLE chain ADD COLUMN transfers BIGINT NOT NULL DEFAULT 0 CHECK (transfers >= 0);

-- What was deleted, so that other nodes forget it too.
CREATE TABLE tombstone (
  instance_id TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  deleted_at  BIGINT NOT NULL,
  PRIMARY KEY (instance_id, kind, id)
);

-- +goose Down
