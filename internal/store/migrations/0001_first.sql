-- +goose NO TRANSACTION
-- +goose Up

-- Every key begins with instance_id, so that a cluster can spread the rows. Times are microseconds since 1970
-- in UTC. Columns hold what the database must know or find; body holds the rest of an object as JSON.

-- global: of the whole server
CREATE TABLE IF NOT EXISTS setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- global: the instances themselves
CREATE TABLE IF NOT EXISTS instance (
  id         TEXT   NOT NULL PRIMARY KEY,
  account    TEXT   NOT NULL,
  region     TEXT   NOT NULL,
  alias      TEXT   NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);

-- global: looked up before the instance is known
CREATE TABLE IF NOT EXISTS access_key (
  id      TEXT NOT NULL PRIMARY KEY,
  secret  TEXT NOT NULL,
  account TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS resource (
  instance_id TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  version     BIGINT NOT NULL CHECK (version > 0),
  modified_at BIGINT NOT NULL,
  body        TEXT   NOT NULL,
  PRIMARY KEY (instance_id, kind, id),
  UNIQUE (instance_id, kind, name)
);

CREATE TABLE IF NOT EXISTS contact (
  instance_id  TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  version      BIGINT NOT NULL CHECK (version > 0),
  state        TEXT   NOT NULL CHECK (state IN ('SCHEDULED', 'IN_FLOW', 'QUEUED', 'CONNECTING', 'CONNECTED', 'ACW', 'ENDED')),
  queue_id     TEXT,
  agent_id     TEXT,
  initiated_at BIGINT NOT NULL,
  ended_at     BIGINT,
  body         TEXT   NOT NULL,
  PRIMARY KEY (instance_id, id),
  CHECK ((state = 'ENDED') = (ended_at IS NOT NULL)),
  CHECK (state NOT IN ('QUEUED', 'CONNECTING', 'CONNECTED', 'ACW') OR queue_id IS NOT NULL),
  CHECK (state NOT IN ('CONNECTING', 'CONNECTED', 'ACW') OR agent_id IS NOT NULL),
  CHECK (state <> 'QUEUED' OR agent_id IS NULL)
);

CREATE INDEX IF NOT EXISTS contact_open ON contact (instance_id, state) WHERE ended_at IS NULL;

CREATE TABLE IF NOT EXISTS chain (
  instance_id TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  version     BIGINT NOT NULL CHECK (version > 0),
  linked      BIGINT NOT NULL CHECK (linked >= 0),
  attributes  TEXT   NOT NULL,
  PRIMARY KEY (instance_id, id)
);

CREATE TABLE IF NOT EXISTS agent (
  instance_id TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  version     BIGINT NOT NULL CHECK (version > 0),
  body        TEXT   NOT NULL,
  PRIMARY KEY (instance_id, id)
);

CREATE TABLE IF NOT EXISTS event (
  instance_id TEXT   NOT NULL,
  contact_id  TEXT   NOT NULL,
  seq         BIGINT NOT NULL,
  body        TEXT   NOT NULL,
  PRIMARY KEY (instance_id, contact_id, seq)
);

CREATE TABLE IF NOT EXISTS timer (
  instance_id TEXT   NOT NULL,
  id          TEXT   NOT NULL,
  kind        TEXT   NOT NULL CHECK (kind IN ('START', 'EXPIRY', 'OFFER', 'REJECT')),
  contact_id  TEXT   NOT NULL,
  agent_id    TEXT   NOT NULL,
  stamp       BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  PRIMARY KEY (instance_id, id)
);

CREATE INDEX IF NOT EXISTS timer_due ON timer (instance_id, due_at);

CREATE TABLE IF NOT EXISTS token (
  instance_id TEXT   NOT NULL,
  operation   TEXT   NOT NULL,
  token       TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  result      TEXT   NOT NULL,
  claimed_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (instance_id, operation, token)
);

-- global: looked up before the instance is known
CREATE TABLE IF NOT EXISTS session (
  token_hash  TEXT   NOT NULL PRIMARY KEY,
  instance_id TEXT   NOT NULL,
  user_id     TEXT   NOT NULL,
  expires_at  BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS lease (
  instance_id TEXT   NOT NULL PRIMARY KEY,
  holder      TEXT   NOT NULL,
  epoch       BIGINT NOT NULL CHECK (epoch > 0),
  expires_at  BIGINT NOT NULL
);

-- +goose Down
